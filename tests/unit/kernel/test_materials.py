"""Material in lots at small lines, instant by instant."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.audit import audit, check_work
from tests.laws.lines import make
from tests.laws.material_audit import check_materials
from twin.kernel.draws import Draws
from twin.trace import Command, EventKind, State
from twin.trace.genealogy import uses

GLUE = {"glue": {"lot": 10, "unit": "kg"}}


def press(use: object, **rest: object) -> twin.Line:
    return make(
        {"A": {"cycle": "5 s", "uses": {"glue": use}, **rest}},
        materials=GLUE, crews={"men": {"count": 1}},
    )  # fmt: skip


def lots(trace: twin.Trace, station: str = "A") -> list[tuple[float, float]]:
    events = trace.index.events(EventKind.LOT, trace.line.place(station))
    return list(zip(events.t.tolist(), events.value.tolist(), strict=True))


def states(trace: twin.Trace, station: str = "A") -> list[tuple[float, str]]:
    series = trace.index.states(trace.line.place(station))
    return [(t, State(s).name) for t, s in zip(series.t.tolist(), series.state, strict=True)]


def test_a_lot_without_a_refill_time_changes_between_two_parts_and_costs_nothing():
    trace = twin.run(press(5), "1min")
    assert lots(trace) == [(0.0, 1.0), (10.0, 2.0), (20.0, 3.0), (30.0, 4.0), (40.0, 5.0),
                           (50.0, 6.0)]  # fmt: skip
    assert {name for _, name in states(trace)} == {"WORKING"}


def test_a_part_between_two_lots_has_some_of_each():
    trace = twin.run(press(4), "14s")
    assert [(use.part, use.lot) for use in uses(trace)] == [(0, 1), (1, 1), (2, 1), (2, 2)]
    shown = twin.sample(trace, ["A.MaterialLot", "A.MaterialLeft"], [0.0, 5.0, 10.0])
    assert shown.tolist() == [[1.0, 1.0, 2.0], [6.0, 2.0, 8.0]]


def test_a_part_that_takes_more_than_a_lot_uses_up_several():
    trace = twin.run(press(25), "9s")
    assert [(use.part, use.lot) for use in uses(trace)] == [
        (0, 1), (0, 2), (0, 3), (1, 3), (1, 4), (1, 5)]  # fmt: skip


def test_the_station_waits_for_the_people_who_refill_it_and_for_the_refill():
    use = {"quantity": 10, "refill": {"time": "3 s", "crew": "men"}}
    line = make(
        {
            "A": {"cycle": "5 s", "uses": {"glue": use}},
            "B": {"cycle": "7 s", "crew": "men"},
        },
        materials=GLUE, crews={"men": {"count": 1}},
    )  # fmt: skip
    trace = twin.run(line, "20s")
    assert states(trace) == [(0.0, "WORKING"), (5.0, "HELD"), (7.0, "LOADING"), (10.0, "WORKING"),
                             (15.0, "HELD"), (17.0, "LOADING")]  # fmt: skip
    assert lots(trace) == [(0.0, 1.0), (10.0, 2.0)]
    check_work(trace, audit(trace))
    check_materials(trace, audit(trace))


def test_a_refill_that_is_interrupted_goes_on_where_it_was():
    use = {"quantity": 10, "refill": {"time": "4 s", "crew": "men"}}
    journal = [Command("stop", "A", None, t=6.0), Command("start", "A", None, t=16.0)]
    trace = twin.run(press(use), "30s", 0, journal)
    assert (9.0 + 10.0, 2.0) in lots(trace)


def test_a_batch_takes_its_material_for_every_part():
    line = make(
        {"A": {"cycle": "6 s", "batch": {"size": 3}, "uses": {
            "glue": {"quantity": 5, "refill": {"time": "1 s"}}}}},
        materials=GLUE,
    )  # fmt: skip
    trace = twin.run(line, "14.5s")
    assert [(use.part, use.lot) for use in uses(trace)] == [
        (0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3)]  # fmt: skip
    assert [t for t, _ in lots(trace)] == [0.0, 1.0, 8.0]
    check_materials(trace, audit(trace))


def test_lots_are_numbered_through_the_line_and_no_number_depends_on_another_station():
    def numbers(slow: str) -> list[float]:
        materials = {"glue": {"lot": 3}, "screw": {"lot": 4}}
        a = {"cycle": slow, "uses": {"glue": 1, "screw": 4}, "to": "B"}
        b = {"cycle": "1 s", "buffer": "unlimited", "uses": {"glue": 1}}
        trace = twin.run(make({"A": a, "B": b}, materials=materials), "1min")
        everywhere = [*lots(trace), *lots(trace, "B")]
        assert len({number for _, number in everywhere}) == len(everywhere)
        return [number for _, number in lots(trace, "B")][:3]

    assert numbers("1 s") == numbers("4 s") == [3.0, 6.0, 9.0]


def test_a_property_is_the_lots_own_and_keyed_by_station_and_material():
    materials = {"glue": {"lot": 2, "properties": {"strength": {"mean": 50, "sd": 4}}}}
    line = make({"A": {"cycle": "1 s", "uses": {"glue": 1}}}, materials=materials)
    trace = twin.run(line, "10s", 7)
    law = trace.index.laws(trace.quantity_number("A.glue strength"))
    values = list(dict.fromkeys(law.value[1:].tolist()))
    draws = Draws(7, "A", "glue strength", "normal")
    assert values == pytest.approx([50.0 + 4.0 * draws.pop() for _ in range(5)])


def test_a_run_cut_in_a_refill_goes_on_as_if_it_had_not_been():
    line = press({"quantity": 4, "refill": {"time": "3 s", "crew": "men"}})
    whole = twin.run(line, "5min", 3)
    for at in np.arange(10.0, 30.0, 1.0):
        run = twin.Run(line, 3)
        run.advance(at)
        branch = twin.resume(twin.snapshot(run))
        branch.advance(300.0)
        assert branch.trace.digest == whole.digest


def test_a_product_that_is_not_in_the_table_takes_none_and_needs_no_refill():
    use = {"quantity": {"red": 10}, "refill": {"time": "3 s"}}
    line = make(
        {"A": {"cycle": "5 s", "uses": {"glue": use}}},
        materials=GLUE,
        products={"red": {}, "white": {}},
        orders=[{"product": "red", "quantity": 2}, {"product": "white", "quantity": 2}],
    )
    trace = twin.run(line, "30s")
    assert [(use.part, use.lot) for use in uses(trace)] == [(0, 1), (1, 2), (4, 3)]
    check_materials(trace, audit(trace))
