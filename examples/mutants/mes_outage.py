"""MES that do not survive an outage: each records for itself, since its recording is bad."""

from __future__ import annotations

from dataclasses import dataclass

from examples.solutions.gateway.store import Row
from examples.solutions.mes import run as run_one
from examples.solutions.mes.recorder import Recorder


class ForgetsTheGap(Recorder):
    """What was while nobody listened is not asked for."""

    def on_cut(self) -> None:
        """Nothing to fill."""


class CountsAnew(Recorder):
    """After a cut every counter is taken to have begun at zero, and added to what was there."""

    ends = (".Passed", ".Rejected")

    def on_cut(self) -> None:
        """Remember what was counted so far."""
        super().on_cut()
        self.counted = {tag: value for tag, (value, _status) in self._values.items()}

    def keep(self, rows: list[Row]) -> None:
        """On top of it."""
        counted = getattr(self, "counted", {})
        super().keep(
            [
                row._replace(value=(row.value or 0.0) + (counted.get(row.tag) or 0.0))
                if row.tag.endswith(self.ends)
                else row
                for row in rows
            ]
        )


@dataclass(frozen=True)
class Mutant:
    """A broken MES and the checks it must fail; `luck` depends on how long the outage was."""

    recorder: type[Recorder]
    fails: frozenset[str]
    luck: frozenset[str] = frozenset()

    @property
    def broken(self) -> str:
        """What is wrong, in a sentence."""
        return (self.recorder.__doc__ or "").strip()


MUTANTS = {
    "forgets-the-gap": Mutant(
        ForgetsTheGap, frozenset({"MES-09.states"}), frozenset({"MES-02.states"})
    ),
    "counts-anew": Mutant(CountsAnew, frozenset({"MES-09.good"}), frozenset({"MES-09.scrap"})),
}


async def run(name: str) -> None:
    """Run one as the judge starts it."""
    await run_one(MUTANTS[name].recorder)
