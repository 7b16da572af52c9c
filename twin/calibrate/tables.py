"""Tables as loggers, MES and spreadsheets write them: which column is what, and what it says.

A file is CSV with any of the usual delimiters, in UTF-8 or the Korean code page 949. Columns are
known by their headers, English or Korean; a unit in brackets, as in "Cycle time (min)", is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from twin.errors import Problem, ScenarioError, UsageError
from twin.i18n import _

Floats = NDArray[np.float64]
Kind = Literal["cycles", "stops", "telemetry"]
KINDS: tuple[Kind, ...] = ("cycles", "stops", "telemetry")

# words that headers use for a role, without spaces and in small letters; the first role wins
ROLES: Mapping[str, tuple[str, ...]] = {
    "station": (
        "station", "machine", "equipment", "asset", "resource", "workcenter",
        "설비", "설비명", "설비코드", "호기", "공정", "스테이션",
    ),
    "begin": (
        "start", "begin", "starttime", "begintime", "started", "startedat", "from",
        "시작", "시작시간", "시작시각", "시작일시", "발생시각", "발생일시",
    ),
    "end": (
        "end", "endtime", "ended", "endedat", "finish", "finished", "until", "to",
        "종료", "종료시간", "종료시각", "종료일시", "완료시각", "복구시각", "복구일시",
    ),
    "downtime": ("downtime", "stoptime", "repairtime", "정지시간", "비가동시간", "고장시간"),
    "cycle": ("cycletime", "cycle", "ct", "tact", "사이클타임", "가공시간", "택트"),
    "duration": ("duration", "elapsed", "소요시간", "경과시간"),
    "product": ("product", "item", "partno", "partnumber", "model", "품목", "제품", "품번"),
    "reason": ("reason", "cause", "mode", "alarm", "code", "사유", "원인", "정지사유", "고장원인"),
    "time": ("time", "timestamp", "datetime", "date", "일시", "시각", "수집시각", "수집일시"),
    "tag": ("tag", "tagname", "signal", "node", "태그", "태그명", "신호"),
    "value": ("value", "reading", "값", "측정값"),
    "t": ("t",),
}  # fmt: skip
SECONDS: Mapping[str, float] = {
    "ms": 1e-3, "s": 1.0, "sec": 1.0, "초": 1.0, "min": 60.0, "분": 60.0, "h": 3600.0,
    "시간": 3600.0,
}  # fmt: skip
ENCODINGS = ("utf-8-sig", "cp949")
DELIMITERS = (",", ";", "\t", "|")
DATES = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y.%m.%d %H:%M", "%m/%d/%Y %H:%M")
NOTHING = ("", "-", "nan", "null", "n/a", "#n/a", "none")
MOST_SHOWN = 5  # problems of one column that are named


@dataclass(frozen=True)
class Table:
    """One file: what it records, its columns by role, and telemetry by the name it has there.

    Times are s since 1970, durations s; what is missing is NaN, texts that are missing are "".
    """

    file: str
    kind: Kind
    texts: Mapping[str, NDArray[np.str_]]
    numbers: Mapping[str, Floats]
    signals: Mapping[str, tuple[Floats, Floats]]  # name -> times and values, in order of time


def read_table(path: Path, kind: Kind | None = None) -> Table:
    """Read a file; its kind follows from its headers unless it is given.

    Raises ScenarioError that names every cell that cannot be read, UsageError when nobody can tell
    what the table is.
    """
    raw, decimal = _raw(path)
    roles = _roles(raw.column_names)
    kind = kind or _kind_of(path, roles, raw.column_names)
    reader = _Reader(path, raw, roles, decimal)
    if kind == "telemetry":
        table = Table(path.name, kind, {}, {}, reader.signals())
    else:
        table = reader.records(kind)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return table


def _raw(path: Path) -> tuple[pa.Table, str]:
    """All cells as text, and what stands before decimals."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UsageError(_("{file}: save it as CSV in UTF-8").format(file=path))
    head, *rest = text.split("\n", 2)
    delimiter = max(DELIMITERS, key=head.count)
    if head.count(delimiter) == 0 or not rest or not rest[0].strip():
        raise UsageError(_("{file}: expected a CSV table with a line of headers").format(file=path))
    names = [name.strip().strip('"').strip() for name in head.strip().split(delimiter)]
    try:
        table = csv.read_csv(
            pa.BufferReader(text.encode()),
            csv.ReadOptions(column_names=names, skip_rows=1),
            csv.ParseOptions(delimiter=delimiter),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid as error:
        raise UsageError(f"{path}: {error}") from None
    return table, "," if delimiter == ";" else "."


def _plain(header: str) -> tuple[str, float]:
    """A header as the table of roles has it, and how many s its unit is."""
    unit = re.search(r"[(\[]\s*([^)\]]+?)\s*[)\]]", header)
    factor = SECONDS.get(unit[1].lower(), 1.0) if unit else 1.0
    bare = re.sub(r"[(\[].*?[)\]]", "", header).lower()
    tail = re.search(r"[_ ](ms|s|sec|min|h)$", bare.strip())
    if tail and not unit:
        bare, factor = bare.strip()[: tail.start()], SECONDS[tail[1]]
    return re.sub(r"[\s_\-]", "", bare), factor


def _roles(headers: list[str]) -> dict[str, tuple[str, float]]:
    """Role -> its header and the factor of its unit."""
    found: dict[str, tuple[str, float]] = {}
    for header in headers:
        word, factor = _plain(header)
        for role, words in ROLES.items():
            if word in words and role not in found:
                found[role] = header, factor
                break
    return found


def _kind_of(path: Path, roles: Mapping[str, object], headers: list[str]) -> Kind:
    spans = {"end", "duration"} & set(roles)
    if "reason" in roles or "downtime" in roles:
        return "stops"
    if "cycle" in roles or ("begin" in roles and spans):
        return "cycles"
    if "time" in roles or "t" in roles:
        return "telemetry"
    raise UsageError(
        _(
            "{file}: cannot tell what this table is from its headers ({headers}). Cycles need a "
            "station and start, end or cycle time; stops a station, start, end or downtime, and a "
            "reason; telemetry a time and one column a tag"
        ).format(file=path, headers=", ".join(headers[:8]))
    )


class _Reader:
    """Turns cells into numbers, and remembers which it could not."""

    def __init__(
        self, path: Path, raw: pa.Table, roles: Mapping[str, tuple[str, float]], decimal: str
    ) -> None:
        self._path, self._raw, self._roles, self._decimal = path, raw, roles, decimal
        self.problems: list[Problem] = []

    def records(self, kind: Kind) -> Table:
        """Cycles or stops: one row each."""
        need = [role for role in ("station",) if role not in self._roles]
        if need:
            raise UsageError(
                _("{file}: no column says which station a row is of").format(file=self._path)
            )
        texts = {
            role: self._text(role)
            for role in ("station", "product", "reason")
            if role in self._roles
        }
        numbers = {role: self._times(role) for role in ("begin", "end") if role in self._roles}
        if "begin" not in numbers and "time" in self._roles:
            numbers["begin"] = self._times("time")
        for role in ("cycle", "downtime", "duration"):
            if role in self._roles:
                numbers["duration"] = self._seconds(role)
                break
        if "duration" not in numbers and {"begin", "end"} <= set(numbers):
            numbers["duration"] = numbers["end"] - numbers["begin"]
        if "duration" not in numbers and not self.problems:
            raise UsageError(
                _("{file}: no column says how long a row took").format(file=self._path)
            )
        return Table(self._path.name, kind, texts, numbers, {})

    def signals(self) -> dict[str, tuple[Floats, Floats]]:
        """Telemetry by name: one column a tag, or rows of time, tag and value."""
        t = self._times("time") if "time" in self._roles else self._seconds("t")
        found: dict[str, tuple[Floats, Floats]] = {}
        if {"tag", "value"} <= set(self._roles):
            names, values = self._text("tag"), self._numbers(self._roles["value"][0])
            for name in np.unique(names):
                mine = names == name
                found[str(name)] = t[mine], values[mine]
        else:
            of_roles = {self._roles[role][0] for role in ("time", "t") if role in self._roles}
            for header in self._raw.column_names:
                if header not in of_roles:
                    values = self._numbers(header, strict=False)
                    if np.isfinite(values).any():
                        found[header] = t, values
        return {name: _in_order(*rows) for name, rows in found.items()}

    def _text(self, role: str) -> NDArray[np.str_]:
        cells = self._raw[self._roles[role][0]].fill_null("").to_numpy(zero_copy_only=False)
        return np.char.strip(cells.astype(str))

    def _seconds(self, role: str) -> Floats:
        header, factor = self._roles[role]
        return factor * self._numbers(header)

    def _numbers(self, header: str, *, strict: bool = True) -> Floats:
        cells = pc.utf8_trim_whitespace(self._raw[header])
        if self._decimal == ",":
            cells = pc.replace_substring(cells, ",", ".")
        lower = pc.utf8_lower(cells)
        cells = pc.if_else(pc.is_in(lower, pa.array(NOTHING)), pa.scalar(None, pa.string()), cells)
        for word, value in (("true", "1"), ("false", "0")):
            cells = pc.if_else(pc.equal(lower, word), value, cells)
        try:
            numbers = pc.cast(cells, pa.float64())
        except pa.ArrowInvalid:
            if strict:
                self._complain(header, cells, _is_number, _("a number"))
            return np.full(len(cells), np.nan)
        return np.asarray(numbers.fill_null(np.nan).to_numpy(), dtype=np.float64)

    def _times(self, role: str) -> Floats:
        header, _factor = self._roles[role]
        cells = self._raw[header].fill_null("").to_pylist()
        found = np.array([_instant(cell) for cell in cells])
        wrong = np.isnan(found) & np.array([c.strip().lower() not in NOTHING for c in cells])
        if wrong.any():
            self._complain(header, self._raw[header], _is_instant, "2026-03-02 14:05:30")
        return found

    def _complain(self, header: str, cells: pa.Array, good: object, expected: str) -> None:
        assert callable(good)
        named = 0
        for row, cell in enumerate(cells.to_pylist()):
            if cell is None or cell.strip().lower() in NOTHING or good(cell):
                continue
            if named < MOST_SHOWN:
                self.problems.append(
                    Problem(str(self._path), row + 2, header, expected, repr(cell))
                )
            named += 1


def _instant(cell: str) -> float:
    """s since 1970 of a cell, NaN when it is no time; a time without a zone counts as UTC."""
    text = cell.strip()
    try:
        return float(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        for form in DATES:
            for seconds in (":%S.%f", ":%S", ""):
                try:
                    found = datetime.strptime(text, form + seconds)
                    break
                except ValueError:
                    continue
            else:
                continue
            break
        else:
            return np.nan
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _is_instant(cell: str) -> bool:
    return not np.isnan(_instant(cell))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _in_order(t: Floats, values: Floats) -> tuple[Floats, Floats]:
    """By time, without rows that have no time."""
    known = np.flatnonzero(~np.isnan(t))
    order = known[np.argsort(t[known], kind="stable")]
    return t[order], values[order]
