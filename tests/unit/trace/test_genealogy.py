"""Genealogy in a small assembly line, and where a wrong reel of the surface-mount line went."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.lines import make, smt
from twin.errors import UsageError
from twin.trace import Command
from twin.trace.genealogy import (
    begun,
    feed_of,
    lot_history,
    merges,
    outcomes,
    part_history,
    part_number,
    serial,
)


@pytest.fixture(scope="module")
def kit() -> twin.Trace:
    """Bodies and two lids each; the lids come from lots of 5 blanks, the bodies from lots of 2."""
    line = make(
        {
            "body": {"cycle": "4 s", "uses": {"steel": 1}, "to": "bodies"},
            "lid": {"cycle": "2 s", "uses": {"blank": 1}, "to": "lids"},
            "join": {"cycle": "3 s", "from": {"bodies": 1, "lids": 2}},
        },
        buffers={"bodies": 2, "lids": 4},
        materials={"steel": {"lot": 2}, "blank": {"lot": 5}},
    )
    return twin.run(line, "1min")


def test_a_part_backwards_has_the_parts_built_into_it_and_all_their_lots(kit):
    _t, main, station, _child = merges(kit)[0]
    history = part_history(kit, main)
    assert station == "join"
    assert len(history.built_in) == 2
    assert [visit.station for visit in history.visits] == ["body", "join"]
    assert {use.material for use in history.used} == {"steel", "blank"}
    assert {use.part for use in history.used} == {main, *history.built_in}
    assert history.outcome == "out"
    came, left = history.visits[0].came, history.visits[0].left
    assert left == came + 4.0
    for child in history.built_in:
        assert part_history(kit, child).into == main
        assert part_history(kit, child).outcome == "merged"


def test_a_lot_forwards_reaches_the_parts_that_its_parts_were_built_into(kit):
    lot = next(n for n, _t, feed in begun(kit) if feed.material == "blank")
    history = lot_history(kit, lot)
    assert len(history.used) == 5
    mothers = {part_history(kit, use.part).into for use in history.used} - {None}
    assert mothers
    assert set(history.parts) == {use.part for use in history.used} | mothers


def test_forwards_and_backwards_agree(kit):
    for lot, _t, feed in begun(kit):
        assert feed_of(kit.line, lot) == feed
        reached = set(lot_history(kit, lot).parts)
        for part in range(len(kit.parts)):
            inside = any(use.lot == lot for use in part_history(kit, part).used)
            assert inside == (part in reached)


def test_a_wrong_reel_is_in_the_boards_that_the_circuit_test_rejects_and_in_no_other():
    onset = 3600.0
    trace = twin.run(smt(), "6h", 6, [Command("fault", "E-REEL", None, "instructor", "t", onset)])
    reels = [(n, t) for n, t, feed in begun(trace) if feed.station == "PNP1"]
    wrong = next(n for n, t in reels if t > onset)
    boards = {use.part for use in lot_history(trace, wrong).used}
    measured = [trace.index.readings(trace.reading_number(f"ICT{i}.Resistance")) for i in (1, 2)]
    low = {int(p) for m in measured for p, v in zip(m.part, m.value, strict=True) if v < 9_500.0}
    tested = {int(p) for m in measured for p in m.part}
    assert len(low) > 5
    assert low == boards & tested
    first = [
        next(v.passed for v in part_history(trace, part).visits if v.station.startswith("ICT"))
        for part in low
    ]
    assert np.mean([not passed for passed in first]) > 0.9


def test_a_part_is_found_by_its_number_and_by_its_serial(kit):
    assert part_number(kit, "3") == 3
    assert part_number(kit, serial(kit, 3)) == 3
    for text in ("lid-000003", "99999", "-1", "part-3", "x"):
        with pytest.raises(UsageError, match="the run has the parts 0 to"):
            part_number(kit, text)


def test_a_lot_that_nobody_began_is_an_error(kit):
    for lot in (0, -3, 10_000):
        with pytest.raises(UsageError, match=f"no lot {lot}"):
            lot_history(kit, lot)


def test_outcomes_are_where_parts_are_at_the_end(kit):
    names, outcome = outcomes(kit)
    for part in range(len(kit.parts)):
        assert names[outcome[part]] == part_history(kit, part).outcome
