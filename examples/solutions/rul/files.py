"""The estimator on a data set of the judge."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from examples.solutions.rul.model import Estimator

ASSET, SIGNAL = "VMC", "VMC.VibRms"


def signal(frame: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Seconds from the start and vibration, while the machine cuts."""
    works = frame[f"{ASSET}.State"].cast(pl.String).str.to_lowercase() == "working"
    since = (frame["time"] - frame["time"][0]).dt.total_microseconds() / 1e6
    keep = works & frame[SIGNAL].is_not_null()
    return since.filter(keep).to_numpy(), frame[SIGNAL].filter(keep).to_numpy()


def trained(data: Path) -> Estimator:
    """An estimator that has learnt from the training courses that came to a failure."""
    signals, faults = [], []
    for folder in sorted((data / "train").iterdir()):
        frame = pl.read_parquet(folder / "telemetry.parquet")
        rows = pl.read_csv(folder / "faults.csv", try_parse_dates=True)
        rows = rows.filter((pl.col("asset") == ASSET) & pl.col("failure").is_not_null())
        if rows.height:
            zero = frame["time"][0]
            row = rows.row(0, named=True)
            signals.append(signal(frame))
            faults.append(tuple((row[k] - zero).total_seconds() for k in ("onset", "failure")))
    estimator = Estimator()
    estimator.learn(signals, faults)
    return estimator


def table(rows: list[tuple[float, float, float, float]], zero: object) -> pl.DataFrame:
    """Rows of the claim table `predictions`."""
    return pl.DataFrame(
        {
            "t": [zero + timedelta(seconds=t) for t, *_ in rows],  # type: ignore[operator]
            "asset": [ASSET] * len(rows),
            "rul": [rul for _, rul, _, _ in rows],
            "low": [low for *_, low, _ in rows],
            "high": [high for *_, high in rows],
        },
        schema={"t": pl.Datetime("us", "UTC"), "asset": pl.String, "rul": pl.Float64,
                "low": pl.Float64, "high": pl.Float64},
    )  # fmt: skip


def run(data: Path, out: Path) -> None:
    """Predict every test trial of the data set `data` and write claims to `out`."""
    estimator = trained(data)
    for folder in sorted((data / "test").iterdir()):
        frame = pl.read_parquet(folder / "telemetry.parquet")
        target = out / folder.name
        target.mkdir(parents=True, exist_ok=True)
        rows = estimator.predict(*signal(frame))
        table(rows, frame["time"][0]).write_parquet(target / "predictions.parquet")
