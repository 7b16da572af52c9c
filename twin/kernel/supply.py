"""Where a station takes parts from, besides a buffer: the order list, arrivals, a kit."""

from __future__ import annotations

from collections.abc import Sequence

from twin.kernel.buffer import Buffer, Taker
from twin.kernel.calendar import Calendar, Wake
from twin.kernel.draws import Draws
from twin.kernel.part import LatentPart, Orders, Part
from twin.trace.tables import STATES, EventKind, Recorder, State


class Supply:
    """A station without input: a part is always at hand, unless the line must be cleared first."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._taker: Taker | None = None

    def take(self, taker: Taker) -> Part | None:
        """The next part of the order list, or None until the line is cleared for it."""
        if self._orders.cleared or self._orders.try_to_clear():
            return self._orders.new_part()
        self._taker = taker
        self._orders.wait(self._go)
        return None

    def withdraw(self, who: object) -> None:
        """The taker waits no longer."""
        self._orders.withdraw(self._go)
        self._taker = None

    def _go(self) -> None:
        taker, self._taker = self._taker, None
        part = None if taker is None else self.take(taker)
        if taker is not None and part is not None:
            taker.receive(part)


class Arrivals:
    """Parts that come by themselves into a buffer; while it is full the next one waits."""

    def __init__(self, calendar: Calendar, orders: Orders, buffer: Buffer, gaps: Draws) -> None:
        self._calendar = calendar
        self._orders = orders
        self._buffer = buffer
        self._gaps = gaps
        self.part: Part = None  # type: ignore[assignment]
        self._wake = Wake(calendar, self._arrive)

    def begin(self) -> None:
        """Wait for the first part."""
        self._calendar.wake(self._wake, self._gaps.pop())

    def _arrive(self) -> None:
        self.part = self._orders.new_part()
        if self._buffer.put(self):
            self.released()

    def released(self) -> None:
        """The part is in the buffer; wait for the next."""
        self._calendar.wake(self._wake, self._gaps.pop())


class Kit:
    """Several parts of several buffers that make one cycle of an assembly station.

    Parts are taken one by one as they come and lie at the station until the kit is whole. The
    first input's first part is the one that goes on; the others are merged into it.
    """

    def __init__(
        self,
        calendar: Calendar,
        recorder: Recorder,
        place: int,
        merged: int,
        orders: Orders,
        inputs: Sequence[tuple[Buffer, float]],
    ) -> None:
        self._calendar = calendar
        self._recorder = recorder
        self._place = place
        self._merged = merged
        self._orders = orders
        self._buffers = [buffer for buffer, quantity in inputs for _ in range(int(quantity))]
        self._parts: list[Part | None] = [None] * len(self._buffers)
        self._missing: dict[int, KitSlot] = {}
        self._owner: Taker | None = None

    def take(self, taker: Taker) -> Part | None:
        """The main part of a whole kit, or None while parts are missing."""
        self._owner = taker
        for i, buffer in enumerate(self._buffers):
            if self._parts[i] is None and i not in self._missing:
                slot = self._missing[i] = KitSlot(self, i)
                part = buffer.take(slot)
                if part is not None:
                    self._lay(i, part)
        return self._whole()

    def withdraw(self, who: object) -> None:
        """Stop waiting for the missing parts; those at hand stay."""
        for i, slot in self._missing.items():
            self._buffers[i].withdraw(slot)
        self._missing.clear()

    def came(self, i: int, part: Part) -> None:
        """A missing part came; the station begins when it was the last."""
        self._lay(i, part)
        main = self._whole()
        if main is not None and self._owner is not None:
            self._owner.receive(main)

    def _lay(self, i: int, part: Part) -> None:
        del self._missing[i]
        self._parts[i] = part
        log = self._recorder.log
        log += (self._calendar._now, self._place * STATES + State.STARVED, part.number)

    def _whole(self) -> Part | None:
        if any(part is None for part in self._parts):
            return None
        now = self._calendar._now
        main, *rest = (part for part in self._parts if part is not None)
        self._parts = [None] * len(self._buffers)
        for part in rest:
            log = self._recorder.log
            log += (now, self._merged * STATES, part.number)
            self._orders.gone(part)
            events = self._recorder.events
            events += (now, EventKind.MERGED, self._place, part.number, main.number)
            if isinstance(part, LatentPart) and isinstance(main, LatentPart):
                main.defects = part.defects | main.defects
        return main


class KitSlot:
    """One place of a kit, waiting at its buffer."""

    def __init__(self, kit: Kit, i: int) -> None:
        self._kit = kit
        self._i = i

    def receive(self, part: Part) -> None:
        """The part for this place came."""
        self._kit.came(self._i, part)
