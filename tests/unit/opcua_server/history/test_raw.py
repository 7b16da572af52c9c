"""Raw history against the examples of OPC 10000-11 and a grid every half second."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer, ServiceError
from asyncua.ua.ua_binary import from_binary
from hypothesis import given
from hypothesis import strategies as st

from opcua_server.history import NODES, TraceHistory
from tests.unit.opcua_server.standin import SMALL, STARTED, StandInSession

TAG = ua.NodeId("RFL.Zone8Temp", 2)  # row 2, every 0.5 s: shows 2000 + k
NONE = ua.get_win_epoch()


def history(now: float = 100.0) -> TraceHistory:
    rows = {ua.NodeId(tag.key, 2): row for row, tag in enumerate(SMALL)}
    return TraceHistory(StandInSession(now=now), SimpleNamespace(tags=rows))


def at(seconds: float) -> datetime:
    return STARTED + timedelta(seconds=seconds)


def request(start: Any, end: Any, number: int, bounds: bool, point: bytes | None = None) -> Any:
    details = ua.ReadRawModifiedDetails(False, start, end, number, bounds)
    node = ua.HistoryReadValueId(TAG, ContinuationPoint=point)
    return ua.HistoryReadParameters(details, ua.TimestampsToReturn.Both, False, [node])


async def ask(
    source: TraceHistory,
    start: Any = NONE,
    end: Any = NONE,
    number: int = 0,
    bounds: bool = False,
    point: bytes | None = None,
) -> tuple[list[ua.DataValue], bytes | None, str]:
    (found,) = await source.read_history(request(start, end, number, bounds, point))
    if not isinstance(found.HistoryData, ua.ExtensionObject) or found.HistoryData.Body is None:
        return [], None, found.StatusCode.name
    rows = from_binary(ua.HistoryData, Buffer(found.HistoryData.Body)).DataValues
    return rows, found.ContinuationPoint, found.StatusCode.name


async def numbers(*arguments: Any, **named: Any) -> list[int]:
    rows, _, _ = await ask(history(), *arguments, **named)
    return [round(row.Value.Value) - 2000 for row in rows]


async def test_the_start_belongs_to_the_range_and_the_end_does_not() -> None:
    assert await numbers(at(1.0), at(2.0)) == [2, 3]
    assert await numbers(at(0.9), at(2.1)) == [2, 3, 4]


async def test_bounds_add_the_values_on_or_outside_the_limits() -> None:
    assert await numbers(at(1.0), at(2.0), bounds=True) == [2, 3, 4]
    assert await numbers(at(0.9), at(2.1), bounds=True) == [1, 2, 3, 4, 5]


async def test_an_end_before_the_start_reads_backwards() -> None:
    assert await numbers(at(2.0), at(1.0)) == [4, 3]
    assert await numbers(at(2.1), at(0.9), bounds=True) == [5, 4, 3, 2, 1]


async def test_one_time_and_a_number_read_on_from_it() -> None:
    assert await numbers(start=at(1.0), number=3) == [2, 3, 4]
    assert await numbers(end=at(2.0), number=3) == [4, 3, 2]
    assert await numbers(end=at(0.5), number=9) == [1, 0]


async def test_equal_times_ask_for_one_instant() -> None:
    assert await numbers(at(1.0), at(1.0)) == [2]
    assert await numbers(at(1.1), at(1.1)) == []
    assert await numbers(at(1.1), at(1.1), bounds=True) == [2, 3]


async def test_history_begins_at_second_zero_and_ends_before_now() -> None:
    assert await numbers(at(-50.0), at(1.0)) == [0, 1]
    assert await numbers(at(99.0), at(5000.0)) == [198, 199]
    assert await numbers(at(5000.0), at(98.9)) == [199, 198]
    rows, point, status = await ask(history(), at(100.0), at(200.0))
    assert (rows, point, status) == ([], None, "GoodNoData")


async def test_nothing_is_known_at_second_zero() -> None:
    rows, _, status = await ask(history(now=0.0), at(0.0), at(10.0))
    assert (rows, status) == ([], "GoodNoData")


async def test_values_carry_the_time_of_their_instant() -> None:
    rows, _, _ = await ask(history(), at(0.0), at(10.0))
    assert [row.SourceTimestamp for row in rows] == [at(k * 0.5) for k in range(20)]
    assert all(row.StatusCode.is_good() for row in rows)


async def test_too_few_limits_are_an_error() -> None:
    for limits in ({}, {"start": at(1.0)}, {"end": at(1.0)}, {"number": 5}):
        rows, _, status = await ask(history(), **limits)  # type: ignore[arg-type]
        assert (rows, status) == ([], "BadHistoryOperationInvalid")


async def test_a_long_range_comes_in_pages_that_join_without_a_seam(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("opcua_server.history.service.PAGE", 1000)
    source = history(now=3 * 1000 * 0.5 + 7)
    found: list[int] = []
    point: bytes | None = None
    sizes = []
    while True:
        rows, point, _ = await ask(source, at(0.0), at(10**6), point=point)
        sizes.append(len(rows))
        found += [round(row.Value.Value) - 2000 for row in rows]
        if point is None:
            break
    assert sizes == [1000, 1000, 1000, 14]
    assert found == list(range(3014))


async def test_a_number_with_both_times_pages_through_the_range() -> None:
    source = history()
    rows, point, _ = await ask(source, at(0.0), at(2.5), number=2)
    assert len(rows) == 2
    rows, point, _ = await ask(source, at(0.0), at(2.5), number=2, point=point)
    assert len(rows) == 2
    rows, point, _ = await ask(source, at(0.0), at(2.5), number=2, point=point)
    assert (len(rows), point) == (1, None)


async def test_one_time_and_a_number_leave_no_continuation_point_behind() -> None:
    _, point, _ = await ask(history(), start=at(0.0), number=5)
    assert point is None


async def test_a_foreign_or_damaged_continuation_point_is_refused() -> None:
    source = history()
    _, point, _ = await ask(source, at(0.0), at(50.0), number=2)
    assert point is not None
    for bad in (b"\0", point[:-1], point[:-1] + bytes([point[-1] ^ 1]), b"\0" * len(point)):
        _, _, status = await ask(source, at(0.0), at(50.0), number=2, point=bad)
        assert status == "BadContinuationPointInvalid"


async def test_releasing_continuation_points_answers_without_data() -> None:
    wanted = request(at(0.0), at(50.0), 2, False, b"whatever")
    wanted.ReleaseContinuationPoints = True
    (found,) = await history().read_history(wanted)
    assert found.StatusCode.is_good()
    assert found.ContinuationPoint is None


async def test_no_value_is_ever_modified_so_that_history_is_refused_by_name() -> None:
    wanted = request(at(0.0), at(50.0), 2, False)
    wanted.HistoryReadDetails.IsReadModified = True
    (found,) = await history().read_history(wanted)
    assert found.StatusCode.name == "BadHistoryOperationUnsupported"


async def test_a_request_for_too_many_nodes_is_refused() -> None:
    wanted = request(at(0.0), at(50.0), 2, False)
    wanted.NodesToRead = wanted.NodesToRead * (NODES + 1)
    with pytest.raises(ServiceError):
        await history().read_history(wanted)


@pytest.mark.parametrize("stamps", [ua.TimestampsToReturn.Source, ua.TimestampsToReturn.Server])
async def test_a_client_gets_the_timestamps_it_asked_for(stamps: ua.TimestampsToReturn) -> None:
    wanted = request(at(0.0), at(2.0), 0, False)
    wanted.TimestampsToReturn = stamps
    (found,) = await history().read_history(wanted)
    rows = from_binary(ua.HistoryData, Buffer(found.HistoryData.Body)).DataValues
    source = stamps == ua.TimestampsToReturn.Source
    assert all((row.SourceTimestamp is not None) == source for row in rows)
    assert all((row.ServerTimestamp is None) == source for row in rows)


async def test_missing_values_come_with_a_bad_status_between_good_ones() -> None:
    source = history()
    source.session.forced["RFL.Zone8Temp"] = float("nan")
    rows, _, _ = await ask(source, at(0.0), at(1.0))
    assert [row.StatusCode.name for row in rows] == ["BadSensorFailure"] * 2
    assert [row.SourceTimestamp for row in rows] == [at(0.0), at(0.5)]


@given(st.floats(-20, 120), st.floats(-20, 120), st.integers(0, 30), st.booleans())
async def test_pages_always_add_up_to_the_whole(
    start: float, end: float, number: int, bounds: bool
) -> None:
    source = history()
    whole, _, _ = await ask(source, at(start), at(end), 0, bounds)
    joined: list[ua.DataValue] = []
    point: bytes | None = None
    while True:
        rows, point, _ = await ask(source, at(start), at(end), number, bounds, point)
        joined += rows
        if point is None:
            break
    times = [row.SourceTimestamp for row in joined]
    assert times == [row.SourceTimestamp for row in whole]
    assert times == sorted(times, reverse=start > end)
