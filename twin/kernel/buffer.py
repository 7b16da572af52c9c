"""A buffer between stations, with room for `capacity` parts and a way of `transport` seconds.

Blocking after service: a feeder that finds no room keeps its part until room comes. Capacity 0
is a hand-over: a part passes only when a taker already waits. Waiting is first come first served
on both sides. A tunnel reserves its room before its part is on the way.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from twin.kernel.calendar import Calendar, Wake
from twin.kernel.part import Orders, Part
from twin.trace.tables import STATES, Recorder


class Taker(Protocol):
    """Whoever waits for a part."""

    def receive(self, part: Part) -> None:
        """Take the part that was waited for."""


class Feeder(Protocol):
    """Whoever waits for room, holding `part`."""

    part: Part

    def released(self) -> None:
        """The part is gone; go on."""


class Claimant(Protocol):
    """Whoever waits to reserve room for a part that comes later."""

    def room_came(self) -> None:
        """There is room again; reserve it."""


class Buffer:
    """Parts ready (`items`), parts under way (`moving`), and who waits at either end."""

    def __init__(
        self,
        calendar: Calendar,
        recorder: Recorder,
        place: int,
        capacity: int,
        transport: float,
    ) -> None:
        self._calendar = calendar
        self._log = recorder.log
        self._code = place * STATES
        self.free = capacity if capacity >= 0 else 1 << 62
        self.transport = transport
        self.items: deque[Part] = deque()
        self.moving: deque[tuple[float, Part]] = deque()
        self._takers: deque[Taker] = deque()
        self._feeders: deque[Feeder] = deque()
        self._claimants: deque[Claimant] = deque()
        self._wake = Wake(calendar, self._arrive)

    def put(self, feeder: Feeder) -> bool:
        """Take the feeder's part, or note that it waits for room and return False."""
        if self._takers and not self.transport:
            self._takers.popleft().receive(feeder.part)
            return True
        if not self.free:
            self._feeders.append(feeder)
            return False
        self.free -= 1
        if self.transport:
            self._store(feeder.part)
        else:
            part = feeder.part
            self.items.append(part)
            log = self._log
            log += (self._calendar._now, self._code, part.number)
        return True

    def take(self, taker: Taker) -> Part | None:
        """The next part, or None after noting that the taker waits."""
        if self.items:
            part = self.items.popleft()
            if self._feeders or self._claimants:
                self._give_room()
            else:
                self.free += 1
            return part
        if self._feeders and not self.transport:  # no room at all: straight from hand to hand
            feeder = self._feeders.popleft()
            part = feeder.part
            self._calendar.then(feeder.released)
            return part
        self._takers.append(taker)
        return None

    def reserve(self, claimant: Claimant) -> bool:
        """Keep room for a part that comes later; False when there is none (the claimant waits)."""
        if not self.free:
            self._claimants.append(claimant)
            return False
        self.free -= 1
        return True

    def deliver(self, part: Part) -> None:
        """A part for which room was reserved arrives."""
        if self._takers and not self.transport:
            self._takers.popleft().receive(part)
            self._give_room()
        else:
            self._store(part)

    def withdraw(self, who: object) -> None:
        """Nobody waits here any more under this name."""
        waiting: tuple[deque[Any], ...] = (self._takers, self._feeders, self._claimants)
        for queue in waiting:
            if who in queue:
                queue.remove(who)

    def _store(self, part: Part) -> None:
        now = self._calendar._now
        log = self._log
        log += (now, self._code, part.number)
        if not self.transport:
            self.items.append(part)
            return
        if not self.moving:
            self._calendar.wake(self._wake, self.transport)
        self.moving.append((now + self.transport, part))

    def _arrive(self) -> None:
        part = self.moving.popleft()[1]
        if self.moving:
            self._calendar.wake(self._wake, self.moving[0][0] - self._calendar._now)
        if self._takers:
            self._takers.popleft().receive(part)
            self._give_room()
        else:
            self.items.append(part)

    def _give_room(self) -> None:
        """One place came free: the first waiting feeder's part enters, and the feeder goes on."""
        if self._feeders:
            feeder = self._feeders.popleft()
            self._store(feeder.part)
            self._calendar.then(feeder.released)
            return
        self.free += 1
        if self._claimants:
            self._calendar.then(self._claimants.popleft().room_came)


class Sink:
    """The end of a part's way: always room."""

    def __init__(self, calendar: Calendar, recorder: Recorder, place: int, orders: Orders) -> None:
        self._calendar = calendar
        self._log = recorder.log
        self._code = place * STATES
        self._orders = orders

    def put(self, feeder: Feeder) -> bool:
        """Take the part; it is no longer in the line."""
        log = self._log
        log += (self._calendar._now, self._code, feeder.part.number)
        self._orders.gone(feeder.part)
        return True

    def reserve(self, claimant: Claimant) -> bool:
        """There is always room."""
        return True

    def deliver(self, part: Part) -> None:
        """Take the part; it is no longer in the line."""
        log = self._log
        log += (self._calendar._now, self._code, part.number)
        self._orders.gone(part)

    def withdraw(self, who: object) -> None:
        """Nobody ever waits at a sink."""
