"""Levels of digitalisation 0 to 5: what a factory's network shows of one and the same line.

A level is a row: the classes of tags it shows, how often, what it spoils, and what a client may
do. The classes follow from what a tag is, so a new line needs nothing of its own. The levels and
what each adds follow the grid of the Korean smart-factory programme; rates and shares are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from twin.equipment.model import Setting
from twin.equipment.tag import (
    ByState,
    Count,
    LineCount,
    PartInWork,
    ProductInWork,
    StateCode,
    Tag,
    Text,
    Total,
)  # fmt: skip
from twin.equipment.tag import (
    Level as Stock,
)
from twin.errors import UsageError
from twin.i18n import _
from twin.line.line import Line

TagClass = Literal[
    "count", "order", "state", "energy", "process", "set point", "genealogy", "stock"
]
MODE = Text("Condition", "상태 조건")
CONDITIONS = ("NORMAL", "WARNING", "FAULT")


def tag_class(tag: Tag) -> TagClass:
    """What a tag tells about: counts, states, energy, process values, set points, parts, stock."""
    source = tag.source
    if tag.setting:
        return "set point"
    if isinstance(source, Count):
        return "count"
    if isinstance(source, LineCount):
        return "stock" if source.what == "wip" else "count"
    if isinstance(source, ProductInWork):
        return "order"
    if isinstance(source, StateCode):
        return "state"
    if isinstance(source, PartInWork):
        return "genealogy"
    if isinstance(source, Stock):
        return "stock"
    if isinstance(source, Total) and tag.unit == "kWh":
        return "energy"
    return "process"


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level: classes shown, seconds between two looks (0: the sensor's own), what is spoilt.

    `missed` is the share of barcode scans nobody makes, `offset` s are added to every timestamp.
    `scans` are terminals where a worker books each part; `alarms`, `history` and `parts` say
    whether alarms, past values and single parts are shown; `writable` whether set points can be
    written and `control` whether jobs can be started and stopped.
    """

    number: int
    title: Text
    hides: Text
    classes: tuple[TagClass, ...]
    period: float = 0.0
    offset: float = 0.0
    missed: float = 0.0
    scans: bool = False
    alarms: bool = False
    history: bool = False
    writable: bool = False
    control: bool = False

    @property
    def parts(self) -> bool:
        """Whether single parts can be followed."""
        return "genealogy" in self.classes

    @property
    def states(self) -> bool:
        """Whether the state of each machine is shown."""
        return "state" in self.classes


_ONE: tuple[TagClass, ...] = ("count", "order")
_TWO: tuple[TagClass, ...] = (*_ONE, "state", "energy")
_THREE: tuple[TagClass, ...] = (*_TWO, "process", "set point", "genealogy")

LEVELS: Mapping[int, LevelRow] = {
    row.number: row
    for row in (
        LevelRow(
            0,
            Text("Paper: a shift sheet", "수기: 교대 일지"),
            Text(
                "everything live; counts are 2 % off, times rounded, short stops forgotten",
                "실시간 정보 전부. 수량 오차 2%, 시각은 반올림, 짧은 정지는 누락",
            ),
            (),
        ),
        LevelRow(
            1,
            Text("Basic: counters and barcode scans", "기초: 실적 집계와 바코드"),
            Text(
                "states and process values; 2 % of scans missed, clock 1 min off",
                "설비 상태와 공정값. 스캔 2% 누락, 시계 1분 오차",
            ),
            _ONE, period=60.0, offset=60.0, missed=0.02, scans=True,
        ),
        LevelRow(
            2,
            Text("Basic plus: run, stop and alarm; energy", "기초+: 가동·정지·알람, 에너지"),
            Text("process values, single parts", "공정값, 개별 제품 이력"),
            _TWO, period=5.0, missed=0.01, scans=True, alarms=True,
        ),
        LevelRow(
            3,
            Text("Intermediate 1: process values, history", "중간1: 공정값과 이력"),
            Text("nothing measured; set points are read-only", "계측값은 공개, 설정값은 읽기 전용"),
            _THREE, period=1.0, alarms=True, history=True,
        ),
        LevelRow(
            4,
            Text("Intermediate 2: set points and job control", "중간2: 설정값 쓰기와 작업 제어"),
            Text("stock between the stations", "공정 사이 재고"),
            _THREE, period=1.0, alarms=True, history=True, writable=True, control=True,
        ),
        LevelRow(
            5,
            Text("Advanced: stock and supply too, fast", "고도화: 재고·공급까지, 고속"),
            Text("nothing", "없음"),
            (*_THREE, "stock"), alarms=True, history=True, writable=True, control=True,
        ),
    )
}  # fmt: skip


def level(number: int) -> LevelRow:
    """A level by its number. Raises UsageError for a number that is none."""
    try:
        return LEVELS[number]
    except KeyError:
        text = _("there is no level {number}: expected 0 to {most}")
        raise UsageError(text.format(number=number, most=max(LEVELS))) from None


FULL = LevelRow(
    -1,
    Text("Everything", "전체 공개"),
    Text("nothing", "없음"),
    (*_THREE, "stock"),
    alarms=True,
    history=True,
    writable=True,
    control=True,
)
"""What a line shows where no level is named: every tag at its sensor's own rate."""


@dataclass(frozen=True)
class Exposure:
    """What is shown of a line at a level: its tags and the set points a client may write."""

    level: LevelRow
    tags: Mapping[str, Tag]
    settings: Mapping[str, Setting]


@lru_cache(maxsize=64)
def _exposed(line_tags: tuple[Tag, ...], number: int) -> Mapping[str, Tag]:
    row = FULL if number < 0 else level(number)
    return {tag.key: tag for tag in line_tags if tag_class(tag) in row.classes}


def exposure(line: Line, number: int | None = None) -> Exposure:
    """What a line shows at a level; everything where none is named."""
    row = FULL if number is None else level(number)
    tags = dict(_exposed(tuple(line.tags.values()), row.number))
    if number is None:
        tags = dict(line.tags)
    return Exposure(row, tags, line.settings if row.writable else {})


def condition_tag(station: str) -> Tag:
    """The tag of a station's nuisance conditions; what is true of it is that nothing is wrong."""
    return Tag(
        "Condition", MODE, "", 0.0, 2.0, ByState((0.0,) * 16), kind="enum",
        labels=CONDITIONS, station=station,
    )  # fmt: skip


def scan_tag(line: Line, station: str) -> Tag:
    """The tag of a station's barcode terminal: number of the product booked last."""
    return Tag(
        "Scan", Text("Barcode scan", "바코드 스캔"), "", 0.0, float(len(line.products)),
        ProductInWork(), kind="int", station=station,
    )  # fmt: skip
