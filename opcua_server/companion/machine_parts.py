"""Which parts a machine of each kind has, by the tags that show them.

A part is there where at least one of its tags is shown: a factory whose network shows no process
values shows no spindle either. A name with `{n}` stands for as many parts as there are tags whose
name has a number (or word) in that place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from twin.equipment.tag import Text


class Part(NamedTuple):
    """A part: its name, title, class of device, and the names of its tags (`{n}`: any number)."""

    name: str
    title: Text
    device_class: str
    tags: tuple[str, ...]


def _part(name: str, en: str, ko: str, device_class: str, *tags: str) -> Part:
    return Part(name, Text(en, ko), device_class, tags)


_CUTTING = (
    _part("Spindle", "Spindle", "주축", "Spindle",
          "Srpm", "Sload", "VibRms", "VibKurt", "SpTemp"),
    _part("XAxis", "X axis", "X축", "Axis", "Xload"),
    _part("ZAxis", "Z axis", "Z축", "Axis", "Zload"),
    _part("Chuck", "Chuck", "척", "Clamping device", "ChuckPressure"),
    _part("Coolant", "Coolant supply", "절삭유 공급", "Coolant system",
          "CoolantLevel", "CoolantConc"),
    _part("ToolChanger", "Tool changer", "자동 공구 교환 장치", "Tool changer", "AtcActive"),
    _part("Probe", "Touch probe", "터치 프로브", "Sensor", "ProbeResult"),
)  # fmt: skip
_AGITATOR = _part("Agitator", "Agitator", "교반기", "Drive",
                  "AgitatorCurrent", "AgitRpm", "AgitA", "Vibration")  # fmt: skip

PARTS: Mapping[str, tuple[Part, ...]] = {
    "lathe": _CUTTING,
    "mill": _CUTTING,
    "grinder": (
        _part("WheelSpindle", "Wheel spindle", "숫돌 주축", "Spindle", "SpindlePower", "WheelDia"),
        _part("Gauge", "In-process gauge", "인프로세스 게이지", "Sensor", "GaugeSize"),
    ),
    "saw": (_part("Blade", "Saw blade", "톱날", "Cutting tool", "CutCurrent"),),
    "deburr": (_part("Brush", "Brush", "브러시", "Cutting tool", "BrushSpeed"),),
    "washer": (
        _part("Bath", "Wash bath", "세척조", "Tank", "WashTemp", "WashConc"),
        _part("Pump", "Spray pump", "분사 펌프", "Pump", "WashPressure"),
    ),
    "furnace": (
        _part("Chamber", "Heating chamber", "가열실", "Furnace chamber", "FurnT", "CP"),
        _part("QuenchBath", "Quench bath", "담금질조", "Tank", "QuenchT"),
        _part("Belt", "Charging belt", "장입 벨트", "Conveyor", "BeltA"),
    ),
    "press": (_part("Ram", "Ram", "램", "Press", "PressForce", "PeakForce", "Depth"),),
    "marker": (_part("Laser", "Laser", "레이저", "Laser", "LaserPower"),),
    "printer": (
        _part("Squeegee", "Squeegee", "스퀴지", "Tool", "SqueegeePressure", "SqueegeeSpeed"),
        _part("Stencil", "Stencil", "스텐실", "Tool", "StencilTemp"),
        _part("PasteSupply", "Paste supply", "페이스트 공급", "Dispenser",
              "Paste", "PasteViscosity"),
        _part("Support", "Board support", "기판 받침", "Clamping device", "SupportGap"),
    ),
    "placer": (_part("Head", "Placement head", "장착 헤드", "Gripper",
                     "NozzleVacuum", "PlacementOffset"),),
    "reflow": (
        _part("Zone{n}", "Zone {n}", "{n}존", "Heating zone", "Zone{n}Temp"),
        _part("Conveyor", "Conveyor", "컨베이어", "Conveyor", "BeltSpeedActual"),
        _part("Atmosphere", "Atmosphere", "분위기", "Gas supply", "O2", "N2Flow"),
    ),
    "aoi": (_part("Lighting", "Lighting", "조명", "Lighting", "Light"),),
    "silo": (_part("Tank", "Tank", "탱크", "Tank", "Temp"), _AGITATOR),
    "blender": (_part("Mixer", "Mixing line", "혼합 라인", "Mixer", "Brix", "Ph", "Pressure"),),
    "pasteuriser": (
        _part("HoldingTube", "Holding tube", "보온관", "Heat exchanger",
              "HoldTemp", "HoldIndicator"),
        _part("Regenerator", "Regenerator", "재생 열교환기", "Heat exchanger",
              "RegenOut", "FeedTemp"),
        _part("Heater", "Heater", "가열기", "Heat exchanger",
              "HotWaterTemp", "HotWaterValve", "HeatPower", "HeaterDrop"),
        _part("FeedPump", "Feed pump", "공급 펌프", "Pump", "Flow"),
        _part("DiversionValve", "Flow diversion valve", "유로 전환 밸브", "Valve", "ForwardFlow"),
        _part("Homogeniser", "Homogeniser", "균질기", "Homogeniser", "HomogPressure"),
        _part("Cleaning", "Cleaning circuit", "세정 회로", "Cleaning system",
              "Conductivity", "Turbidity", "ReturnFlow"),
    ),
    "aseptic-tank": (
        _part("Tank", "Tank", "탱크", "Tank", "Temp", "AirPressure"), _AGITATOR,
    ),
    "depalletiser": (
        _part("Conveyor", "Conveyor", "컨베이어", "Conveyor", "ConveyorCurrent"),
        _part("Blower", "Blower", "블로어", "Fan", "BlowPressure"),
    ),
    "filler": (
        _part("Valve{n}", "Filling valve {n}", "충전 밸브 {n}", "Valve", "FillVol{n}"),
        _part("Bowl", "Filler bowl", "충전 보울", "Tank", "BowlLevel", "BowlPressure"),
        _part("Capper", "Capper", "캡핑 헤드", "Capping unit", "Torque", "TorqueMean"),
    ),
    "labeller": (_part("GlueUnit", "Glue unit", "접착 유닛", "Dispenser", "GlueTemp"),),
    "shrink-packer": (
        _part("Tunnel", "Shrink tunnel", "수축 터널", "Heating zone", "TunnelTemp"),
        _part("FilmUnit", "Film unit", "필름 유닛", "Unwinder", "FilmTension"),
    ),
    "palletiser": (_part("Gripper", "Gripper", "그리퍼", "Gripper", "GripVacuum"),),
    "tank-farm": (_part("{n}Tank", "{n} tank", "{n} 탱크", "Tank", "{n}Level"),),
    "dosing": (
        _part("Scale", "Scale", "계량기", "Scale", "DosedKg", "Deviation"),
        _part("FlowMeter", "Flow meter", "유량계", "Sensor", "FlowKgMin"),
    ),
    "kettle": (
        _part("Vessel", "Vessel", "반응조", "Vessel", "Temp", "Pressure", "Weight", "Ph"),
        _part("Jacket", "Jacket", "자켓", "Heat exchanger", "Jacket", "Valve"),
        _AGITATOR,
        _part("DosingPump", "Dosing pump", "정량 펌프", "Pump", "DoseFlow"),
    ),
    "disperser": (
        _part("Shaft", "Disperser shaft", "분산 축", "Drive", "TipSpeed", "ShaftPower", "Amps"),
        _part("Vessel", "Vessel", "용기", "Vessel", "BatchTemp"),
    ),
    "bead-mill": (
        _part("Chamber", "Grinding chamber", "분쇄실", "Vessel", "BeadFill", "InletP", "OutletT"),
        _part("Motor", "Motor", "모터", "Drive", "MotorA"),
        _part("Pump", "Circulation pump", "순환 펌프", "Pump", "FlowLmin"),
    ),
    "let-down": (
        _part("Vessel", "Vessel", "용기", "Vessel", "Weight", "BatchTemp", "Viscosity"),
        _part("Stirrer", "Stirrer", "교반기", "Drive", "StirrerRpm"),
    ),
    "bag-filter": (_part("Bag", "Filter bag", "필터 백", "Filter", "DeltaP"),),
    "pail-filler": (_part("Scale", "Scale", "계량기", "Scale", "NetKg"),),
    "cstr": (
        _part("Vessel", "Vessel", "반응조", "Vessel", "Temp", "Conc"),
        _part("Jacket", "Jacket", "자켓", "Heat exchanger", "CoolantTemp"),
        _part("FeedPump", "Feed pump", "공급 펌프", "Pump", "Flow"),
    ),
}  # fmt: skip


def parts_of(kind: str, shown: Iterable[str]) -> list[Part]:
    """Parts of a machine of this kind of whose tags at least one is among `shown` (names)."""
    names = list(shown)
    found: list[Part] = []
    for part in PARTS.get(kind, ()):
        for word in _words(part, names):
            tags = tuple(tag.replace("{n}", word) for tag in part.tags)
            there = tuple(tag for tag in tags if tag in names)
            if there:
                title = Text(*(text.replace("{n}", word.lstrip("0")) for text in part.title))
                found.append(Part(part.name.replace("{n}", word), title, part.device_class, there))
    return found


def _words(part: Part, names: Iterable[str]) -> list[str]:
    if "{n}" not in part.name:
        return [""]
    patterns = [re.compile(re.escape(tag).replace(r"\{n\}", r"(\w+)")) for tag in part.tags]
    matches = (pattern.fullmatch(name) for name in names for pattern in patterns)
    return list(dict.fromkeys(match[1] for match in matches if match))
