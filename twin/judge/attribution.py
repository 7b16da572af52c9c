"""Who caused a failure, where one solution feeds another.

A solution can only be as good as what it is given. When a test of a fed solution fails and the
solution that feeds it failed in the same stretch of time or altogether, the failure is put down
to the feeder; when the feeder was in order, it is the fed solution's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from twin.judge.checks import Finding
from twin.judge.plan import Plan
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, Verdict

# what of a feeder can spoil what of the fed: only tests of the data it hands on
SPOILING = ("GW-01", "GW-02", "GW-03", "GW-04", "GW-07", "GW-09")
NEAR = 60.0  # s by which two stretches may miss one another and still be the same event; assumed


def attribute(findings: Sequence[Finding], trials: Sequence[Trial], plan: Plan) -> list[Finding]:
    """The findings, with the cause named where it lies in another solution."""
    feeds = {one.name: one.feeds for one in plan.solutions}
    return [
        replace(one, cause=_cause(one, findings, feeds)) if one.verdict is Verdict.FAIL else one
        for one in findings
    ]


def _cause(finding: Finding, findings: Sequence[Finding], feeds: Mapping[str, str]) -> str:
    """Name of the first solution on the way from the line that failed there; empty: its own."""
    chain = []
    name = feeds.get(finding.solution, "line")
    while name != "line" and name not in chain:
        chain.append(name)
        name = feeds.get(name, "line")
    for feeder in reversed(chain):
        for other in findings:
            if (
                other.solution == feeder
                and other.verdict is Verdict.FAIL
                and other.check.test in SPOILING
                and _meet(finding, other)
            ):
                return feeder
    return ""


def _meet(one: Finding, other: Finding) -> bool:
    """Whether their evidence lies at the same times; without times they may."""
    mine, theirs = _spans(one), _spans(other)
    if not mine or not theirs:
        return True
    return any(
        a_start <= b_stop + NEAR and b_start <= a_stop + NEAR
        for a_start, a_stop in mine
        for b_start, b_stop in theirs
    )


def _spans(finding: Finding) -> list[tuple[float, float]]:
    """Stretches of simulated time in the evidence."""
    if not isinstance(finding.measured, Measured):
        return []
    spans = []
    for row in finding.measured.evidence:
        start = row.get("start", row.get("t"))
        stop = row.get("end", row.get("stop", start))
        if isinstance(start, int | float) and isinstance(stop, int | float):
            spans.append((float(start), float(stop)))
    return spans
