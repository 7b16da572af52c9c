"""Material that flows, traced through buffers: by hand, second by second."""

from __future__ import annotations

import pytest

import twin
from tests.laws.lines import make
from tests.laws.material_audit import check_flowing_materials, check_windows
from twin.trace import Command, EventKind
from twin.trace.flow_windows import windows
from twin.trace.genealogy import lot_history, part_history

CAPS = {"cap": {"lot": 25}}


def line(**rest: object) -> twin.Line:
    """Two units a second come in, one goes on, and ten make a part."""
    return make(
        {
            "A": {"rate": "2 /s", "uses": {"cap": 1}, "to": "room"},
            "P": {"rate": "1 /s", "from": "room", "pack": 10, "to": "out"},
        },
        buffers={"room": 100},
        materials=CAPS,
        **rest,
    )


def test_a_part_is_traced_to_when_its_units_came_in():
    found = windows(twin.run(line(), "45s"))
    assert found["P"].part.tolist() == [0, 1, 2, 3]
    assert found["P"].end == pytest.approx([10.0, 20.0, 30.0, 40.0])
    assert found["A"].begin == pytest.approx([0.0, 5.0, 10.0, 15.0])
    assert found["A"].end == pytest.approx([5.0, 10.0, 15.0, 20.0])


def test_a_part_has_of_every_lot_that_was_in_use_then():
    trace = twin.run(line(), "45s")
    lots = trace.index.events(EventKind.LOT, trace.line.place("A"))
    assert list(zip(lots.t, lots.value, strict=True)) == [(0, 1), (12.5, 2), (25, 3), (37.5, 4)]
    used = [[use.lot for use in part_history(trace, part).used] for part in range(4)]
    assert used == [[1], [1], [1, 2], [2]]
    assert [lot_history(trace, lot).parts for lot in (1, 2, 3)] == [(0, 1, 2), (2, 3), ()]
    assert [(s.station, s.begun, s.ended) for s in part_history(trace, 2).flowed] == [
        ("A", pytest.approx(10.0), pytest.approx(15.0)),
        ("P", pytest.approx(20.0), pytest.approx(30.0)),
    ]
    left = twin.sample(trace, ["A.MaterialLeft"], [0.0, 12.0, 13.0])[0]
    assert left == pytest.approx([25.0, 1.0, 24.0])


def test_a_full_buffer_slows_what_comes_in_and_the_use_with_it():
    trace = twin.run(line(), "280s")  # full at 100 s, with 200 units let in; then one a second
    found = windows(trace)["A"]
    assert (found.begin[19], found.end[19]) == (pytest.approx(95.0), pytest.approx(100.0))
    assert (found.begin[25], found.end[25]) == (pytest.approx(150.0), pytest.approx(160.0))
    assert len(trace.index.events(EventKind.LOT, trace.line.place("A"))) == 16  # 380 units
    check_flowing_materials(trace)
    check_windows(trace)


def test_a_stop_stands_in_the_window_of_the_part_that_was_being_made():
    journal = [Command("stop", "A", t=12.0), Command("start", "A", t=212.0)]
    trace = twin.run(line(), "300s", 1, journal)
    found = windows(trace)["A"]
    assert found.begin[2] == pytest.approx(10.0)
    assert found.end[2] == pytest.approx(218.0 - 6.0 + 3.0)  # 24 units before the stop, 6 after
    check_windows(trace)


def test_what_is_drained_goes_into_no_part_and_the_next_order_begins_a_new_window():
    orders = [{"product": "red", "quantity": 2}, {"product": "white", "quantity": 2}]
    trace = twin.run(
        line(products={"red": {}, "white": {}}, orders=orders, line_clearance=True), "60s"
    )
    found = windows(trace)
    assert found["A"].begin[:3] == pytest.approx([0.0, 5.0, 20.0], abs=1e-3)
    assert found["P"].begin[:3] == pytest.approx([0.0, 10.0, 20.0], abs=1e-3)
    check_windows(trace)
    check_flowing_materials(trace)


def test_a_product_that_takes_none_of_a_material_has_no_lot_of_it():
    known = make(
        {
            "A": {"rate": "2 /s", "uses": {"cap": {"quantity": {"red": 1}}}, "to": "room"},
            "P": {"rate": "1 /s", "from": "room", "pack": 10, "to": "out"},
        },
        buffers={"room": 100},
        materials=CAPS,
        products={"red": {}, "white": {}},
        orders=[{"product": "red", "quantity": 2}, {"product": "white", "quantity": 2}],
        line_clearance=True,
    )
    trace = twin.run(known, "45s")
    assert [len(part_history(trace, part).used) for part in range(4)] == [1, 1, 0, 0]
    check_flowing_materials(trace)


def test_another_lot_can_be_put_in_before_the_last_is_empty():
    """As a fault that mixes lots up does; the rest of the lot is put away."""
    run = twin.Run(line(), 1)
    run.advance(5.0)
    run.plant.rigs["A"].exchange()
    run.advance(45.0)
    lots = run.trace.index.events(EventKind.LOT, run.trace.line.place("A"))
    assert lots.t.tolist() == pytest.approx([0.0, 5.0, 17.5, 30.0, 42.5])
