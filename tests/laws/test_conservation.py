"""Law 6: nothing is lost, nothing comes from nowhere, and every machine is in one state always."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.laws.audit import SINKS, audit, check_events, check_work
from tests.laws.fluid_audit import check_flow
from tests.laws.fluid_lines import fluid_lines
from tests.laws.lines import Day, days, smt
from tests.laws.material_audit import check_flowing_materials, check_materials, check_windows
from twin.line import Line
from twin.signals import select


@settings(max_examples=80)
@given(days())
def test_parts_are_conserved_and_work_takes_as_long_as_drawn(day: Day):
    trace = day.run()
    books = audit(trace)
    check_work(trace, books)
    check_events(trace)
    check_materials(trace, books)


@settings(max_examples=60)
@given(fluid_lines(), st.integers(0, 2**32), st.sampled_from([20.0, 200.0]))
def test_what_flows_is_conserved(line: Line, seed: int, end: float):
    trace = twin.run(line, end, seed)
    audit(trace)
    check_flow(trace)
    check_flowing_materials(trace)
    check_windows(trace)


@settings(max_examples=40)
@given(days())
def test_what_flows_is_conserved_whatever_people_do(day: Day):
    trace = day.run()
    check_flow(trace)
    check_flowing_materials(trace)
    check_windows(trace)


@settings(max_examples=20)
@given(days())
def test_the_counting_tags_agree_with_the_books(day: Day):
    trace = day.run()
    books, ticks = audit(trace), np.arange(0.0, day.end - 1e-6)
    tags = {tag.key: row for tag, row in zip(
        select(day.line, "*"), twin.sample(trace, "*", ticks), strict=True)}  # fmt: skip
    end = np.array([np.nextafter(day.end, 0.0)])
    last = {tag.key: row[0] for tag, row in zip(
        select(day.line, "*"), twin.sample(trace, "*", end), strict=True)}  # fmt: skip
    at = np.floor(end[0])
    gone = {name: _arrived(trace, name, at) for name in SINKS}
    assert last["Line.Finished"] == gone["out"]
    assert last["Line.Scrapped"] == gone["scrap"]
    born = int((trace.parts.t <= at).sum())
    assert last["Line.Wip"] == born - sum(gone.values())
    assert sum(books.ended.values()) + books.inside <= len(trace.parts)
    for station in day.line.stations:
        rooms = [day.line.buffer_by_id[name].capacity for name in station.inputs]
        if station.fluid:
            continue
        if rooms:
            assert (tags[f"{station.id}.Queue"] >= 0.0).all()
            if min(rooms) >= 0:
                assert (tags[f"{station.id}.Queue"] <= sum(rooms)).all()
        for name in ("Started", "Failures"):
            if not any(command.kind == "reset" for command in day.journal):
                assert (np.diff(tags[f"{station.id}.{name}"]) >= 0.0).all()


def _arrived(trace: twin.Trace, place: str, t: float) -> int:
    here = trace.log.place == trace.line.place(place)
    return int((here & (trace.log.t <= t)).sum())


@settings(max_examples=20)
@given(days())
def test_every_machine_is_in_one_state_from_zero_to_now(day: Day):
    trace = day.run()
    for number, station in enumerate(day.line.stations):
        mine = trace.log.place == number
        t = trace.log.t[mine]
        assert t[0] == 0.0
        assert np.isclose(np.diff(np.r_[t, trace.now]).sum(), trace.now)
        assert trace.state_at(0.0)[station.id] == trace.log.state[mine][t == 0.0][-1]


@pytest.mark.parametrize("seed", [1, 2])
def test_two_days_of_the_surface_mount_line_add_up(seed: int):
    trace = twin.run(smt(), "48h", seed)
    books = audit(trace)
    check_work(trace, books)
    check_events(trace)
    check_materials(trace, books)
    assert books.ended["out"] > 1000


def test_parts_at_an_instant_are_those_of_the_books():
    trace = twin.run(smt(), "2h", 3)
    here = trace.parts_at(np.nextafter(7200.0, 0.0))
    assert len({row.part for row in here}) == len(here) == audit(trace).inside
