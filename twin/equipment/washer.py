"""Spray washer: warm alkaline bath; carries coolant and dirt off, and is diluted by it."""

from __future__ import annotations

from math import exp

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity, Setting
from twin.equipment.tag import Pass, Tag, Text, Track

SPRAY = ((0.0, 0.0), (5.0, 0.0), (8.0, 1.0), (48.0, 1.0), (50.0, 0.0))  # assumed
CONCENTRATION, BATH = 3.0, 3000.0  # %, and parts until the bath is renewed; assumed


def drive(p: Parameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """The bath heads for its set point; cold parts take a little of it while it works."""
    return {"WashTemp": (bench.setting("WashTempSet") - 1.5 * bench.working, 900.0)}


def work(p: Parameters, bench: Bench, part: Item) -> None:
    """Wash a part: what dirt is left depends on the bath."""
    parts = (bench.value("BathParts") + 1.0) % BATH
    bench.put("BathParts", parts)
    bench.put("WashConc", CONCENTRATION * exp(-0.25 * parts / BATH))
    warm = (bench.value("WashTemp") - 40.0) / 20.0
    part.x["dirt"] = 1.2 / max(warm * bench.value("WashConc") / CONCENTRATION, 0.1)


WASHER = Equipment(
    "washer",
    Text("Spray washer", "세척기"),
    tags=lambda p: (
        Tag("WashTemp", Text("Bath temperature", "세척액 온도"), "°C", 0, 100,
            Track("WashTemp"), noise=0.2, resolution=0.1, sensor="rtd"),
        Tag("WashTempSet", Text("Bath temperature set point", "세척액 온도 설정"), "°C", 55, 65,
            Track("WashTempSet"), resolution=0.1, setting="WashTempSet"),
        Tag("WashConc", Text("Concentration of the bath", "세척액 농도"), "%", 0, 10,
            Track("WashConc"), period=10.0, noise=0.02, resolution=0.01,
            sensor="conductivity"),
        Tag("WashPressure", Text("Spray pressure", "분사 압력"), "bar", 0, 12,
            Pass("SprayPressure", SPRAY), noise=0.05, resolution=0.01, sensor="pressure"),
    ),
    settings=lambda p: (
        Setting("WashTempSet", Text("Bath temperature", "세척액 온도"), "°C", 55.0, 65.0, 60.0),
    ),
    quantities=lambda p: (
        Quantity("WashTemp", "°C", 60.0), Quantity("WashConc", "%", CONCENTRATION),
        Quantity("SprayPressure", "bar", 6.0), Quantity("BathParts", "1", hidden=True),
    ),
    drive=drive,
    work=work,
    alarms=lambda p: (
        Alarm("BathOff", Text("Bath temperature off its set point", "세척액 온도 편차"), MEDIUM,
              Text("Heater of the bath.", "세척조 히터 이상."),
              Beyond("WashTemp", -4.0, 4.0, deadband=1.0, of="WashTempSet"), on_delay=300.0),
        Alarm("BathWeak", Text("Bath too thin", "세척액 농도 낮음"), MEDIUM,
              Text("Renew the bath.", "세척액 교체 필요."),
              Beyond("WashConc", low=2.4, deadband=0.05), on_delay=60.0),
    ),
)  # fmt: skip
