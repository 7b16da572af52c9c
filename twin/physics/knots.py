"""From a finely integrated curve to the few knots that straight lines between them need."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twin.physics.laws import Floats


def thin(
    t: Floats, values: Mapping[str, Floats], tolerance: Mapping[str, float]
) -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    """Knots (t, values) whose straight lines stay within `tolerance` of every given curve.

    `t` (s) and each of `values` have shape (n,), n at least 1; a curve without a tolerance keeps
    1e-6 of its span. Ramer-Douglas-Peucker (Douglas and Peucker, Cartographica 10, 1973), on all
    curves at once, each only as far as it is bent: where others have a knot that a curve does not
    need, its value is nan.
    """
    n = len(t)
    rows = np.array([np.asarray(v, dtype=np.float64) for v in values.values()]).reshape(-1, n)
    spans = np.ptp(rows, axis=1) if len(rows) else np.empty(0)
    allowed = [
        tolerance.get(name, max(1e-6 * span, 1e-12))
        for name, span in zip(values, spans, strict=True)
    ]
    scaled = rows / np.array(allowed)[:, None]
    keep: NDArray[np.bool_] = np.zeros(rows.shape, dtype=np.bool_)
    keep[:, [0, -1]] = True
    stack = [(0, n - 1, np.arange(len(rows)))]
    while stack:
        a, b, bent = stack.pop()
        if b - a < 2 or not len(bent):
            continue
        part = scaled[bent, a : b + 1]
        share = (t[a + 1 : b] - t[a]) / (t[b] - t[a])
        line = part[:, :1] + (part[:, -1:] - part[:, :1]) * share
        off = np.abs(part[:, 1:-1] - line)
        still = off.max(axis=1) > 1.0
        if still.any():
            at = a + 1 + int(off.max(axis=0).argmax())
            keep[bent[still], at] = True
            stack += [(a, at, bent[still]), (at, b, bent[still])]
    chosen = np.flatnonzero(keep.any(axis=0)) if len(rows) else np.array([0, n - 1])
    knots = np.where(keep, rows, np.nan)[:, chosen]
    return tuple(t[chosen].tolist()), {
        name: tuple(row.tolist()) for name, row in zip(values, knots, strict=True)
    }
