"""What tags show, on a line small enough to know every instant of."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.lines import make, smt
from twin.errors import UsageError
from twin.trace import Command


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    """`a` needs 2 s a part, `b` 3 s, with one place between; `b` is stopped at 30.25 s."""
    line = make(
        {
            "a": {"cycle": "2 s", "to": "b"},
            "b": {"cycle": "3 s", "buffer": 1, "power": {"working": "3.6 kW", "standby": "1.8 kW"}},
        }
    )
    return twin.run(line, 60.0, 1, [Command("stop", "b", t=30.25), Command("reset", "b", t=40.5)])


def show(trace: twin.Trace, tag: str, *t: float) -> list[float]:
    return twin.sample(trace, [tag], t)[0].tolist()


def test_states_are_those_of_the_instant(trace):
    # a: works 0-2, 2-4, 4-6, blocked from 6 to 8 (b takes part 1 at 5, part 2 waits)
    assert show(trace, "b.State", 0.0, 2.0, 4.0, 31.0) == [2, 3, 3, 0]
    assert show(trace, "a.State", 0.0, 59.0) == [3, 4]


def test_a_state_holds_from_its_instant_on(trace):
    assert show(trace, "b.State", 1.0, 2.0) == [2, 3]


def test_part_numbers_are_those_of_the_trace_and_minus_1_is_none(trace):
    assert show(trace, "b.PartInWork", 0.0, 2.0, 5.0) == [-1, 0, 1]


def test_counters_count_and_reset(trace):
    # b ends its parts at 5, 8, 11 ... 29 s: nine of them; then it is stopped and reset
    assert show(trace, "b.Passed", 4.0, 5.0, 29.0, 40.0, 41.0) == [0, 1, 9, 9, 0]
    assert show(trace, "Line.Finished", 29.0, 59.0) == [9, 9]
    assert show(trace, "b.Started", 2.0, 29.0, 41.0) == [1, 10, 0]


def test_queue_and_parts_in_the_line(trace):
    assert show(trace, "b.Queue", 0.0, 59.0) == [0, 1]
    assert show(trace, "Line.Wip", 0.0, 59.0) == [1, 3]


def test_energy_is_the_integral_of_power(trace):
    """2 s standby at 1.8 kW, 28.25 s working at 3.6 kW, then off."""
    total = (2.0 * 1.8 + 28.25 * 3.6) / 3600.0
    assert show(trace, "b.Energy", 59.0)[0] == pytest.approx(round(total, 2), abs=1e-9)
    assert show(trace, "b.Power", 40.0)[0] == pytest.approx(0.0, abs=0.036 * 4.5 + 0.01)
    power = twin.sample(trace, ["b.Power"], np.arange(2.0, 30.0))[0]
    assert power.mean() == pytest.approx(3.6, rel=0.1)  # parts and motions differ in load


def test_every_tag_of_the_surface_mount_line_stays_in_its_range():
    trace = twin.run(smt(), "8h", 2)
    ticks = np.arange(0.0, 8 * 3600.0, 7.0)
    tags = list(smt().tags.values())
    for tag, values in zip(tags, twin.sample(trace, "*", ticks), strict=True):
        assert np.isfinite(values).all(), tag.key
        # noise may leave the range by its own size, a few standard deviations
        assert values.min() >= tag.low - 5.0 * tag.noise, tag.key
        assert values.max() <= tag.high + 5.0 * tag.noise, tag.key
        if tag.kind in ("int", "bool", "enum"):
            assert np.array_equal(values, np.rint(values)), tag.key
        if tag.labels:
            assert values.max() < len(tag.labels), tag.key
        if tag.resolution:
            steps = values / tag.resolution
            assert np.abs(steps - np.rint(steps)).max() < 1e-6, tag.key


def test_globs_choose_in_table_order_and_once():
    trace = twin.run(smt(), "1min", 1)
    assert twin.sample(trace, ["RFL.*", "RFL.Zone8Temp"], [0.0]).shape[0] == sum(
        key.startswith("RFL.") for key in smt().tags
    )
    with pytest.raises(UsageError):
        twin.sample(trace, ["RFL.*", "Nothing.*"], [0.0])
    with pytest.raises(UsageError):
        list(twin.stream(trace, "*", 0.0, 10.0, 0.0))
