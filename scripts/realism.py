"""How real do signals and durations look? Statistics of texture, and a two-sample test.

    python scripts/realism.py signals FILE.csv [--time COLUMN] [--group COLUMN]
    python scripts/realism.py durations FILE.csv --column COLUMN [--most 8h]
    python scripts/realism.py lines [ID ...]
    python scripts/realism.py emulate FILE.csv [--time COLUMN] [--group COLUMN]
    python scripts/realism.py compare REAL.csv OTHER.csv [--time COLUMN]

`emulate` fits `twin.calibrate.texture` to the first half of every column and compares what it
plays with the second half, beside naive signals and beside the first half itself (the floor).
The two-sample test asks of windows of 64 samples whether their nearest neighbours tell where they
come from: 0.5 is not at all, 1.0 is always (Schilling, JASA 1986, read as an area under the curve).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv
from scipy.spatial import cKDTree
from scipy.stats import ks_2samp, rankdata

import twin
from twin import seeds, units
from twin.calibrate import laws
from twin.calibrate.texture import fit, resolution
from twin.kernel.draws import Draws
from twin.line.values import Automatic
from twin.signals.recorded import emulated
from twin.signals.sampling import decimal
from twin.trace.tables import EventKind, State

Floats = NDArray[np.float64]
WINDOW = 64
NEIGHBOURS = 8
FEWEST = 128  # values below which a signal is not judged
MANY = 60  # durations


def kurtosis(x: Floats) -> float:
    """Excess kurtosis: 0 for a normal sample."""
    x = x - x.mean()
    power = float(np.mean(x * x))
    return float(np.mean(x**4)) / power**2 - 3.0 if power > 0.0 else 0.0


def memory(x: Floats, lag: int = 1) -> float:
    """Autocorrelation at a lag."""
    x = x - x.mean()
    power = float(np.mean(x * x))
    return float(np.mean(x[lag:] * x[:-lag])) / power if power > 0.0 else 0.0


def slope(x: Floats) -> float:
    """Slope of the spectrum, decades a decade: 0 is white, -2 a random walk."""
    n = min(1024, len(x))
    rows = x[: len(x) // n * n].reshape(-1, n)
    rows = (rows - rows.mean(axis=1, keepdims=True)) * np.hanning(n)
    power = (np.abs(np.fft.rfft(rows, axis=1)) ** 2).mean(axis=0)[1 : n // 2]
    if power.max() <= 0.0:
        return 0.0
    power = np.maximum(power, 1e-12 * power.max())
    return float(np.polyfit(np.log10(np.arange(1, len(power) + 1)), np.log10(power), 1)[0])


def spread(x: Floats) -> float:
    """From the 0.5th to the 99.5th percentile."""
    low, high = np.quantile(x, [0.005, 0.995])
    return float(high - low) or float(np.ptp(x)) or 1.0


def runs(x: Floats) -> NDArray[np.int64]:
    """Lengths of runs of equal values."""
    return np.diff(np.flatnonzero(np.concatenate(([True], np.diff(x) != 0.0, [True]))))


TEXTURE: Mapping[str, Callable[[Floats], float]] = {
    "hold": lambda x: float(np.mean(np.diff(x) == 0.0)),
    "longest": lambda x: float(runs(x).max()),
    "distinct": lambda x: len(np.unique(x)) / len(x),
    "resolution": lambda x: resolution(x) / spread(x),
    "step": lambda x: float(np.mean(np.abs(np.diff(x)))) / spread(x),
    "memory": memory,
    "step memory": lambda x: memory(np.diff(x)),
    "step kurtosis": lambda x: kurtosis(np.diff(x)),
    "slope": slope,
}
"""Statistics of one signal: what naive signals get wrong."""


def texture(x: Floats) -> dict[str, float]:
    """Every statistic of a signal."""
    return {name: function(x) for name, function in TEXTURE.items()}


def wildness(x: Floats) -> dict[str, float]:
    """Statistics of durations: spread, memory, and how much the longest fifth makes up."""
    x = x[x > 0.0]
    logs, ordered = np.log(x), np.sort(x)
    centred = x - x.mean()
    return {
        "n": float(len(x)),
        "median": float(np.median(x)),
        "cv": float(x.std() / x.mean()),
        "skew": float(np.mean(centred**3) / max(x.std(), 1e-12) ** 3),
        "log memory": memory(logs),
        "worst fifth": float(ordered[-max(1, len(x) // 5) :].sum() / x.sum()),
    }


# ---- two-sample test


def features(x: Floats, scale: float, middle: float) -> list[float]:
    """What a window of a signal looks like, by numbers that do not depend on its unit."""
    steps, sd = np.diff(x), float(x.std())
    size = np.abs(steps)
    logs = [float(np.log10(v / scale + 1e-6)) for v in (sd, float(size.mean()))]
    return [
        *logs,
        float(np.mean(steps == 0.0)),
        len(np.unique(x)) / len(x),
        *(memory(x, lag) for lag in (1, 4, 16)),
        memory(steps),
        kurtosis(steps),
        kurtosis(x),
        float(size.max() / (size.mean() + 1e-12 * scale)),
        abs(float(x[-8:].mean() - x[:8].mean())) / scale,
        (float(np.median(x)) - middle) / scale,
    ]


def windows(parts: Sequence[Floats], scale: float, middle: float, most: int = 400) -> Floats:
    """Features of windows spread over all parts, shape (windows, features)."""
    starts = [(i, s) for i, x in enumerate(parts) for s in range(0, len(x) - WINDOW + 1, WINDOW)]
    chosen = starts[:: max(1, len(starts) // most)]
    return np.array([features(parts[i][s : s + WINDOW], scale, middle) for i, s in chosen])


def told(real: Sequence[Floats], other: Sequence[Floats]) -> float:
    """How well nearest neighbours tell windows of two signals apart: 0.5 not at all, 1.0 always."""
    whole = np.concatenate(list(real))
    a, b = (windows(x, spread(whole), float(np.median(whole))) for x in (real, other))
    if min(len(a), len(b)) < 2 * NEIGHBOURS:
        return float("nan")
    n = min(len(a), len(b))
    pick = [x[np.linspace(0, len(x) - 1, n).astype(int)] for x in (a, b)]
    both = np.vstack(pick)
    ranks = np.apply_along_axis(rankdata, 0, both) / len(both)
    _, near = cKDTree(ranks).query(ranks, NEIGHBOURS + 1)
    is_other = np.arange(len(both)) >= n
    score = is_other[near[:, 1:]].mean(axis=1)
    order = rankdata(score)
    area = (order[is_other].sum() - n * (n + 1) / 2.0) / (n * n)
    return float(area)


# ---- naive signals, the other end of the scale


def white(x: Floats, dice: np.random.Generator) -> Floats:
    """Normal noise of the right mean and size."""
    return x.mean() + x.std() * dice.standard_normal(len(x))


def sine(x: Floats, dice: np.random.Generator) -> Floats:
    """A sine with a little noise, as test servers send."""
    wave = np.sin(np.arange(len(x)) * 2.0 * np.pi / max(20, len(x) / 20))
    return x.mean() + x.std() * (1.3 * wave + 0.15 * dice.standard_normal(len(x)))


NAIVE = {"sine": sine, "white": white}


# ---- reading


def columns(path: Path, time: str | None, group: str | None) -> dict[str, list[Floats]]:
    """Numeric columns of a file, cut into parts by a group's column."""
    table = csv.read_csv(path)
    label = np.array(table[group].to_pylist(), dtype=str) if group else np.zeros(len(table), "U1")
    parts = [label == one for one in dict.fromkeys(label.tolist())]
    out: dict[str, list[Floats]] = {}
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)) or name in (time, group):
            continue
        values = numbers(table, name)
        rows = [values[part & np.isfinite(values)] for part in parts]
        if sum(map(len, rows)) >= FEWEST and np.ptp(np.concatenate(rows)) > 0.0:
            out[name] = [x for x in rows if len(x) >= WINDOW]
    return out


def numbers(table: pa.Table, name: str) -> Floats:
    """A column as numbers; what is empty is NaN."""
    cells = table[name].cast(pa.float64()).fill_null(np.nan)
    return np.asarray(cells.to_numpy(), dtype=np.float64)


def halves(parts: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """First and second half: of the parts, or of the one there is."""
    if len(parts) == 1:
        middle = len(parts[0]) // 2
        return [parts[0][:middle]], [parts[0][middle:]]
    return parts[: len(parts) // 2], parts[len(parts) // 2 :]


def played(first: list[Floats], like: list[Floats], seed: int = 1) -> list[Floats]:
    """What a texture fitted to some parts plays, in parts as long as others."""
    whole = np.concatenate(first)
    found = fit(np.arange(len(whole)), whole)
    n = sum(map(len, like))
    x = emulated(found.record, np.uint64(seeds.key(seed, "emulate") & seeds.MASK64), np.arange(n))
    if found.resolution > 0.0:
        steps, scale = decimal(found.resolution)
        x = np.rint(x / found.resolution) * steps / scale
    return list(np.split(np.clip(x, whole.min(), whole.max()), np.cumsum([*map(len, like)])[:-1]))


def emulate(path: Path, time: str | None, group: str | None) -> None:
    """Fit to the first half, play, and compare with the second half."""
    dice = seeds.stream(1, "realism", "naive")
    print(f"{'signal':28}{'sine':>7}{'white':>7}{'fitted':>8}{'floor':>7}")
    for name, parts in columns(path, time, group).items():
        first, second = halves(parts)
        naive = [told(second, [f(x, dice) for x in second]) for f in NAIVE.values()]
        rows = (*naive, told(second, played(first, second)), told(second, first))
        print(f"{name:28}" + "".join(f"{v:7.2f}" for v in rows))


# ---- our own lines


def stops(trace: twin.Trace, station: str) -> Floats:
    """How long each stop of a station was, s: from failing until it works again or is ready to."""
    rows = trace.index.states(trace.line.place(station))
    down = rows.state == State.DOWN
    out = np.diff(rows.t)[down[:-1]]
    return np.asarray(out[out > 0.0])


def cycles(trace: twin.Trace, station: str) -> Floats:
    """Cycles of a station that nothing broke into, s."""
    rows = trace.index.states(trace.line.place(station))
    ready = np.isin(rows.state, (State.STARVED, State.BLOCKED, State.LOADING))
    works = rows.state == State.WORKING
    same = rows.part[1:-1] != rows.part[:-2]
    whole = works[1:-1] & (ready | works)[2:] & (ready | works)[:-2] & same
    return np.asarray(np.diff(rows.t)[1:][whole])


def verdicts(trace: twin.Trace, station: str) -> NDArray[np.bool_]:
    """Whether each part a station judged was rejected, in order."""
    return np.asarray(trace.index.events(EventKind.VERDICT, trace.line.place(station)).value == 0.0)


def streaks(rejected: NDArray[np.bool_]) -> float:
    """How much likelier a reject is right after a reject: 1 for a coin."""
    after = rejected[1:][rejected[:-1]]
    return float(after.mean() / rejected.mean()) if len(after) and rejected.any() else float("nan")


def show_signals(found: Mapping[str, list[Floats]]) -> None:
    """A table of texture, one signal a row."""
    print(f"{'signal':30}" + "".join(f"{name:>15}" for name in TEXTURE))
    for name, parts in found.items():
        print(f"{name:30}" + "".join(f"{v:15.4g}" for v in texture(np.concatenate(parts)).values()))


def show_times(what: str, station: str, x: Floats) -> None:
    """A row of durations, where there are enough."""
    if len(x) >= MANY:
        row = " ".join(f"{key} {value:.3g}" for key, value in wildness(x).items())
        print(f"  {what} of {station}: {row}")


def show_lines(ids: Sequence[str]) -> None:
    """Texture, stops and rejects of shipped lines."""
    for name in ids:
        line = twin.load(name)
        trace = twin.run(line, "672 h", seed=1)
        tags = [key for key, tag in line.tags.items() if tag.texture is not None]
        values = twin.sample(trace, tags, np.arange(36_000.0, 50_000.0))
        print(f"\n{name}")
        moving = {k: [x] for k, x in zip(tags, values, strict=True) if np.ptp(x) > 0.0}
        show_signals(moving)
        for station in line.stations:
            show_times("stops", station.id, stops(trace, station.id))
            if isinstance(station.spec.cycle, Automatic):
                row = " ".join(
                    f"{k} {v:.3g}" for k, v in wildness(cycles(trace, station.id)).items()
                )
                print(f"  cycles of {station.id}: {row}")
            rejected = verdicts(trace, station.id)
            if rejected.sum() >= 30:
                share, runs_ = rejected.mean(), streaks(rejected)
                print(f"  rejects of {station.id}: {share:.2%}, {runs_:.1f} times after a reject")


SHIPPED = ("electronics/smt-v1", "machine-parts/shaft-v1", "food/beverage-v1",
           "chemical/coating-v1", "chemical/cstr-v1")  # fmt: skip


def show_durations(x: Floats) -> None:
    """The second half of some durations beside laws fitted to the first, by `twin.calibrate`."""
    first, second = x[: len(x) // 2], x[len(x) // 2 :]
    drawn = Draws(1, "realism", "durations", laws.fit(first, laws.REPAIRS).law)
    fitted = np.array([drawn.pop() for _ in second])
    naive = first.mean() * seeds.stream(1, "realism", "naive").standard_exponential(len(second))
    rows = {"second half": second, "first half": first, "fitted": fitted, "exponential": naive}
    print(f"{'':14}" + "".join(f"{key:>13}" for key in wildness(x)) + f"{'KS distance':>13}")
    for name, row in rows.items():
        far = ks_2samp(second / np.median(second), row / np.median(row)).statistic
        print(f"{name:14}" + "".join(f"{v:13.3g}" for v in (*wildness(row).values(), far)))


def together(steps: NDArray[np.float64]) -> float:
    """Mean size of the correlations between the steps of several tags, shape (tags, steps)."""
    moving = steps[steps.std(axis=1) > 0.0]
    if len(moving) < 2:
        return float("nan")
    return float(np.abs(np.corrcoef(moving)[np.triu_indices(len(moving), 1)]).mean())


def main() -> None:
    """The command line."""
    text = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=text)
    parser.add_argument("what", choices=["signals", "durations", "lines", "emulate", "compare"])
    parser.add_argument("names", nargs="*")
    for option in ("--time", "--group", "--column"):
        parser.add_argument(option)
    parser.add_argument("--most", default="8 h", help="longer durations are left out")
    a = parser.parse_args()
    if a.what == "lines":
        show_lines(a.names or SHIPPED)
    elif a.what == "signals":
        show_signals(columns(Path(a.names[0]), a.time, a.group))
    elif a.what == "emulate":
        emulate(Path(a.names[0]), a.time, a.group)
    elif a.what == "compare":
        real, other = (columns(Path(name), a.time, a.group) for name in a.names)
        for name in real.keys() & other.keys():
            print(f"{name:30}{told(real[name], other[name]):7.2f}")
    else:
        x = numbers(csv.read_csv(a.names[0]), a.column)
        show_durations(x[(x > 0.0) & (x < units.parse(a.most, "time"))])


if __name__ == "__main__":
    main()
