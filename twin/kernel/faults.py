"""A fault's life in one station: onset, first observable, functional failure, repair.

The cause acts through the equipment's own functions, which ask for its severity. The four labels
are written as events: onset when the cause begins; observable when a measured value first differs
by three standard deviations of its noise (from the law where a law shows it, else said by the
equipment); failure when the first part is spoilt; repair when the cause is gone.
"""

from __future__ import annotations

from math import expm1, inf

from twin.equipment.tag import Track
from twin.kernel.calendar import Calendar, Wake
from twin.kernel.draws import Draws
from twin.kernel.rig import Rig
from twin.line.line import Fault, Station
from twin.trace.tables import EventKind

RAMP_STEPS = 40
STEEP = 4.0  # an exponential onset is at (e^2 - 1) / (e^4 - 1) = 12 % half way; assumed


class FaultScript:
    """One fault of the line: dormant, active, or under repair."""

    def __init__(
        self,
        calendar: Calendar,
        number: int,
        fault: Fault,
        station: Station,
        rig: Rig,
        hazard: Draws | None,
        found: Draws | None,
        repair: Draws | None,
        slips: Draws,
    ) -> None:
        self._calendar = calendar
        self.id = fault.id
        self.life = 0  # counts how often it began
        self._number = number
        self._reason = f"repair of {fault.id}"
        self._kind = fault.kind
        self._size = fault.spec.size if fault.spec.size is not None else fault.kind.size
        self._shape = fault.spec.shape or fault.kind.shape
        self._span = fault.spec.span or fault.kind.span
        self._rig = rig
        self._hazard, self._found, self._repair = hazard, found, repair
        self._slips = slips  # for "stick": each time it lasts, of mean 1
        self._sigma = max(
            (
                max(tag.noise, tag.resolution / 2.0)
                for tag in station.tags
                if isinstance(tag.source, Track) and tag.source.quantity == fault.kind.quantity
            ),
            default=inf,
        )
        self._onset: float | None = None
        self._factor = 1.0
        self._steps = 0  # of its shape since the onset
        self._said: set[EventKind] = set()
        self._under_repair = False
        self._begin = Wake(calendar, self._strike)
        self._progress = Wake(calendar, self._next_step)
        self._seen = Wake(calendar, self.witness)
        self._repairing = Wake(calendar, self._start_repair)
        rig.faults.setdefault(fault.kind.id, []).append(self)

    def begin(self) -> None:
        """Draw when the fault comes by itself, if it does."""
        if self._hazard is not None:
            self._calendar.wake(self._begin, self._hazard.pop())

    @property
    def active(self) -> bool:
        """Whether the cause is at work."""
        return self._onset is not None

    @property
    def severity(self) -> float:
        """Severity now, in the catalogue's unit."""
        if self._onset is None:
            return 0.0
        full = self._factor * self._size
        if self._shape in ("intermittent", "stick"):
            return 0.0 if self._steps % 2 else full
        if self._shape == "step" or self._span <= 0.0:
            return full
        come = min(1.0, (self._calendar._now - self._onset) / self._span)
        return full * (come if self._shape == "ramp" else expm1(STEEP * come) / expm1(STEEP))

    def inject(self, factor: float = 1.0) -> None:
        """Let the fault begin now with `factor` times its size; no effect while it is active."""
        if self._onset is not None:
            return
        self._begin.cancel()
        self._onset, self._factor, self._steps = self._calendar._now, factor, 0
        self.life += 1
        self._said = set()
        self._repairing.handler = self._start_repair
        self._say(EventKind.FAULT_ONSET)
        self._step()

    def witness(self, life: int | None = None) -> None:
        """A measured value shows it; perhaps only after its end, on a part that life spoilt."""
        if EventKind.FAULT_ONSET in self._said and life in (None, self.life):
            self._say(EventKind.FAULT_OBSERVABLE)

    def fail(self) -> None:
        """It spoilt a part; somebody finds it after a while."""
        if not self.active or EventKind.FAULT_FAILURE in self._said:
            return
        self._say(EventKind.FAULT_FAILURE)
        if self._found is not None:
            self._calendar.wake(self._repairing, self._found.pop())

    def end(self) -> None:
        """The cause is gone."""
        if self._onset is None:
            return
        for wake in (self._progress, self._seen, self._repairing):
            wake.cancel()
        self._onset = None
        self._say(EventKind.FAULT_REPAIR)
        self._rig.changed()
        if self._under_repair:
            self._under_repair = False
            self._rig.machine.release(self._reason)
        self.begin()

    def _strike(self) -> None:
        self.inject()

    def _start_repair(self) -> None:
        self._under_repair = True
        self._rig.machine.hold(self._reason)
        self._repairing.handler = self.end
        self._calendar.wake(self._repairing, 0.0 if self._repair is None else self._repair.pop())

    def _next_step(self) -> None:
        self._steps += 1
        self._step()

    def _step(self) -> None:
        """The severity changed: laws head elsewhere, and the fault may show sooner."""
        assert self._onset is not None
        self._rig.changed()
        self.foresee()
        if self._shape == "step" or self._span <= 0.0:
            return
        if self._shape == "stick":
            self._calendar.wake(self._progress, self._span * self._slips.pop())
            return
        coming = self._shape in ("ramp", "exp")
        if coming and self._steps >= RAMP_STEPS:
            return
        step = self._span / (RAMP_STEPS if coming else 2)
        at = self._onset + (self._steps + 1) * step  # counted, never added up
        self._calendar.wake(self._progress, max(at - self._calendar._now, 0.0))

    def foresee(self) -> None:
        """When the law that carries the fault will differ by three sigma, if it will."""
        self._seen.cancel()
        if not self.active or EventKind.FAULT_OBSERVABLE in self._said:
            return
        wait = self._rig.time_to_differ(self._kind.quantity, 3.0 * self._sigma)
        if wait == 0.0:
            self.witness()
        elif wait < inf:
            self._calendar.wake(self._seen, wait)

    def _say(self, kind: EventKind) -> None:
        if kind not in self._said:
            self._said.add(kind)
            self._rig.machine.note(kind, self._number)
