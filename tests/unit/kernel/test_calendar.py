"""The event list: order of what is simultaneous, alarms that are set again, SimPy beside it."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.kernel.calendar import Calendar, Wake


@given(st.lists(st.sampled_from([0.0, 1.0, 1.0, 2.5]), max_size=30))
def test_simultaneous_events_happen_in_the_order_they_were_set(delays):
    calendar, seen = Calendar(), []
    for i, delay in enumerate(delays):
        calendar.wake(Wake(calendar, lambda i=i: seen.append((calendar.now, i))), delay)
    calendar.advance(10.0)
    assert seen == sorted((delay, i) for i, delay in enumerate(delays))


def test_setting_an_alarm_again_forgets_the_earlier_setting():
    calendar, seen = Calendar(), []
    wake = Wake(calendar, lambda: seen.append(calendar.now))
    for delay in (5.0, 1.0, 3.0):
        calendar.wake(wake, delay)
    calendar.advance(10.0)
    assert seen == [3.0]


def test_a_cancelled_alarm_does_not_ring_and_can_be_set_again():
    calendar, seen = Calendar(), []
    wake = Wake(calendar, lambda: seen.append(calendar.now))
    calendar.wake(wake, 1.0)
    wake.cancel()
    calendar.advance(2.0)
    assert seen == []
    calendar.wake(wake, 1.0)
    calendar.advance(5.0)
    assert seen == [3.0]


def test_an_alarm_may_set_itself():
    calendar, seen = Calendar(), []

    def ring() -> None:
        seen.append(calendar.now)
        calendar.wake(wake, 1.0)

    wake = Wake(calendar, ring)
    calendar.wake(wake, 0.0)
    calendar.advance(3.0)
    assert seen == [0.0, 1.0, 2.0]


def test_advance_is_half_open():
    calendar, seen = Calendar(), []
    calendar.wake(Wake(calendar, lambda: seen.append(calendar.now)), 2.0)
    calendar.advance(2.0)
    assert seen == []
    assert calendar.now == 2.0
    calendar.advance(2.0000001)
    assert seen == [2.0]


def test_a_simpy_process_lives_beside_alarms():
    calendar, seen = Calendar(), []

    def process():
        for _ in range(3):
            yield calendar.timeout(1.0)
            seen.append(("process", calendar.now))

    calendar.process(process())
    calendar.wake(Wake(calendar, lambda: seen.append(("alarm", calendar.now))), 1.0)
    calendar.advance(2.5)
    assert seen == [("alarm", 1.0), ("process", 1.0), ("process", 2.0)]


def test_an_error_in_a_simpy_process_is_not_swallowed():
    calendar = Calendar()

    def process():
        yield calendar.timeout(1.0)
        raise RuntimeError("broken")

    calendar.process(process())
    with pytest.raises(RuntimeError, match="broken"):
        calendar.advance(2.0)


def test_what_follows_happens_in_order_and_not_one_inside_the_other():
    calendar, seen = Calendar(), []

    def first() -> None:
        calendar.then(lambda: seen.append("third"))
        seen.append("first")

    calendar.then(first)
    calendar.then(lambda: seen.append("later"))
    assert seen == ["first", "third", "later"]


class Clock:
    """A unit that can be pickled with its calendar."""

    def __init__(self) -> None:
        self.calendar, self.seen = Calendar(), []
        self.wake = Wake(self.calendar, self.ring)

    def ring(self) -> None:
        """Note the time."""
        self.seen.append(self.calendar.now)
        self.calendar.wake(self.wake, 1.5)


def test_a_calendar_can_be_pickled_in_the_middle():
    clock = Clock()
    clock.calendar.wake(clock.wake, 0.0)
    clock.calendar.advance(4.0)
    twin = pickle.loads(pickle.dumps(clock))
    for one in (clock, twin):
        one.calendar.advance(9.0)
    assert twin.seen == clock.seen == [0.0, 1.5, 3.0, 4.5, 6.0, 7.5]
