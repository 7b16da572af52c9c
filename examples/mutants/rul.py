"""Broken estimators of remaining life: the reference with one thing wrong, and what must fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class RulMutant:
    """What is broken, what becomes of the reference's predictions, and what must fail."""

    broken: str
    change: Callable[[pl.DataFrame], pl.DataFrame]
    fails: frozenset[str]


def run(mutant: RulMutant, reference: Path, out: Path) -> None:
    """Claims of a mutant, made from those of the reference."""
    for folder in sorted(reference.iterdir()):
        target = out / folder.name
        target.mkdir(parents=True, exist_ok=True)
        said = pl.read_parquet(folder / "predictions.parquet")
        mutant.change(said).write_parquet(target / "predictions.parquet")


def _scaled(factor: float) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda said: said.with_columns(pl.col("rul", "low", "high") * factor)


def _constant(said: pl.DataFrame) -> pl.DataFrame:
    hours = [pl.lit(h * 3600.0).alias(name) for name, h in (("rul", 16), ("low", 12), ("high", 20))]
    return said.with_columns(hours)


def _sure(said: pl.DataFrame) -> pl.DataFrame:
    return said.with_columns(low=pl.col("rul") * 0.99, high=pl.col("rul") * 1.01)


RUL_MUTANTS: Mapping[str, RulMutant] = {
    "optimistic": RulMutant(
        "promises four times the life",
        _scaled(4.0),
        frozenset(
            {
                "AI-10.rmse",
                "AI-10.phm08",
                "AI-10.alpha-lambda",
                "AI-10.horizon",
                "AI-10.coverage",
                "AI-10.late",
            }
        ),
    ),
    "constant": RulMutant(
        "always says 16 hours",
        _constant,
        frozenset(
            {
                "AI-10.rmse",
                "AI-10.phm08",
                "AI-10.alpha-lambda",
                "AI-10.horizon",
                "AI-10.coverage",
                "AI-10.late",
                "AI-11.downtime",
                "AI-11.cost-failure",
            }
        ),
    ),
    "panicking": RulMutant(
        "says a tenth of the life",
        _scaled(0.1),
        frozenset({"AI-10.alpha-lambda", "AI-10.horizon", "AI-10.coverage"}),
    ),
    "sure": RulMutant("gives intervals of one per cent", _sure, frozenset({"AI-10.coverage"})),
}
