"""The working calendar: wall time, shifts across midnight and across the jumps of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from twin.line.calendar import Clock, WorkCalendar, stretches
from twin.line.organisation import CalendarSpec

H = 3600.0
THREE = [
    {"id": "early", "from": "06:00", "to": "14:00", "breaks": [{"at": "10:00", "for": "15 min"}]},
    {"id": "late", "from": "14:00", "to": "22:00"},
    {"id": "night", "from": "22:00", "to": "06:00", "breaks": [{"at": "02:30", "for": "30 min"}]},
]


def calendar(start: str, shifts: list[dict], zone: str = "Asia/Seoul", **rest) -> WorkCalendar:
    data = {"start": start, "timezone": zone, "shifts": shifts, **rest}
    return WorkCalendar(CalendarSpec.model_validate(data))


def test_shifts_follow_one_another_and_a_night_shift_belongs_to_the_day_it_begins_on():
    work = calendar("2026-03-02T06:00", THREE)
    found = work.shifts(0.0, 48 * H)
    assert [(s.id, s.begin / H, s.end / H) for s in found] == [
        ("early", 0, 8), ("late", 8, 16), ("night", 16, 24),
        ("early", 24, 32), ("late", 32, 40), ("night", 40, 48),
    ]  # fmt: skip
    assert found[2].day == date(2026, 3, 2)
    assert work.shift_at(23 * H).id == "night"  # 05:00 on the third of March


def test_a_shift_is_half_open_at_its_borders():
    work = calendar("2026-03-02T06:00", THREE[:2])
    assert work.shift_at(0.0).id == "early"
    assert work.shift_at(np.nextafter(8 * H, 0.0)).id == "early"
    assert work.shift_at(8 * H).id == "late"
    assert work.shift_at(16 * H) is None


def test_a_break_takes_its_time_out_of_the_shift():
    work = calendar("2026-03-02T06:00", THREE[:1])
    assert work.shifts(0.0, H)[0].worked == ((0.0, 4 * H), (4.25 * H, 8 * H))
    assert work.shift_at(4.1 * H).id == "early"
    assert not work.works_at(4.1 * H)
    assert work.works_at(4.25 * H)


def test_a_start_within_a_shift_begins_with_the_rest_of_it():
    work = calendar("2026-03-03T01:00", THREE)
    assert work.shifts(0.0, H)[0].begin == -3 * H
    assert work.worked(0.0, 6 * H) == [(0.0, 1.5 * H), (2 * H, 6 * H)]


def test_days_and_holidays_have_their_shifts_or_none():
    days = ["mon", "tue", "wed", "thu", "fri"]
    work = calendar(
        "2026-05-04T00:00", [THREE[0] | {"days": days}], holidays=["2026-05-05", "2026-05-01"]
    )
    found = [shift.day.day for shift in work.shifts(0.0, 14 * 24 * H)]
    assert found == [4, 6, 7, 8, 11, 12, 13, 14, 15]


def test_the_night_that_daylight_saving_begins_is_an_hour_shorter():
    work = calendar("2026-03-28T06:00", THREE, "Europe/Berlin")
    lengths = {(s.day.day, s.id): (s.end - s.begin) / H for s in work.shifts(0.0, 72 * H)}
    assert lengths[28, "night"] == 7.0
    assert lengths[29, "early"] == lengths[28, "late"] == 8.0
    begin, end = (work.seconds(datetime(2026, 3, day)) for day in (29, 30))
    assert end - begin == 23 * H


def test_the_night_that_daylight_saving_ends_is_an_hour_longer():
    work = calendar("2026-10-24T06:00", THREE, "Europe/Berlin")
    lengths = {(s.day.day, s.id): (s.end - s.begin) / H for s in work.shifts(0.0, 72 * H)}
    assert lengths[24, "night"] == 9.0
    begin, end = (work.seconds(datetime(2026, 10, day)) for day in (25, 26))
    assert end - begin == 25 * H
    assert work.worked(0.0, 72 * H)[-1][1] == 72 * H


def test_a_break_keeps_its_length_across_the_jump_and_begins_at_the_jump_when_skipped():
    work = calendar("2026-03-28T06:00", THREE, "Europe/Berlin")
    night = next(s for s in work.shifts(0.0, 30 * H) if s.id == "night")
    begin, end = night.breaks[0]
    assert work.wall(begin).replace(tzinfo=None) == datetime(2026, 3, 29, 3, 0)  # 2:30 is skipped
    assert end - begin == 0.5 * H


def test_a_time_of_day_that_comes_twice_is_the_first():
    work = calendar("2026-10-24T06:00", THREE, "Europe/Berlin")
    assert work.wall(work.seconds(datetime(2026, 10, 25, 2, 30))).utcoffset() == timedelta(hours=2)


@given(st.integers(0, 4 * 365 * 96))
def test_wall_times_in_order_are_instants_in_order(quarter: int):
    work = calendar("2025-01-01T00:00", THREE, "Europe/Berlin")
    wall = datetime(2025, 1, 1) + timedelta(minutes=15 * quarter)
    t = work.seconds(wall)
    assert t <= work.seconds(wall + timedelta(minutes=15))
    assert work.wall(t).replace(tzinfo=None) in (wall, wall.replace(hour=3, minute=0))


def test_round_the_clock_shifts_fill_a_year_with_two_jumps():
    work = calendar("2026-01-01T06:00", [s | {"breaks": []} for s in THREE], "Europe/Berlin")
    assert work.worked(0.0, 8760 * H) == [(0.0, 8760 * H)]
    assert work.next_change(0.0)[0] == np.inf


def test_the_sum_of_working_time_is_that_of_the_intervals():
    work = calendar("2026-03-28T03:00", THREE[1:], "Europe/Berlin")
    t = np.sort(np.random.default_rng(1).uniform(0.0, 40 * 24 * H, 50))
    sums = Clock(lambda until: stretches(work.worked(0.0, until)))(t)
    for instant, total in zip(t, sums, strict=True):
        assert total == pytest.approx(sum(b - a for a, b in work.worked(0.0, float(instant))))


def test_changes_are_the_borders_of_the_working_time():
    work = calendar("2026-03-28T03:00", THREE, "Europe/Berlin")
    t, found = 0.0, []
    while t < 100 * H:
        t, begins = work.next_change(t)
        found.append((t, begins))
    borders = [(x, begins) for a, b in work.worked(0.0, 110 * H) for x, begins in
               ((a, True), (b, False)) if 0.0 < x <= t]  # fmt: skip
    assert found == borders


def test_a_shift_that_is_all_break_has_no_working_time():
    whole = [{"id": "s", "from": "06:00", "to": "08:00", "breaks": [{"at": "06:00", "for": "2h"}]}]
    work = calendar("2026-03-02T06:00", whole)
    assert len(work.shifts(0.0, 24 * H)) == 1
    assert work.worked(0.0, 24 * H) == []
    assert work.next_change(0.0) == (np.inf, False)


def test_the_start_is_said_in_its_own_zone():
    start = calendar("2026-03-02T06:00", THREE).start
    assert start.isoformat() == "2026-03-02T06:00:00+09:00"
    assert start.astimezone(UTC).hour == 21


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"start": "2026-03-02"},
        {"start": "2026-02-30T06:00"},
        {"holidays": ["2026-13-01"]},
        {"shifts": []},
        {"shifts": [{"id": "a", "from": "6:00", "to": "14:00"}]},
        {"shifts": [{"id": "a", "from": "06:00", "to": "24:30"}]},
        {"shifts": [{"id": "a", "from": "06:00", "to": "14:00", "days": ["monday"]}]},
    ],
)
def test_what_is_no_calendar_is_refused(change):
    with pytest.raises(ValidationError):
        CalendarSpec.model_validate({"start": "2026-03-02T06:00", "shifts": THREE} | change)
