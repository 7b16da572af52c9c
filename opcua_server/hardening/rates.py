"""How fast a client may go: buckets of tokens for requests, and waiting after failed logins.

Who asks too fast is not refused but slowed down: reading pauses, so what waits is bounded. Memory
is bounded too: of many addresses and names the ones not seen for longest are forgotten.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from opcua_server.hardening.limits import (
    LOCK_AFTER,
    LOCK_S,
    LOGIN_DELAY_S,
    LOGINS_REMEMBERED,
    MOST_LOGIN_DELAY_S,
)

T = TypeVar("T")


class Bucket:
    """Tokens that come back at `rate` a second, `burst` of them at most.

    >>> bucket = Bucket(10.0, 2.0, now=0.0)
    >>> [bucket.take(0.0) for _ in range(3)]
    [0.0, 0.0, 0.1]
    """

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst = rate, burst
        self._tokens, self._at = burst, now

    def take(self, now: float, cost: float = 1.0) -> float:
        """Take tokens; how many seconds to wait until they were there."""
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate) - cost
        self._at = now
        return max(0.0, -self._tokens / self.rate)


class Remembered(Generic[T]):
    """One thing for each key, for the `most` keys asked for last."""

    def __init__(self, make: Callable[[], T], most: int) -> None:
        self._make, self._most = make, most
        self._held: OrderedDict[object, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def of(self, key: object) -> T:
        """The key's own, new or known."""
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self._make()
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return held

    def forget(self, key: object) -> None:
        """Drop what is held for a key."""
        self._held.pop(key, None)


@dataclass
class Failures:
    """Failed logins in a row; none is taken before `until`, the next one not before `next_at`."""

    count: int = 0
    until: float = -math.inf
    next_at: float = -math.inf


class FailedLogins:
    """Slows an address down that guesses, and locks a name for it after some wrong guesses.

    A name is locked for the address that guessed, not for others: nobody can lock a user out from
    elsewhere. Times are seconds of `clock`.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._names: Remembered[Failures] = Remembered(Failures, LOGINS_REMEMBERED)
        self._addresses: Remembered[Failures] = Remembered(Failures, LOGINS_REMEMBERED)

    def wait(self, address: str) -> float:
        """Seconds this attempt waits; those that come at once wait one behind the other."""
        now, seen = self._clock(), self._addresses.of(address)
        if seen.count < LOCK_AFTER:
            return 0.0
        delay = min(LOGIN_DELAY_S * 2.0 ** min(seen.count - LOCK_AFTER, 20), MOST_LOGIN_DELAY_S)
        seen.next_at = min(max(now, seen.next_at) + delay, now + MOST_LOGIN_DELAY_S)
        return seen.next_at - now

    def locked(self, name: str, address: str) -> bool:
        """Whether the name is locked for this address."""
        return self._names.of((name, address)).until > self._clock()

    def failed(self, name: str, address: str) -> None:
        """Count a failed login."""
        self._addresses.of(address).count += 1
        failures = self._names.of((name, address))
        failures.count += 1
        if failures.count >= LOCK_AFTER:
            failures.count, failures.until = 0, self._clock() + LOCK_S

    def succeeded(self, name: str, address: str) -> None:
        """Forget the name's failures, and half of the address's: others may guess from there."""
        self._names.forget((name, address))
        self._addresses.of(address).count //= 2
