"""The resin kettle's rows: phases, recipe parameters, tags, quantities, alarms, faults."""

from __future__ import annotations

from twin.equipment.alarm import HIGH, MEDIUM, Alarm, Beyond
from twin.equipment.model import FaultKind, Parameters, Quantity, Setting
from twin.equipment.phased import BEGUN
from twin.equipment.tag import Reading, Tag, Text, Track
from twin.physics import reactor

PHASES = (
    Text("charge", "투입"),
    Text("heat", "승온"),
    Text("dose", "적하"),
    Text("hold", "유지"),
    Text("raise", "2차 승온"),
    Text("cook", "숙성"),
    Text("sample", "시료 분석 대기"),
    Text("cool", "냉각"),
    Text("discharge", "배출"),
)


def recipe(p: Parameters) -> tuple[Setting, ...]:
    """Times and temperatures a recipe may ask for; limits assumed."""
    return (
        Setting("ChargeTime", Text("Charging", "투입 시간"), "min", 15, 60, 30),
        Setting("TempSet", Text("Temperature while dosing", "적하 온도"), "°C", 50, 70, 60),
        Setting("DoseTime", Text("Dosing", "적하 시간"), "min", 45, 180, 60),
        Setting("HoldTime", Text("Hold after dosing", "유지 시간"), "min", 30, 180, 60),
        Setting("CookSet", Text("Temperature of the cook", "숙성 온도"), "°C", 70, 90, 80),
        Setting("CookTime", Text("Cook", "숙성 시간"), "min", 10, 120, 30),
        Setting("DischargeTime", Text("Discharging", "배출 시간"), "min", 15, 60, 25),
        Setting("AgitRpm", Text("Stirrer", "교반 속도"), "rpm", 40, 120, 90),
    )


TAGS = (
    Tag("Temp", Text("Kettle temperature", "반응기 온도"), "°C", 0, 150, Track("Temp"),
        noise=0.08, resolution=0.1, sensor="rtd"),
    Tag("Jacket", Text("Jacket temperature", "재킷 온도"), "°C", 0, 150, Track("Jacket"),
        noise=0.15, resolution=0.1, sensor="rtd"),
    Tag("Valve", Text("Cooling valve", "냉각 밸브 개도"), "%", 0, 100, Track("Valve"), noise=0.2,
        resolution=0.1),
    Tag("Pressure", Text("Kettle pressure", "반응기 압력"), "bar", 0, 3, Track("Pressure"),
        noise=0.004, resolution=0.001, sensor="pressure"),
    Tag("DoseFlow", Text("Dosing flow", "적하 유량"), "kg/min", 0, 15, Track("Feed"), noise=0.04,
        resolution=0.01, sensor="flow"),
    Tag("Weight", Text("Contents", "내용물 중량"), "kg", 0, 3000, Track("Mass"), noise=0.6,
        resolution=0.5, sensor="weight"),
    Tag("AgitRpm", Text("Stirrer speed", "교반기 회전수"), "rpm", 0, 150, Track("AgitRpm"),
        noise=0.3, resolution=0.1, sensor="speed"),
    Tag("AgitA", Text("Stirrer current", "교반기 전류"), "A", 0, 60, Track("AgitA"), noise=0.25,
        resolution=0.1, sensor="current"),
    Tag("Vibration", Text("Stirrer vibration", "교반기 진동"), "mm/s", 0, 20, Track("Vibration"),
        noise=0.08, resolution=0.01, sensor="vibration"),
    Tag("Ph", Text("pH", "pH"), "", 0, 14, Track("Acidity"), period=5.0, noise=0.02,
        resolution=0.01, sensor="ph"),
    Tag("Interlock", Text("Dosing interlock", "적하 인터록"), "", 0, 1, Track("Tripped"),
        kind="bool"),
    Tag("AcidNumber", Text("Acid number of the last batch", "직전 배치 산가"), "mg/g", 0, 100,
        Reading("AcidNumber", 10.0), resolution=0.01),
)  # fmt: skip

QUANTITIES = (
    BEGUN,
    Quantity("Temp", "°C", 25.0),
    Quantity("Jacket", "°C", 25.0),
    Quantity("Valve", "%"),
    Quantity("Feed", "kg/min"),
    Quantity("Mass", "kg"),
    Quantity("Dosed", "kg"),
    Quantity("A", "mol", hidden=True),
    Quantity("B", "mol", reactor.CHARGED, hidden=True),
    Quantity("Peak", "°C", 25.0, hidden=True),
    Quantity("Wait", "s", hidden=True),
    Quantity("SealTrip", "", hidden=True),
    Quantity("Swing", "K", hidden=True),
    Quantity("Since", "s", hidden=True),
    Quantity("Tripped", ""),
    Quantity("AgitRpm", "rpm"),
    Quantity("AgitA", "A"),
    Quantity("Steam", "kg/h"),
    Quantity("Water", "kg/h"),
    Quantity("Vibration", "mm/s"),
    Quantity("Pressure", "bar", 1.05),
    Quantity("Acidity", "1", 7.1),
)

READINGS = (Quantity("AcidNumber", "mg/g"), Quantity("Unreacted", "1", hidden=True))

ALARMS = (
    Alarm("TempHigh", Text("Kettle temperature high", "반응기 온도 높음"), MEDIUM,
          Text("Cooling weak or dosing too fast.", "냉각 부족 또는 과속 적하."),
          Beyond("Temp", high=86.0, deadband=1.0), while_on=False),
    Alarm("DosingStopped", Text("Dosing stopped by the interlock", "인터록에 의한 적하 중단"), HIGH,
          Text("8 K above the set point: cooling lost.", "설정 +8 K 초과: 냉각 상실."),
          Beyond("Interlock", high=0.5, deadband=0.1), while_on=False),
    Alarm("SealVibration", Text("Stirrer vibrates", "교반기 진동 높음"), MEDIUM,
          Text("Shaft seal or its bearing is worn.", "축 씰 또는 베어링 마모."),
          Beyond("Vibration", high=2.8, deadband=0.3), on_delay=30.0),
)  # fmt: skip

FAULTS = (
    FaultKind("C-UA", Text("Jacket fouled", "재킷 오염"), 0.3, "1", ("Temp", "Jacket", "Valve"),
              ("batch time",), "-30 % in 40 batches: heating and cooling 43 % longer, computed",
              "ramp", 40 * 18_000.0, "Temp"),
    FaultKind("C-COOL", Text("Cooling lost", "냉각수 상실"), 1.0, "1",
              ("Temp", "Jacket", "Valve", "Interlock"), ("unreacted", "peak"),
              "interlock at +8 K, 68.9 degC, 19.5 % B unreacted: computed", quantity="Temp"),
    FaultKind("C-AGIT", Text("Stirrer seal worn", "교반기 씰 마모"), 1.0, "1",
              ("Vibration", "AgitA"), ("gel",), "assumed", "ramp", 3 * 86_400.0, "Vibration"),
    FaultKind("C-VALVE", Text("Cooling valve sticks", "냉각 밸브 고착"), 3.0, "%",
              ("Jacket", "Valve"), ("swing",),
              "limit cycle of 4 to 8 min: computed", quantity="Jacket"),
)  # fmt: skip
