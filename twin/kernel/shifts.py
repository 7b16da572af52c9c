"""Rest outside the shifts, and planned maintenance: both begin after the part in work.

While a station works, neither costs it anything. What keeps it from its next part is a gate in
the place of its source: the station takes from it as always, gets nothing, and shows the gate's
state (IDLE, MAINTENANCE, HELD) instead of STARVED.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from twin.kernel.buffer import Taker
from twin.kernel.calendar import Calendar, Wake
from twin.kernel.crew import Crew
from twin.kernel.draws import Draws
from twin.kernel.part import Part
from twin.line.calendar import WorkCalendar
from twin.trace.tables import State

if TYPE_CHECKING:
    from twin.kernel.machine import Machine, Source


class Resting(Protocol):
    """Whoever keeps to the shifts: a station's gate, a crew, a fluid station."""

    def rest(self) -> None:
        """Finish what is at hand and begin nothing new."""

    def wake(self) -> None:
        """Go on."""


class Rota:
    """Sends everybody who keeps to the shifts to rest and wakes them, as the calendar says."""

    def __init__(self, calendar: Calendar, work: WorkCalendar, members: Sequence[Resting]) -> None:
        self._calendar = calendar
        self._work = work
        self._members = list(members)
        self._begins = False  # whether work begins at the next change
        self._wake = Wake(calendar, self._change)

    def begin(self) -> None:
        """Let everybody rest who begins outside the shifts."""
        if not self._work.works_at(0.0):
            self._rest()
        self._await()

    def _change(self) -> None:
        if self._begins:
            for member in self._members:
                member.wake()
        else:
            self._rest()
        self._await()

    def _rest(self) -> None:
        for member in reversed(self._members):
            member.rest()

    def _await(self) -> None:
        at, self._begins = self._work.next_change(self._calendar._now)
        if at < float("inf"):
            self._calendar.wake_at(self._wake, at)


class Upkeep:
    """One kind of planned maintenance: due at `first` (s), then every `every` seconds."""

    def __init__(
        self,
        calendar: Calendar,
        gate: Gate,
        first: float,
        every: float,
        time: Draws,
        crew: Crew | None,
    ) -> None:
        self._calendar = calendar
        self._gate = gate
        self._first, self._every = first, every
        self._time = time
        self._crew = crew
        self._wake = Wake(calendar, self._due)

    def begin(self) -> None:
        """Wait until it is next due; what fell due while it was done is done with it."""
        now = self._calendar._now
        times = max(int((now - self._first) / self._every), 0)
        while self._first + times * self._every <= now:
            times += 1
        self._wake.handler = self._due
        self._calendar.wake_at(self._wake, self._first + times * self._every)

    def start(self) -> None:
        """The station is free: do it as soon as there are people."""
        if self._crew is None or self._crew.request(self._people_came):
            self._people_came()

    def _due(self) -> None:
        self._gate.ask(self)

    def _people_came(self) -> None:
        self._wake.handler = self._done
        self._calendar.wake(self._wake, self._time.pop())
        self._gate.served_by_people()

    def _done(self) -> None:
        if self._crew is not None:
            self._crew.release()
        self.begin()
        self._gate.served()


class Gate:
    """Stands in front of a station's source, `source`; closed, it lets no part through."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.source: Source = machine.source
        self._resting = False
        self._due: list[Upkeep] = []  # the first of them is begun when the station is free
        self._begun = False  # its people are asked for
        self._doing = False

    def take(self, taker: Taker) -> Part | None:
        """Nothing: the station has come to rest, and maintenance may begin."""
        self._begin_upkeep()
        return None

    def withdraw(self, who: object) -> None:
        """Nobody waits here."""

    def rest(self) -> None:
        """Take no further part, and show IDLE instead of starved, blocked and held."""
        self._resting = True
        self._settle()

    def wake(self) -> None:
        """Take parts again, unless maintenance is due."""
        self._resting = False
        self._settle()

    def ask(self, upkeep: Upkeep) -> None:
        """Maintenance is due: begin it when the part in work has gone."""
        self._due.append(upkeep)
        self._settle()

    def served_by_people(self) -> None:
        """Maintenance begins."""
        self._doing = True
        self._settle()

    def served(self) -> None:
        """Maintenance is done; the next, if another is due, or back to work."""
        self._due.pop(0)
        self._doing = self._begun = False
        self._settle()

    def _settle(self) -> None:
        """Open or close, and let the station show what keeps it from work."""
        machine, state = self.machine, State.STARVED
        closed = self._resting or bool(self._due)
        machine.change_source(self if closed else self.source)
        if closed and machine.waits_for_part:
            self._begin_upkeep()
        if self._doing:
            state = State.MAINTENANCE
        elif self._resting:
            state = State.IDLE
        elif closed:
            state = State.HELD
        if self._resting:
            machine.stand_by(state, State.IDLE, State.IDLE)
        else:
            machine.stand_by(state, State.BLOCKED, State.HELD)
        if not closed and machine.waits_for_part:
            machine.ask_again()

    def _begin_upkeep(self) -> None:
        if self._due and not self._begun:
            self._begun = True
            self._due[0].start()
