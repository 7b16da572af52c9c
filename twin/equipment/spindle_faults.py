"""The faults that lathes and milling machines share."""

from __future__ import annotations

from twin.equipment.model import FaultKind
from twin.equipment.tag import Text

HOUR = 3600.0


def _kind(
    name: str,
    title: Text,
    size: float,
    unit: str,
    observable: tuple[str, ...],
    affects: tuple[str, ...],
    source: str,
    quantity: str = "",
    span: float = 0.0,
) -> FaultKind:
    shape = "ramp" if span else "step"
    return FaultKind(name, title, size, unit, observable, affects, source, shape, span, quantity)  # type: ignore[arg-type]


SPINDLE_FAULTS = (
    _kind("M-WEAR", Text("Inserts wear too fast", "인서트 조기 마모"), 0.3, "1",
          ("Sload", "VibRms", "GAG.Diameter"), ("diameter", "roughness"),
          "size: assumed; load +11 points and diameter +63 um at 0.3 mm computed"),
    _kind("M-CHIP", Text("Chipped cutting edge", "인서트 치핑"), 1.0, "1",
          ("VibRms", "Sload", "GAG.Diameter"), ("diameter", "burr"),
          "a chip equals 0.15 mm of wear, assumed", "VibRms"),
    _kind("M-BEAR", Text("Spindle bearing damage", "스핀들 베어링 손상"), 1.0, "1",
          ("VibKurt", "VibRms", "SpTemp"), ("roughness",),
          "order envelope, RMS, temperature: known; lead times assumed", "VibKurt", 96 * HOUR),
    _kind("M-THERM", Text("Cold machine (warm-up)", "냉간 기동(열변위)"), 8.0, "K",
          ("SpTemp", "GAG.Diameter"), ("diameter",),
          "12 um in the first 45 minutes, assumed; normal, not a failure", "SpTemp"),
    _kind("M-COOL", Text("Coolant lost", "절삭유 부족"), 110.0, "L",
          ("CoolantLevel", "Sload", "GAG.Diameter"), ("diameter",),
          "tool life halved, assumed", "CoolantLevel", 2 * HOUR),
    _kind("M-CHUCK", Text("Clamping force low", "척 조임력 저하"), 0.15, "1",
          ("ChuckPressure", "VibRms"), ("roughness",),
          "-15 %, chatter of 180-320 Hz, assumed", "ChuckPressure"),
    _kind("M-PROG", Text("Wrong programme revision", "가공 프로그램 버전 오류"), 1.0, "1",
          ("ProgramRev", "GAG.Diameter"), ("diameter",), "0.2 mm too small, assumed",
          "ProgramRev"),
    _kind("M-ROB", Text("Gripper worn", "로봇 그리퍼 마모"), 1.0, "1",
          ("GripForce", "GripRetries"), (), "assumed: retries and short stops", "GripForce",
          8 * HOUR),
)  # fmt: skip
