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
    curves at once: a knot of one is a knot of all.
    """
    n = len(t)
    rows = np.array([np.asarray(v, dtype=np.float64) for v in values.values()]).reshape(-1, n)
    spans = np.ptp(rows, axis=1) if len(rows) else np.empty(0)
    allowed = [
        tolerance.get(name, max(1e-6 * span, 1e-12))
        for name, span in zip(values, spans, strict=True)
    ]
    scaled = rows / np.array(allowed)[:, None]
    keep: NDArray[np.bool_] = np.zeros(n, dtype=np.bool_)
    keep[[0, -1]] = True
    stack = [(0, n - 1)]
    while stack and len(rows):
        a, b = stack.pop()
        if b - a < 2:
            continue
        share = (t[a + 1 : b] - t[a]) / (t[b] - t[a])
        line = scaled[:, a, None] + (scaled[:, b] - scaled[:, a])[:, None] * share
        off = np.abs(scaled[:, a + 1 : b] - line).max(axis=0)
        worst = int(off.argmax())
        if off[worst] > 1.0:
            at = a + 1 + worst
            keep[at] = True
            stack += [(a, at), (at, b)]
    chosen = np.flatnonzero(keep)
    return tuple(t[chosen].tolist()), {
        name: tuple(row[chosen].tolist()) for name, row in zip(values, rows, strict=True)
    }
