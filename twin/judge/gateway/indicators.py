"""GW-11 and GW-12: what a gateway used, and its data in the words of ISO 8000-66."""

from __future__ import annotations

from collections.abc import Sequence

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.checks import Exhibit
from twin.judge.gateway import quality
from twin.judge.gateway.rows import recorded
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, NotJudged

MIB = 2.0**20


def indicators(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """Shares of the data that are as they should be, one figure an indicator."""

    def share(measured: Measured | NotJudged) -> float:
        if isinstance(measured, NotJudged):
            return float("nan")
        return 100.0 - measured.value / quality.MILLION * 100.0

    values = {
        "completeness": share(quality.lost(trials, solution)),
        "uniqueness": share(quality.twice(trials, solution)),
        "validity": share(quality.false_values(trials, solution)),
        "consistency": share(quality.disordered(trials, solution)),
        "timeliness": share(quality.off_grid(trials, solution)),
    }
    return [
        Exhibit(
            Text("Indicators after ISO 8000-66", "ISO 8000-66 방식의 지표"), "%", values,
            note=_("share of the data that is in order; assumed mapping of GW-01 to GW-04"),
            tests=("GW-12",),
        )
    ]  # fmt: skip


def resources(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """Processor time and memory of the processes that the judge started."""
    used = [trial.usage[solution] for trial in trials if solution in trial.usage]
    used = [one for one in used if one.exit_status is not None]
    rows = sum(recorded(trial, solution).height for trial in trials)
    if not used or not rows:
        return []
    cpu = sum(one.cpu_s for one in used)
    values = {
        "CPU s": cpu,
        "CPU µs a sample": 1e6 * cpu / rows,
        "peak MiB": max(one.peak_bytes for one in used) / MIB,
    }
    title = Text("Resources of the gateway", "게이트웨이가 사용한 자원")
    return [Exhibit(title, "", values, note=_("start included"), tests=("GW-11",))]
