"""`python -m examples.solutions.thirdparty_river [helped]`: half-space trees of river.

One pipeline a station, `MinMaxScaler | HalfSpaceTrees`, as river's documentation has it. It learns
from the training trials without faults, and its limit is the quantile 0.9999 of its own scores
there; nothing was tuned. With `helped` it gets what an engineer would tell it: leave out meters
that only grow, and look only while the station works.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
from river import anomaly, compose, preprocessing

LIMIT = 0.9999
HELPED = "helped" in sys.argv[1:]
Row = dict[str, float]


def tags_of(frames: list[pl.DataFrame], asset: str) -> list[str]:
    """Numbers of a station; with help, without those that never go down."""
    names = [
        name
        for name, kind in frames[0].schema.items()
        if name.startswith(f"{asset}.") and kind.is_float()
    ]
    falls = [n for n in names if any((f[n].diff() < 0).any() for f in frames)]
    return falls if HELPED else names


def rows_of(frame: pl.DataFrame, asset: str, names: list[str]) -> list[Row]:
    """Looks at one station; empty where there is nothing to look at."""
    state = frame[f"{asset}.State"].cast(pl.String).str.to_lowercase()
    return [
        {name: value for name, value in row.items() if value is not None}
        if not HELPED or works
        else {}
        for row, works in zip(
            frame.select(names).iter_rows(named=True), state == "working", strict=True
        )
    ]


class Station:
    """One station's model, its tags and its limit."""

    def __init__(self, frames: list[pl.DataFrame], asset: str) -> None:
        self.asset, self.tags = asset, tags_of(frames, asset)
        self.model = compose.Pipeline(
            preprocessing.MinMaxScaler(), anomaly.HalfSpaceTrees(n_trees=10, height=8, seed=42)
        )
        scores: list[float] = []
        for number, frame in enumerate(frames):
            for row in rows_of(frame, asset, self.tags):
                if row:
                    if number:  # the first trial is for warming up
                        scores.append(self.model.score_one(row))
                    self.model.learn_one(row)
        self.limit = max(float(np.quantile(scores, LIMIT)), 1e-9) if scores else np.inf

    def said(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Scores of a trial; it does not learn from it, so trials do not depend on their order."""
        score = [
            self.model.score_one(row) if row else 0.0
            for row in rows_of(frame, self.asset, self.tags)
        ]
        return pl.DataFrame(
            {"t": frame["time"], "asset": [self.asset] * len(score),
             "score": 0.5 * np.array(score) / self.limit}
        )  # fmt: skip


def main(data: Path, out: Path) -> None:
    """Learn, score, and write claims."""
    good = [
        pl.read_parquet(folder / "telemetry.parquet")
        for folder in sorted((data / "train").iterdir())
        if pl.read_csv(folder / "faults.csv").is_empty()
    ]
    assets = [c.removesuffix(".State") for c in good[0].columns if c.endswith(".State")]
    stations = [Station(good, asset) for asset in assets if tags_of(good, asset)]
    for folder in sorted((data / "test").iterdir()):
        frame = pl.read_parquet(folder / "telemetry.parquet")
        target = out / folder.name
        target.mkdir(parents=True, exist_ok=True)
        said = pl.concat([station.said(frame) for station in stations])
        said.write_parquet(target / "predictions.parquet")


main(Path(os.environ["TWIN_DATA_DIR"]), Path(os.environ["TWIN_CLAIMS_DIR"]))
