"""What befalls a measured value on its way into the network, look by look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.equipment.tag import Tag, Total
from twin.field.cells import Looks, cells
from twin.field.chance import Floats, key, uniform
from twin.field.profiles import Episode
from twin.field.table import BAD, GOOD, UNCERTAIN, Deed
from twin.signals import sample
from twin.trace.trace import Trace

if TYPE_CHECKING:
    from twin.field.gateway import Gateway


def measured(tag: Tag) -> bool:
    """Whether an instrument stands behind a tag: an analogue value, not a set point or a total."""
    return tag.kind == "float" and not tag.setting and not isinstance(tag.source, Total)


def spoilt(
    trace: Trace, gateway: Gateway, looks: Looks, true: Floats
) -> tuple[Floats, NDArray[np.int8], list[Deed]]:
    """Values (tags, looks) as the gateway reads them, the quality of each, and what was done."""
    values = true
    quality = np.zeros(true.shape, dtype=np.int8)
    quality[~np.isfinite(true)] = BAD
    deeds: list[Deed] = []
    if gateway.profile.episodes:
        values = true.copy()
        for row, tag in enumerate(gateway.tags):
            if measured(tag):
                for episode in gateway.profile.episodes:
                    deeds += _befall(trace, gateway, tag, episode, looks, values[row], quality[row])
    return values, quality, deeds


def _befall(
    trace: Trace,
    gateway: Gateway,
    tag: Tag,
    episode: Episode,
    looks: Looks,
    value: Floats,
    quality: NDArray[np.int8],
) -> list[Deed]:
    """Let the episodes of one kind befall one tag, in place."""

    def draws(purpose: str) -> int:
        return key(gateway.seed, tag.key, f"{episode.kind} {purpose}")

    found = cells(draws(""), episode.every / gateway.poll, looks.k)
    lasts = episode.lasts.draw(draws("lasts"), found.cell) / gateway.poll
    if episode.kind == "spike":
        lasts = np.ones(len(found.cell))
    low, high = episode.size
    share = low + (high - low) * uniform(draws("size"), found.cell)
    sizes = np.where(uniform(draws("sign"), found.cell) < 0.5, -share, share)
    sizes *= (tag.high - tag.low) * (episode.kind in ("drift", "spike"))
    deeds = []
    ends = found.ends(lasts)
    for begin, end, size in zip(found.begin.tolist(), ends.tolist(), sizes.tolist(), strict=True):
        rows = np.flatnonzero((looks.k >= begin) & (looks.k < end))
        if not len(rows):
            continue
        window = slice(int(rows[0]), int(rows[-1]) + 1)
        at, until = gateway.times(np.array([begin, end])).tolist()
        into = (looks.k[window] - begin) / (end - begin)
        _apply(trace, tag, episode, value, quality, window, size, into, at)
        deeds.append(Deed(episode.kind, tag.key, at, until, size, 0))
    return deeds


def _apply(
    trace: Trace,
    tag: Tag,
    episode: Episode,
    value: Floats,
    quality: NDArray[np.int8],
    window: slice,
    size: float,
    into: Floats,
    at: float,
) -> None:
    if episode.kind == "zero":  # a sensor that is off says nothing but 0, and calls it good
        value[window], quality[window] = 0.0, GOOD
    elif episode.kind == "nan":
        value[window], quality[window] = np.nan, BAD
    elif episode.kind == "stuck":
        value[window] = sample(trace, tag.key, [at])[0, 0]
    else:
        value[window] += size * (into if episode.kind == "drift" else 1.0)
        if tag.resolution:
            value[window] = np.round(np.rint(value[window] / tag.resolution) * tag.resolution, 9)
        outside = (value[window] < tag.low) | (value[window] > tag.high)
        quality[window][outside] = UNCERTAIN
