"""Labeller: hot glue, labels from a roll, and how far from their place they sit."""

from __future__ import annotations

from math import exp, sqrt

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, FaultKind, Parameters, Quantity, Setting
from twin.equipment.tag import Reading, Tag, Text, Track

HEATER_LAG = 180.0  # s, glue tank, assumed
COLD = 10.0  # K of missing glue temperature at which variance and stops are as said below
VARIANCE = 3.0  # times the variance of the offset, then
PLACE = 1.0  # mm, tolerance of a label's place


class LabellerParameters(Parameters):
    """Glue, place and rolls of labels."""

    glue: float = Field(145.0, ge=100, le=200, description="°C")
    spread: float = Field(0.3, gt=0, description="mm, one standard deviation of the offset")
    jams: float = Field(1.5, ge=0, description="more short stops an hour when 10 K too cold")
    roll: int = Field(40_000, ge=100, description="labels on a roll")
    sample: float = Field(60.0, ge=1, description="s between two samples")


def coldness(bench: Bench) -> float:
    """How much too cold the glue is by a fault, as a share of 10 K."""
    return max(-bench.astray("GlueTemp"), 0.0) / COLD


def offset_spread(p: LabellerParameters, bench: Bench) -> float:
    """Standard deviation of the labels' offset, mm: the variance grows with the missing heat."""
    missing = max(p.glue - bench.value("GlueTemp"), 0.0) / COLD
    return p.spread * sqrt(1.0 + (VARIANCE - 1.0) * missing)


def look(p: LabellerParameters, bench: Bench) -> float:
    """Measure one label, count the roll down, perhaps jam; s until the next sample."""
    spread = offset_spread(p, bench)
    bench.give("label spread", spread)
    u = bench.uniform("jams")
    if not bench.working:
        return p.sample
    offset = spread * bench.normal("offset")
    bench.read("LabelOffset", offset)
    left = bench.left  # of a roll that is a lot of a material
    if left is None:
        rolls, used = divmod(bench.treated, p.roll)
        left = p.roll - used
        if rolls > bench.value("Rolls"):
            bench.put("Rolls", rolls)
            bench.note("LOT", rolls)
    bench.put("RollRemaining", float(round(100.0 * left / p.roll)))
    cold = coldness(bench)
    if u < 1.0 - exp(-p.jams * cold * p.sample / 3600.0):
        bench.stop("jam")
    if cold > 0.5 and abs(offset) > PLACE:
        bench.fail("F-GLUE")
    return p.sample


LABELLER = Equipment(
    "labeller",
    Text("Labeller", "라벨러"),
    LabellerParameters,
    lambda p: (
        Tag("GlueTemp", Text("Glue temperature", "접착제 온도"), "°C", 0, 220, Track("GlueTemp"),
            noise=0.3, resolution=0.1, sensor="rtd"),
        Tag("GlueSet", Text("Glue temperature set point", "접착제 온도 설정"), "°C", 100, 200,
            Track("GlueSet"), resolution=0.1, setting="GlueSet"),
        Tag("LabelOffset", Text("Offset of the last label", "최근 라벨 위치 편차"), "mm", -5, 5,
            Reading("LabelOffset"), resolution=0.01, sensor="length"),
        Tag("RollRemaining", Text("Labels left on the roll", "라벨 롤 잔량"), "%", 0, 100,
            Track("RollRemaining"), resolution=1.0),
    ),
    lambda p: (
        Setting("GlueSet", Text("Glue temperature", "접착제 온도"), "°C", 120.0, 170.0, p.glue),
    ),
    lambda p: (
        Quantity("GlueTemp", "°C", p.glue),
        Quantity("RollRemaining", "%", 100.0),
        Quantity("Rolls", "1", 0.0, hidden=True),
    ),
    lambda p: (Quantity("LabelOffset", "mm"),),
    drive=lambda p, bench: {
        "GlueTemp": (bench.setting("GlueSet") - bench.severity("F-GLUE"), HEATER_LAG)
    },
    look=look,
    alarms=lambda p: (
        Alarm("GlueCold", Text("Glue too cold", "접착제 온도 낮음"), MEDIUM,
              Text("Heater of the glue tank weak.", "접착제 탱크 히터 성능 저하."),
              Beyond("GlueTemp", -5.0, 8.0, deadband=1.0, of="GlueSet"), on_delay=20.0),
    ),
    faults=(
        FaultKind(
            "F-GLUE",
            Text("Glue heater weak", "접착제 히터 성능 저하"),
            size=10.0,
            unit="K",
            observable=("GlueTemp", "LabelOffset", "INSP.LabelOK"),
            affects=("label spread",),
            source="assumed: 10 K colder, three times the variance of the offset, twice the stops",
            quantity="GlueTemp",
        ),
    ),
)  # fmt: skip
