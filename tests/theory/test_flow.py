"""Lines that material flows through, against exact results; the packaging line of a bottler."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import twin
from tests.laws.lines import make
from tests.theory.fluid import Machine, two_machines, without_room
from tests.theory.replications import assert_mean, exponential, replicate
from twin.line import Line
from twin.trace import State, Trace


def line_of(machines: list[Machine], room: int) -> Line:
    """Machines in a row with the same room between any two."""
    stations: dict[str, Any] = {}
    for i, machine in enumerate(machines):
        stations[f"m{i}"] = {
            "rate": f"{machine.speed!r} /s",
            "to": f"m{i + 1}" if i + 1 < len(machines) else "out",
            "failures": [
                {
                    "id": "stop",
                    "after": exponential(1.0 / machine.fails),
                    "repair": exponential(1.0 / machine.repairs),
                }
            ],
        }
        if i:
            stations[f"m{i}"]["buffer"] = room
    return make(stations)


def made(trace: Trace, station: str, since: float) -> float:
    """Good units a second after a warm-up."""
    ticks = [since, np.nextafter(trace.now, 0.0)]
    first, last = twin.sample(trace, [f"{station}.OutCount"], ticks)[0]
    return float(last - first) / (trace.now - since)


FAST, SLOW = Machine(1.2, 1 / 150, 1 / 20), Machine(1.0, 1 / 100, 1 / 10)


def test_the_exact_solution_has_the_right_limits():
    """Without room both run or none does; with endless room the slower machine decides."""
    assert two_machines(SLOW, FAST, 1e-6) == pytest.approx(without_room([SLOW, FAST]), rel=1e-4)
    assert two_machines(SLOW, FAST, 2000.0) == pytest.approx(SLOW.alone, rel=1e-3)
    values = [two_machines(SLOW, FAST, room) for room in (1.0, 10.0, 50.0, 200.0)]
    assert values == sorted(values)


@pytest.mark.parametrize("room", [0, 5, 40])
@pytest.mark.parametrize("machines", [(FAST, SLOW), (SLOW, FAST)], ids=["slows", "hurries"])
def test_two_machines_with_a_buffer_make_what_theory_says(machines, room):
    line = line_of(list(machines), room)
    rates = replicate(line, 60_000.0, lambda trace: made(trace, "m1", 2000.0), count=12)
    assert_mean(rates, two_machines(*machines, max(room, 1e-6)), 0.01)


def test_machines_without_room_run_all_or_none():
    machines = [Machine(2.0, 1 / 200, 1 / 8), Machine(2.5, 1 / 90, 1 / 5), Machine(2.2, 0.005, 0.1)]
    line = line_of(machines, 0)
    rates = replicate(line, 60_000.0, lambda trace: made(trace, "m2", 0.0), count=10)
    assert_mean(rates, without_room(machines), 0.01)


# station, speed over the filler's, mean minutes of running to a stop, mean minutes of a stop
PACKAGING = (
    ("DEPAL", 1.25, 110.0, 2.4),
    ("FILL", 1.00, 55.0, 2.9),
    ("LABEL", 1.10, 40.0, 1.4),
    ("INSP", 1.15, 160.0, 1.6),
    ("PACK", 1.20, 70.0, 2.3),
    ("PALL", 1.35, 200.0, 3.0),
)
NOMINAL = 12_000.0  # bottles/h
PALLET = 1200  # bottles
HOURS, SEEDS = 200.0, range(10)


def packaging(minutes: float, scale: float = 1.0, **change: tuple[float, float]) -> Line:
    """The line with so many minutes of the filler's output between any two stations.

    `scale` makes it so many times as fast, with as much more room and as large pallets.
    """
    stations: dict[str, Any] = {}
    for i, (name, factor, mtbf, mttr) in enumerate(PACKAGING):
        longer, shorter = change.get(name, (1.0, 1.0))
        stations[name] = {
            "rate": f"{scale * NOMINAL * factor!r} /h",
            "to": PACKAGING[i + 1][0] if i + 1 < len(PACKAGING) else "out",
            "failures": [
                {
                    "id": "stop",
                    "after": exponential(60.0 * mtbf * longer),
                    "repair": {"kind": "lognormal", "mean": f"{60.0 * mttr * shorter!r} s"},
                }
            ],
        }
        if i:
            stations[name]["buffer"] = round(scale * minutes * NOMINAL / 60.0)
    stations["PALL"]["pack"] = round(scale * PALLET)
    return make(stations)


def efficiency(line: Line) -> float:
    """Bottles packed of those the filler could fill, mean over the seeds, from an empty line."""

    def packed(trace: Trace) -> float:
        return PALLET * len(trace.index.arrivals(line.place("out"))) / (NOMINAL * HOURS)

    runs = [packed(twin.run(line, 3600.0 * HOURS, seed)) for seed in SEEDS]
    return float(np.mean(runs))


@pytest.mark.parametrize(
    ("minutes", "golden"), [(0.1, 0.875), (0.6, 0.898), (6.0, 0.941), (12.0, 0.945)]
)
def test_buffers_decide_how_much_of_the_filler_is_used(minutes, golden):
    """Golden values of a discrete model in layers of 24 bottles, computed by us."""
    assert efficiency(packaging(minutes)) == pytest.approx(golden, abs=0.01)


def test_only_a_better_filler_helps():
    """At 6 minutes of buffer; the same seeds, so that lines differ by the change and not by luck.

    Golden: labeller stops half as long, or packer stops half as often: no gain.
    """
    base = efficiency(packaging(6.0))
    gains = {
        "labeller": efficiency(packaging(6.0, LABEL=(1.0, 0.5))) - base,
        "packer": efficiency(packaging(6.0, PACK=(2.0, 1.0))) - base,
        "filler": efficiency(packaging(6.0, FILL=(2.0, 1.0))) - base,
    }
    assert gains["filler"] > 0.015
    assert abs(gains["labeller"]) < 0.004
    assert abs(gains["packer"]) < 0.004


def test_the_buffer_less_line_is_as_available_as_the_published_one():
    """Availability 85.66 % of a juice bottling line (Tsarouhas 2009): 1 / (1 + sum MTTR/MTBF)."""
    machines = [Machine(1.0, 1 / mtbf, 1 / mttr) for _, _, mtbf, mttr in PACKAGING]
    assert without_room(machines) == pytest.approx(0.8566, abs=5e-5)


def test_a_slowed_machine_works_at_a_lower_speed_and_is_not_starved():
    line = make({"a": {"rate": "1 /s", "to": "b"}, "b": {"rate": "2 /s", "buffer": 10}})
    trace = twin.run(line, 100.0, 1)
    assert twin.sample(trace, ["b.Speed"], [50.0])[0, 0] == pytest.approx(3600.0, rel=0.03)
    assert trace.state_at(50.0)["b"] == State.WORKING


@pytest.mark.parametrize("factor", [1.0, 0.25])
def test_failures_follow_what_flows_and_not_the_clock(factor):
    """At a quarter of its speed a machine fails a quarter as often."""
    stop = {"id": "stop", "after": exponential(100.0), "repair": "0 s"}
    line = make(
        {
            "feed": {"rate": f"{4.0 * factor!r} /s", "to": "m"},
            "m": {"rate": "4 /s", "buffer": 0, "failures": [stop]},
        }
    )
    counts = replicate(line, 80_000.0, lambda trace: len(trace.index.events(0, 1)), count=10)
    assert_mean(counts, 80_000.0 * factor / 100.0, 0.15)
