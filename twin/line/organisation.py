"""How work is organised, as a scenario file says it: calendar and planned maintenance.

Wall times are local times of the calendar's time zone; a shift that ends before it begins ends on
the next day. Without a calendar all time is planned.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, WithJsonSchema

from twin.i18n import _
from twin.line.values import Name, PositiveSeconds, Record, Time, Title, refusal

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_CLOCK = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"
_START = r"^\d{4}-\d\d-\d\dT\d\d:\d\d$"


def _clock(value: object) -> object:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.match(_CLOCK, value):
        return int(value[:2]) * 60 + int(value[3:])
    raise refusal(_("a time of day such as 06:00"))


def _date(value: object) -> object:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise refusal(_("a date such as 2026-05-01")) from None


def _start(value: object) -> object:
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.match(_START, value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass  # said below
    raise refusal(_("a date and a time of day such as 2026-03-02T06:00"))


def _zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (OSError, ValueError, KeyError):  # no such file, no such key, no key at all
        raise refusal(_("a time zone such as Asia/Seoul")) from None
    return value


def _written(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


TimeOfDay = Annotated[int, BeforeValidator(_clock), _written(_CLOCK, "06:00")]
"""Minutes since midnight; 24:00 is the end of the day."""
WallDate = Annotated[date, BeforeValidator(_date), _written(r"^\d{4}-\d\d-\d\d$", "2026-05-01")]
WallStart = Annotated[datetime, BeforeValidator(_start), _written(_START, "2026-03-02T06:00")]
Zone = Annotated[
    str,
    BeforeValidator(_zone),
    WithJsonSchema({"type": "string", "examples": ["Asia/Seoul"]}),
]


class BreakSpec(Record):
    """A break of a shift: from a time of day on, for so long."""

    at: TimeOfDay
    length: PositiveSeconds = Field(alias="for")


class ShiftSpec(Record):
    """A shift: on these days (every day when none are named) from a time of day to another."""

    id: Name
    title: Title | None = None
    days: Annotated[list[Day], Field(min_length=1)] = list(DAYS)  # type: ignore[arg-type]
    begin: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")
    breaks: list[BreakSpec] = []

    @property
    def length(self) -> int:
        """Minutes from its begin to its end on a day of 24 h; the same time of day is 24 h."""
        return (self.end - self.begin - 1) % 1440 + 1


class CalendarSpec(Record):
    """When people work: `start` is the wall time of simulated 0."""

    start: WallStart
    timezone: Zone = "UTC"
    shifts: Annotated[list[ShiftSpec], Field(min_length=1)]
    holidays: list[WallDate] = []


class MaintenanceSpec(Record):
    """Planned maintenance: due every so often in calendar time, done after the part in work.

    It is due at `first` (left out: after one interval), then again each time `every` has passed.
    """

    id: Name
    title: Title | None = None
    every: PositiveSeconds
    first: PositiveSeconds | None = None
    time: Time
    crew: Name | None = None
