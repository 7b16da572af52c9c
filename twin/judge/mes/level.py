"""MES-11: what a product does where inputs are missing: says so, and invents nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twin.field.levels import FULL, LevelRow, level
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, NotJudged

INPUTS: Mapping[str, Callable[[LevelRow], bool]] = {
    "state": lambda row: row.states,
    "parts": lambda row: row.parts,
    "alarms": lambda row: row.alarms,
    "history": lambda row: row.history,
    "process": lambda row: "process" in row.classes,
    "control": lambda row: row.control,
}
# claim tables that cannot be right without an input
NEEDS: Mapping[str, tuple[str, ...]] = {
    "states": ("state",),
    "kpis": ("state",),
    "stops": ("state",),
    "links": ("parts",),
    "recalls": ("parts",),
    "dispatch": ("parts",),
    "signals": ("process",),
}


def missing(trial: Trial) -> set[str]:
    """Inputs that the line's level does not show."""
    row = FULL if trial.level is None else level(trial.level)
    return {name for name, shown in INPUTS.items() if not shown(row)}


def declared(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Inputs missing and not declared, or declared and there; a declared one must be of INPUTS."""
    rows: list[dict[str, Any]] = []
    for trial in trials:
        true, told = missing(trial), _told(trial, solution)
        rows += [
            {"seed": trial.seed, "input": name, "missing": name in true, "declared": name in told}
            for name in sorted(true ^ told)
        ]
    return Measured.census(len(rows), len(INPUTS) * len(trials), rows)


def invented(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Rows handed in that nothing the line shows can tell."""
    rows: list[dict[str, Any]] = []
    total = asked = 0
    for trial in trials:
        gone = missing(trial)
        for table, needs in NEEDS.items():
            count = trial.claims[solution].table(table).height
            asked += count
            if gone.intersection(needs) and count:
                total += count
                rows.append({"seed": trial.seed, "table": table, "rows": count,
                             "without": ", ".join(sorted(gone.intersection(needs)))})  # fmt: skip
    return Measured.census(total, asked, rows)


def _told(trial: Trial, solution: str) -> set[str]:
    return set(trial.claims[solution].table("missing")["input"].to_list())
