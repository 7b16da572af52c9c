"""The detector on a data set: learn from train/, score test/, write what it found."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from examples.solutions.detector.model import Detector, Scores

TOLD = 600.0  # s between two scores of a quiet station
BLAMED = 3  # tags named with an alarm


def read_faults(path: Path) -> pl.DataFrame:
    """Labels of a training trial."""
    return pl.read_csv(path, try_parse_dates=True, schema_overrides={"fault": pl.String})


def trained(data: Path, margin: float | None = None) -> Detector:
    """A detector that has learnt from the training trials of a data set."""
    every = json.loads((data / "line.json").read_text(encoding="utf-8"))["every_s"]
    detector = Detector(every) if margin is None else Detector(every, margin)
    folders = sorted((data / "train").iterdir())
    detector.learn(
        [pl.read_parquet(folder / "telemetry.parquet") for folder in folders],
        [read_faults(folder / "faults.csv") for folder in folders],
    )
    return detector


def predictions(scores: list[Scores], time: pl.Series, every: float) -> pl.DataFrame:
    """Rows for the claim table: each score that matters, and a sign of life otherwise."""
    pieces = [
        pl.DataFrame(
            {"t": time.gather(s.t), "asset": [s.asset] * len(s.t), "score": s.score}
        ).filter((pl.col("score") >= 0.4) | (pl.Series(s.t) % max(int(TOLD / every), 1) == 0))
        for s in scores
    ]
    return pl.concat(pieces)


def causes(scores: list[Scores], time: pl.Series) -> pl.DataFrame:
    """The tags nearest to or farthest beyond their limits, for every row with an alarm."""
    found: list[pl.DataFrame] = []
    for s in scores:
        rows = np.flatnonzero(s.score >= 0.5)
        ranks = np.argsort(-s.ratios[rows], axis=1)[:, :BLAMED]
        for rank in range(ranks.shape[1]):
            tags = [s.tags[i] for i in ranks[:, rank].tolist()]
            found.append(
                pl.DataFrame(
                    {"t": time.gather(s.t[rows]), "asset": [s.asset] * len(rows),
                     "tag": pl.Series(tags, dtype=pl.String), "rank": [rank + 1] * len(rows)},
                    schema_overrides={"asset": pl.String, "rank": pl.Int64},
                )
            )  # fmt: skip
    return pl.concat(found)


def run(data: Path, out: Path) -> None:
    """Score every test trial of the data set `data` and write claims to `out`."""
    detector = trained(data)
    for folder in sorted((data / "test").iterdir()):
        frame = pl.read_parquet(folder / "telemetry.parquet")
        detector.forget()
        scores = detector.score(frame)
        target = out / folder.name
        target.mkdir(parents=True, exist_ok=True)
        predictions(scores, frame["time"], detector.every).write_parquet(
            target / "predictions.parquet"
        )
        causes(scores, frame["time"]).write_parquet(target / "causes.parquet")
