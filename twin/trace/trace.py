"""The trace: all that happened in a run, and the only thing every face of the product reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from twin.errors import FutureError
from twin.i18n import _
from twin.line.line import SINKS, Line
from twin.trace.index import Index
from twin.trace.journal import Command, to_lines
from twin.trace.tables import TABLES, Column, State, Table


class PartAt(NamedTuple):
    """A part's place at an instant: since when (s) it is there, and what product it is."""

    part: int
    place: str
    since: float
    product: int


class Trace:
    """What happened in [0, now): five tables, the journal, and what they belong to.

    Tables are `log`, `parts`, `events`, `readings`, `tracks`; their columns are numpy arrays.

    >>> import twin
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "10min", seed=1)
    >>> len(trace.log.t) == len(trace.log.state), sorted(trace.state_at(300.0))
    (True, ['mill', 'polish', 'saw'])
    """

    def __init__(self, line: Line, seed: int) -> None:
        self.line = line
        self.seed = seed
        self.now = 0.0
        self.journal: tuple[Command, ...] = ()
        self.log = Table(TABLES["log"])
        self.parts = Table(TABLES["parts"])
        self.events = Table(TABLES["events"])
        self.readings = Table(TABLES["readings"])
        self.tracks = Table(TABLES["tracks"])
        self.index = Index(self)
        self.sinks = tuple(range(len(line.places) - len(SINKS), len(line.places)))
        self._quantities = {key: i for i, key in enumerate(line.quantities)}
        self._readings = {key: i for i, key in enumerate(line.readings)}

    def quantity_number(self, key: str) -> int:
        """Number of a law in the tracks ("RFL.Zone8")."""
        return self._quantities[key]

    def reading_number(self, key: str) -> int:
        """Number of a reading ("SPI.VolumeMean")."""
        return self._readings[key]

    def absorb(self, chunk: Mapping[str, Mapping[str, Column]], now: float) -> None:
        """Append recorded rows; everything before `now` is known from here on."""
        for name in TABLES:
            self.table(name).extend(chunk[name])
        self.now = now

    def table(self, name: str) -> Table:
        """A table by name."""
        table: Table = getattr(self, name)
        return table

    def branch(self) -> Trace:
        """A trace with the same past that grows by itself; nothing is copied until it grows."""
        twin = Trace(self.line, self.seed)
        for name in TABLES:
            setattr(twin, name, self.table(name).branch())
        twin.now, twin.journal = self.now, self.journal
        return twin

    def require_known(self, t: float) -> None:
        """Raise FutureError when `t` is not before now."""
        if t >= self.now:
            raise FutureError(
                _("{t:g} s has not happened yet: this trace is known before {now:g} s").format(
                    t=t, now=self.now
                ),
                t=t,
                now=self.now,
            )

    @property
    def digest(self) -> str:
        """SHA-256 over line, seed, journal and every column: equal runs have equal digests."""
        total = hashlib.sha256(f"{self.line.digest} {self.seed} {self.now!r}".encode())
        total.update(to_lines(self.journal).encode())
        for name in TABLES:
            for column in self.table(name).as_dict().values():
                total.update(np.ascontiguousarray(column).tobytes())
        return total.hexdigest()

    def state_at(self, t: float) -> dict[str, State]:
        """State of every station at `t` (s)."""
        self.require_known(t)
        states = {}
        for place, station in enumerate(self.line.stations):
            series = self.index.states(place)
            row = int(np.searchsorted(series.t, t, side="right")) - 1
            states[station.id] = State(int(series.state[row])) if row >= 0 else State.IDLE
        return states

    def parts_at(self, t: float) -> list[PartAt]:
        """Where every part in the line is at `t` (s); parts in the sinks are left out."""
        self.require_known(t)
        end = int(np.searchsorted(self.log.t, t, side="right"))
        part, place = self.log.part[:end], self.log.place[:end]
        rows = np.flatnonzero(part >= 0)
        order = rows[np.argsort(part[rows], kind="stable")]
        if not len(order):
            return []
        same = (part[order][1:] == part[order][:-1]) & (place[order][1:] == place[order][:-1])
        arrived = order[np.r_[True, ~same]]  # first row of each stay
        latest = np.r_[part[arrived][1:] != part[arrived][:-1], True]
        stays = arrived[latest]
        return [
            PartAt(
                int(part[row]),
                self.line.places[place[row]],
                float(self.log.t[row]),
                int(self.parts.product[part[row]]),
            )
            for row in stays.tolist()
            if place[row] not in self.sinks
        ]
