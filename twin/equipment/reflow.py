"""Ten-zone reflow oven: a board's profile from zone temperatures and belt speed.

Each zone's air follows its set point with a first-order lag. A board that leaves has a peak and a
time above liquidus, for the board and for its ball grid arrays, and cold joints where these fall
short. The oven is a tunnel: the station's cycle is the pitch between two boards.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, FaultKind, Item, Parameters, Quantity, Setting
from twin.equipment.tag import ByState, Tag, Text, Track
from twin.equipment.utility import Intake
from twin.physics import solder
from twin.physics.chance import poisson

BOARD, BGA = 30.0, 36.0  # s, time constants, assumed
ZONE_LAG = 90.0  # s, heater and air of one zone, assumed
BELT = 1.0 / 6000.0  # cm/min to m/s
GOOD_PEAK, GOOD_TAL = 241.6, 67.3  # °C and s, ball grid array on the default profile
WINDOW = (235.0, 250.0)  # °C, accepted peak of SAC305 (supplier guides)


class ReflowParameters(Parameters):
    """Zones of an oven, hot then cooling, and the distance between two boards."""

    zones: list[float] = Field(
        [110, 130, 150, 165, 180, 200, 228, 248, 256, 248], min_length=3, description="°C"
    )
    cooling: list[float] = Field([165, 95, 50], description="°C")
    belt_speed: float = Field(80.0, ge=40, le=140, description="cm/min")
    pitch: float = Field(35.0, gt=0, description="cm from board to board")
    base_cold: float = Field(0.002, ge=0, description="mean cold joints a board, good profile")


NITROGEN, OXYGEN_LAG = 850.0, 240.0  # ppm of O2 under nitrogen; s until the tunnel has changed
N2_FLOW, STARVING, N2_LAG = 22.0, 4000.0, 5.0  # m³/h; ppm more O2 without any flow; s; assumed
WETTING, VOIDS, VOID_LIMIT = 1.5, 6.0, 25.0  # per 1,000 ppm; % of area per 1,000 ppm; IPC-7095


def names(p: ReflowParameters) -> list[str]:
    """Names of the hot zones' laws: Zone1, Zone2, ..."""
    return [f"Zone{i}" for i in range(1, len(p.zones) + 1)]


def tags(p: ReflowParameters) -> tuple[Tag, ...]:
    rows = []
    for i, name in enumerate(names(p), 1):
        rows.append(
            Tag(f"{name}Temp", Text(f"Zone {i} temperature", f"{i}존 온도"), "°C", 0, 350,
                Track(name), noise=0.3, resolution=0.1, sensor="thermocouple")
        )  # fmt: skip
    for i, name in enumerate(names(p), 1):
        rows.append(
            Tag(f"{name}Set", Text(f"Zone {i} set point", f"{i}존 설정 온도"), "°C", 50, 320,
                Track(f"{name}Set"), resolution=0.1, setting=f"{name}Set")
        )  # fmt: skip
    rows += [
        Tag("BeltSpeed", Text("Belt speed", "벨트 속도"), "cm/min", 40, 140, Track("BeltSpeed"),
            resolution=0.1, setting="BeltSpeed"),
        Tag("BeltSpeedActual", Text("Belt speed measured", "벨트 속도 실측"), "cm/min", 0, 160,
            Track("BeltSpeed"), noise=0.12, resolution=0.1, sensor="speed"),
        Tag("O2", Text("Oxygen in the tunnel", "산소 농도"), "ppm", 0, 10_000, Track("O2"),
            noise=15.0, resolution=1.0, sensor="gas"),
        Tag("FanSpeed", Text("Convection fan speed", "대류 팬 속도"), "rpm", 0, 3000,
            ByState((0, 900, *(1650,) * 8)), noise=4.0, resolution=1.0, sensor="speed"),
    ]  # fmt: skip
    return tuple(rows)


def alarms(p: ReflowParameters) -> tuple[Alarm, ...]:
    """Zones off their set points by more than oven makers allow, and oxygen (limits assumed)."""
    weak = Text("A heater, its relay or the fan of the zone is weak.",
                "해당 존의 히터·릴레이·팬 성능 저하.")  # fmt: skip
    leak = Text("Nitrogen supply low or a curtain open.", "질소 공급 부족 또는 커튼 개방.")
    return (
        *(
            Alarm(f"{name}Deviation", Text(f"Zone {i} off its set point", f"{i}존 온도 편차"),
                  MEDIUM, weak,
                  Beyond(f"{name}Temp", -8.0, 8.0, deadband=2.0, of=f"{name}Set"), on_delay=10.0)
            for i, name in enumerate(names(p), 1)
        ),
        Alarm("OxygenHigh", Text("Oxygen high", "산소 농도 높음"), MEDIUM, leak,
              Beyond("O2", high=1500.0, deadband=50.0), on_delay=5.0),
    )  # fmt: skip


def settings(p: ReflowParameters) -> tuple[Setting, ...]:
    rows = [
        Setting(f"{name}Set", Text(f"{name} set point", f"{name} 설정 온도"), "°C", 50, 320, value)
        for name, value in zip(names(p), p.zones, strict=True)
    ]
    belt = Setting("BeltSpeed", Text("Belt speed", "벨트 속도"), "cm/min", 40, 140, p.belt_speed)
    return (*rows, belt)


def drive(p: ReflowParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Each zone heads for its set point, less what a failing heater cannot give."""
    targets = {name: (bench.setting(f"{name}Set"), ZONE_LAG) for name in names(p)}
    if "Zone8" in targets:
        target, tau = targets["Zone8"]
        targets["Zone8"] = (target - bench.severity("E-Z8"), tau)
    lost = bench.severity("E-O2")  # the flow fails at once, the oxygen in the tunnel follows
    targets["N2Flow"] = (N2_FLOW * max(1.0 - lost / STARVING, 0.0), N2_LAG)
    targets["O2"] = (NITROGEN + lost, OXYGEN_LAG)
    return targets


def cycle(p: ReflowParameters, bench: Bench, nominal: float) -> float:
    """Seconds from board to board: pitch over belt speed; the nominal time at default speed."""
    return nominal * p.belt_speed / bench.setting("BeltSpeed")


def residence(p: ReflowParameters, settings: Mapping[str, float]) -> float:
    """Seconds a board spends in the tunnel."""
    zones = len(p.zones) + len(p.cooling)
    return solder.residence(zones, settings["BeltSpeed"] * BELT)


def cold_mean(p: ReflowParameters, peak: float, tal: float) -> float:
    """Mean cold joints of a board whose ball grid arrays saw `peak` °C and `tal` s (assumed)."""
    return p.base_cold * exp((GOOD_PEAK - peak) / 0.9 + max(GOOD_TAL - tal, 0.0) / 12.0)


def work(p: ReflowParameters, bench: Bench, part: Item) -> None:
    """Give the leaving board its profile and its cold joints."""
    air = [round(bench.value(name), 1) for name in names(p)]
    speed = bench.setting("BeltSpeed") * BELT
    zones = (*air, *p.cooling)
    peak, tal = solder.reflow_summary(zones, speed, BOARD)
    bga_peak, bga_tal = solder.reflow_summary(zones, speed, BGA)
    u = bench.uniform("cold")
    oxygen = max(bench.value("O2") - 1500.0, 0.0) / 1000.0  # worse wetting above 1,500 ppm
    mean = cold_mean(p, bga_peak, bga_tal)
    cold = poisson(u, min(mean * (1.0 + WETTING * oxygen), 50.0))
    voids = 8.0 + VOIDS * oxygen + 1.2 * bench.normal("voids")  # % of the joint's area
    part.x["voids"] = voids
    if oxygen > 0.0:
        bench.mark("E-O2")
        if voids > VOID_LIMIT:
            part.defects.setdefault("voids", "E-O2")
            bench.fail("E-O2")
    part.x |= {"peak": peak, "tal": tal, "bga peak": bga_peak, "bga tal": bga_tal, "cold": cold}
    bench.read("Peak", peak)
    bench.read("TimeAboveLiquidus", tal)
    bench.read("ColdJoints", cold)
    if not cold and WINDOW[0] <= peak <= WINDOW[1]:
        return
    too_cold = "Zone8" in names(p) and bench.astray("Zone8") < -1.0  # K, assumed
    by_fault = too_cold and cold > poisson(u, p.base_cold)
    part.defects.setdefault("cold" if peak <= WINDOW[1] else "overheated",
                            "E-Z8" if by_fault else "profile")  # fmt: skip
    if by_fault:
        bench.fail("E-Z8")


REFLOW = Equipment(
    "reflow",
    Text("Reflow oven", "리플로우 오븐"),
    ReflowParameters,
    tags,
    settings,
    quantities=lambda p: (
        *(Quantity(name, "°C", value) for name, value in zip(names(p), p.zones, strict=True)),
        Quantity("O2", "ppm", NITROGEN),
        Quantity("N2Flow", "m³/h", N2_FLOW),
    ),
    readings=lambda p: (
        Quantity("Peak", "°C", hidden=True),
        Quantity("TimeAboveLiquidus", "s", hidden=True),
        Quantity("ColdJoints", "1", hidden=True),
    ),
    cycle=cycle,
    drive=drive,
    work=work,
    residence=residence,
    utilities=lambda p: (Intake("nitrogen", "N2Flow", N2_FLOW),),
    alarms=alarms,
    faults=(
        FaultKind(
            "E-Z8",
            Text("Zone 8 heater at half power", "8존 히터 출력 절반"),
            size=20.0,
            unit="K",
            observable=("Zone8Temp",),
            affects=("peak", "tal", "cold"),
            source="size: computed profile (peak 241.9 °C, 61.1 s above liquidus)",
            quantity="Zone8",
        ),
        FaultKind(
            "E-O2",
            Text("Nitrogen lost", "질소 공급 상실"),
            size=3500.0,
            unit="ppm",
            observable=("N2Flow", "O2"),
            affects=("voids", "cold"),
            source="assumed: O2 above 3,000 ppm, voids and poor wetting",
            quantity="N2Flow",
        ),
    ),
)
