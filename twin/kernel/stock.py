"""Material at a station: lots put in one after the other and used up part by part.

A lot is begun when the next part needs more than is left; what is left goes into that part too.
With a refill time the station waits for it and for its people, otherwise the change costs nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING

from twin.kernel.crew import Crew
from twin.kernel.draws import Draws
from twin.kernel.part import LatentPart, Part
from twin.line.feeds import Feed
from twin.trace.tables import EventKind

if TYPE_CHECKING:
    from twin.kernel.rig import Rig

NOTHING = 1e-9  # share of a part's quantity that only rounding leaves behind


class Stock:
    """A feed in action: the lots put in and not used up, oldest first, each [number, left]."""

    def __init__(
        self,
        feed: Feed,
        rig: Rig,
        vary: dict[str, Draws],
        refill: Draws | None,
        crew: Crew | None,
    ) -> None:
        self.feed = feed
        self._rig = rig
        self._vary = vary  # standard normals, by property
        self.time, self.crew = refill, crew
        self._begun = 0
        self._lots: deque[list[float]] = deque()
        self.properties: dict[str, float] = {}  # of the newest lot
        self._lay()

    def begin(self) -> None:
        """Record the first lot."""
        self._announce()

    @property
    def left(self) -> float:
        """Units of the material at hand."""
        return sum(left for _, left in self._lots)

    def missing(self, parts: Iterable[Part]) -> int:
        """Lots to be put in, by people, before these parts can be made."""
        if self.time is None:
            return 0
        need = sum(self.feed.amounts[part.product] for part in parts)
        short = need - self.left
        return ceil(short / self.feed.spec.lot) if short > NOTHING * need else 0

    def renew(self) -> None:
        """Put the next lot in."""
        self._lay()
        self._rig.put(self.feed.lot_key, self._lots[-1][0])
        self._rig.put(self.feed.left_key, self.left)
        self._announce()
        if self.properties:
            self._rig.changed()

    def exchange(self) -> None:
        """Put the next lot in and what is left of the present one away."""
        self._lots.clear()
        self.renew()

    def consume(self, part: Part) -> None:
        """Use what a part takes; the trace keeps which lots it came from."""
        need = wanted = self.feed.amounts[part.product]
        least = NOTHING * wanted
        while need > least:
            if not self._lots:
                self.renew()
            lot = self._lots[0]
            taken = min(need, lot[1])
            self._rig.read_of(part, self.feed.lot_key, lot[0])
            need -= taken
            lot[1] -= taken
            if lot[1] <= least:
                self._lots.popleft()
        self._rig.put(self.feed.left_key, self.left)
        if isinstance(part, LatentPart) and wanted:
            part.x.update(self.properties)

    def _announce(self) -> None:
        self._rig.machine.note(EventKind.LOT, self._lots[-1][0])
        for name, value in self.properties.items():
            self._rig.put(self.feed.property_key(name), value)

    def _lay(self) -> None:
        self._lots.append([float(self.feed.lot(self._begun)), self.feed.spec.lot])
        self._begun += 1
        self.properties = {
            name: law.mean + law.sd * self._vary[name].pop()
            for name, law in self.feed.spec.properties.items()
        }
