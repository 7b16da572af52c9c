"""Aseptic tank between pasteuriser and filler: cold, stirred, under sterile air."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import HIGH, MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Parameters, Quantity, Setting
from twin.equipment.tag import Tag, Text, Track

AIR_LAG = 15.0  # s of the sterile air's regulator, assumed
DRAWN = 0.015  # bar that the air falls short while product is drawn, assumed
JACKET_LAG = 5400.0  # s, assumed
WARMED = 0.4  # K above the set point while product comes through, assumed
REST = 0.6  # of the agitator's current while nothing is drawn: it turns slower, assumed


class AsepticTankParameters(Parameters):
    """How the tank is held."""

    temperature: float = Field(4.0, gt=0, lt=30, description="°C")
    air: float = Field(0.2, gt=0, lt=2, description="bar of sterile air over the product")
    current: float = Field(4.1, gt=0, description="A of the agitator")


def drive(p: AsepticTankParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Air gives way while product is drawn, and what comes through warms the tank a little."""
    drawn = bench.working
    return {
        "Temp": (bench.setting("TempSet") + (WARMED if drawn else 0.0), JACKET_LAG),
        "AirPressure": (bench.setting("AirSet") - (DRAWN if drawn else 0.0), AIR_LAG),
        "Agitator": (p.current if drawn else REST * p.current, 5.0),
    }


ASEPTIC_TANK = Equipment(
    "aseptic-tank",
    Text("Aseptic tank", "무균 탱크"),
    AsepticTankParameters,
    lambda p: (
        Tag("Temp", Text("Product temperature", "제품 온도"), "°C", 0, 40, Track("Temp"),
            noise=0.03, resolution=0.1, sensor="rtd"),
        Tag("TempSet", Text("Product temperature set point", "제품 온도 설정"), "°C", 1, 30,
            Track("TempSet"), resolution=0.1, setting="TempSet"),
        Tag("AirPressure", Text("Sterile air", "무균 공기 압력"), "bar", 0, 1,
            Track("AirPressure"), noise=0.002, resolution=0.001, sensor="pressure"),
        Tag("AirSet", Text("Sterile air set point", "무균 공기 압력 설정"), "bar", 0.05, 0.5,
            Track("AirSet"), resolution=0.001, setting="AirSet"),
        Tag("AgitatorCurrent", Text("Agitator current", "교반기 전류"), "A", 0, 12,
            Track("Agitator"), noise=0.05, resolution=0.01, sensor="current"),
    ),
    lambda p: (
        Setting("TempSet", Text("Product temperature", "제품 온도"), "°C", 1.0, 30.0,
                p.temperature),
        Setting("AirSet", Text("Sterile air", "무균 공기 압력"), "bar", 0.05, 0.5, p.air),
    ),
    lambda p: (
        Quantity("Temp", "°C", p.temperature),
        Quantity("AirPressure", "bar", p.air),
        Quantity("Agitator", "A"),
    ),
    drive=drive,
    alarms=lambda p: (
        Alarm("AirLow", Text("Sterile air low", "무균 공기 압력 낮음"), HIGH,
              Text("Supply of sterile air or its filter: the tank may draw in room air.",
                   "무균 공기 공급 또는 필터 이상: 외기 유입 위험."),
              Beyond("AirPressure", low=0.1, deadband=0.02), on_delay=5.0, while_on=False),
        Alarm("TempHigh", Text("Product warm", "제품 온도 높음"), MEDIUM,
              Text("Chilled water off, or a long stay.", "냉수 정지 또는 장시간 체류."),
              Beyond("Temp", 0.0, 2.0, deadband=0.3, of="TempSet"), on_delay=600.0,
              while_on=False),
    ),
)  # fmt: skip
