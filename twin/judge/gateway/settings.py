"""GW-08: does the gateway know what the server granted it?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from twin.i18n import _
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, NotJudged

FIELDS = ("sampling_ms", "publishing_ms", "queue", "deadband")


def misread(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Tags whose sampling, publishing, queue or deadband is not what was granted, % (GW-08).

    A server revises what it is asked (OPC 10000-4, 5.13.2 and 5.14.2). Who takes the request for
    the grant believes in samples that were never taken and in queues that are not there.
    """
    wrong: list[dict[str, Any]] = []
    judged = 0
    for trial in trials:
        rows = trial.claims[solution].table("settings")
        claimed = {row["tag"]: row for row in rows.iter_rows(named=True)}
        granted: dict[str, list[dict[str, Any]]] = {}
        for one in trial.served.granted:
            if one["user"] == solution:
                granted.setdefault(one["tag"], []).append(dict(one))
        judged += len(granted)
        for tag, grants in granted.items():
            mine = claimed.get(tag)
            off = [_differences(mine, grant) for grant in grants] if mine else []
            if not off or all(off):
                wrong.append(
                    {"seed": trial.seed, "tag": tag, "differs": min(off, key=len) if off else [],
                     "claimed": {key: mine[key] for key in FIELDS} if mine else None,
                     "granted": {key: grants[0][key] for key in FIELDS}}
                )  # fmt: skip
    if not judged:
        return NotJudged(_("it held no subscription at the end of the run"))
    return Measured.census(100.0 * len(wrong) / judged, judged, wrong)


def _differences(claimed: dict[str, Any], granted: dict[str, Any]) -> list[str]:
    """Fields in which a claim is not the grant; no deadband is one of 0."""
    return [
        key
        for key in FIELDS
        if not math.isclose(
            claimed[key] if claimed[key] is not None else 0.0 if key == "deadband" else math.nan,
            granted[key] or 0.0, rel_tol=1e-6, abs_tol=1e-9,
        )
    ]  # fmt: skip
