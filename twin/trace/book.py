"""The order book: what became of every job order, read from trace and journal alone.

So a finished run, a replay and a live session answer alike. `Book.follow` reads only new rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.line.line import OUT, SCRAP
from twin.trace.job import JobOrder, JobState
from twin.trace.tables import EventKind
from twin.trace.trace import Trace

STORES = ("job-store", "job-store-and-start")


@dataclass
class Entry:
    """One job order: its states with their times (s), and parts of it by where they are.

    `begun` parts have entered the line, `good` and `rejected` ones have left it.
    """

    number: int
    order: JobOrder
    changes: list[tuple[float, JobState]] = field(default_factory=list)
    begun: int = 0
    good: int = 0
    rejected: int = 0

    @property
    def state(self) -> JobState:
        """The present state."""
        return self.changes[-1][1]

    @property
    def started(self) -> float | None:
        """When it was first running, s."""
        return next((t for t, state in self.changes if state == JobState.RUNNING), None)

    @property
    def ended(self) -> float | None:
        """When it ended or was aborted, s."""
        over = (JobState.ENDED, JobState.ABORTED)
        return next((t for t, state in self.changes if state in over), None)


class Book:
    """Job orders of a run, in the order in which they were stored.

    >>> import twin
    >>> from twin.trace import JobOrder
    >>> run = twin.Run(twin.load("examples/three-stations-v1"), seed=1)
    >>> order = JobOrder("A-17", "part", 5)
    >>> _ = run.apply(twin.Command("job-store-and-start", "A-17", job=order))
    >>> run.advance(3600.0)
    >>> book = Book()
    >>> book.follow(run.trace)
    >>> book.entries[0].state.name, book.entries[0].good + book.entries[0].rejected
    ('ENDED', 5)
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._commands = self._events = self._rows = 0
        self._starts = np.empty(0, dtype=np.int64)
        self._owners = np.empty(0, dtype=np.int64)

    @property
    def listed(self) -> list[Entry]:
        """Those still in the list: neither cancelled nor cleared."""
        return [entry for entry in self.entries if entry.state != JobState.GONE]

    def find(self, order_id: str) -> Entry | None:
        """The listed order of this id."""
        return next((entry for entry in self.listed if entry.order.id == order_id), None)

    def follow(self, trace: Trace) -> None:
        """Read what is new in the trace."""
        self._follow_journal(trace)
        if self.entries:
            self._follow_states(trace)
            self._follow_parts(trace)

    def _follow_journal(self, trace: Trace) -> None:
        for command in trace.journal[self._commands :]:
            if command.job is None:
                continue
            if command.kind in STORES:
                entry = Entry(len(self.entries), command.job)
                entry.changes.append((command.t or 0.0, JobState.NOT_ALLOWED_TO_START))
                self.entries.append(entry)
            elif command.kind == "job-update":
                self._latest(command.job.id).order = command.job
        self._commands = len(trace.journal)

    def _latest(self, order_id: str) -> Entry:
        return next(one for one in reversed(self.entries) if one.order.id == order_id)

    def _follow_states(self, trace: Trace) -> None:
        rows = trace.index.events(EventKind.JOB, -1)
        for i in range(self._events, len(rows)):
            entry = self.entries[int(rows.part[i])]
            change = (float(rows.t[i]), JobState(int(rows.value[i])))
            if change != entry.changes[-1]:
                entry.changes.append(change)
        self._events = len(rows)

    def _follow_parts(self, trace: Trace) -> None:
        stretches = trace.index.events(EventKind.JOB_PARTS, -1)
        self._starts = stretches.part
        self._owners = stretches.value.astype(np.int64)
        ends = np.append(self._starts[1:], len(trace.parts))
        begun = np.zeros(len(self.entries), dtype=np.int64)
        mine = self._owners >= 0
        np.add.at(begun, self._owners[mine], (ends - self._starts)[mine])
        good, rejected = (self._counted(trace, trace.line.place(name)) for name in (OUT, SCRAP))
        for entry in self.entries:
            entry.begun = int(begun[entry.number])
            entry.good += int(good[entry.number])
            entry.rejected += int(rejected[entry.number])
        self._rows = len(trace.log)

    def _counted(self, trace: Trace, sink: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Parts of each order that came to a sink since the last look."""
        counts = np.zeros(len(self.entries), dtype=np.int64)
        new = slice(self._rows, len(trace.log))
        parts = trace.log.part[new][trace.log.place[new] == sink]
        stretch = np.searchsorted(self._starts, parts, side="right") - 1
        known = stretch >= 0
        owners = self._owners[stretch[known]]
        np.add.at(counts, owners[owners >= 0], 1)
        return counts
