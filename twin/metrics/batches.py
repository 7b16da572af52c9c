"""The record of a batch: what each unit did with it, when, with what recipe, and what came out.

Derived from the trace alone (ISA-88 part 4 calls it a batch production record). A phase ends when
the next one at that unit begins, or when the batch leaves the unit.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from twin.trace.tables import EventKind, State
from twin.trace.trace import Trace


@dataclass(frozen=True)
class Phase:
    """One phase of one unit: beginning and end in s; `end` is None while it runs."""

    name: str
    begin: float
    end: float | None


@dataclass(frozen=True)
class UnitRecord:
    """A batch in one unit: its phases, what the recipe asked, what was measured, the verdict.

    `held` is how long it stood still there, s: failures, commands, and waiting for people.
    """

    unit: str
    begin: float
    end: float | None
    phases: tuple[Phase, ...]
    set: dict[str, float]
    actual: dict[str, float]
    held: float
    passed: bool | None


@dataclass(frozen=True)
class BatchRecord:
    """A batch from its beginning to where it ended ("out", "scrap") or is now ("")."""

    batch: int
    product: str
    begin: float
    end: float | None
    ended: str
    units: tuple[UnitRecord, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """The record as plain values."""
        return asdict(self)


def batch_record(trace: Trace, batch: int) -> BatchRecord:
    """The record of a batch by its number. Raises IndexError when there is none.

    >>> import twin
    >>> trace = twin.run(twin.load("chemical/coating-v1"), "12h", seed=1)
    >>> [phase.name for phase in batch_record(trace, 0).units[2].phases[:3]]
    ['charge', 'heat', 'dose']
    """
    if not 0 <= batch < len(trace.parts):
        raise IndexError(batch)
    line = trace.line
    product = line.products[int(trace.parts.product[batch])]
    mine = trace.log.part == batch
    t, place = trace.log.t[mine], trace.log.place[mine]
    borders = np.flatnonzero(np.diff(place)) + 1
    begins = np.concatenate(([0], borders)).astype(int) if len(t) else np.empty(0, dtype=int)
    ends = [float(t[i]) for i in borders]
    stays = [(int(place[i]), float(t[i])) for i in begins]
    ways: list[float | None] = [*ends, None]
    units = [
        _unit(trace, batch, product, here, begin, end)
        for (here, begin), end in zip(stays, ways, strict=False)
        if here < len(line.stations)
    ]
    ended = ""
    if stays and line.places[stays[-1][0]] in ("out", "scrap"):
        ended = line.places[stays[-1][0]]
    end = stays[-1][1] if ended else None
    return BatchRecord(batch, product, float(trace.parts.t[batch]), end, ended, tuple(units))


def _unit(
    trace: Trace, batch: int, product: str, here: int, begin: float, end: float | None
) -> UnitRecord:
    station = trace.line.stations[here]
    events, until = trace.events, trace.now if end is None else end
    own = (events.place == here) & (events.part == batch)
    own &= (events.t >= begin) & (events.t <= until)
    titles = station.equipment.phases(station.parameters)
    at = np.flatnonzero(own & (events.kind == EventKind.PHASE))
    done = _worked_until(trace, batch, here, begin, end)
    begins = [float(events.t[i]) for i in at]
    names = [titles[int(events.value[i])].en for i in at]
    ways: list[float | None] = [*begins[1:], done]
    phases = tuple(Phase(*row) for row in zip(names, begins, ways, strict=bool(begins)))
    verdicts = events.value[own & (events.kind == EventKind.VERDICT)]
    return UnitRecord(
        station.id,
        begin,
        end,
        phases,
        _asked(trace, product, station.id, begins[0] if begins else begin),
        _measured(trace, batch, station.id, begin, until),
        _held(trace, here, begin, until),
        bool(verdicts[-1]) if len(verdicts) else None,
    )


def _worked_until(
    trace: Trace, batch: int, here: int, begin: float, end: float | None
) -> float | None:
    """When the work was over: the batch was blocked, or went on."""
    log = trace.log
    mine = (log.part == batch) & (log.place == here) & (log.t >= begin)
    blocked = log.t[mine & (log.state == State.BLOCKED)]
    return float(blocked[0]) if len(blocked) else end


def _asked(trace: Trace, product: str, unit: str, begin: float) -> dict[str, float]:
    """The control recipe's parameters: the master's, and what the journal changed before."""
    prefix = f"{product}/{unit}."
    asked = {
        key.removeprefix(prefix): row.default
        for key, row in trace.line.recipe_limits.items()
        if key.startswith(prefix)
    }
    for command in trace.journal:
        early = command.t is not None and command.t <= begin
        if command.kind == "recipe" and early and command.target.startswith(prefix):
            asked[command.target.removeprefix(prefix)] = float(command.value or 0.0)
    return asked


def _measured(trace: Trace, batch: int, unit: str, begin: float, until: float) -> dict[str, float]:
    """Readings about the batch that a client may see."""
    rows = trace.readings
    mine = (rows.part == batch) & (rows.t >= begin) & (rows.t <= until)
    found: dict[str, float] = {}
    keys = list(trace.line.readings.items())
    for number, value in zip(rows.quantity[mine], rows.value[mine], strict=True):
        key, quantity = keys[int(number)]
        if key.startswith(f"{unit}.") and not quantity.hidden:
            found[key.removeprefix(f"{unit}.")] = float(value)
    return found


def _held(trace: Trace, here: int, begin: float, until: float) -> float:
    """Seconds within a stay in which the unit was down, stopped, or waited for people."""
    log = trace.log
    mine = np.flatnonzero((log.place == here) & (log.t >= begin) & (log.t <= until))
    t = np.append(log.t[mine], until)
    still = np.isin(log.state[mine], (State.DOWN, State.STOPPED, State.HELD))
    return float(np.diff(t)[still].sum())
