"""People who serve several stations: first come first served, no favourites.

Outside the shifts they are absent: who asks for them waits, what they are at they finish.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Crew:
    """`free` people of `count`; whoever finds none waits in order."""

    def __init__(self, count: int) -> None:
        self.free = count
        self.absent = False
        self._waiting: deque[Callable[[], None]] = deque()

    def request(self, begin: Callable[[], None]) -> bool:
        """Take somebody now (True), or be called back by `begin` when somebody is free."""
        if self.free and not self.absent:
            self.free -= 1
            return True
        self._waiting.append(begin)
        return False

    def withdraw(self, begin: Callable[[], None]) -> None:
        """Wait no longer."""
        if begin in self._waiting:
            self._waiting.remove(begin)

    def release(self) -> None:
        """Give somebody back; the first who waits gets them."""
        if self._waiting and not self.absent:
            self._waiting.popleft()()
        else:
            self.free += 1

    def rest(self) -> None:
        """Go when the work at hand is done."""
        self.absent = True

    def wake(self) -> None:
        """Come back and see to those who wait."""
        self.absent = False
        while self.free and self._waiting:
            self.free -= 1
            self._waiting.popleft()()
