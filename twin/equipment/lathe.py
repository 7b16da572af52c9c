"""CNC lathe: turns a shaft's seats. The cycle is a row of passes of very different load."""

from __future__ import annotations

from twin.equipment import spindle
from twin.equipment.model import Bench, Equipment, Item
from twin.equipment.spindle_alarms import spindle_alarms
from twin.equipment.spindle_faults import SPINDLE_FAULTS
from twin.equipment.tag import ByState, Count, Pass, Reading, Tag, Text, Track

EXECUTION = ("STOPPED", "READY", "ACTIVE", "INTERRUPTED", "FEED_HOLD")  # as MTConnect names them

# s since the cycle began, and load as a multiple of the reference cut: run-up, two roughing cuts,
# semi-finish, finish, groove, thread, tool turns at no load between them (assumed)
PASSES = (
    (0.0, 3.1), (1.8, 3.1), (2.0, 0.02), (8.0, 0.02), (8.5, 2.4), (19.5, 2.3), (20.0, 0.02),
    (24.0, 0.02), (24.5, 2.5), (29.0, 2.3), (29.5, 0.02), (36.0, 0.0), (40.0, 0.02), (40.5, 1.1),
    (57.0, 1.0), (58.0, 0.02), (64.0, 0.0), (64.5, 0.4), (86.0, 0.35), (87.0, 0.02), (93.0, 0.02),
    (94.0, 0.6), (103.0, 0.6), (104.0, 0.02), (110.0, 0.0), (111.0, 0.25), (125.0, 0.2),
    (126.0, 0.02), (146.0, 0.0),
)  # fmt: skip


class LatheParameters(spindle.CuttingParameters):
    """Tool, material and machine of turning."""


def tags(p: spindle.CuttingParameters, passes: tuple[tuple[float, float], ...]) -> tuple[Tag, ...]:
    """Tags of a cutting machine."""
    return (
        Tag("Srpm", Text("Spindle speed", "주축 회전수"), "rpm", 0, 4500, Track("Srpm"),
            noise=1.5, resolution=1.0, sensor="speed"),
        Tag("Sload", Text("Spindle load", "주축 부하"), "%", 0, 200, Pass("CutLoad", passes),
            noise=0.6, resolution=1.0, sensor="torque"),
        Tag("Xload", Text("X axis load", "X축 부하"), "%", -50, 150,
            Pass("CutLoad", passes, scale=0.22, offset=29.0, rest=25.0), noise=2.0,
            resolution=1.0, sensor="torque"),
        Tag("Zload", Text("Z axis load", "Z축 부하"), "%", -50, 150,
            Pass("CutLoad", passes, scale=0.55, offset=2.0, rest=1.0), noise=1.0,
            resolution=1.0, sensor="torque"),
        Tag("Fovr", Text("Feed override", "이송 오버라이드"), "%", 50, 120,
            Track("Fovr"), resolution=1.0, setting="Fovr"),
        Tag("OffsetX", Text("Tool offset correction", "공구 보정량"), "µm", -200, 200,
            Track("OffsetX"), resolution=0.1, setting="OffsetX"),
        Tag("ToolNo", Text("Tool number", "공구 번호"), "1", 1, 60, Track("ToolNo"), kind="int"),
        Tag("ToolLifeMin", Text("Tool life left", "공구 잔여 수명"), "min", 0, 600,
            Track("ToolLifeMin"), resolution=0.1),
        Tag("VibRms", Text("Vibration velocity", "진동 속도 실효값"), "mm/s", 0, 25,
            Track("VibRms"), noise=0.05, resolution=0.01, sensor="vibration"),
        Tag("VibKurt", Text("Kurtosis of acceleration", "가속도 첨도"), "1", 0, 60,
            Track("VibKurt"), noise=0.15, resolution=0.01, sensor="vibration"),
        Tag("SpTemp", Text("Spindle temperature", "주축 온도"), "°C", 0, 100, Track("SpTemp"),
            noise=0.2, resolution=0.1, sensor="rtd"),
        Tag("CoolantLevel", Text("Coolant level", "절삭유 잔량"), "L", 0, 250,
            Track("CoolantLevel"), noise=0.8, resolution=0.5, sensor="level"),
        Tag("CoolantConc", Text("Coolant concentration", "절삭유 농도"), "%", 0, 20,
            Track("CoolantConc"), period=60.0, noise=0.05, resolution=0.1,
            sensor="conductivity"),
        Tag("ChuckPressure", Text("Clamping pressure", "척 압력"), "bar", 0, 60,
            Track("ChuckPressure"), noise=0.15, resolution=0.1, sensor="pressure"),
        Tag("GripForce", Text("Gripping force of the robot", "로봇 파지력"), "N", 0, 250,
            Track("GripForce"), noise=1.0, resolution=1.0, sensor="pressure"),
        Tag("GripRetries", Text("Grip retries", "재파지 횟수"), "1", 0, 20,
            Reading("GripRetries"), kind="int"),
        Tag("ProgramRev", Text("Programme revision", "가공 프로그램 버전"), "1", 0, 99,
            Track("ProgramRev"), kind="int"),
        Tag("Execution", Text("Execution state of the control", "CNC 실행 상태"), "", 0, 4,
            ByState((0, 1, 1, 2, 1, 3, 0, 4, 0, 1)), kind="enum", labels=EXECUTION),
        Tag("PartCount", Text("Part counter", "가공 수량"), "1", 0, 1e9, Count("started"),
            kind="int"),
    )  # fmt: skip


def work(p: LatheParameters, bench: Bench, part: Item) -> None:
    """Turn the shaft."""
    spindle.work(p, bench, part, "diameter")


LATHE = Equipment(
    "lathe",
    Text("CNC lathe", "CNC 선반"),
    LatheParameters,
    lambda p: tags(p, PASSES),
    spindle.settings,
    spindle.quantities,
    lambda p: spindle.READINGS,
    spindle.cycle,
    drive=spindle.drive,
    work=work,
    faults=SPINDLE_FAULTS,
    alarms=spindle_alarms,
)
