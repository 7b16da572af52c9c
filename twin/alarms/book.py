"""The alarms of a run under way: one book for all who ask, written as the run goes."""

from __future__ import annotations

from twin.alarms.log import AlarmLog, Change
from twin.alarms.records import Record, Standing
from twin.trace.trace import Trace


class Book:
    """Comings and goings of the conditions (`changes`) and what became of alarms (`records`)."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._log = AlarmLog(trace)
        self._standing = Standing(trace.line)
        self._read = 0  # commands of the journal that are entered
        self.records: list[Record] = []

    @property
    def changes(self) -> list[Change]:
        """Comings and goings of the conditions so far, without what a script forced."""
        return self._log.changes

    @property
    def standing(self) -> list[Record]:
        """The last record of each alarm, in the order of the line's alarms."""
        return self._standing.records

    def follow(self) -> list[Record]:
        """Enter what is new up to now; the new records."""
        journal = self._trace.journal
        commands = journal[self._read :]
        self._read += len(commands)
        new = self._standing.feed(self._log.follow(), commands, self._trace.now)
        self.records += new
        return new
