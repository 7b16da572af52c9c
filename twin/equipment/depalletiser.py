"""Depalletiser with the air and belt conveyors that carry empty bottles to the filler."""

from __future__ import annotations

from math import exp

from pydantic import Field

from twin.equipment.alarm import LOW, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, FaultKind, Parameters, Quantity
from twin.equipment.tag import Tag, Text, Track

RUN, REST, LAG = 3.2, 0.4, 20.0  # A, A, s: conveyor motors, assumed
BLOW, BLOW_REST = 25.0, 0.0  # mbar of the air conveyor, assumed
LOOK = 30.0  # s between two looks at the conveyor


class DepalletiserParameters(Parameters):
    """How bottles fall on a conveyor that lacks lubricant."""

    falls: float = Field(9.0, ge=0, description="stops an hour at 1 A of extra friction")


def tags(p: DepalletiserParameters) -> tuple[Tag, ...]:
    return (
        Tag("ConveyorCurrent", Text("Conveyor motor current", "컨베이어 모터 전류"), "A", 0, 10,
            Track("ConveyorCurrent"), noise=0.06, resolution=0.01, sensor="current"),
        Tag("BlowPressure", Text("Air conveyor pressure", "에어 컨베이어 압력"), "mbar", 0, 50,
            Track("BlowPressure"), noise=0.3, resolution=0.1, sensor="pressure"),
    )  # fmt: skip


def drive(p: DepalletiserParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Motors and blower follow the flow; friction asks for more current."""
    flowing = bench.working
    return {
        "ConveyorCurrent": (RUN + bench.severity("F-CONV") if flowing else REST, LAG),
        "BlowPressure": (BLOW if flowing else BLOW_REST, 6.0),
    }


def look(p: DepalletiserParameters, bench: Bench) -> float:
    """Bottles may fall where they stand dry: a short stop, mode `fallen`."""
    u = bench.uniform("falls")
    if bench.working:
        friction = bench.severity("F-CONV")
        if u < 1.0 - exp(-p.falls * friction * LOOK / 3600.0):
            bench.stop("fallen")
            if bench.astray("ConveyorCurrent") > 0.5 * friction:
                bench.fail("F-CONV")
    return LOOK


DEPALLETISER = Equipment(
    "depalletiser",
    Text("Depalletiser", "디팔레타이저"),
    DepalletiserParameters,
    tags,
    quantities=lambda p: (
        Quantity("ConveyorCurrent", "A", REST),
        Quantity("BlowPressure", "mbar", BLOW_REST),
    ),
    drive=drive,
    look=look,
    alarms=lambda p: (
        Alarm("CurrentHigh", Text("Conveyor current high", "컨베이어 전류 높음"), LOW,
              Text("Chain lubrication low.", "체인 윤활 부족."),
              Beyond("ConveyorCurrent", high=4.0, deadband=0.2), on_delay=10.0),
    ),
    faults=(
        FaultKind(
            "F-CONV",
            Text("Conveyor short of lubricant", "컨베이어 윤활 부족"),
            size=1.2,
            unit="A",
            observable=("ConveyorCurrent", "Failures"),
            affects=(),
            source="assumed; bottles fall, and the filler starves",
            shape="intermittent",
            span=3600.0,
            quantity="ConveyorCurrent",
        ),
    ),
)  # fmt: skip
