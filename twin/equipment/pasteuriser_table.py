"""What a pasteuriser shows, may be told, suffers and announces: rows of data."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from twin.equipment.alarm import HIGH, MEDIUM, Alarm, Beyond
from twin.equipment.model import FaultKind, Parameters, Quantity, Setting
from twin.equipment.tag import Reading, Tag, Text, Track
from twin.physics import htst
from twin.physics import pasteuriser as heat

DAY, HOUR = 86_400.0, 3600.0
OPAQUE = 1500.0  # NTU of product, assumed
MOST_LOGS = 12.0  # more powers of ten than these are not told apart

# how far a straight line may be from the integrated curve; in the quantity's unit, below the noise
TOLERANCE: Mapping[str, float] = {
    "Tank": 0.05, "RegenOut": 0.03, "HotWater": 0.05, "Hold": 0.02, "HoldSeen": 0.02,
    "Valve": 0.2, "Integral": 0.2, "Flow": 5.0, "Forward": 5.0, "Product": 0.005, "Dp": 0.005,
    "Homog": 0.5, "Heat": 0.3, "HeaterDp": 0.003, "Conductivity": 0.3, "Turbidity": 5.0,
    "Fdv": 0.1, "Diverted": 0.1, "Cip": 0.1, "Recipe": 0.1, "Cleanings": 0.1, "Deposit": 0.01,
    "Run": 0.001, "Rough": 0.001, "Soil": 0.003, "Hot": 0.1, "Into": 0.1, "Logs": 0.05,
    "Underheated": 0.5, "Leaked": 0.05, "Return": 20.0, "NoReturn": 0.1,
}  # fmt: skip
FOLLOWS = (
    "Forward",
    "Diverted",
    "NoReturn",
    "HeaterDp",
    "Logs",
)  # from the others, and no state of their own
STATE = tuple(name for name in TOLERANCE if name not in FOLLOWS)


class PasteuriserParameters(Parameters):
    """Plates, holding tube, limits of the diversion valve, and when it is cleaned."""

    flow: float = Field(6000.0, gt=0, description="L/h through the holding tube")
    hold: float = Field(72.5, gt=60, lt=90, description="degC, set point at the start")
    feed: float = Field(4.0, ge=0, lt=30, description="degC of what comes in")
    feed_spread: float = Field(0.4, ge=0, description="K, one standard deviation")
    bore: float = Field(0.0475, gt=0, description="m, of the holding tube")
    length: float = Field(14.1, gt=0, description="m, of the holding tube")
    share: float = Field(0.90, gt=0, lt=1, description="of heat regenerated")
    area: float = Field(2.6, gt=0, description="m2 of the heater's plates")
    divert: float = Field(71.7, description="degC measured, below which product is diverted")
    again: float = Field(72.0, description="degC above which it may go forward again")
    proven: float = Field(20.0, ge=0, description="s it must be above that")
    least_dp: float = Field(0.35, ge=0, description="bar of product over raw, else diverted")
    fastest: float = Field(1.05, gt=1, description="of `flow`, above which product is diverted")
    logs: float = Field(5.0, gt=0, description="powers of ten that are asked for")
    fouling: tuple[float, ...] = Field(
        (2e-5, 0.5e-5), description="m2 K/W an hour, by product in file order; the last for more"
    )
    allergens: tuple[int, ...] = Field(
        (0,), description="numbers of products, from 0, after which only a full clean will do"
    )
    hottest: float = Field(81.0, description="degC of hot water from which plates are cleaned")
    longest: float = Field(8.0, gt=0, description="h of product from which plates are cleaned")
    cleaning_flow: float = Field(9570.0, gt=0, description="L/h while cleaning: 1.5 m/s in DN50")
    product_cond: float = Field(4.5, ge=0, description="mS/cm of product")
    sample: float = Field(60.0, ge=1, description="s between two looks")


def plant_of(p: PasteuriserParameters) -> htst.Plant:
    """The plates and their control."""
    return htst.Plant(share=p.share, area=p.area)


def tags(p: PasteuriserParameters) -> tuple[Tag, ...]:
    return (
        Tag("HoldTemp", Text("Holding tube outlet", "유지관 출구 온도"), "°C", 0, 110,
            Track("HoldSeen"), noise=0.05, resolution=0.01, sensor="rtd"),
        Tag("HoldIndicator", Text("Indicating thermometer", "지시 온도계"), "°C", 0, 110,
            Track("Hold"), period=10.0, noise=0.1, resolution=0.1, sensor="rtd"),
        Tag("HoldSet", Text("Set point of the holding tube", "유지관 설정 온도"), "°C", 68, 80,
            Track("HoldSet"), resolution=0.1, setting="HoldSet"),
        Tag("FeedTemp", Text("Feed", "공급 온도"), "°C", 0, 60, Track("Tank"), noise=0.05,
            resolution=0.01, sensor="rtd"),
        Tag("RegenOut", Text("Behind the regenerator", "열회수부 출구 온도"), "°C", 0, 110,
            Track("RegenOut"), noise=0.05, resolution=0.01, sensor="rtd"),
        Tag("HotWaterTemp", Text("Hot water", "온수 온도"), "°C", 0, 120, Track("HotWater"),
            noise=0.1, resolution=0.05, sensor="rtd"),
        Tag("HotWaterValve", Text("Hot water valve", "온수 밸브 개도"), "%", 0, 100,
            Track("Valve"), resolution=0.1),
        Tag("HeatPower", Text("Heat from hot water", "온수 열량"), "kW", 0, 500, Track("Heat"),
            noise=0.4, resolution=0.1, sensor="power"),
        Tag("Flow", Text("Flow in the holding tube", "유지관 유량"), "L/h", 0, 15_000,
            Track("Flow"), noise=0.003 * p.flow, resolution=1.0, sensor="flow"),
        Tag("FlowSet", Text("Flow set point", "유량 설정"), "L/h", 0, 15_000, Track("FlowSet"),
            resolution=1.0, setting="FlowSet"),
        Tag("ForwardFlow", Text("Flow to the aseptic tank", "전진 유량"), "L/h", 0, 15_000,
            Track("Forward"), noise=0.003 * p.flow, resolution=1.0, sensor="flow"),
        Tag("Forward", Text("Diversion valve forward", "유로 전환 밸브 전진"), "", 0, 1,
            Track("Fdv"), kind="bool"),
        Tag("Diverted", Text("Product diverted", "제품 회송 중"), "", 0, 1, Track("Diverted"),
            kind="bool"),
        Tag("ProductPressure", Text("Pressure of pasteurised product", "살균 측 압력"), "bar",
            0, 10, Track("Product"), noise=0.02, resolution=0.01, sensor="pressure"),
        Tag("PressureLead", Text("Pasteurised over raw", "살균·원유 차압"), "bar", -5, 5,
            Track("Dp"), noise=0.02, resolution=0.01, sensor="pressure"),
        Tag("HomogPressure", Text("Homogeniser", "균질기 압력"), "bar", 0, 300, Track("Homog"),
            noise=1.5, resolution=0.5, sensor="pressure"),
        Tag("HeaterDrop", Text("Pressure drop of the heater", "가열부 압력 손실"), "bar", 0, 5,
            Track("HeaterDp"), noise=0.004, resolution=0.001, sensor="pressure"),
        Tag("CleaningStep", Text("Step of cleaning, 0 none", "CIP 단계, 0은 생산"), "1", 0, 6,
            Track("Cip"), kind="int"),
        Tag("Conductivity", Text("Conductivity of the return", "회수 전도도"), "mS/cm", 0, 200,
            Track("Conductivity"), noise=0.3, resolution=0.1, sensor="conductivity"),
        Tag("Turbidity", Text("Turbidity of the return, NTU", "회수 탁도, NTU"), "1", 0, 2000,
            Track("Turbidity"), noise=2.0, resolution=1.0, sensor="turbidity"),
        Tag("ReturnFlow", Text("Cleaning flow that returns", "CIP 회수 유량"), "L/h", 0, 15_000,
            Track("Return"), noise=0.003 * p.cleaning_flow, resolution=1.0, sensor="flow"),
        Tag("ReturnMissing", Text("Cleaning flow does not return", "CIP 회수 유량 부족"), "", 0, 1,
            Track("NoReturn"), kind="bool"),
        Tag("RinseCount", Text("Microbes in the last rinse, CFU/mL", "최종 헹굼수 균수, CFU/mL"),
            "1", 0, 1e6, Reading("RinseCount"), resolution=1.0),
    )  # fmt: skip


def settings(p: PasteuriserParameters) -> tuple[Setting, ...]:
    return (
        Setting("HoldSet", Text("Holding tube", "유지관 온도"), "°C", 68.0, 80.0, p.hold),
        Setting("FlowSet", Text("Flow", "유량"), "L/h", 0.7 * p.flow, 1.1 * p.flow, p.flow),
    )


def quantities(p: PasteuriserParameters) -> tuple[Quantity, ...]:
    rest = htst.at_rest(plant_of(p), htst.Inputs(p.hold, p.flow, p.feed))
    if rest is None:  # out of reach of the valve: it heats up from cold
        rest = htst.State(p.feed, p.feed, p.feed, p.feed, 0.0, 0.0)
    tube = heat.Tube(p.bore, p.length)
    logs = min(heat.log_reduction(tube.time(p.flow), rest.hold), MOST_LOGS)
    need = heat.capacity_flow(p.flow) * (rest.hold - rest.preheated)
    shown = (
        ("RegenOut", "°C", rest.preheated), ("HotWater", "°C", rest.water),
        ("Hold", "°C", rest.hold), ("HoldSeen", "°C", rest.hold), ("Valve", "%", rest.valve),
        ("Heat", "kW", need), ("Flow", "L/h", p.flow), ("Forward", "L/h", p.flow),
        ("Fdv", "", 1.0), ("Diverted", "", 0.0), ("Product", "bar", 4.0), ("Dp", "bar", 1.2),
        ("Homog", "bar", 180.0), ("HeaterDp", "bar", 0.3), ("Tank", "°C", p.feed),
        ("Return", "L/h", 0.0), ("NoReturn", "", 0.0),
        ("Cip", "1", 0.0), ("Conductivity", "mS/cm", p.product_cond), ("Turbidity", "1", OPAQUE),
    )  # fmt: skip
    hidden = (
        ("Integral", "%", rest.integral), ("Deposit", "1e-5 m²K/W", 0.0), ("Run", "h", 0.0),
        ("Rough", "1", 1.0), ("Soil", "1", 0.0), ("Hot", "s", 0.0), ("Into", "s", 0.0),
        ("Recipe", "1", -1.0), ("Cleanings", "1", 0.0), ("Tested", "1", 0.0),
        ("Logs", "1", logs), ("Underheated", "L", 0.0), ("Leaked", "L", 0.0),
        ("Feed", "°C", p.feed), ("Booked", "L", 0.0), ("BookedUnderheated", "L", 0.0),
        ("BookedLeaked", "L", 0.0),
    )  # fmt: skip
    return (
        *(Quantity(*row) for row in shown),
        *(Quantity(*row, hidden=True) for row in hidden),
    )


def alarms(p: PasteuriserParameters) -> tuple[Alarm, ...]:
    """Limits that the law does not give are assumed."""
    return (
        Alarm("HoldLow", Text("Holding temperature low", "유지 온도 낮음"), HIGH,
              Text("Heater, its valve or the feed; product is diverted soon.",
                   "가열부·밸브·공급 이상. 곧 회송됨."),
              Beyond("HoldTemp", low=p.divert + 0.1, deadband=0.2), on_delay=2.0),
        Alarm("Diverted", Text("Product diverted", "제품 회송"), HIGH,
              Text("Too cold, too fast, or raw product stands over pasteurised.",
                   "온도 미달, 유량 과다 또는 압력 역전."),
              Beyond("Diverted", high=0.5)),
        Alarm("ReturnMissing", Text("Cleaning flow does not return", "CIP 회수 유량 부족"), HIGH,
              Text("Return pump, a wrong way or a leak: the plates are not clean.",
                   "회수 펌프·경로·누설 이상. 세척 불량 위험."),
              Beyond("ReturnMissing", high=0.5), on_delay=180.0, while_on=False),
        Alarm("PressureLeadLow", Text("Pasteurised side not over raw", "살균 측 압력 부족"), HIGH,
              Text("A leaking plate would let raw product into pasteurised.",
                   "판이 새면 원유가 살균유에 섞일 수 있음."),
              Beyond("PressureLead", low=0.5, deadband=0.1), on_delay=2.0),
        Alarm("HotWaterHigh", Text("Hot water hotter than usual", "온수 온도 높음"), MEDIUM,
              Text("Plates are fouled; clean them soon.", "판 오염. 조기 세척 필요."),
              Beyond("HotWaterTemp", high=p.hottest - 1.0, deadband=0.5), on_delay=60.0),
    )  # fmt: skip


FAULTS = (
    FaultKind("F-FOUL", Text("Plates foul fast", "판 오염 가속"), 2.0, "1",
              ("HotWaterTemp", "HotWaterValve", "HeaterDrop"), (),
              "three times the usual deposit an hour, as from sour milk; assumed", "exp",
              4.0 * HOUR, "HotWater"),
    FaultKind("F-RTD", Text("Holding sensor reads high", "유지관 센서 편차"), 0.6, "K",
              ("HoldIndicator", "RegenOut", "HotWaterTemp"), ("underheated",),
              "0.6 K, within days: assumed; 1 K less leaves a hundred times as many", "ramp",
              3.0 * DAY, "Hold"),
    FaultKind("F-FDV", Text("Diversion valve leaks", "유로 전환 밸브 누설"), 2.0, "%",
              ("ForwardFlow",), ("recontaminated",), "2 % through the closed seat; assumed",
              quantity="Forward"),
    FaultKind("F-REGEN-P", Text("Pasteurised side loses pressure", "살균 측 압력 저하"), 1.4,
              "bar", ("PressureLead", "ProductPressure", "Diverted"), (),
              "product 0.2 bar below raw; assumed", "intermittent", 1200.0, "Product"),
    FaultKind("F-CIP", Text("Caustic too weak", "세척 가성소다 농도 부족"), 0.9, "%",
              ("Conductivity", "RinseCount"), (),
              "0.6 % instead of 1.5 %: assumed; plates then foul 1.5 times as fast",
              quantity="Conductivity"),
    FaultKind("F-CIP-T", Text("Caustic too cold", "세척 가성소다 온도 부족"), 15.0, "K",
              ("HoldTemp", "Conductivity", "RinseCount"), (),
              "60 instead of 75 °C: assumed; half as fast", quantity="Hold"),
    FaultKind("F-CIP-FLOW", Text("Cleaning flow does not return", "CIP 회수 유량 부족"), 0.6, "1",
              ("ReturnFlow", "ReturnMissing", "RinseCount"), (),
              "60 % lost on the way back: assumed; cleans as slowly as it flows",
              quantity="Return"),
)  # fmt: skip
