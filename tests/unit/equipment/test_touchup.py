"""The bench lathe: what can be put right is, and the rest stays bad."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from twin.equipment.touchup import TouchUpParameters, work
from twin.kernel.part import LatentPart
from twin.trace import EventKind


class Hand:
    """As much of a bench as the work asks for; every draw is one standard deviation."""

    def __init__(self) -> None:
        self.readings: dict[str, float] = {}

    def normal(self, purpose: str) -> float:
        return 1.0

    def read(self, name: str, value: float) -> None:
        self.readings[name] = value


def touched(defects: dict[str, str], **sizes: float) -> tuple[LatentPart, bool, dict[str, float]]:
    part, hand = LatentPart(0, 0), Hand()
    part.defects.update(defects)
    part.x.update(sizes)
    return part, work(TouchUpParameters(), hand, part), hand.readings


def test_a_shaft_too_large_is_turned_down_to_size():
    part, good, readings = touched({"diameter": "process"}, diameter=40.0)
    assert good
    assert part.x["diameter"] == pytest.approx(5.0)
    assert readings == {"TouchUps": 1, "Diameter": pytest.approx(5.0)}


def test_a_shaft_too_small_stays_bad():
    part, good, readings = touched({"diameter": "M-PROG"}, diameter=-200.0)
    assert not good
    assert part.defects == {"diameter": "M-PROG"}
    assert readings["TouchUps"] == 0


def test_a_burr_is_filed_and_a_rough_surface_is_not_helped():
    part, good, _ = touched({"burr": "chipped insert", "rough": "M-CHUCK"}, burr=2.0)
    assert (good, part.x["burr"], list(part.defects)) == (False, 0.0, ["rough"])


def test_a_good_shaft_that_the_gauge_rejected_goes_on_untouched():
    _, good, readings = touched({}, diameter=12.0)
    assert good
    assert readings == {"TouchUps": 0, "Diameter": 12.0}


def test_reworked_shafts_go_on_to_the_furnace_and_count_as_rework():
    trace = twin.run(twin.load("machine-parts/shaft-v1"), "48h", seed=1)
    kpis = twin.kpi(trace)
    bench, gauge = kpis.stations["RWK"], kpis.stations["GAG"]
    assert 0 < bench["rejected"] < bench["produced"] <= gauge["rejected"]
    assert kpis.line["rework_ratio"] > 0.0
    verdicts = trace.index.events(EventKind.VERDICT, trace.line.place("RWK"))
    passed = set(verdicts.part[verdicts.value == 1.0].tolist())
    places = [trace.line.place(name) for name in ("HT.queue", "HT")]
    furnace = trace.log.part[np.isin(trace.log.place, places)]
    assert passed <= set(furnace.tolist())
