"""A station as a state machine: seek a part, make ready, work, hand on.

One reused alarm drives it. `phase` says what it is at; `holds` names what keeps it from going on
(a failure, a stop command, a maintenance stop), and what is interrupted resumes where it was.
Failures count working time: the part in work resumes after repair. What is special (equipment
physics, changeover, operators, several products) is in `extras`, so that a plain machine pays
nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import TYPE_CHECKING, Protocol

from simpy.events import NORMAL

from twin.kernel.buffer import Feeder, Taker
from twin.kernel.calendar import Calendar, Wake
from twin.kernel.draws import Draws
from twin.kernel.failures import Failures
from twin.kernel.part import Part
from twin.trace.tables import STATES, EventKind, Recorder, State

if TYPE_CHECKING:
    from twin.kernel.extras import Extras
    from twin.kernel.shifts import Gate


# What a station is at, whether or not it is held up. READY is changeover and waiting for people.
# Plain integers: an enumeration's members cost a tenth of the kernel's speed here.
SEEK, READY, WORK, HAND_ON = range(4)
_STARVED, _WORKING, _BLOCKED = int(State.STARVED), int(State.WORKING), int(State.BLOCKED)


class Source(Protocol):
    """Where parts come from."""

    def take(self, taker: Taker) -> Part | None:
        """A part, or None after noting that the taker waits."""

    def withdraw(self, who: object) -> None:
        """The taker waits no longer."""


class Outlet(Protocol):
    """Where parts go."""

    def put(self, feeder: Feeder) -> bool:
        """Take the feeder's part, or False after noting that it waits."""

    def withdraw(self, who: object) -> None:
        """The feeder waits no longer."""


class Machine:
    """A station that works on one part at a time."""

    def __init__(
        self,
        calendar: Calendar,
        recorder: Recorder,
        place: int,
        source: Source,
        cycle: Draws,
        failures: Failures,
        outlet: Outlet,
        choose: Callable[[Part, bool | None], Outlet] | None,
    ) -> None:
        self.calendar = calendar
        self.recorder = recorder
        self.place = place
        self.source = source
        self.cycle = cycle
        self.failures = failures
        self.outlet = outlet
        self.choose = choose
        self.extras: Extras | None = None
        self.gate: Gate | None = None
        self.held = State.HELD  # what it shows while it waits for people
        self.part: Part = None  # type: ignore[assignment]
        self.phase = SEEK
        self.holds: set[str] = set()
        self.left = 0.0  # working time the part still needs
        self.worked = 0.0  # working time so far, all parts
        self.since = 0.0  # when the present stretch of work began
        self.cycle_hint = 0.0  # nominal time of the cycle now beginning
        self.verdict: bool | None = None
        self._times = cycle.values
        self._log = recorder.log
        self._base = base = place * STATES
        self._starved, self._working, self._blocked = (
            base + _STARVED,
            base + _WORKING,
            base + _BLOCKED,
        )
        self._mode = -1
        self._waiting = False  # noted at the source or the outlet
        self._wake = Wake(calendar, self._finish)
        self._repair = Wake(calendar, self._repaired)
        self._on_finish = self._finish
        self._on_failure = self._fail

    # ---- the way of a part

    def seek(self) -> None:
        """Look for the next part."""
        part = self.source.take(self)
        if part is not None:
            self.receive(part)
        else:
            self._starve()

    def _starve(self) -> None:
        self.phase = SEEK
        self._waiting = True
        log = self._log
        log += (self.calendar._now, self._starved, -1)
        if self.extras is not None:
            self.extras.stand()

    def receive(self, part: Part) -> None:
        """Begin a part."""
        self.part = part
        self._waiting = False
        if self.extras is not None:
            self.phase = READY
            self.extras.prepare()
            return
        times = self._times
        if not times:
            self.cycle.refill()
        self.left = times.pop()
        self.work()

    def work(self) -> None:
        """Work on the part until it is finished or a failure strikes, whichever comes first."""
        self.phase = WORK
        calendar = self.calendar
        self.since = now = calendar._now
        log = self._log
        log += (now, self._working, self.part.number)
        delay = self.left
        wake = self._wake
        to_failure = self.failures.due - self.worked
        if delay < to_failure:
            wake.handler = self._on_finish
        else:
            delay = max(to_failure, 0.0)
            wake.handler = self._on_failure
        wake.token = token = next(calendar._eid)
        heappush(calendar._queue, (now + delay, NORMAL, token, wake))

    def _finish(self) -> None:
        self.worked += self.left
        if self.extras is not None:
            self.verdict = self.extras.finish()
        if self.choose is not None:
            self.outlet = self.choose(self.part, self.verdict)
        if not self.outlet.put(self):
            self._block()
            return
        # as `seek` and `receive`, without their calls: this is the busiest place of the kernel
        part = self.source.take(self)
        if part is None:
            self._starve()
        elif self.extras is not None:
            self.receive(part)
        else:
            self.part = part
            times = self._times
            if not times:
                self.cycle.refill()
            self.left = times.pop()
            self.work()

    def hand_on(self) -> None:
        """Try again to give the part away."""
        if self.outlet.put(self):
            self.seek()
        else:
            self._block()

    def _block(self) -> None:
        self.phase = HAND_ON
        self._waiting = True
        self.show_blocked()

    def show_blocked(self) -> None:
        """Record that its part finds no room."""
        log = self._log
        log += (self.calendar._now, self._blocked, self.part.number)
        if self.extras is not None:
            self.extras.stand()

    def released(self) -> None:
        """The outlet took the part."""
        self._waiting = False
        self.seek()

    # ---- failures and holds

    def _fail(self) -> None:
        self._wake.cancel()
        self.left -= self.failures.due - self.worked
        self.worked = self.failures.due
        self._mode = self.failures.next()
        self.note(EventKind.FAILURE, self._mode)
        if self.extras is not None and self.extras.interrupt():
            self.phase = READY
        self.holds.add("failure")
        self.show_hold()
        crew = self.failures.modes[self._mode].crew
        if crew is None or crew.request(self._begin_repair):
            self._begin_repair()

    def _begin_repair(self) -> None:
        self.calendar.wake(self._repair, self.failures.modes[self._mode].repair.pop())

    def _repaired(self) -> None:
        mode = self.failures.modes[self._mode]
        self.failures.renew(self._mode, self.worked)
        self.note(EventKind.REPAIRED, self._mode)
        if mode.crew is not None:
            mode.crew.release()
        self.release("failure")

    def hold(self, reason: str) -> None:
        """Interrupt whatever it is at; the interrupted phase resumes on `release`."""
        if not self.holds:
            self._suspend()
        self.holds.add(reason)
        self.show_hold()

    def release(self, reason: str) -> None:
        """One reason less to stand still; go on when it was the last."""
        if reason not in self.holds:
            return
        self.holds.discard(reason)
        if self.holds:
            self.show_hold()
        elif self.phase == WORK:
            if self.extras is not None:
                self.extras.stand()
            self.work()
        elif self.phase == HAND_ON:
            self.hand_on()
        elif self.phase == READY and self.extras is not None:
            self.extras.resume()
        else:
            self.seek()

    def show_hold(self) -> None:
        """Record that it stands still: stopped by command, or down."""
        state = State.STOPPED if self.holds == {"stop"} else State.DOWN
        part = -1 if self.phase == SEEK or self.part is None else self.part.number
        log = self._log
        log += (self.calendar._now, self._base + int(state), part)
        if self.extras is not None:
            self.extras.stand()

    def _suspend(self) -> None:
        if self.phase == WORK:
            self._wake.cancel()
            done = self.calendar._now - self.since
            self.left = max(self.left - done, 0.0)
            self.worked += done
            if self.extras is not None and self.extras.interrupt():
                self.phase = READY
        elif self.phase == READY and self.extras is not None:
            self.extras.suspend()
        elif self._waiting:
            self._waiting = False
            self.source.withdraw(self)
            self.outlet.withdraw(self)

    # ---- rest and planned maintenance (see `twin.kernel.shifts`)

    @property
    def waits_for_part(self) -> bool:
        """Whether it has nothing to do until its source gives it a part."""
        return self.phase == SEEK and self._waiting

    def change_source(self, source: Source) -> None:
        """Take the next part from `source`; it is not asked yet."""
        if self.waits_for_part:
            self.source.withdraw(self)
        self.source = source

    def ask_again(self) -> None:
        """Ask the source once more; while it is asked, the station is not free for other things."""
        self._waiting = False
        self.seek()

    def stand_by(self, starved: State, blocked: State, held: State) -> None:
        """Show these states from now on while waiting for a part, for room, for people."""
        changed = held != self.held
        self._starved, self._blocked = self._base + starved, self._base + blocked
        self.held = held
        if self.waits_for_part and self.source is self.gate:
            self._starve()
        elif changed and self._waiting and self.phase == HAND_ON:
            self.show_blocked()
        elif changed and self.phase == READY and not self.holds and self.extras is not None:
            self.extras.show_waiting()

    @property
    def at_work(self) -> bool:
        """Whether it works on a part and nothing holds it up."""
        return self.phase == WORK and not self.holds

    @property
    def worked_so_far(self) -> float:
        """Working time up to now, s."""
        return self.worked + (self.calendar._now - self.since if self._wake.token >= 0 else 0.0)

    def set_left(self, left: float) -> None:
        """The part in work needs `left` more seconds than it has had."""
        if self._wake.token >= 0:  # the alarm is set: it is working now
            self.worked = self.worked_so_far
            self.go_on(left)
        else:
            self.left = left

    def go_on(self, left: float) -> None:
        """Work on for `left` seconds without a new beginning."""
        self.left, self.since = left, self.calendar._now
        to_failure = max(self.failures.due - self.worked, 0.0)
        self._wake.handler = self._on_finish if left < to_failure else self._on_failure
        self.calendar.wake(self._wake, min(left, to_failure))

    def when_worked(self, handler: Callable[[], None]) -> None:
        """Let `handler` decide when the work of a part is over, instead of finishing it."""
        self._on_finish = handler

    def begin_work(self) -> None:
        """From now on it is at work, before anything is said about how long."""
        self._wake.cancel()
        self.phase, self.since = WORK, self.calendar._now

    def finish(self) -> None:
        """The work on the part is over: hand it on, take the next."""
        self._finish()

    def code(self, state: State) -> int:
        """The recorder's code of this station in a state."""
        return self._base + int(state)

    def note(self, kind: EventKind, value: float, part: int = -1) -> None:
        """Record an event of this station."""
        events = self.recorder.events
        events += (self.calendar._now, kind, self.place, part, value)

    def called_away(self) -> bool:
        """Stop waiting for a part to do something else first; False when it is busy or held."""
        if not self.waits_for_part or self.source is self.gate:
            return False
        self._suspend()
        self.part = None  # type: ignore[assignment]
        self.phase = READY
        return True

    def strike(self, number: int, after: float) -> None:
        """Let failure mode `number` strike after `after` more seconds of work."""
        self.failures.strike(number, self.worked + after)
