"""People who serve several stations: first come first served, no favourites."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Crew:
    """`free` people of `count`; whoever finds none waits in order."""

    def __init__(self, count: int) -> None:
        self.free = count
        self._waiting: deque[Callable[[], None]] = deque()

    def request(self, begin: Callable[[], None]) -> bool:
        """Take somebody now (True), or be called back by `begin` when somebody is free."""
        if self.free:
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
        if self._waiting:
            self._waiting.popleft()()
        else:
            self.free += 1
