"""Rinser, filler and capper in one block: forty valves, each with its own mean, and a capping head.

No bottle is an event. What a valve does is a mean with a spread; the share of bottles it fills too
low follows from the normal distribution, and is lost here, at the check weigher. Every `sample` s
of flow one bottle of each valve and one cap are measured.
"""

from __future__ import annotations

from functools import cache
from math import sqrt

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, FaultKind, Parameters, Quantity, Setting
from twin.equipment.tag import Reading, Tag, Text, Track
from twin.physics.filling import given_away, leak_share, share_over, share_under

WEAK = 17  # the valve that F-VALVE strikes
TIGHT = 5.0  # mL, 1 % of the volume: a valve further off is out of order, assumed
LEAKING = 0.01  # share of leaking caps from which the clutch has failed, assumed
NEWEST = 0.1  # weight of the newest cap in the mean torque: about ten caps, assumed
ACCOUNTS, DRIFTS = 5, 360  # samples between two accounts of the giveaway, two steps of wander


class FillerParameters(Parameters):
    """Valves, limits and the capping head."""

    valves: int = Field(40, ge=20, le=120)
    volume: float = Field(500.0, gt=0, description="mL")
    spread: float = Field(1.5, gt=0, description="mL, one standard deviation of a valve's fills")
    bias: float = Field(0.6, ge=0, description="mL, one standard deviation between valves")
    drift: float = Field(0.02, ge=0, description="mL, standard deviation a root hour")
    lowest: float = Field(485.0, gt=0, description="mL, a bottle with less is rejected")
    highest: float = Field(510.0, gt=0, description="mL, the level camera rejects a fuller bottle")
    torque: float = Field(1.7, gt=0, description="N m")
    torque_spread: float = Field(0.08, gt=0, description="N m, one standard deviation of a cap")
    sample: float = Field(60.0, ge=1, description="s between two samples")


@cache
def numbered(name: str, count: int) -> tuple[str, ...]:
    """Names of one thing a valve: Valve01, Valve02, ..."""
    return tuple(f"{name}{k:02d}" for k in range(1, count + 1))


def valves(p: FillerParameters) -> tuple[str, ...]:
    """Names of the valves' laws."""
    return numbered("Valve", p.valves)


def tags(p: FillerParameters) -> tuple[Tag, ...]:
    rows = [
        Tag("FillSet", Text("Fill volume set point", "충전량 설정"), "mL", 0.9 * p.volume,
            1.1 * p.volume, Track("FillSet"), resolution=0.1, setting="FillSet"),
        Tag("TorqueSet", Text("Capping torque set point", "캡 토크 설정"), "N·m", 0.5, 3.0,
            Track("TorqueSet"), resolution=0.01, setting="TorqueSet"),
        Tag("FillMean", Text("Mean fill of the last sample", "최근 표본 평균 충전량"), "mL",
            0.8 * p.volume, 1.2 * p.volume, Reading("FillMean", p.volume), resolution=0.1,
            sensor="weight"),
        Tag("Torque", Text("Torque of the last cap sampled", "최근 캡 토크"), "N·m", 0.0, 3.5,
            Reading("Torque", p.torque), resolution=0.01, sensor="torque"),
        Tag("TorqueMean", Text("Mean torque", "평균 캡 토크"), "N·m", 0.0, 3.5,
            Track("TorqueMean"), resolution=0.001),
        Tag("BowlLevel", Text("Bowl level", "보울 레벨"), "%", 0.0, 100.0, Track("BowlLevel"),
            noise=0.6, resolution=0.1, sensor="level"),
        Tag("BowlPressure", Text("Bowl pressure", "보울 압력"), "bar", 0.0, 4.0,
            Track("BowlPressure"), noise=0.008, resolution=0.005, sensor="pressure"),
        Tag("Giveaway", Text("Volume given away", "초과 충전 누계"), "L", 0.0, 1e9,
            Track("Giveaway"), resolution=0.1),
    ]  # fmt: skip
    rows += [
        Tag(f"FillVol{k:02d}", Text(f"Fill of valve {k}", f"{k}번 밸브 충전량"), "mL",
            0.8 * p.volume, 1.2 * p.volume, Reading(f"FillVol{k:02d}", p.volume), resolution=0.1,
            sensor="weight")
        for k in range(1, p.valves + 1)
    ]  # fmt: skip
    return tuple(rows)


def settings(p: FillerParameters) -> tuple[Setting, ...]:
    return (
        Setting("FillSet", Text("Fill volume", "충전량"), "mL",
                0.97 * p.volume, 1.03 * p.volume, p.volume),
        Setting("TorqueSet", Text("Capping torque", "캡 토크"), "N·m", 1.0, 2.5, p.torque),
    )  # fmt: skip


def quantities(p: FillerParameters) -> tuple[Quantity, ...]:
    return (
        *(Quantity(name, "mL", 0.0, hidden=True) for name in valves(p)),
        Quantity("TorqueMean", "N·m", p.torque),
        Quantity("BowlLevel", "%", 75.0),
        Quantity("BowlPressure", "bar", 1.2),
        Quantity("Giveaway", "L"),
        Quantity("Counted", "1", 0.0, hidden=True),
    )


def readings(p: FillerParameters) -> tuple[Quantity, ...]:
    names = ("FillMean", *numbered("FillVol", p.valves))
    return (*(Quantity(name, "mL") for name in names), Quantity("Torque", "N·m"))


def means(p: FillerParameters, bench: Bench) -> list[float]:
    """What each valve now fills on average, mL."""
    off, aim = [bench.value(name) for name in valves(p)], bench.setting("FillSet")
    off[WEAK - 1] += bench.severity("F-VALVE")
    return [aim + o for o in off]


def torque(bench: Bench) -> float:
    """Mean torque of the capping head, N m: the set point less what a worn clutch loses."""
    return bench.setting("TorqueSet") - bench.severity("F-TORQUE")


def drive(p: FillerParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """The bowl stands lower, at a little less pressure, while it is drawn from (lags assumed)."""
    flowing = bench.working
    return {
        "BowlLevel": (60.0 if flowing else 75.0, 25.0),
        "BowlPressure": (1.2 if flowing else 1.26, 8.0),
    }


def loss(p: FillerParameters, bench: Bench, base: float) -> float:
    """Rejected for other reasons, and bottles filled too low."""
    return base + share_under(p.lowest, means(p, bench), p.spread)


def look(p: FillerParameters, bench: Bench) -> float:
    """Weigh one bottle of each valve, measure one cap; s until the next sample."""
    if bench.t == 0.0:
        for name in valves(p):
            bench.put(name, p.bias * bench.normal("bias"))
    _say(p, bench)
    if not bench.working:
        return p.sample
    looks = round(bench.t / p.sample)
    if looks % DRIFTS == 0:
        _drift(p, bench)
    fills = means(p, bench)
    weighed = [mean + p.spread * bench.normal("fill") for mean in fills]
    for name, value in zip(numbered("FillVol", p.valves), weighed, strict=True):
        bench.read(name, value)
    bench.read("FillMean", sum(weighed) / len(weighed))
    _watch_valve(p, bench, weighed[WEAK - 1], fills[WEAK - 1])
    _watch_torque(p, bench)
    if looks % ACCOUNTS == 0:
        since = bench.treated - bench.value("Counted")
        gone = given_away(p.volume, fills, p.spread) * since / 1000.0
        bench.put("Counted", bench.treated)
        bench.put("Giveaway", bench.value("Giveaway") + gone)
    return p.sample


def _say(p: FillerParameters, bench: Bench) -> None:
    """What the stations behind will see and not see of these bottles."""
    bench.give("overfilled", share_over(p.highest, means(p, bench), p.spread))
    leaking = leak_share(torque(bench), p.torque_spread)
    sound = leak_share(bench.setting("TorqueSet"), p.torque_spread)
    bench.give("leaking", leaking)
    bench.give("leaking by fault", leaking - sound)


def _drift(p: FillerParameters, bench: Bench) -> None:
    """Valves wander with the hours: a random walk."""
    step = p.drift * sqrt(DRIFTS * p.sample / 3600.0)
    for name in valves(p):
        bench.put(name, bench.value(name) + step * bench.normal("drift"))


def _watch_valve(p: FillerParameters, bench: Bench, weighed: float, mean: float) -> None:
    expected = bench.setting("FillSet")
    limit = 3.0 * sqrt(p.spread**2 + p.bias**2)
    if bench.severity("F-VALVE") and abs(weighed - expected) > limit:
        bench.witness("F-VALVE")
        if abs(mean - expected) > TIGHT:
            bench.fail("F-VALVE")


def _watch_torque(p: FillerParameters, bench: Bench) -> None:
    measured = torque(bench) + p.torque_spread * bench.normal("torque")
    bench.read("Torque", measured)
    mean = (1.0 - NEWEST) * bench.value("TorqueMean") + NEWEST * measured
    bench.put("TorqueMean", mean)
    if not bench.severity("F-TORQUE"):
        return
    off = mean - bench.setting("TorqueSet")
    if abs(off) > 3.0 * p.torque_spread * sqrt(NEWEST / (2.0 - NEWEST)):
        bench.witness("F-TORQUE")
        if leak_share(torque(bench), p.torque_spread) > LEAKING:
            bench.fail("F-TORQUE")


def alarms(p: FillerParameters) -> tuple[Alarm, ...]:
    """Bowl low, torque low; limits assumed."""
    return (
        Alarm("BowlLow", Text("Bowl level low", "보울 레벨 낮음"), MEDIUM,
              Text("Product supply slow or empty.", "제품 공급 지연 또는 소진."),
              Beyond("BowlLevel", low=40.0, deadband=5.0), on_delay=5.0),
        Alarm("TorqueLow", Text("Capping torque low", "캡 토크 낮음"), MEDIUM,
              Text("Clutch of the capping head worn.", "캐핑 헤드 클러치 마모."),
              Beyond("TorqueMean", low=p.torque - 0.25, deadband=0.05)),
    )  # fmt: skip


FILLER = Equipment(
    "filler",
    Text("Filler", "충전기"),
    FillerParameters,
    tags,
    settings,
    quantities,
    readings,
    drive=drive,
    loss=loss,
    look=look,
    alarms=alarms,
    faults=(
        FaultKind(
            "F-VALVE",
            Text("Fill valve 17 sticks", "17번 충전 밸브 고착"),
            size=8.0,
            unit="mL",
            observable=(f"FillVol{WEAK:02d}", "FillMean", "INSP.LevelOK"),
            affects=("overfilled",),
            source="assumed: +8 mL when it sticks open; below 0 it closes early",
        ),
        FaultKind(
            "F-TORQUE",
            Text("Capping clutch worn", "캐핑 클러치 마모"),
            size=0.45,
            unit="N·m",
            observable=("TorqueMean", "Torque"),
            affects=("leakers",),
            source="assumed: 0.05 N·m in 10 h; leakers are found by customers",
            shape="ramp",
            span=90.0 * 3600.0,
        ),
    ),
)
