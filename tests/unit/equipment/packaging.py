"""A packaging line of its equipment, for tests: from the depalletiser to the pallet."""

from __future__ import annotations

from typing import Any

from tests.laws.lines import make
from twin.line import Line


def _stop(name: str, minutes: float, repair: str) -> dict[str, Any]:
    after = {"kind": "exponential", "mean": f"{minutes} min"}
    return {"id": name, "after": after, "repair": repair}


STATIONS: dict[str, Any] = {
    "DEPAL": {
        "kind": "depalletiser", "rate": "15000 /h", "to": "FILL",
        "failures": [_stop("fallen", 100_000, "40 s")],
    },
    "FILL": {"kind": "filler", "rate": "12000 /h", "buffer": 400, "reject": 0.006, "to": "LABEL"},
    "LABEL": {
        "kind": "labeller", "rate": "13200 /h", "buffer": 400, "reject": 0.003, "to": "INSP",
        "failures": [_stop("jam", 100_000, "30 s")],
    },
    "INSP": {"kind": "vision", "rate": "13800 /h", "buffer": 400, "to": "packs"},
    "PACK": {
        "kind": "shrink-packer", "rate": "600 /h", "from": {"packs": 24}, "reject": 0.001,
        "to": "PALL",
    },
    "PALL": {"kind": "palletiser", "rate": "700 /h", "buffer": 40, "pack": 60, "to": "WRAP"},
    "WRAP": {"cycle": "60 s", "buffer": 3},
}  # fmt: skip
FAULTS: list[dict[str, Any]] = [
    {"id": "F-VALVE", "station": "FILL"},
    {"id": "F-TORQUE", "station": "FILL", "span": "4 h"},
    {"id": "F-GLUE", "station": "LABEL"},
    {"id": "F-CONV", "station": "DEPAL"},
]
LIFE = {"found": "30 min", "repair": "10 min"}


def packaging(**change: Any) -> Line:
    """The line; `change` goes into the fault of that id, with _ for -."""
    faults = [fault | LIFE | change.get(str(fault["id"]).replace("-", "_"), {}) for fault in FAULTS]
    return make(STATIONS, buffers={"packs": 400}, faults=faults)
