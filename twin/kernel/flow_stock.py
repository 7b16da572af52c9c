"""Material at a station that flows: used up evenly while it runs, one lot after the other.

What is left goes straight down from one change of speed to the next, so nothing happens from unit
to unit; the net wakes when a lot is empty, and the next one follows without a stop (rolls are
spliced, hoppers filled up while the machine runs).
"""

from __future__ import annotations

from math import inf

from twin.kernel.stock import Stock
from twin.physics.laws import Law


class FlowStock(Stock):
    """A feed in action; `due` is when the lot in use will be empty."""

    due = inf
    _taken = 0.0  # units of the material a second

    @property
    def left(self) -> float:
        """Units left of the lot in use."""
        return self._rig.value(self.feed.left_key)

    def run(self, now: float, speed: float, product: int) -> None:
        """The station runs at `speed` (units a second) with a product."""
        taken = speed * self.feed.amounts[product]
        if taken == self._taken:
            return
        self._taken = taken
        self._go_on(now, self.left)

    def renew(self) -> None:
        """Begin the next lot."""
        self._lots.clear()
        self._lay()
        self._rig.put(self.feed.lot_key, self._lots[-1][0])
        self._go_on(self._rig.t, self.feed.spec.lot)
        self._announce()
        if self.properties:
            self._rig.changed()

    def exchange(self) -> None:
        """Put the next lot in and what is left of the present one away."""
        self.renew()
        if self._rig.flow is not None:
            self._rig.flow.net.changed()

    def _go_on(self, now: float, left: float) -> None:
        span = left / self._taken if self._taken else inf
        self.due = now + span
        law = Law(left, 0.0, -span) if 0.0 < span < inf else Law.hold(left)
        self._rig.follow(self.feed.left_key, law)
