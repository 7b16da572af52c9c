"""Positions of parts, compared with positions worked out by hand."""

import numpy as np
import pytest

import twin
from twin.errors import FutureError
from visual.furnish import hall_plan
from visual.pose import pose
from visual.scene import build_scene
from visual.shapes.fittings import BELT
from visual.stays import stays_of

INSTANTS = [0.0, 1.0, 12.5, 60.0, 600.0, 1234.5, 5100.0, 7799.9]


@pytest.mark.parametrize("t", INSTANTS)
def test_every_part_has_exactly_one_position(scene, trace, t):
    poses = pose(scene, trace, t)
    assert sorted(poses.part.tolist()) == sorted(row.part for row in trace.parts_at(t))
    assert len(np.unique(poses.part)) == len(poses.part)
    assert np.isfinite(poses.position).all()
    assert np.isfinite(poses.yaw).all()


@pytest.mark.parametrize("t", INSTANTS)
def test_products_and_states_are_those_of_the_trace(scene, trace, t):
    poses = pose(scene, trace, t)
    products = {row.part: row.product for row in trace.parts_at(t)}
    assert dict(zip(poses.part.tolist(), poses.product.tolist(), strict=True)) == products
    assert {name: look.state for name, look in poses.states.items()} == trace.state_at(t)


def test_no_part_is_outside_the_hall(scene, trace):
    x0, x1, y0, y1 = hall_plan(scene).floor
    for t in np.linspace(0.0, 7799.0, 400):
        x, y, z = pose(scene, trace, float(t)).position.T
        assert ((x0 < x) & (x < x1) & (y0 < y) & (y < y1)).all()
        assert ((z > 0.0) & (z < 3.0)).all()


def test_nobody_can_see_the_future(scene, trace):
    with pytest.raises(FutureError):
        pose(scene, trace, trace.now)


def stay_at(trace, place, accept=lambda since, until: True):
    stays = stays_of(trace)
    rows = np.flatnonzero(stays.place == trace.line.place(place))
    for row in rows.tolist():
        since, until = float(stays.since[row]), float(stays.until[row])
        if accept(since, until):
            return int(stays.part[row]), since, until
    raise AssertionError(place)


def position_of(scene, trace, part, t):
    poses = pose(scene, trace, t)
    return poses.position[poses.part.tolist().index(part)]


def test_a_part_runs_along_its_belt_within_the_transport_time(scene, trace):
    """LDR lets go at x = 0; the queue's head is at 2.4 - 1.45 / 2 - 0.14 = 1.535 m; 5 s."""
    part, since, _ = stay_at(trace, "PRN.queue", lambda a, b: b - a >= 5.0)
    for seconds in (0.0, 1.0, 2.5, 4.0, 5.0):
        x, y, z = position_of(scene, trace, part, since + seconds)
        assert (x, y, z) == pytest.approx((1.535 * seconds / 5.0, 0.0, BELT), abs=1e-6)


def test_a_part_in_work_lies_in_the_middle_of_the_machine(scene, trace):
    part, since, until = stay_at(trace, "PNP1", lambda a, b: b - a > 10.0)
    assert position_of(scene, trace, part, (since + until) / 2) == pytest.approx((7.6, 0.0, BELT))


def test_a_part_travels_the_oven_at_the_belts_pace(scene, trace):
    """The oven stands at x = 16.4 m; halfway through its residence a board is in its middle."""
    station = trace.line.station_by_id["RFL"]
    part, since, _ = stay_at(trace, "RFL", lambda a, b: b < 7000.0)
    length = scene.places["RFL"].shape.size[0]
    for share in (0.0, 0.25, 0.5, 1.0):
        x, y, z = position_of(scene, trace, part, since + share * station.residence)
        assert (x, y, z) == pytest.approx((16.4 + (share - 0.5) * length, 0.0, BELT), abs=1e-3)


def test_waiting_parts_lie_behind_one_another(scene, trace):
    queue = scene.queues["RFL.queue"]
    seen = 0
    for t in np.arange(2600.0, 3000.0, 10.0):
        poses = pose(scene, trace, float(t))
        mine = poses.place == trace.line.place("PNP2.queue")
        if mine.sum() == 2:
            gap = np.diff(np.sort(poses.position[mine, 0]))[0]
            seen += gap == pytest.approx(queue.pitch, abs=1e-6)
    assert seen > 10  # PNP2 is down then, and its queue is full


def test_parts_move_continuously(scene, trace):
    """Between two near instants no part that stays where it is moves more than its belt can."""
    before = None
    for t in np.arange(3000.0, 3100.0, 0.1):
        poses = pose(scene, trace, float(t))
        now = {
            p: (place, x)
            for p, place, x in zip(
                poses.part.tolist(), poses.place.tolist(), poses.position, strict=True
            )
        }
        for part, (place, x) in (before or {}).items():
            if part in now and now[part][0] == place:
                assert np.linalg.norm(now[part][1] - x) < 0.5
        before = now


def test_a_line_of_any_kind_can_be_posed():
    line = twin.load("examples/three-stations-v1")
    trace = twin.run(line, "1h", seed=3)
    scene = build_scene(line)
    for t in np.linspace(0.0, 3599.0, 50):
        poses = pose(scene, trace, float(t))
        assert len(poses.part) == len(trace.parts_at(float(t)))
        assert np.isfinite(poses.position).all()


def test_an_unfinished_trace_can_be_posed_as_it_grows(line, scene):
    from twin.kernel.run import Run
    from twin.trace import Trace

    trace = Trace(line, 1)
    run = Run(line, 1, trace.absorb)
    for until in (60.0, 120.0, 600.0):
        run.advance(until)
        t = until - 1e-3
        assert len(pose(scene, trace, t).part) == len(trace.parts_at(t))


def test_what_the_belt_cannot_hold_lies_in_the_rack_level_by_level(tmp_path):
    """Belt of 1.0 m and half a machine: 3 slots; the others one above the other, the top shared."""
    path = tmp_path / "line.yaml"
    path.write_text(
        "schema: 1\nid: tests/queue\ntitle: Queue\nstations:\n"
        "  a: {cycle: 5 s, to: b}\n  b: {buffer: {capacity: unlimited}, cycle: 50 s}\n"
    )
    line = twin.load(path)
    trace, scene = twin.run(line, "10min", seed=1), build_scene(line)
    queue = scene.queues["b.queue"]
    poses = pose(scene, trace, 599.0)
    waiting = poses.place == line.place("b.queue")
    height = poses.position[waiting, 2]
    assert (height[: queue.slots] == BELT).all()
    levels = np.minimum(np.arange(waiting.sum() - queue.slots - 1), queue.levels - 1)
    expected = queue.rack[2] + 0.056 + queue.level * levels
    assert height[queue.slots : -1] == pytest.approx(expected)
    assert waiting.sum() > 50
