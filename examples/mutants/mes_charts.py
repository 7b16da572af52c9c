"""MES with one thing wrong each in their control charts; they share one recording."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any, ClassVar

from examples.solutions.gateway.gateway import Settings
from examples.solutions.mes.charts import RULES, Charter
from examples.solutions.mes.recorder import Recorder

MISSED, INVENTED, FALSE = "MES-08.missed", "MES-08.invented", "MES-08.false"


class OutliersOnly(Charter):
    """Only values beyond three sigma are looked at: no runs, no zones."""

    rules: ClassVar = {"WE1": RULES["WE1"]}


class WarningLimits(Charter):
    """The warning limits of two sigma are taken for the control limits."""

    rules: ClassVar = {**RULES, "WE1": (1, 1, 2.0)}


class BothSides(Charter):
    """Four of five beyond one sigma are counted whichever side they lie on."""

    def hit(self, z: Sequence[float], least: int, of: int, limit: float) -> bool:
        """Without a sign."""
        sides = [abs(one) for one in z[-of:]] if limit == RULES["WE3"][2] else z
        return super().hit(sides, least, of, limit)


class NotTheNewest(Charter):
    """A zone goes on signalling after the process has come back."""

    def hit(self, z: Sequence[float], least: int, of: int, limit: float) -> bool:
        """Whatever the newest value is."""
        return any(
            sum(one > limit for one in last) >= least
            for last in (z[-of:], [-one for one in z[-of:]])
        )


class OwnLimits(Charter):
    """Limits come from the last fifty values: they follow the fault."""

    def limits(self, chart: dict[str, Any], before: Sequence[float]) -> tuple[float, float]:
        """Of what was shortly before."""
        last = before[-50:]
        return (fmean(last), stdev(last)) if len(last) >= 20 else super().limits(chart, before)


class OncePerHour(Charter):
    """Charts are looked at on the hour: a signal has the time of the next full hour."""

    def signals(self, chart: dict[str, Any]) -> Iterator[tuple[float, str]]:
        """Late."""
        return ((-(-t // 3600.0) * 3600.0, rule) for t, rule in super().signals(chart))


@dataclass(frozen=True)
class Mutant:
    """A broken MES, and the checks it must fail."""

    fails: frozenset[str]
    charter: type[Charter]

    @property
    def broken(self) -> str:
        """What is wrong with it."""
        return (self.charter.__doc__ or "").strip()


MUTANTS = {
    "outliers-only": Mutant(frozenset({MISSED}), OutliersOnly),
    "warning-limits": Mutant(frozenset({INVENTED, FALSE}), WarningLimits),
    "both-sides": Mutant(frozenset({INVENTED}), BothSides),
    "not-the-newest": Mutant(frozenset({INVENTED}), NotTheNewest),
    "own-limits": Mutant(frozenset({MISSED, INVENTED}), OwnLimits),
    "once-an-hour": Mutant(frozenset({MISSED, INVENTED}), OncePerHour),
}


async def run(name: str) -> None:
    """Record once, report as it should be, and write for all that do not."""
    assert name == "reports"
    settings = Settings.from_environment()
    one = Recorder(settings, os.environ["TWIN_LINE"])
    await one.run()
    one.report()
    one.office.db.execute("pragma wal_checkpoint(truncate)")  # all of it into the one file
    for other, mutant in MUTANTS.items():
        path = settings.folder.parent / other / one.database
        shutil.copy(one.path, path)
        reporter = one.reporter(path=path)
        mutant.charter(reporter, one.charts).write(reporter.db)
