"""A kettle: heats a part to 80 °C, keeps it there, cools while it stands. For tests of courses."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest

import twin.equipment
import twin.line.build
import twin.line.names
from tests.laws.lines import make
from twin.equipment.model import Bench, Course, Equipment, FaultKind, Parameters, Quantity, Setting
from twin.equipment.tag import Tag, Text, Track
from twin.line import Line
from twin.physics.knots import thin

AMBIENT, TARGET, TAU, KEEP = 20.0, 80.0, 100.0, 60.0


def course(p: Parameters, bench: Bench) -> Course:
    t = np.arange(0.0, 601.0)
    now, steam = bench.value("Temp"), bench.setting("Steam") - bench.severity("T-FOUL")
    if not bench.working:
        knots, values = thin(t, {"Temp": AMBIENT + (now - AMBIENT) * np.exp(-t / TAU)},
                             {"Temp": 0.05})  # fmt: skip
        return Course(knots, values, again=now - AMBIENT > 0.1)
    if bench.step == 0:
        heat = steam + (now - steam) * np.exp(-t / TAU)
        if now >= TARGET:
            return Course((0.0,), {"Temp": (now,)}, left=0.0, again=False)
        hot = float(TAU * np.log((steam - now) / (steam - TARGET)))
        knots, values = thin(t, {"Temp": heat}, {"Temp": 0.05})
        return Course(knots, values, left=hot)
    if bench.step == 1:
        return Course((0.0,), {"Temp": (now,)}, left=KEEP - bench.into, again=False)
    return Course((0.0,), {"Temp": (now,)}, done=True, again=False)


KETTLE = Equipment(
    "kettle",
    Text("Kettle", "솥"),
    tags=lambda p: (
        Tag("Temp", Text("Temperature", "온도"), "°C", 0, 200, Track("Temp"), noise=0.2),
    ),
    settings=lambda p: (Setting("Steam", Text("Steam", "증기"), "°C", 90.0, 150.0, 120.0),),
    quantities=lambda p: (Quantity("Temp", "°C", AMBIENT),),
    course=course,
    phases=lambda p: (Text("heat", "가열"), Text("keep", "유지")),
    faults=(
        FaultKind("T-FOUL", Text("Fouled", "오염"), 20.0, "K", ("Temp",), (), "a test",
                  quantity="Temp"),
    ),
)  # fmt: skip


@pytest.fixture
def kettle(monkeypatch) -> Line:
    kinds = MappingProxyType({**twin.equipment.CATALOGUE, "kettle": KETTLE})
    for room in (twin.equipment, twin.line.build, twin.line.names):
        monkeypatch.setattr(room, "CATALOGUE", kinds)
    return make(
        {
            "K": {
                "kind": "kettle",
                "cycle": "1 s",
                "failures": [{"id": "leak", "after": "400 s", "repair": "50 s"}],
            }
        },
        faults=[{"id": "T-FOUL", "station": "K"}],
    )
