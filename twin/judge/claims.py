"""What a solution hands in: tables of claims, with columns a machine can check.

The same tables come from files, a database, REST, MQTT or OPC UA. Whatever is wrong with a row is
said once for its kind, with a count and the first row that has it; the row is left out, the rest
is judged. Times become simulated seconds here, so that no check ever sees a time zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.instants import simulated

Type = Literal["name", "time", "wall", "number", "any-number", "integer", "text"]
EDGE = 1e-3  # s by which dates may be rounded
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DTYPES: Mapping[str, pl.DataType] = {
    "name": pl.String(),
    "time": pl.Float64(),  # of the line, simulated s
    "wall": pl.Float64(),  # of a computer's own clock, s since 1970 UTC
    "number": pl.Float64(),  # finite
    "any-number": pl.Float64(),  # NaN and infinities are values too
    "integer": pl.Int64(),
    "text": pl.String(),
}


@dataclass(frozen=True)
class ClaimColumn:
    """A column of a claim table: its type, whether every row needs it, its unit, its meaning."""

    name: str
    type: Type
    meaning: Text
    required: bool = True
    unit: str = ""


@dataclass(frozen=True)
class ClaimTable:
    """A table of claims: who hands it in, and its columns."""

    name: str
    kind: str
    meaning: Text
    columns: tuple[ClaimColumn, ...]

    @property
    def schema(self) -> pl.Schema:
        """Columns as checks see them; times are simulated seconds."""
        return pl.Schema({one.name: DTYPES[one.type] for one in self.columns})


@dataclass(frozen=True)
class Complaint:
    """What is wrong with rows of a table: how many, the first of them, and what it holds."""

    table: str
    column: str
    what: str
    rows: int
    first: int = -1
    found: str = ""

    def __str__(self) -> str:
        text = _("{table}.{column}: {what}: {rows} rows").format(
            table=self.table, column=self.column, what=self.what, rows=self.rows
        )
        if self.first < 0:
            return text
        return text + _(", first row {row}: {found}").format(row=self.first, found=self.found)


@dataclass(frozen=True)
class ClaimSet:
    """Everything one solution claims of one trial.

    `tables` hold valid rows only; `handed_in` counts all rows, `complaints` say what was wrong.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()
    handed_in: Mapping[str, int] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """The valid rows of a table; no rows when nothing was handed in."""
        found = self.tables.get(name)
        return CLAIMS[name].schema.to_frame() if found is None else found


@dataclass(frozen=True)
class Times:
    """How a source writes its times: zone of dates without one, unit of numbers."""

    zone: str = "UTC"
    epoch: Literal["s", "ms", "us", "ns", "simulated"] = "s"


def tidy(
    table: ClaimTable,
    raw: pl.DataFrame,
    started_at: datetime,
    until: float,
    times: Times = Times(),
) -> tuple[pl.DataFrame, list[Complaint]]:
    """Rows of a table in the types of its columns, and complaints about the others.

    `until` is the end of the run, simulated s: a claim about a later time is left out, since
    nobody can know it. Columns the table does not have are ignored, with a complaint.
    """
    complaints = [
        Complaint(table.name, name, _("no column of this name"), raw.height)
        for name in raw.columns
        if name not in table.schema
    ]
    lacking = [one.name for one in table.columns if one.required and one.name not in raw.columns]
    if lacking:
        complaints += [
            Complaint(table.name, name, _("the column is missing"), raw.height) for name in lacking
        ]
        return table.schema.to_frame(), complaints
    columns, bad = [], pl.Series("bad", [False], dtype=pl.Boolean).new_from_index(0, raw.height)
    for column in table.columns:
        if column.name not in raw.columns:
            columns.append(pl.Series(column.name, [None] * raw.height, DTYPES[column.type]))
            continue
        given = raw[column.name]
        if given.dtype.is_nested() or given.dtype == pl.Object:
            given = pl.Series(column.name, [None if x is None else str(x) for x in given])
        values, wrong = _column(column, given, started_at, until, times)
        columns.append(values.alias(column.name))
        for what, rows in wrong:
            if (count := int(rows.sum())) > 0:
                first = int(rows.arg_max() or 0)
                found = "" if given[first] is None else repr(given[first])[:60]
                complaints.append(Complaint(table.name, column.name, what, count, first, found))
            bad = bad | rows
    return pl.DataFrame(columns).filter(~bad), complaints


def _column(
    column: ClaimColumn, given: pl.Series, started_at: datetime, until: float, times: Times
) -> tuple[pl.Series, list[tuple[str, pl.Series]]]:
    """A column in its own type, and which rows are wrong in which way."""
    absent = given.is_null()
    wrong: list[tuple[str, pl.Series]] = []
    if column.type == "time":
        values = simulated(given, started_at, times.zone, times.epoch)
        late = (values > until + EDGE).fill_null(False)
        early = (values < 0.0).fill_null(False)
        wrong.append((_("later than the end of the run"), late))
        wrong.append((_("earlier than the start of the run"), early))
    elif column.type == "wall":
        values = simulated(given, EPOCH, times.zone, times.epoch)
    else:
        dtype = DTYPES[column.type]
        values = given.cast(dtype, strict=False)
        if column.type == "integer" and given.dtype.is_float():
            values = given.cast(pl.Int64, strict=False)
            split = (given != values.cast(pl.Float64)).fill_null(False)
            wrong.append((_("not a whole number"), split))
    if column.type == "number":
        odd = (values.is_nan() | values.is_infinite()).fill_null(False)
        wrong.append((_("not a finite number"), odd))
    wrong.append((_("not of the type {type}").format(type=column.type), values.is_null() & ~absent))
    if column.required:
        wrong.append((_("empty"), absent))
    return values, wrong


def _c(
    name: str, kind: Type, en: str, ko: str, required: bool = True, unit: str = ""
) -> ClaimColumn:
    return ClaimColumn(name, kind, Text(en, ko), required, unit)


def _o(name: str, kind: Type, en: str, ko: str, unit: str = "") -> ClaimColumn:
    return ClaimColumn(name, kind, Text(en, ko), False, unit)


_START = _c("start", "time", "begin of the period", "기간의 시작")
_END = _c("end", "time", "end of the period", "기간의 끝")
_STATION = _c("station", "name", "station id; empty is the line", "공정 ID, 비우면 라인 전체")

_TABLES: Sequence[ClaimTable] = (
    ClaimTable("samples", "gateway", Text("recorded values", "기록한 값"), (
        _c("tag", "name", "tag key", "태그 키"),
        _c("t", "time", "source time", "소스 시각"),
        _o("value", "any-number", "value; empty when there is none", "값, 없으면 비움"),
        _o("status", "text", "StatusCode, a name or a number; empty is Good", "상태 코드"),
        _o("arrived", "wall", "when the gateway had it", "게이트웨이에 도착한 시각"),
        _o("server_t", "wall", "server time", "서버 시각"),
        _o("int_value", "integer", "the value of an integer tag, exact", "정수 태그의 정확한 값"),
        _o("text", "text", "the value of a text tag", "문자 태그의 값"),
    )),
    ClaimTable("model", "gateway", Text("what was found by browsing", "탐색으로 찾은 모델"), (
        _c("tag", "name", "tag key", "태그 키"),
        _o("node", "text", "NodeId", "노드 ID"),
        _o("datatype", "text", "data type", "데이터 형식"),
        _o("unit", "text", "engineering unit", "공학 단위"),
        _o("low", "number", "low end of EURange", "범위 하한"),
        _o("high", "number", "high end of EURange", "범위 상한"),
        _o("parent", "text", "object that has it", "상위 객체"),
        _o("type", "text", "type definition of that object", "상위 객체의 형식"),
    )),
    ClaimTable("settings", "gateway", Text("what was negotiated", "협상된 구독 설정"), (
        _c("tag", "name", "tag key", "태그 키"),
        _o("sampling_ms", "number", "revised sampling interval", "수정된 샘플링 주기", "ms"),
        _o("publishing_ms", "number", "revised publishing interval", "수정된 발행 주기", "ms"),
        _o("queue", "integer", "revised queue size", "수정된 큐 크기"),
        _o("deadband", "number", "absolute deadband", "절대 불감대"),
    )),
    ClaimTable("counts", "mes", Text("what was made", "생산 수량"), (
        _STATION, _START, _END,
        _c("good", "number", "good units", "양품 수"),
        _o("scrap", "number", "scrapped units", "폐기 수"),
        _o("rework", "number", "reworked units", "재작업 수"),
    )),
    ClaimTable("states", "mes", Text("time in each state", "상태별 시간"), (
        _STATION, _START, _END,
        _c("state", "name", "state, in the product's words", "상태 (제품의 용어)"),
    )),
    ClaimTable("kpis", "mes", Text("key figures", "핵심 지표"), (
        _STATION, _START, _END,
        _o("availability", "number", "availability", "시간 가동률", "1"),
        _o("effectiveness", "number", "effectiveness (performance)", "성능 가동률", "1"),
        _o("quality", "number", "quality ratio", "양품률", "1"),
        _o("oee", "number", "OEE", "설비 종합 효율", "1"),
    )),
    ClaimTable("stops", "mes", Text("stops and their reasons", "정지와 사유"), (
        _STATION, _START, _END,
        _c("reason", "name", "reason", "사유"),
    )),
    ClaimTable("links", "mes", Text("genealogy", "계보"), (
        _c("child", "name", "part, its serial or number", "부품 일련번호"),
        _c("parent", "name", "number of the lot (or part) in it", "투입된 로트(부품) 번호"),
        _o("kind", "text", "lot, or part; empty is lot", "lot 또는 part, 비우면 lot"),
    )),
    ClaimTable("recalls", "mes", Text("answers to recall drills", "리콜 훈련의 답"), (
        _c("question", "name", "the question's id", "질문 ID"),
        _c("item", "name", "one part of the answer, its serial or number", "답의 부품 일련번호"),
        _o("answered", "wall", "when the answer was complete", "답변 완료 시각"),
    )),
    ClaimTable("dispatch", "mes", Text("orders at stations", "작업 지시"), (
        _c("order", "name", "order id", "지시 ID"),
        _STATION,
        _c("product", "name", "product id", "제품 ID"),
        _o("revision", "text", "recipe revision", "레시피 개정"),
        _c("start", "time", "start", "시작"),
    )),
    ClaimTable("orders", "mes", Text("status of orders", "지시 상태"), (
        _c("order", "name", "order id", "지시 ID"),
        _c("status", "name", "accepted, rejected, running, ended, aborted", "상태"),
        _c("t", "time", "since when", "시각"),
        _o("arrived", "wall", "when the product knew it", "제품이 알게 된 시각"),
        _o("good", "number", "good units of an ended order", "종료된 지시의 양품 수"),
    )),
    ClaimTable("signals", "mes", Text("rules hit in control charts", "관리도 이상 신호"), (
        _c("chart", "name", "tag key of the chart", "관리도의 태그 키"),
        _c("t", "time", "when", "시각"),
        _c("rule", "name", "rule", "규칙"),
    )),
    ClaimTable("missing", "mes", Text("what cannot be known", "알 수 없는 입력"), (
        _c("input", "name", "state, parts, alarms, history, process or control",
           "없는 입력: state, parts, alarms, history, process, control"),
        _o("needed_for", "text", "what it would be needed for", "필요한 곳"),
    )),
    ClaimTable("predictions", "ai", Text("what a model says", "모델의 예측"), (
        _c("t", "time", "when it was said", "말한 시각"),
        _c("asset", "name", "station or part it is about", "대상 설비 또는 부품"),
        _o("score", "number", "anomaly score, higher is worse", "이상 점수"),
        _o("class", "text", "class", "분류"),
        _o("rul", "number", "remaining useful life", "잔여 수명", "s"),
        _o("setpoint", "number", "set point it asks for", "요청 설정값"),
        _o("confidence", "number", "confidence", "확신도", "1"),
        _o("low", "number", "low end of its interval", "구간 하한"),
        _o("high", "number", "high end of its interval", "구간 상한"),
        _o("tag", "text", "target of a set point", "설정값의 대상"),
    )),
    ClaimTable("causes", "ai", Text("tags a model blames", "모델이 지목한 태그"), (
        _c("t", "time", "when it was said", "말한 시각"),
        _c("asset", "name", "station it is about", "대상 설비"),
        _c("tag", "name", "tag key", "태그 키"),
        _c("rank", "integer", "1 is the most likely", "순위, 1이 가장 유력"),
    )),
)  # fmt: skip

CLAIMS: Mapping[str, ClaimTable] = {one.name: one for one in _TABLES}
