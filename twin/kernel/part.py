"""A part on its way, and the order list that new ones come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, inf
from typing import TYPE_CHECKING

from twin.kernel.calendar import Calendar, Wake
from twin.trace.tables import EventKind, Recorder

if TYPE_CHECKING:
    from twin.kernel.jobs import Job, Jobs

ROUNDING = 1e-6  # parts that material under way may be short of a whole one, as in FluidNet


class Part:
    """One board, shaft, bottle."""

    __slots__ = ("number", "product")

    def __init__(self, number: int, product: int) -> None:
        self.number = number
        self.product = product


class LatentPart(Part):
    """A part with a hidden state `x`; `defects` maps each defect to what caused it.

    `marks` names, by kind of fault, the very fault and which of its lives touched the part.
    """

    __slots__ = ("defects", "marks", "x")

    def __init__(self, number: int, product: int) -> None:
        super().__init__(number, product)
        self.x: dict[str, float] = {}
        self.defects: dict[str, str] = {}
        self.marks: dict[str, tuple[str, int]] = {}


class Orders:
    """The order list, worked off and begun again; hands out new parts and numbers them.

    With line clearance the first part of another product waits until no part of the old one is
    left in the line; then every idle station is told, so that they set up side by side.

    Job orders from outside come first: the next part is the first of a started one, and the list
    goes on where it was when none is left. Where material flows, what is under way for the present
    product is made into parts before another product comes.
    """

    jobs: Jobs

    def __init__(
        self,
        calendar: Calendar,
        recorder: Recorder,
        orders: Sequence[tuple[int, int]],
        *,
        clearance: bool,
        latent: bool,
    ) -> None:
        self._calendar = calendar
        self._births = recorder.parts
        self._events = recorder.events
        self._number = -1  # of the order under way, counted from the start
        self._fresh = True  # the next part is the first of its order
        self._orders = list(orders) or [(0, 0)]
        self._position = 0
        self._left = self._orders[0][1]
        self._born = 0
        self._in_line = 0
        self._clearance = clearance
        self._kind = LatentPart if latent else Part
        self.product = self._orders[0][0]  # of the next part
        self._product = self.product  # what the line is cleared for
        self.cleared = True  # whether the next part may come now
        self._waiting: list[Callable[[], None]] = []
        self._clearing = Wake(calendar, self._clear)
        self.announce: list[Callable[[int], None]] = []  # told of the next product
        self.job: Job | None = None  # under way; None: the list's own order is
        self._closing = 0  # parts until another order takes its place
        self.under_way: Callable[[], float] | None = None  # parts that material will become
        self.changed: list[Callable[[], None]] = []  # told when `coming` changes by itself

    @property
    def first_product(self) -> int:
        """Product the line is set up for at the start."""
        return self._orders[0][0]

    @property
    def coming(self) -> float:
        """Parts still to be made before another product comes; inf when none ever does."""
        if self._closing:
            return float(self._closing)
        if self.job is not None:
            return self._coming_of_jobs(self.job)
        total, n = float(self._left), len(self._orders)
        if not self._left or self.product != self._orders[self._position][0]:
            return inf
        for i in range(1, n + 1):
            product, quantity = self._orders[(self._position + i) % n]
            if product != self.product:
                return total
            total += quantity
        return inf

    def _coming_of_jobs(self, job: Job) -> float:
        """The same while a job order is under way: what is left of it, and what comes after."""
        ahead = [(job.product, job.left)]
        ahead += [(one.product, one.left) for one in self.jobs.due() if one is not job]
        ahead.append((self._orders[self._position][0], self._left))
        ahead += self._orders[self._position + 1 :] + self._orders[: self._position]
        total = 0.0
        for product, quantity in ahead:
            if product != self.product:
                return total
            if not quantity:
                break
            total += quantity
        return inf

    def try_to_clear(self) -> bool:
        """Clear the line for the next product when it is empty; whether the next part may come."""
        if not self.cleared and not self._in_line:
            self._clear()
        return self.cleared

    def wait(self, begin: Callable[[], None]) -> None:
        """Be called back when the line is cleared."""
        self._waiting.append(begin)

    def withdraw(self, begin: Callable[[], None]) -> None:
        """Wait no longer."""
        if begin in self._waiting:
            self._waiting.remove(begin)

    def new_part(self) -> Part:
        """The next part; its birth is recorded."""
        product = self.product
        if self._fresh:
            self._begin_order()
        if self.job is not None:
            self.job.left -= 1
            self.job.inside += 1
            if not self.job.left:
                self._turn()
        elif self._left:  # 0: one endless order
            self._left -= 1
            if not self._left:
                self._next_order()
        if self._closing:
            self._closing -= 1
            if not self._closing:
                self._turn()
        part = self._kind(self._born, product)
        self._born += 1
        self._in_line += 1
        births = self._births
        births += (self._calendar._now, product)
        return part

    def _begin_order(self) -> None:
        self._fresh, self._number = False, self._number + 1
        events = self._events
        events += (self._calendar._now, EventKind.ORDER, -1, self._born, self._number)
        self.jobs.begin(self._born, self.job)

    def _next_order(self) -> None:
        self._position = (self._position + 1) % len(self._orders)
        self._left = self._orders[self._position][1]
        self._turn()

    def _turn(self) -> None:
        """What comes next: a job order, else the list's own order."""
        self._fresh, self._closing = True, 0
        self.job = self.jobs.take()
        self.product = self._orders[self._position][0] if self.job is None else self.job.product
        self.cleared = not self._clearance or self.product == self._product

    def look(self) -> None:
        """Job orders came, went or became due: turn to another order when that is right."""
        best = self.jobs.best()
        if self.job is not None and self.job is best:
            return
        if self._closing or (self.job is None and best is None):
            return
        product = self._orders[self._position][0] if best is None else best.product
        if self.under_way is not None and self.cleared and product != self.product:
            self._closing = max(ceil(self.under_way() - ROUNDING), 1)
        else:
            self._turn()
            if self._waiting and (self.cleared or not self._in_line):
                self._calendar.wake(self._clearing, 0.0)
        for tell in self.changed:
            tell()

    def gone(self, part: Part) -> None:
        """A part left the line."""
        self._in_line -= 1
        self.jobs.gone(part.number)
        if self._waiting and not self._in_line:
            self._calendar.wake(self._clearing, 0.0)

    def _clear(self) -> None:
        if self._in_line and not self.cleared:
            return
        self._product, self.cleared = self.product, True
        for tell in self.announce:
            tell(self._product)
        waiting, self._waiting = self._waiting, []
        for begin in waiting:
            begin()
