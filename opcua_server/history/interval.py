"""One processing interval: what lies in it, its bounds, and the stretches between its samples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from opcua_server.history.points import (
    GOOD,
    NO_DATA,
    SUBNORMAL,
    Between,
    Point,
    Points,
    severity,
)

BAD = 0x8000_0000


class Regions(NamedTuple):
    """Stretches between samples: values at both ends, length (ticks), severity (0, 1, 2)."""

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    lengths: NDArray[np.int64]
    severities: NDArray[np.uint32]

    def length(self, worst: int) -> int:
        """Ticks of the stretches of this severity."""
        return int(self.lengths[self.severities == worst].sum())


@dataclass(frozen=True)
class Interval:
    """[early, late) in ticks; (early, late] when time flows `backward`.

    `whole` is false where the request ends before the interval does.
    """

    between: Between
    early: int
    late: int
    backward: bool = False
    whole: bool = True

    @property
    def start(self) -> int:
        """The tick that stands for the interval: where it begins in the direction of time."""
        return self.late if self.backward else self.early

    def empty(self, extrapolates: bool) -> bool:
        """Whether there is nothing to tell of it: before the first sample or behind the last."""
        behind = self.between.series.now - 1 if extrapolates else self.between.series.end
        return self.late < 0 or self.early > behind or self.between.series.end < 0

    @property
    def partial(self) -> bool:
        """Cut short by the request, or with the start or end of the data in it (5.3.3.2)."""
        return not self.whole or self.early < 0 or self.late > self.between.series.end

    @cached_property
    def inside(self) -> Points:
        """The samples in it."""
        points = self.between.points
        if self.backward:
            return points.within(self.early + 1, self.late)
        return points.within(self.early, self.late - 1)

    @cached_property
    def simple(self) -> Points:
        """Its samples with a simple bounding value at either end."""
        return self._bounded(self.between.simple(self.early), self.between.simple(self.late))

    @cached_property
    def interpolated(self) -> Points:
        """Its good samples with an interpolated bounding value at either end, as far as known."""
        late = min(self.late, self.between.series.now - 1)
        ends = self.between.interpolated(self.early), self.between.interpolated(late)
        found = self._bounded(*ends)
        keep = self.between.rules.usable(found.codes)
        keep[[0, -1]] = True
        return found.take(keep)

    @cached_property
    def skips(self) -> bool:
        """Whether samples that are not good lie in it."""
        return not self.between.rules.usable(self.inside.codes).all()

    def _bounded(self, first: Point, last: Point) -> Points:
        inner = self.between.points.within(first.tick + 1, last.tick - 1)
        return Points(
            np.concatenate([[first.tick], inner.ticks, [last.tick]]).astype(np.int64),
            np.concatenate([[first.value], inner.values, [last.value]]),
            np.concatenate([[first.code], inner.codes, [last.code]]).astype(np.uint32),
        )

    def regions(self, points: Points, stepped: bool, doubt_is_bad: bool = True) -> Regions:
        """Stretches from each of `points` to the next (OPC 10000-13, 5.4.3.2).

        Stepped ones are as good as their start. A line is uncertain where its end is not good. What
        lies behind the last sample does not count. Without `doubt_is_bad` uncertain samples count.
        """
        worth = severity(points.codes)
        if doubt_is_bad and self.between.rules.uncertain_is_bad:
            worth = np.where(worth == 1, 2, worth)
        starts, ends = points.values[:-1], points.values[1:]
        found = worth[:-1].astype(np.uint32)
        if stepped:
            ends = starts
        else:
            ends = np.where(worth[1:] == 2, starts, ends)
            found = np.where(
                found == 2, found, np.maximum(found, np.minimum(severity(points.codes[1:]), 1))
            ).astype(np.uint32)
        lengths = np.diff(points.ticks)
        if len(lengths) and worth[-2] < 2 and points.codes[-1] == NO_DATA:
            lengths[-1] = 1
        return Regions(starts, ends, lengths, found)

    def judged(self, good: float, bad: float, total: float) -> int:
        """Status of a result of which so much is good and so much is bad (5.4.3.2.1)."""
        rules = self.between.rules
        if not total or 100.0 * good / total >= rules.percent_good:
            return GOOD
        return BAD if 100.0 * bad / total >= rules.percent_bad else SUBNORMAL

    def by_count(self) -> int:
        """Status by the number of its samples."""
        worth = severity(self.inside.codes)
        return self.judged(int((worth == 0).sum()), int((worth == 2).sum()), len(worth))

    def by_time(self, regions: Regions) -> int:
        """Status by the time its stretches take."""
        good = regions.length(0)
        if not self.between.rules.uncertain_is_bad:
            good += regions.length(1)
        return self.judged(good, regions.length(2), int(regions.lengths.sum()))
