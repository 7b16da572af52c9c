"""The methods a client can call, as a table: name, arguments, least role, and the command made.

Adding a method is adding a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from asyncua import ua

from twin.equipment.tag import Text
from twin.trace.journal import CommandKind, Role


@dataclass(frozen=True)
class Argument:
    """An argument of a method; one with a default may be left out."""

    name: str
    kind: ua.VariantType
    text: Text
    default: float | None = None

    def describe(self) -> ua.Argument:
        """The argument as the address space shows it."""
        return ua.Argument(
            self.name,
            ua.NodeId(self.kind.value),
            -1,
            [],
            ua.LocalizedText(self.text.en, "en"),
        )


@dataclass(frozen=True)
class Method:
    """A method of the line or of every station; `command` is None for the clock."""

    name: str
    title: Text
    description: Text
    command: CommandKind | None
    role: Role
    inputs: tuple[Argument, ...] = ()
    outputs: tuple[Argument, ...] = ()
    line_only: bool = False
    stepped_only: bool = False


_STRING, _DOUBLE = ua.VariantType.String, ua.VariantType.Double
_FAULT = Argument(
    "FaultId", _STRING, Text("Fault of this line, such as E-Z8", "고장 번호 (예: E-Z8)")
)

METHODS: tuple[Method, ...] = (
    Method(
        "Start",
        Text("Start", "시작"),
        Text("Run after a stop", "정지 후 다시 운전"),
        "start",
        "operator",
    ),
    Method(
        "Stop",
        Text("Stop", "정지"),
        Text(
            "Stop at once; the part in work stays and goes on at Start",
            "즉시 정지(작업 중 부품은 유지되고 운전 시 계속)",
        ),
        "stop",
        "operator",
    ),
    Method(
        "Reset",
        Text("Reset", "리셋"),
        Text("Set the counters to zero", "카운터를 0으로 초기화"),
        "reset",
        "operator",
    ),
    Method(
        "InjectFault",
        Text("Inject a fault", "고장 주입"),
        Text("Let a fault of this line begin; instructors only", "라인에 고장을 발생 (강사 전용)"),
        "fault",
        "instructor",
        (
            _FAULT,
            Argument(
                "Severity",
                _DOUBLE,
                Text("Times the catalogue's size; 1 when left out", "기준 크기의 배수 (생략 시 1)"),
                1.0,
            ),
        ),
        line_only=True,
    ),
    Method(
        "RepairFault",
        Text("Repair a fault", "고장 수리"),
        Text("End a fault of this line", "라인의 고장을 수리"),
        "repair",
        "instructor",
        (_FAULT,),
        line_only=True,
    ),
    Method(
        "Advance",
        Text("Advance time", "시간 진행"),
        Text("Let simulated time pass (stepped clock)", "시뮬레이션 시간을 진행 (스텝 클록)"),
        None,
        "operator",
        (Argument("Seconds", _DOUBLE, Text("Simulated seconds to pass", "진행할 시간 (초)")),),
        (Argument("Now", _DOUBLE, Text("Simulated second after it", "진행 후 시각 (초)")),),
        line_only=True,
        stepped_only=True,
    ),
)
