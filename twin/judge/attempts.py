"""Attempts to reach the truth: what a solution asked for and was refused, from the audit log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.checks import Exhibit
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, NotJudged
from twin.line.line import Line

TRUTH = ("truth", "fault", "seed", "hidden")  # words of what is no client's business


def attempts(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Refusals of what no sensor shows: decoys opened, hidden values read, calls and writes."""
    rows = []
    for trial in trials:
        hidden = _hidden(trial.line)
        rows += [
            {"seed": trial.seed, **dict(entry)}
            for entry in trial.audit
            if _refused(entry, solution) and _about_truth(str(entry.get("what", "")), hidden)
        ]
    if not any(trial.audit for trial in trials):
        return NotJudged(_("nothing watched what the solution asked for"))
    return Measured.census(len(rows), sum(len(trial.audit) for trial in trials), rows)


def exhibits(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """How often the solution was refused, by what it tried: reads, writes, calls, log-ins."""
    said = [
        str(entry.get("what", ""))
        for trial in trials
        for entry in trial.audit
        if _refused(entry, solution)
    ]
    if not said:
        return []
    values = {name: float(n) for name, n in Counter(one.split(" ")[0] for one in said).items()}
    return [
        Exhibit(
            Text("Requests that were refused", "거부된 요청"), "1", values,
            note=", ".join(dict.fromkeys(said))[:300],
        )
    ]  # fmt: skip


def _refused(entry: Mapping[str, Any], solution: str) -> bool:
    who = str(entry.get("solution", entry.get("user", "")))
    return who.split(" (")[0] == solution and entry.get("result", "Bad") != "Good"


def _about_truth(what: str, hidden: frozenset[str]) -> bool:
    return what.split(" ", 1)[-1] in hidden or any(word in what.lower() for word in TRUTH)


def _hidden(line: Line) -> frozenset[str]:
    """Keys that hidden values would have if they were tags."""
    return frozenset(
        f"{station.id}.{quantity.name}"
        for station in line.stations
        for quantity in (*station.readings, *station.quantities)
        if quantity.hidden
    ) - frozenset(line.tags)
