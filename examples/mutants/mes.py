"""MES with one thing wrong each. Those that only report wrongly share one recording."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncua import Client, ua

from examples.solutions.gateway.browse import Found
from examples.solutions.gateway.gateway import Settings
from examples.solutions.gateway.store import Row
from examples.solutions.mes import run as run_one
from examples.solutions.mes.master import Interval
from examples.solutions.mes.recorder import Recorder
from examples.solutions.mes.report import HOUR, Cycle, Reporter, Spell, share
from examples.solutions.mes.stops import Foreman, Stop

MICRO = 60.0  # s

# ---- what is reported wrongly


class HourLate(Reporter):
    """Every row carries the name of the hour after."""

    def hours(self) -> Iterator[Interval]:
        """The hours before those that were meant."""
        return ((begin - HOUR, end - HOUR) for begin, end in super().hours())

    def add(self, table: str, *row: object) -> None:
        """An hour later."""
        if table != "spells":
            station, start, end, *rest = row
            row = (station, _later(start), _later(end), *rest)
        super().add(table, *row)


class LastHourMissing(Reporter):
    """The hour in which it was asked is not reported."""

    def hours(self) -> Iterator[Interval]:
        """All but the last."""
        return iter(list(super().hours())[:-1])


class ReportsTwice(Reporter):
    """Every count is handed in twice."""

    def add(self, table: str, *row: object) -> None:
        """And again."""
        super().add(table, *row)
        if table == "counts":
            super().add(table, *row)


class LateReading(Reporter):
    """Counters are read two minutes after the hour."""

    def at(self, tag: str, t: float) -> float:
        """What it showed two minutes later."""
        return super().at(tag, t + 120.0 if tag.endswith("Passed") else t)


class ScrapIsGood(Reporter):
    """Rejected units are counted as good ones too."""

    def good(self, station: str, begin: float, end: float) -> float:
        """All."""
        return super().good(station, begin, end) + self.scrap(station, begin, end)


class ScrapTwice(Reporter):
    """Scrap is counted where it is found, and once more where it is booked."""

    def scrap(self, station: str, begin: float, end: float) -> float:
        """Twice."""
        return 2.0 * super().scrap(station, begin, end)


class SwapsStates(Reporter):
    """Starved and blocked are taken for each other."""

    def reported(self, spells: Iterable[Spell]) -> Iterator[Spell]:
        """The other one."""
        other = {"STARVED": "BLOCKED", "BLOCKED": "STARVED"}
        return ((a, b, other.get(state, state)) for a, b, state in spells)


class StarvedIsDown(Reporter):
    """A machine that waits for material is called down."""

    def reported(self, spells: Iterable[Spell]) -> Iterator[Spell]:
        """Down."""
        return ((a, b, "DOWN" if state == "STARVED" else state) for a, b, state in spells)


class NoMicroStops(Reporter):
    """A state shorter than a minute never was: the one before goes on."""

    def reported(self, spells: Iterable[Spell]) -> Iterator[Spell]:
        """Only long ones."""
        begin, state = 0.0, ""
        for start, stop, name in spells:
            if not state or (stop - start >= MICRO and name != state):
                if state:
                    yield begin, start, state
                begin, state = start, name
            end = stop
        if state:
            yield begin, end, state


class NewestState(Reporter):
    """A state holds until the next one but one begins: two at a time."""

    def reported(self, spells: Iterable[Spell]) -> Iterator[Spell]:
        """Too long."""
        rows = list(spells)
        ends = [stop for _start, stop, _state in rows]
        for (start, _stop, state), end in zip(rows, [*ends[1:], ends[-1]], strict=True):
            yield start, end, state


class CountsBreaks(Reporter):
    """Planned stops are in the denominator."""

    def busy(self, station: str, begin: float, end: float) -> float:
        """All of the time."""
        return end - begin


class StarvedIsUnplanned(Reporter):
    """Waiting for material is not the machine's fault, and not in its time."""

    def busy(self, station: str, begin: float, end: float) -> float:
        """Less."""
        waits = sum(
            max(0.0, min(stop, end) - max(start, begin))
            for start, stop, state in self.spells(station)
            if state == "STARVED"
        )
        return max(0.0, super().busy(station, begin, end) - waits)


class FullWhenIdle(Reporter):
    """Where nothing was planned the machine was available all of the time."""

    def kpis(
        self, station: str, cycles: Sequence[Cycle], begin: float, end: float
    ) -> tuple[float | None, ...]:
        """1 for what has no value."""
        a, e, q, oee = super().kpis(station, cycles, begin, end)
        return 1.0 if a is None else a, e, q, oee


class CountsFinished(Reporter):
    """Work counts in the hour in which it was finished, all of it."""

    def planned(self, station: str, cycles: Iterable[Cycle], begin: float, end: float) -> float:
        """Nothing is shared at the hour."""
        return sum(
            cycle.parts * self.master.cycle(station, cycle.product)
            for cycle in cycles
            if cycle.finished and cycle.spells and begin <= cycle.spells[-1][1] < end
        )


class TwoFactors(Reporter):
    """OEE is availability x quality: performance was left out."""

    def kpis(
        self, station: str, cycles: Sequence[Cycle], begin: float, end: float
    ) -> tuple[float | None, ...]:
        """Without it."""
        a, e, q, oee = super().kpis(station, cycles, begin, end)
        return a, e, q, oee if a is None or q is None else a * q


class Percent(Reporter):
    """The quality ratio is handed in as per cent."""

    def quality(self, good: float, scrap: float) -> float | None:
        """A hundred times too much; the product of the three is right."""
        return share(100.0 * good, good + scrap)

    def kpis(
        self, station: str, cycles: Sequence[Cycle], begin: float, end: float
    ) -> tuple[float | None, ...]:
        """Only the one."""
        a, e, q, oee = super().kpis(station, cycles, begin, end)
        return a, e, q, None if oee is None else oee / 100.0


class FastestCycle(Reporter):
    """Work is measured against another line's cycle times, a tenth faster."""

    def planned(self, station: str, cycles: Iterable[Cycle], begin: float, end: float) -> float:
        """Less planned run time."""
        return 0.9 * super().planned(station, cycles, begin, end)


# ---- what is recorded wrongly


class LosesStates(Recorder):
    """One change of a state in eight is lost."""

    def keep(self, rows: list[Row]) -> None:
        """Lose some."""
        super().keep([row for row in rows if not row.tag.endswith("State") or hash_of(row) % 8])


class Arrival(Recorder):
    """A value is of the time at which it came."""

    def rows(self, key: str, value: ua.DataValue) -> list[Row]:
        """The computer's own time."""
        return [row._replace(t=row.arrived) for row in super().rows(key, value)]


class NoHistory(Recorder):
    """What was before it was switched on is not asked for."""

    async def tags(self, client: Client) -> list[Found]:
        """No gap to fill."""
        found = await super().tags(client)
        self._gap = None
        return found


# ---- why it stood still


class NoShortStops(Foreman):
    """Stops of less than a minute are not worth a line."""

    def reported(self, stops: Iterable[Stop]) -> Iterator[Stop]:
        """Long ones."""
        return (stop for stop in stops if stop[2] - stop[1] >= MICRO)


class LoudestAlarm(Foreman):
    """The reason is whatever alarm of the station came last, months ago or not."""

    def reason(self, station: str, begin: float, end: float) -> str:
        """The first that is in the list."""
        alarms = self.alarms.get(station)
        return alarms[0][0] if alarms else "none"


class WaitingIsAStop(Foreman):
    """A machine that waits for material is listed as a stop for want of a better word."""

    def stops(self) -> Iterator[Stop]:
        """Those too."""
        yield from super().stops()
        for station in self.read.stations:
            for begin, end, state in self.read.spells(station):
                if state == "STARVED":
                    yield station, begin, end, "no material"


class Peeps(Recorder):
    """It asks the line for what no sensor shows."""

    async def tags(self, client: Client) -> list[Found]:
        """And for wear, on top."""
        found = await super().tags(client)
        index = found[0].node.NamespaceIndex
        for key in ("LTH1.TrueWear", "Line.Seed"):
            with suppress(ua.UaError):
                await client.get_node(ua.NodeId(key, index)).read_value()
        return found


def hash_of(row: Row) -> int:
    """A number of a row, the same in every run."""
    return sum(map(ord, row.tag + row.t))


def _later(label: object) -> str:
    return (datetime.fromisoformat(str(label)) + timedelta(hours=1)).isoformat()


@dataclass(frozen=True)
class Mutant:
    """A broken MES: how it records and reports, and the checks it must fail.

    `luck` are checks whose outcome depends on what happened just then.
    """

    fails: frozenset[str]
    reporter: type[Reporter] = Reporter
    recorder: type[Recorder] = Recorder
    luck: frozenset[str] = frozenset()
    foreman: type[Foreman] = Foreman

    @property
    def broken(self) -> str:
        """What is wrong, in a sentence."""
        kinds = ((self.recorder, Recorder), (self.foreman, Foreman), (self.reporter, Reporter))
        made = next(kind for kind, sound in kinds if kind is not sound)
        return (made.__doc__ or "").strip()


def _says(reporter: type[Reporter], *fails: str) -> Mutant:
    return Mutant(frozenset(fails), reporter)


MUTANTS: dict[str, Mutant] = {
    "hour-late": _says(
        HourLate, "MES-01.good", "MES-01.scrap", "MES-03.availability", "MES-03.effectiveness",
        "MES-03.quality", "MES-03.oee",
    ),
    "last-hour-missing": _says(LastHourMissing, "MES-01.reported", "MES-03.reported"),
    "reports-twice": _says(ReportsTwice, "MES-01.reported"),
    "late-reading": _says(LateReading, "MES-01.good"),
    "scrap-is-good": _says(ScrapIsGood, "MES-01.good", "MES-03.quality", "MES-03.oee"),
    "scrap-twice": _says(ScrapTwice, "MES-01.scrap", "MES-03.quality", "MES-03.oee"),
    "swaps-states": _says(SwapsStates, "MES-02.states"),
    "starved-is-down": _says(StarvedIsDown, "MES-02.states"),
    "no-micro-stops": _says(NoMicroStops, "MES-02.states"),
    "two-states-at-once": _says(NewestState, "MES-02.states"),
    "counts-breaks": _says(CountsBreaks, "MES-03.availability", "MES-03.oee"),
    "starved-is-unplanned": _says(StarvedIsUnplanned, "MES-03.availability", "MES-03.oee"),
    "full-when-idle": _says(FullWhenIdle, "MES-03.availability"),
    "counts-finished": _says(CountsFinished, "MES-03.effectiveness", "MES-03.oee"),
    "two-factors": _says(TwoFactors, "MES-03.oee"),
    "percent": _says(Percent, "MES-03.quality"),
    "fastest-cycle": _says(FastestCycle, "MES-03.effectiveness", "MES-03.oee"),
    "no-short-stops": Mutant(
        frozenset({"MES-04.micro"}), foreman=NoShortStops, luck=frozenset({"MES-04.reason"})
    ),
    "loudest-alarm": Mutant(frozenset({"MES-04.reason"}), foreman=LoudestAlarm),
    "waiting-is-a-stop": Mutant(frozenset({"MES-04.invented"}), foreman=WaitingIsAStop),
    "loses-states": Mutant(
        frozenset({"MES-02.states", "MES-03.availability", "MES-03.effectiveness"}),
        recorder=LosesStates, luck=frozenset({"MES-03.oee"}),
    ),
    "arrival-time": Mutant(
        frozenset({"MES-02.states", "MES-04.reason", "MES-04.micro"}), recorder=Arrival
    ),
    "peeps": Mutant(frozenset({"MES-12.probes"}), recorder=Peeps),
    "no-history": Mutant(
        frozenset({"MES-03.effectiveness"}), recorder=NoHistory, luck=frozenset({"MES-03.oee"})
    ),
}  # fmt: skip
REPORTERS = [name for name, one in MUTANTS.items() if one.recorder is Recorder]


async def run(name: str) -> None:
    """Run one as the judge starts it; "reports" records for all that only report wrongly.

    Their databases are copies of its own, in their own folders beside it.
    """
    if name != "reports":
        await run_one(MUTANTS[name].recorder, reporter=MUTANTS[name].reporter)
        return
    settings = Settings.from_environment()
    one = Recorder(settings, os.environ["TWIN_LINE"])
    await one.run()
    one.office.db.execute("pragma wal_checkpoint(truncate)")  # all of it into the one file
    one.office.db.close()
    one.path.rename(recorded := settings.folder / "recorded.db")
    for other in REPORTERS:
        path = settings.folder.parent / other / one.database
        shutil.copy(recorded, path)
        reporter = one.reporter(MUTANTS[other].reporter, path)
        MUTANTS[other].foreman(reporter).write(reporter.db)
        reporter.write()
