"""Which type of condition an alarm is: a table (OPC 10000-9, 5.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asyncua import ua

from twin.equipment.alarm import Alarm, Beyond

IDS = ua.ObjectIds


@dataclass(frozen=True)
class Kind:
    """A type of condition and the members it has beyond those of every alarm."""

    type: int
    limits: bool = False
    setpoint: bool = False
    normal_state: bool = False


OFF_NORMAL = Kind(IDS.OffNormalAlarmType, normal_state=True)
LEVEL = Kind(IDS.ExclusiveLevelAlarmType, limits=True)
DEVIATION = Kind(IDS.ExclusiveDeviationAlarmType, limits=True, setpoint=True)


def kind_of(alarm: Alarm) -> Kind:
    """A stop is off-normal, a limit a level, a limit round a set point a deviation."""
    if isinstance(alarm.when, Beyond):
        return DEVIATION if alarm.when.of else LEVEL
    return OFF_NORMAL


def limits_of(alarm: Alarm) -> Iterator[tuple[str, float]]:
    """Names and values of an alarm's limits: "HighLimit", "LowLimit"."""
    when = alarm.when
    if isinstance(when, Beyond):
        for name, limit in (("HighLimit", when.high), ("LowLimit", when.low)):
            if limit is not None:
                yield name, limit


def condition_id(alarm: Alarm) -> str:
    """Identifier of an alarm's condition: "RFL.Alarms.Zone8Deviation"."""
    return f"{alarm.station}.Alarms.{alarm.id}"
