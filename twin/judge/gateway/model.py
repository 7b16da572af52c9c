"""GW-10: did the gateway find the model, or was somebody made to type it in?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from twin.judge.trial import Trial
from twin.judge.verdict import Measured

FIELDS = ("unit", "low", "high")


def unmapped(trials: Sequence[Trial], solution: str) -> Measured:
    """Tags that are missing from the model found, % (GW-10)."""
    trial = trials[0]
    found = set(trial.claims[solution].table("model")["tag"].to_list())
    lacking = [{"tag": tag} for tag in trial.served.tags if tag not in found]
    share = 100.0 * len(lacking) / max(len(trial.served.tags), 1)
    return Measured.census(share, len(trial.served.tags), lacking)


def false_model(trials: Sequence[Trial], solution: str) -> Measured:
    """Tags with a unit or a range of the model that is not the server's, % (GW-10)."""
    trial = trials[0]
    rows = trial.claims[solution].table("model")
    wrong: list[dict[str, Any]] = []
    judged = 0
    for row in rows.select("tag", *FIELDS).iter_rows(named=True):
        tag = trial.line.tags.get(row["tag"])
        if tag is None or tag.kind != "float":
            continue
        judged += 1
        true = {"unit": tag.unit, "low": tag.low, "high": tag.high}
        wrong += [
            {"tag": row["tag"], "field": field, "claimed": row[field], "true": true[field]}
            for field in FIELDS
            if not _same(row[field], true[field])
        ]
    share = 100.0 * len({one["tag"] for one in wrong}) / max(judged, 1)
    return Measured.census(share, judged, wrong)


def _same(claimed: Any, true: Any) -> bool:
    if isinstance(true, str):
        return (claimed or "") == true
    return claimed is not None and math.isclose(claimed, true, rel_tol=1e-9, abs_tol=1e-12)
