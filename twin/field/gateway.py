"""A station's gateway: when it looks, what its clock says, and when its connection is there.

Everything is a function of the number of the look (and of the seed), so any stretch of time can be
had by itself; nothing looks ahead. Looks are counted from 0 at simulated time 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.equipment.tag import Tag
from twin.field.cells import Looks, cells
from twin.field.chance import Counts, Floats, Spells, key, uniform
from twin.field.profiles import Profile


@dataclass(frozen=True)
class Gateway:
    """What sends the values of one station: its tags, in the order they are read.

    `period` (s) is the level's own rate where it is slower than the profile's; `offset` (s) is
    added to every timestamp.
    """

    seed: int
    station: str
    tags: tuple[Tag, ...]
    profile: Profile
    period: float = 0.0
    offset: float = 0.0

    @property
    def poll(self) -> float:
        """Seconds between two looks, before jitter."""
        return max(self.profile.poll, self.period)

    def key(self, purpose: str) -> int:
        """Key of this gateway's draws."""
        return key(self.seed, self.station, purpose)

    @cached_property
    def phase(self) -> float:
        """When the first look is, s: gateways do not look all at once."""
        return 0.0 if self.profile.clean else float(
            uniform(self.key("phase"), np.zeros(1, dtype=np.int64))[0] * self.poll
        )  # fmt: skip

    @cached_property
    def spells(self) -> Spells | None:
        """The connected stretches; None where the connection never fails."""
        link = self.profile.link
        return None if link is None else Spells(self.key("link"), link.up, link.down)

    def times(self, k: Counts) -> Floats:
        """True times of looks, s."""
        jitter = self.profile.jitter
        late = jitter * uniform(self.key("jitter"), k) if jitter else 0.0
        return np.asarray(k * self.poll + self.phase + late)

    def looks(self, start: float, stop: float) -> Looks:
        """The looks in [start, stop)."""
        first = max(0, int((start - self.phase - self.profile.jitter) / self.poll) - 1)
        last = max(first, int((stop - self.phase) / self.poll) + 2)
        k = np.arange(first, last)
        t = self.times(k)
        inside = (t >= start) & (t < stop)
        return self.linked(k[inside], t[inside])

    def linked(self, k: Counts, t: Floats) -> Looks:
        """Looks with the connected stretch each is in."""
        up = np.zeros(len(k), dtype=np.int64) if self.spells is None else self.spells.at(t)
        return Looks(k, t, up)

    def connected(self, t: float) -> bool:
        """Whether values come through at an instant."""
        return self.spells is None or bool(self.spells.at(np.array([t]))[0] >= 0)

    def stamps(self, looks: Looks) -> Floats:
        """What the gateway's clock says at each look, s."""
        clock = self.profile.stamps
        out: Floats = looks.t + (clock.offset + self.offset) + clock.ppm * 1e-6 * looks.t
        for begin, end, by in self.jumps(looks.k):
            out[(looks.k >= begin) & (looks.k < end)] += by
        return out

    def jumps(self, k: Counts) -> list[tuple[int, int, float]]:
        """Clock jumps over looks: numbers of the first look and the one after the last, s."""
        clock = self.profile.stamps
        if not clock.jumps_every or not len(k):
            return []
        found = cells(self.key("clock"), clock.jumps_every / self.poll, k)
        lasts = clock.jump_lasts.draw(self.key("clock lasts"), found.cell) / self.poll
        which = uniform(self.key("clock by"), found.cell) * len(clock.jump_by)
        rows = zip(
            found.begin.tolist(), found.ends(lasts).tolist(), which.astype(int).tolist(),
            strict=True,
        )  # fmt: skip
        return [(b, e, clock.jump_by[i]) for b, e, i in rows if b <= int(k[-1]) and e > int(k[0])]

    def back(self, looks: Looks) -> Floats:
        """When the connection is there (again), s, for each look."""
        assert self.spells is not None
        begin, _end = self.spells.until(float(looks.t[-1]) + 1.0)
        begin, _end = self.spells.until(float(begin[-1]) + 1.0)
        after = begin[np.minimum(np.searchsorted(begin, looks.t, side="right"), len(begin) - 1)]
        return np.where(looks.link >= 0, looks.t, after)
