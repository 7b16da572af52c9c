"""The texture of a recorded signal: resolution, levels, how fast it moves, how rough it is.

A pure function of values (and their times): what is measured is what `twin.signals.recorded`
plays. All sizes are in the signal's own unit, all lengths in looks (samples).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.equipment.texture import Recorded, Rough, Slow, Stands
from twin.signals.lattice import levels, wander
from twin.signals.noise import quantiles, tag_key

Floats = NDArray[np.float64]
FEWEST = 200  # values from which a texture is fitted
BITS = 4  # a stretch is 16 looks
KNOTS = 33
STILL = 12  # looks of the same value that are a span of standing still, assumed
BANDS = 6
ROWS = 4


@dataclass(frozen=True, slots=True)
class TextureFit:
    """What a record says about how its tag moves; `period` (s) is the median step of its times."""

    n: int
    period: float
    resolution: float
    record: Recorded

    @property
    def hold(self) -> float:
        """Share of looks that repeat the value before, before rounding adds to it."""
        return float(np.mean([row.hold for band in self.record.rough for row in band]))

    @property
    def memory(self) -> float:
        """Correlation of the fast part from look to look, median over its stretches."""
        return float(np.median([row.memory for band in self.record.rough for row in band]))

    @property
    def noise(self) -> float:
        """Standard deviation of the fast part, median over its stretches."""
        return float(np.median([row.size for band in self.record.rough for row in band]))

    def scenario(self, about: float | None = None) -> dict[str, Any]:
        """The mapping that a scenario's `textures` takes for a tag.

        With `about`, the model's own value during the record, the tag still follows the model.
        """
        record = self.record
        played: dict[str, Any] = {
            "levels": [short(v) for v in record.levels],
            "slow": [
                {"looks": 2**s.bits, "share": short(s.share)} | ({"jumps": True} if s.jumps else {})
                for s in record.slow
            ],
            "rough": [
                [{"size": short(r.size), "memory": short(r.memory), "hold": short(r.hold)}
                 for r in band]
                for band in record.rough
            ],
            "tails": short(record.tails),
            "stretch": 2**record.bits,
        }  # fmt: skip
        if record.stands is not None:
            still_, busy, at = ([short(v) for v in row] for row in record.stands)
            played["stands"] = {"still": still_, "busy": busy, "levels": at}
        if about is not None:
            played["about"] = short(about)
        return {"resolution": short(self.resolution), "record": played}


def short(value: float) -> float:
    """Five digits are more than any record supports."""
    return float(f"{value:.5g}")


def fit(times: ArrayLike, values: ArrayLike) -> TextureFit:
    """The texture of one signal from its values and their times (s), both of shape (n,).

    Raises ValueError below FEWEST finite values. Gaps are not bridged in time: a look is a row.
    """
    t, x = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    known = np.isfinite(x)
    t, x = t[known], x[known]
    if len(x) < FEWEST:
        raise ValueError(f"a texture needs {FEWEST} values, got {len(x)}")
    steps = np.diff(t)
    period = float(np.median(steps[steps > 0.0])) if (steps > 0.0).any() else 1.0
    step = resolution(x)
    stands, x = still(x)
    size = 1 << BITS
    cells = x[: len(x) // size * size].reshape(-1, size)
    middle = np.median(cells, axis=1)
    score = scores(middle)
    rest = cells - _trend(middle, size)
    steady = cells - middle[:, None]
    calm = np.abs(steady).mean(axis=1) <= np.abs(rest).mean(axis=1)
    rest[calm] = steady[calm]
    slow = _slow(score, _jumps(x, middle, score, size))
    rough = _rough(cells, rest, score, step)
    record = Recorded(
        tuple(np.quantile(middle, (np.arange(KNOTS) + 0.5) / KNOTS).tolist()),
        slow, rough, _stretch(rest.std(axis=1)), _tails(x), stands=stands,
    )  # fmt: skip
    return TextureFit(int(known.sum()), period, step, record)


def resolution(x: Floats) -> float:
    """The step that nearly all distances between distinct values are multiples of; 0 for none."""
    distinct = np.unique(x)
    gaps = np.diff(distinct)
    gaps = gaps[gaps > 1e-9 * max(1.0, float(np.abs(distinct).max()))] if len(gaps) else gaps
    if not len(gaps):
        return 0.0
    for quantile in (0.0, 0.05, 0.25, 0.5):
        step = float(np.quantile(gaps, quantile))
        parts = gaps / step
        if np.mean(np.abs(parts - np.round(parts)) < 0.05) > 0.95:
            return step
    return 0.0


def still(x: Floats) -> tuple[Stands | None, Floats]:
    """How a signal stands still for STILL looks and more, and the rest of it put together.

    A signal that does so for less than a tenth of the time, or nearly always, is left as it is.
    """
    edges = np.flatnonzero(np.concatenate(([True], np.diff(x) != 0.0, [True])))
    length = np.diff(edges)
    stands = length >= STILL
    share = length[stands].sum() / len(x)
    if share < 0.1 or len(x) * (1.0 - share) < FEWEST or stands.sum() < 5:
        return None, x
    at = np.repeat(stands, length)
    turns = np.diff(np.flatnonzero(np.concatenate(([True], np.diff(at) != 0, [True]))))
    busy = turns[(0 if not at[0] else 1) :: 2]
    knots = np.linspace(0.0, 1.0, KNOTS)
    rows = (np.quantile(length[stands], knots), np.quantile(busy, knots),
            np.quantile(x[at], knots, method="closest_observation"))  # fmt: skip
    return Stands(*(tuple(row.tolist()) for row in rows)), x[~at]


def scores(x: Floats) -> Floats:
    """Normal scores by rank; equal values share theirs."""
    _, rows, counts = np.unique(x, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - counts / 2.0
    return quantiles()[((rank / len(x)) * (len(quantiles()) - 1)).astype(np.int64)][rows]


def _trend(middle: Floats, size: int) -> Floats:
    """Straight lines between the middles of stretches, shape (stretches, size)."""
    at = np.arange(len(middle) * size, dtype=np.float64)
    centres = np.arange(len(middle)) * size + (size - 1) / 2.0
    return np.interp(at, centres, middle).reshape(-1, size)


def _jumps(x: Floats, middle: Floats, score: Floats, size: int) -> tuple[float, int]:
    """Share of the movement between stretches (power) made within a few looks, and how rare."""
    if len(middle) < 8:
        return 0.0, BITS
    three = np.median(np.lib.stride_tricks.sliding_window_view(x, 3), axis=1)
    steps = np.abs(three[3:] - three[:-3])
    pairs = [steps[i * size : (i + 2) * size] for i in range(len(middle) - 1)]
    most = np.array([pair.max(initial=0.0) for pair in pairs])
    usual = np.array([np.median(pair) if len(pair) else 0.0 for pair in pairs])
    moved = np.abs(np.diff(middle))
    far = np.diff(score) ** 2
    sudden = (most > 0.7 * moved) & (most > 6.0 * usual)
    if not sudden.any() or far.sum() == 0.0:
        return 0.0, BITS
    between = size * len(sudden) / float(sudden.sum())
    return float(far[sudden].sum() / far.sum()), max(BITS, round(np.log2(between)))


@cache
def _known(bits: int, jumps: bool) -> Floats:
    """Correlation of slow movement over stretches 1, 2, 4, ... apart, shape (12,)."""
    key = tag_key(0, "texture", f"{bits}")
    ticks = np.arange(0, 64 << max(bits, 14), 1 << BITS)
    if jumps:
        x = levels(key, ticks, bits, 1.0, quantiles())
    else:
        x = wander(key, ticks, bits)
    return _correlation(x)


def _correlation(x: Floats) -> Floats:
    x = x - x.mean()
    power = float(np.mean(x * x)) or 1.0
    lags = [1 << i for i in range(12) if 1 << i < len(x) // 2]
    return np.array([float(np.mean(x[lag:] * x[:-lag])) / power for lag in lags])


def _slow(score: Floats, sudden: tuple[float, int]) -> tuple[Slow, ...]:
    """Shares of octaves of slow movement whose correlation is that of the record (NNLS).

    `sudden` is the share that is made in jumps, and their octave.
    """
    from scipy.optimize import nnls

    target = _correlation(score)
    most = BITS + max(2, min(12, int(np.log2(len(score)))))
    octaves = range(BITS, most)
    jumps, rare = sudden[0], min(sudden[1], most - 1)
    target = target - jumps * _known(rare, True)[: len(target)]
    base = np.array([_known(bits, False)[: len(target)] for bits in octaves]).T
    whole = 1.0 - jumps
    shares, _ = nnls(np.vstack([base, np.full(len(octaves), 3.0)]), np.append(target, 3.0 * whole))
    shares *= whole / (shares.sum() or 1.0)
    rows = [Slow(bits, float(share)) for bits, share in zip(octaves, shares, strict=True)
            if share > 0.01]  # fmt: skip
    if jumps > 0.01:
        rows.append(Slow(rare, jumps, True))
    return tuple(rows) or (Slow(BITS + 2, 1.0),)


def _rough(
    cells: Floats, rest: Floats, score: Floats, step: float
) -> tuple[tuple[Rough, ...], ...]:
    size = _steadied(rest.std(axis=1))
    hold = (np.diff(cells, axis=1) == 0.0).mean(axis=1)
    power = np.maximum((rest * rest).sum(axis=1), 1e-300)
    memory = (rest[:, 1:] * rest[:, :-1]).sum(axis=1) / power
    bends = np.median(np.diff(cells, 2, axis=1) ** 2, axis=1) / (0.455 * 6.0)  # of white noise
    smooth = 1.0 - bends / np.maximum(size * size, 1e-300)
    memory = np.where(memory > 0.2, np.maximum(memory, smooth), memory)
    bands = np.clip((_uniform(score) * BANDS).astype(np.int64), 0, BANDS - 1)
    out: list[tuple[Rough, ...]] = []
    for band in range(BANDS):
        mine = np.flatnonzero(bands == band)
        if not len(mine):
            nearest = int(np.argmin(np.abs(_uniform(score) - (band + 0.5) / BANDS)))
            mine = np.array([nearest])
        order = mine[np.argsort(size[mine], kind="stable")]
        rows = [part for part in np.array_split(order, ROWS) if len(part)]
        out.append(tuple(_row(size[r], memory[r], hold[r], step) for r in rows))
    return tuple(out)


def _reliable(size: Floats) -> float:
    """Share of the differences in size that is not from having so few looks in a stretch.

    The logarithm of the standard deviation of n normal values has a variance of 1 / (2 (n - 1)).
    """
    logs = np.log(size[size > 0.0])
    if len(logs) < 2:
        return 1.0
    middle = np.quantile(logs, [0.25, 0.75])
    power = (float(middle[1] - middle[0]) / 1.349) ** 2
    return float(np.clip(1.0 - 0.5 / ((1 << BITS) - 1) / max(power, 1e-12), 0.0, 1.0))


def _steadied(size: Floats) -> Floats:
    """Sizes drawn to their median by what chance alone spreads them."""
    if not (size > 0.0).any():
        return size
    middle = float(np.median(size[size > 0.0]))
    ratio = np.maximum(size, 1e-12 * middle) / middle
    return np.where(size > 0.0, middle * ratio ** _reliable(size) ** 0.5, 0.0)


def _stretch(size: Floats) -> int:
    """How long a stretch stays as rough as it is, as a power of two of looks."""
    if (size <= 0.0).mean() > 0.5:
        return BITS
    alike = _correlation(np.log(np.maximum(size, 1e-3 * float(np.median(size)))))
    alike /= max(_reliable(size), 0.1)
    cells = next((i for i, value in enumerate(alike) if value < 0.35), len(alike))
    return BITS + cells


def _row(size: Floats, memory: Floats, hold: Floats, step: float) -> Rough:
    """One row for several stretches; holds that rounding alone makes are not asked for twice."""
    from math import erf, sqrt

    typical = float(np.median(size))
    kept = float(np.clip(np.median(memory) + 0.06, -0.8, 0.97))
    moves = typical * sqrt(2.0 * (1.0 - kept))
    same = erf(step / (2.0 * sqrt(2.0) * moves)) if step > 0.0 and moves > 0.0 else 0.0
    held = (float(np.mean(hold)) - same) / (1.0 - same) if same < 1.0 else 0.0
    return Rough(typical, kept, float(np.clip(held, 0.0, 1.0)))


def _uniform(score: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(score))


def _tails(x: Floats) -> float:
    """h of Tukey's family for the noise whose steps have the usual kurtosis of stretches of 64.

    Steps of white noise have half its excess kurtosis; 0.1 is what 64 normal values lack.
    """
    steps = np.diff(x[: len(x) // 64 * 64].reshape(-1, 64), axis=1)
    steps = steps[steps.std(axis=1) > 0.0]
    if len(steps) < 4:
        return 0.0
    steps = steps - steps.mean(axis=1, keepdims=True)
    power = np.mean(steps * steps, axis=1)
    excess = float(np.median(np.mean(steps**4, axis=1) / (power * power))) - 3.0 + 0.1
    return float(np.interp(2.0 * excess, *_kurtoses()))


@cache
def _kurtoses() -> tuple[Floats, Floats]:
    """Excess kurtosis, and the h that has it."""
    h = np.linspace(-0.3, 0.15, 19)
    return np.array([np.mean(quantiles(0.0, v) ** 4) - 3.0 for v in h]), h
