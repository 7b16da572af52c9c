"""Random access in time: the trace's rows sorted into one series a place, quantity or kind.

Built as far as the trace goes when somebody asks, and only for the new rows; so a live session
and a finished run are asked in the same way. Every series is sorted by time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from twin.line.line import MERGED
from twin.physics.laws import area
from twin.trace.starts import Starts
from twin.trace.tables import Column, Growing

if TYPE_CHECKING:
    from twin.trace.trace import Trace


class Series:
    """Rows of one place, quantity or kind: named growing columns."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = {name: Growing(dtype) for name, dtype in columns.items()}

    def __getattr__(self, name: str) -> Column:
        try:
            return self.__dict__["_columns"][name].values  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def __len__(self) -> int:
        return next(iter(self._columns.values())).n

    def extend(self, **columns: Column) -> None:
        """Append rows."""
        for name, values in columns.items():
            self._columns[name].extend(values)


STATE_COLUMNS = {"t": "f8", "state": "i1", "part": "i8"}
LAW_COLUMNS = {"t": "f8", "value": "f8", "target": "f8", "tau": "f8"}
VALUE_COLUMNS = {"t": "f8", "part": "i8", "value": "f8"}
TIME_COLUMNS = {"t": "f8"}


class Index:
    """Series of a trace: states, arrivals and departures by place, laws, readings, events."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        places = len(trace.line.places)
        self._done = {"log": 0, "tracks": 0, "readings": 0, "events": 0}
        self._states = [Series(STATE_COLUMNS) for _ in range(places)]
        self._arrivals = [Series(TIME_COLUMNS) for _ in range(places)]
        self._departures = [Series(TIME_COLUMNS) for _ in range(places)]
        self._laws = [Series(LAW_COLUMNS) for _ in trace.line.quantities]
        self._readings = [Series(VALUE_COLUMNS) for _ in trace.line.readings]
        self._events: dict[tuple[int, int], Series] = {}
        self._where: dict[int, int] = {}
        self._starts = [(Starts(), Growing("f8")) for _ in trace.line.stations]
        self._integrals: dict[tuple[int, tuple[float, ...]], Growing] = {}
        self._areas: dict[int, Growing] = {}

    def states(self, place: int) -> Series:
        """(t, state, part) of a station."""
        self._follow_log()
        return self._states[place]

    def integral(self, place: int, levels: tuple[float, ...]) -> Column:
        """At each row of a station's states, the time integral so far of one level a state."""
        series = self.states(place)
        total = self._integrals.setdefault((place, levels), Growing("f8"))
        done, n = total.n, len(series)
        if done < n:
            begin = max(done - 1, 0)
            level = np.array(levels)[series.state[begin : n - 1]]
            base = total.values[-1] if done else 0.0
            # summed one by one in row order, so that the cuts do not show in the last bit
            grown = np.cumsum(np.concatenate([[base], level * np.diff(series.t[begin:n])]))
            total.extend(grown[1:] if done else grown)
        return total.values

    def starts(self, place: int) -> Column:
        """Times at which a station began a cycle."""
        self._follow_log()
        return self._starts[place][1].values

    def arrivals(self, place: int) -> Column:
        """Times at which a part came to a place."""
        self._follow_log()
        return self._arrivals[place].t

    def departures(self, place: int) -> Column:
        """Times at which a part left a place for another; what is merged there does not leave."""
        self._follow_log()
        return self._departures[place].t

    def laws(self, quantity: int) -> Series:
        """(t, value, target, tau) of a law."""
        for number, rows in self._new("tracks", "quantity"):
            table = self._trace.tracks
            self._laws[number].extend(
                t=table.t[rows],
                value=table.value[rows],
                target=table.target[rows],
                tau=table.tau[rows],
            )
        return self._laws[quantity]

    def area(self, quantity: int) -> Column:
        """At each row of a law, the time integral of the law so far."""
        series = self.laws(quantity)
        total = self._areas.setdefault(quantity, Growing("f8"))
        done, n = total.n, len(series)
        if done < n:
            rows = slice(max(done - 1, 0), n - 1)
            pieces = area(
                np.diff(series.t[rows.start : n]),
                *(getattr(series, name)[rows] for name in ("value", "target", "tau")),
            )
            base = total.values[-1] if done else 0.0
            # summed one by one in row order, so that the cuts do not show in the last bit
            grown = np.cumsum(np.concatenate([[base], pieces]))
            total.extend(grown[1:] if done else grown)
        return total.values

    def readings(self, reading: int) -> Series:
        """(t, part, value) of a reading."""
        for number, rows in self._new("readings", "quantity"):
            table = self._trace.readings
            self._readings[number].extend(
                t=table.t[rows], part=table.part[rows], value=table.value[rows]
            )
        return self._readings[reading]

    def events(self, kind: int, place: int) -> Series:
        """(t, part, value) of one kind of event at a place."""
        table = self._trace.events
        for number, rows in self._new("events", "kind"):
            for where in np.unique(table.place[rows]):
                mine = rows[table.place[rows] == where]
                self._events.setdefault((number, int(where)), Series(VALUE_COLUMNS)).extend(
                    t=table.t[mine], part=table.part[mine], value=table.value[mine]
                )
        return self._events.setdefault((kind, place), Series(VALUE_COLUMNS))

    def _new(self, table: str, by: str) -> list[tuple[int, Column]]:
        """New rows of a table since the last call, grouped by a column, in order."""
        begin, rows = self._done[table], getattr(self._trace, table)
        end = len(rows)
        if begin == end:
            return []
        self._done[table] = end
        keys = getattr(rows, by)[begin:end]
        order = np.argsort(keys, kind="stable")
        numbers, first = np.unique(keys[order], return_index=True)
        return [
            (int(number), group + begin)
            for number, group in zip(numbers, np.split(order, first[1:]), strict=True)
        ]

    def _follow_log(self) -> None:
        begin = self._done["log"]
        groups = self._new("log", "place")
        if not groups:
            return
        log = self._trace.log
        stations = len(self._trace.line.stations)
        for place, rows in groups:
            if place < stations:
                t, state, part = log.t[rows], log.state[rows], log.part[rows]
                self._states[place].extend(t=t, state=state, part=part)
                starts, times = self._starts[place]
                times.extend(t[starts.feed(state, part)])
        self._follow_parts(log.t[begin:], log.place[begin:], log.part[begin:])

    def _follow_parts(self, t: Column, place: Column, part: Column) -> None:
        """Arrivals and departures: a row with another place than the part's row before."""
        rows = np.flatnonzero(part >= 0)
        rows = rows[np.argsort(part[rows], kind="stable")]
        if not len(rows):
            return
        p, q = part[rows], place[rows]
        first = np.r_[True, p[1:] != p[:-1]]
        last = np.r_[first[1:], True]
        before = np.r_[-1, q[:-1]]
        where = self._where
        before[first] = [where.get(int(number), -1) for number in p[first]]
        sinks = self._trace.sinks
        for number, spot in zip(p[last].tolist(), q[last].tolist(), strict=True):
            if spot in sinks:
                where.pop(number, None)
            else:
                where[number] = spot
        moved = np.flatnonzero(q != before)
        moved = moved[np.argsort(rows[moved], kind="stable")]
        times, came, left = t[rows[moved]], q[moved], before[moved]
        for spot in np.unique(came):
            self._arrivals[spot].extend(t=times[came == spot])
        left = np.where(came == self._trace.line.place(MERGED), -1, left)
        for spot in np.unique(left[left >= 0]):
            self._departures[spot].extend(t=times[left == spot])
