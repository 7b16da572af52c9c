"""Broken detectors: what is broken in each, and the tests on which it must fail, and no other.

All are the reference of `examples.solutions.detector` with one thing wrong. They run on one data
set, so that a table of mutant and test costs one simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import numpy as np
import polars as pl

from examples.solutions.detector import files
from examples.solutions.detector.model import Detector

Tables = tuple[pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class Given:
    """One trial as a mutant sees it: the data set, the trial's folder, its telemetry."""

    data: Path
    folder: Path
    frame: pl.DataFrame
    detector: Detector

    @property
    def assets(self) -> list[str]:
        """Stations in the telemetry."""
        return [c.removesuffix(".State") for c in self.frame.columns if c.endswith(".State")]


@dataclass(frozen=True)
class Mutant:
    """What is broken, the claims it makes from those of the reference, and what must fail."""

    broken: str
    change: Callable[[Given, pl.DataFrame, pl.DataFrame], Tables]
    fails: frozenset[str]
    margin: float | None = None


class Bench:
    """The reference's view of every test trial of a data set, made once for all mutants."""

    def __init__(self, data: Path) -> None:
        self.data, self.detector = data, files.trained(data)
        self.frames = {
            folder: pl.read_parquet(folder / "telemetry.parquet")
            for folder in sorted((data / "test").iterdir())
        }
        self._said: dict[tuple[Path, float | None], Tables] = {}

    def said(self, folder: Path, margin: float | None) -> Tables:
        """What the reference says of a trial, with its own limits or others."""
        if (folder, margin) not in self._said:
            detector, frame = self.detector, self.frames[folder]
            factor = 1.0 if margin is None else margin / detector.margin
            for chart in detector.charts:
                chart.limits = chart.limits * factor
            detector.forget()
            scores = detector.score(frame)
            for chart in detector.charts:
                chart.limits = chart.limits / factor
            self._said[folder, margin] = (
                files.predictions(scores, frame["time"], detector.every),
                files.causes(scores, frame["time"]),
            )
        return self._said[folder, margin]

    def run(self, mutant: Mutant, out: Path) -> None:
        """Claims of a mutant on every test trial, written to `out`."""
        for folder, frame in self.frames.items():
            given = Given(self.data, folder, frame, self.detector)
            said, blamed = mutant.change(given, *self.said(folder, mutant.margin))
            target = out / folder.name
            target.mkdir(parents=True, exist_ok=True)
            said.write_parquet(target / "predictions.parquet")
            blamed.write_parquet(target / "causes.parquet")


def _same(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    return said, blamed


def _rng(given: Given) -> np.random.Generator:
    return np.random.default_rng(crc32(given.folder.name.encode()))


def _pulses(given: Given, seconds: list[float], length: float) -> pl.DataFrame:
    """Alarms of `length` s at every asset at the given seconds of the trial."""
    time = given.frame["time"]
    since = (time - time[0]).dt.total_seconds().to_numpy()
    rows = np.zeros(len(since), dtype=bool)
    for at in seconds:
        rows |= (since >= at) & (since < at + length)
    hot = time.filter(pl.Series(rows))
    pieces = [pl.DataFrame({"t": hot, "asset": [a] * len(hot), "score": [0.95] * len(hot)})
              for a in given.assets]  # fmt: skip
    return pl.concat(pieces)


def _random(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    rng, time = _rng(given), given.frame["time"]
    pieces = [
        pl.DataFrame({"t": time, "asset": [a] * len(time), "score": rng.random(len(time)) ** 100.0})
        for a in given.assets
    ]
    return pl.concat(pieces), blamed


def _always(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    time = given.frame["time"]
    pieces = [pl.DataFrame({"t": time, "asset": [a] * len(time), "score": [1.0] * len(time)})
              for a in given.assets]  # fmt: skip
    return pl.concat(pieces), blamed


def _nagging(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    end = given.frame.height * given.detector.every
    return _pulses(given, list(np.arange(0.0, end, 1200.0)), 60.0), blamed


def _future(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    first = given.frame["time"][0]
    ahead = pl.col("t") - timedelta(minutes=20)
    return tuple(table.with_columns(ahead).filter(pl.col("t") >= first) for table in (said, blamed))  # type: ignore[return-value]


def _whole_day(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    """Scores below the limit are ranks within the trial: known only when it is over."""
    low = pl.col("score") < 0.5
    rank = 0.49 * pl.col("score").rank() / pl.len()
    return said.with_columns(pl.when(low).then(rank).otherwise("score").alias("score")), blamed


def _late(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    last = given.frame["time"][-1]
    after = pl.col("t") + timedelta(minutes=30)
    return tuple(table.with_columns(after).filter(pl.col("t") <= last) for table in (said, blamed))  # type: ignore[return-value]


SWAPPED = {"PRN": "RFL", "RFL": "PRN", "PNP1": "AOI", "AOI": "PNP1"}


def _swapped(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    new = pl.col("asset").replace(SWAPPED)
    return said.with_columns(new), blamed.with_columns(new)


def _scapegoat(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    return said, blamed.with_columns((pl.col("asset") + ".Power").alias("tag"))


def _nan(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    empty = (pl.col("t").dt.epoch("s") // 30) % 97 == 0
    return said.with_columns(
        pl.when(empty).then(float("nan")).otherwise("score").alias("score")
    ), blamed


def _nickname(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    extra = said.filter(pl.col("asset") == "RFL").with_columns(pl.lit("oven").alias("asset"))
    return pl.concat([said, extra]), blamed


def _memory(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    """Finds a trial it has labels of again by its first rows, and says the labels."""
    for known in sorted((given.data / "train").iterdir()):
        before = pl.read_parquet(known / "telemetry.parquet", n_rows=20)
        if before.equals(given.frame.head(20).select(before.columns)):
            rows = files.read_faults(known / "faults.csv")
            hot = pl.DataFrame({"t": rows["onset"] + timedelta(seconds=20),
                                "asset": rows["asset"], "score": [1.0] * rows.height})  # fmt: skip
            return pl.concat([said.filter(pl.col("score") < 0.5), hot]), blamed
    return said.with_columns(pl.col("score").clip(0.0, 0.49)), blamed


def _shift(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    """Takes every start of a shift for a fault."""
    time = given.frame["time"].dt.convert_time_zone("Asia/Seoul")
    starts = given.frame["time"].filter((time.dt.hour().is_in([6, 15])) & (time.dt.minute() == 10))
    first = given.frame["time"][0]
    seconds = sorted({(t - first).total_seconds() // 60 * 60.0 for t in starts.to_list()})
    return pl.concat([said, _pulses(given, seconds, 120.0)]), blamed


def _season(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    """Has one fixed limit for the temperature of the hall, learnt in winter."""
    warm = given.frame.filter(pl.col("PRN.StencilTemp") > 28.0)["time"]
    pieces = [
        pl.DataFrame({"t": warm.gather_every(60), "asset": [a] * len(warm.gather_every(60)),
                      "score": [0.8] * len(warm.gather_every(60))})
        for a in given.assets
    ]  # fmt: skip
    return pl.concat([said, *pieces]), blamed


def _fainting(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    """Stops without a word after a third of the data."""
    time = given.frame["time"]
    stop = time[0] + (time[-1] - time[0]) / 3
    return said.filter(pl.col("t") <= stop), blamed.filter(pl.col("t") <= stop)


def _peeping(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    """Looks for labels where it has no business."""
    for path in (given.data.parent / "truth").glob("*.csv"):
        path.read_text(encoding="utf-8")
    return said, blamed


def _brittle(given: Given, said: pl.DataFrame, blamed: pl.DataFrame) -> Tables:
    """Says that all is well as soon as a value is missing."""
    if sum(given.frame.null_count().row(0)) == 0:
        return said, blamed
    return said.with_columns(pl.lit(0.0).alias("score")), blamed


def _fails(*ids: str) -> frozenset[str]:
    return frozenset(ids)


MUTANTS: Mapping[str, Mutant] = {
    "random": Mutant(
        "scores are random numbers",
        _random,
        _fails(
            "AI-05.gain",
            "AI-05.beats",
            "AI-02.recall",
            "AI-02.delay-median",
            "AI-02.delay-p90",
            "AI-03.false-alarms",
            "AI-03.shift-change",
            "AI-03.precision",
            "AI-06.false-alarms",
            "AI-20.no-faults",
            "AI-20.permuted",
            "AI-20.withheld",
        ),
    ),
    "always": Mutant(
        "the alarm is always on",
        _always,
        _fails(
            "AI-05.gain",
            "AI-05.beats",
            "AI-02.recall",
            "AI-02.delay-median",
            "AI-02.delay-p90",
            "AI-02.delay-parts",
            "AI-02.early",
            "AI-03.false-alarms",
            "AI-03.shift-change",
            "AI-03.precision",
            "AI-06.false-alarms",
            "AI-20.no-faults",
            "AI-20.permuted",
        ),
    ),
    "nagging": Mutant(
        "an alarm everywhere three times an hour",
        _nagging,
        _fails(
            "AI-05.gain",
            "AI-05.beats",
            "AI-03.false-alarms",
            "AI-03.shift-change",
            "AI-03.precision",
            "AI-06.false-alarms",
            "AI-20.no-faults",
            "AI-20.permuted",
        ),
    ),
    "future": Mutant(
        "alarms come 20 min before their cause",
        _future,
        _fails(
            "AI-05.beats",
            "AI-02.recall",
            "AI-02.delay-median",
            "AI-02.delay-p90",
            "AI-02.early",
            "AI-03.false-alarms",
            "AI-03.precision",
            "AI-20.permuted",
            "AI-20.withheld",
        ),
    ),
    "whole-day": Mutant(
        "scores are scaled by the whole trial", _whole_day, _fails("AI-20.withheld")
    ),
    "late": Mutant("alarms come 30 min late", _late, _fails("AI-02.delay-median", "AI-02.early")),
    "swapped": Mutant(
        "assets are confused",
        _swapped,
        _fails(
            "AI-05.beats",
            "AI-05.gain",
            "AI-02.recall",
            "AI-02.delay-median",
            "AI-02.delay-p90",
            "AI-02.early",
            "AI-03.precision",
            "AI-20.permuted",
        ),
    ),
    "scapegoat": Mutant(
        "the blame is always on the power meter",
        _scapegoat,
        _fails("AI-04.cause-1", "AI-04.cause-3"),
    ),
    "nan": Mutant("one score in a hundred is NaN", _nan, _fails("AI-01.usable")),
    "nickname": Mutant(
        "some rows name an asset that the line does not have", _nickname, _fails("AI-01.assets")
    ),
    "memory": Mutant(
        "knows the training trials by heart, and nothing else",
        _memory,
        _fails(
            "AI-05.beats",
            "AI-02.recall",
            "AI-02.delay-median",
            "AI-02.delay-p90",
            "AI-02.delay-parts",
            "AI-02.early",
            "AI-20.permuted",
            "AI-20.memorised",
        ),
    ),
    "shift": Mutant(
        "an alarm at every start of a shift",
        _shift,
        _fails("AI-03.false-alarms", "AI-03.shift-change", "AI-06.false-alarms", "AI-20.no-faults"),
    ),
    "season": Mutant("takes summer for a fault", _season, _fails("AI-06.false-alarms")),
    "fainting": Mutant(
        "stops without a word",
        _fainting,
        _fails(
            "AI-01.silence", "AI-02.recall", "AI-02.delay-p90", "AI-20.permuted", "AI-20.withheld"
        ),
    ),
    "deaf": Mutant(
        "limits eight times too wide", _same, _fails("AI-02.recall", "AI-20.permuted"), 14.0
    ),
    "touchy": Mutant(
        "limits a third of what they should be",
        _same,
        _fails(
            "AI-05.beats",
            "AI-02.recall",
            "AI-02.delay-p90",
            "AI-03.false-alarms",
            "AI-03.shift-change",
            "AI-03.precision",
            "AI-06.false-alarms",
            "AI-20.no-faults",
            "AI-20.permuted",
        ),
        0.6,
    ),
    "peeping": Mutant(
        "looks for the truth in the judge's folders", _peeping, _fails("AI-20.probes")
    ),
    "brittle": Mutant("is struck dumb by missing values", _brittle, _fails("AI-06.recall-loss")),
}
