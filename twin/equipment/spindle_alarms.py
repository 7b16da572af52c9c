"""The alarms that lathes and milling machines share; limits assumed, texts as on real controls."""

from __future__ import annotations

from twin.equipment.alarm import HIGH, LOW, MEDIUM, Alarm, Beyond
from twin.equipment.spindle import CHUCK, COOLANT_LOW, GRIP, CuttingParameters
from twin.equipment.tag import Text


def spindle_alarms(p: CuttingParameters) -> tuple[Alarm, ...]:
    """Vibration, heat, coolant, clamping, gripping, tool life, overload."""
    return (
        Alarm("VibrationHigh", Text("Spindle vibration high", "주축 진동 과다"), MEDIUM,
              Text("Chipped edge, chatter, or the spindle bearing.",
                   "인서트 치핑, 채터 또는 주축 베어링."),
              Beyond("VibRms", high=2.8, deadband=0.3), on_delay=3.0, chatter=8.0),
        Alarm("SpindleHot", Text("Spindle temperature high", "주축 온도 높음"), HIGH,
              Text("Bearing damaged or the chiller off.", "베어링 손상 또는 냉각기 정지."),
              Beyond("SpTemp", high=56.0, deadband=2.0), on_delay=10.0),
        Alarm("CoolantLow", Text("Coolant level low", "절삭유 부족"), LOW,
              Text("Tank not filled up, or a leak.", "보충 누락 또는 누유."),
              Beyond("CoolantLevel", low=COOLANT_LOW, deadband=5.0), on_delay=5.0),
        Alarm("ChuckPressureLow", Text("Spindle inhibit: clamping", "주축 인터록: 척 압력"),
              HIGH, Text("Hydraulics or a seal of the chuck.", "유압 또는 척 실 불량."),
              Beyond("ChuckPressure", low=0.9 * CHUCK, deadband=0.5), on_delay=1.0),
        Alarm("GripWeak", Text("Gripping force low", "로봇 파지력 저하"), LOW,
              Text("Fingers of the gripper worn.", "그리퍼 핑거 마모."),
              Beyond("GripForce", low=0.8 * GRIP, deadband=3.0), on_delay=2.0),
        Alarm("ToolLifeEnds", Text("Tool life nearly over", "공구 수명 임박"), LOW,
              Text("The edge will be changed soon.", "곧 인서트 교환 필요."),
              Beyond("ToolLifeMin", low=3.0, deadband=1.0)),
    )  # fmt: skip
