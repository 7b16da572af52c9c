"""Each fault of the SMT line, on pairs of runs with one seed: what moves, what is spoilt, when."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import twin
from tests.laws.lines import smt
from twin.trace import Command, EventKind, Trace

ONSET = 3600.0
HOURS = {"E-AOI": 30.0}  # others: 20
FOUR = (
    EventKind.FAULT_ONSET,
    EventKind.FAULT_OBSERVABLE,
    EventKind.FAULT_FAILURE,
    EventKind.FAULT_REPAIR,
)


@cache
def pair(fault: str) -> tuple[Trace, Trace]:
    """The same day without and with the fault."""
    command = Command("fault", fault, None, "instructor", "test", ONSET)
    end = HOURS.get(fault, 20.0) * 3600.0
    return twin.run(smt(), end, 6), twin.run(smt(), end, 6, [command])


def labels(trace: Trace, fault: str) -> dict[EventKind, float]:
    number = [f.id for f in trace.line.faults].index(fault)
    events, found = trace.events, {}
    for kind, t, value in zip(events.kind, events.t, events.value, strict=True):
        if kind in FOUR and value == number and t >= ONSET:
            found.setdefault(EventKind(kind), float(t))
    return found


def between(trace: Trace, tag: str, start: float, end: float) -> np.ndarray:
    return twin.sample(trace, tag, np.arange(start, end, 5.0))[0]


def moved(fault: str, tag: str, start: float = 0.0, end: float = 1800.0) -> float:
    """How far a tag's mean moved, seconds after the onset to seconds after it, or the repair."""
    repaired = labels(pair(fault)[1], fault).get(EventKind.FAULT_REPAIR, np.inf)
    until = min(ONSET + end, repaired) if repaired > ONSET + start else ONSET + end
    sound, ill = (between(t, tag, ONSET + start, until).mean() for t in pair(fault))
    return float(ill - sound)


@pytest.mark.parametrize("fault", ["E-SQG", "E-WARP", "E-PASTE", "E-REEL", "E-O2", "E-AOI"])
def test_the_labels_come_in_order(fault):
    found = labels(pair(fault)[1], fault)
    assert found[EventKind.FAULT_ONSET] == ONSET
    assert EventKind.FAULT_OBSERVABLE in found
    assert EventKind.FAULT_FAILURE in found
    assert found[EventKind.FAULT_ONSET] <= min(found.values())
    if EventKind.FAULT_REPAIR in found:
        assert found[EventKind.FAULT_REPAIR] == max(found.values())


def test_a_nicked_squeegee_shows_in_spread_and_weakest_pad_and_spoils_boards():
    assert moved("E-SQG", "SPI.VolumeSd") > 0.5
    assert moved("E-SQG", "SPI.VolumeMin") < -15.0
    assert moved("E-SQG", "SPI.PadsOut") > 10.0
    assert abs(moved("E-SQG", "SPI.OffsetX")) < 3.0


def test_a_sagging_board_is_higher_in_paste_and_bridges():
    assert moved("E-WARP", "PRN.SupportGap") == pytest.approx(0.6, abs=0.02)
    assert moved("E-WARP", "SPI.HeightMean", 120.0) > 3.0
    assert moved("E-WARP", "SPI.Rejected") > 2.0


def test_paste_that_lies_open_thickens_first_and_then_prints_thin():
    early, late = 3600.0, 3.5 * 3600.0
    assert 2.0 < moved("E-PASTE", "PRN.PasteViscosity", early, early + 600.0) < 12.0
    assert moved("E-PASTE", "PRN.PasteViscosity", late, late + 600.0) > 15.0
    assert moved("E-PASTE", "SPI.VolumeMean", late, late + 1800.0) < -1.2
    label = labels(pair("E-PASTE")[1], "E-PASTE")
    assert label[EventKind.FAULT_OBSERVABLE] < label[EventKind.FAULT_FAILURE]


def test_a_wrong_reel_is_met_by_the_circuit_test_alone():
    assert moved("E-REEL", "PNP1.MaterialLot", 60.0) > 3.9  # four feeds: the next number here
    sound, ill = (
        between(t, "ICT1.Resistance", ONSET + 1200.0, ONSET + 3000.0) for t in pair("E-REEL")
    )
    assert ill.min() < 9_500.0 < sound.min()
    trace = pair("E-REEL")[1]
    seen = labels(trace, "E-REEL")
    assert seen[EventKind.FAULT_OBSERVABLE] > seen[EventKind.FAULT_FAILURE]  # spoilt before seen
    assert abs(moved("E-REEL", "AOI.Rejected", 0.0, 1200.0)) < 3.0


def test_lost_nitrogen_raises_oxygen_and_leaves_voids_no_camera_sees():
    assert moved("E-O2", "RFL.N2Flow", 30.0) < -15.0
    assert moved("E-O2", "RFL.O2", 1200.0) > 3000.0
    assert between(pair("E-O2")[1], "RFL.O2", ONSET, ONSET + 30.0).max() < 2500.0  # it lags
    label = labels(pair("E-O2")[1], "E-O2")
    assert label[EventKind.FAULT_OBSERVABLE] < label[EventKind.FAULT_FAILURE]


def test_dim_lighting_makes_false_calls_and_no_defect():
    late = 16 * 3600.0
    assert moved("E-AOI", "AOI.Light", late, late + 600.0) < -3.0
    label = labels(pair("E-AOI")[1], "E-AOI")
    assert label[EventKind.FAULT_OBSERVABLE] < label[EventKind.FAULT_FAILURE]
    volumes = [t.readings.value[t.readings.quantity == t.reading_number("PRN.TrueVolume")][:200]
               for t in pair("E-AOI")]  # fmt: skip
    assert np.array_equal(*volumes)


def test_an_exponential_onset_is_late_and_a_sticking_one_comes_and_goes():
    from tests.laws.lines import make

    def zone(shape: str) -> np.ndarray:
        line = make(
            {"RFL": {"kind": "reflow", "cycle": "26.25 s"}},
            faults=[{"id": "E-O2", "station": "RFL", "shape": shape, "span": "2 h"}],
        )
        fault = Command("fault", "E-O2", None, "instructor", "test", 0.0)
        trace = twin.run(line, "12h", 1, [fault])
        return twin.sample(trace, "RFL.O2", np.arange(0.0, 43_000.0, 60.0))[0] - 850.0

    ramp, exp, stick = zone("ramp"), zone("exp"), zone("stick")
    assert exp[60] < 0.4 * ramp[60]
    assert exp[-1] == pytest.approx(ramp[-1], abs=100.0)
    high = stick > 1750.0
    turns = int(np.count_nonzero(np.diff(high.astype(int))))
    assert 2 <= turns <= 20
    assert not np.array_equal(stick, ramp)
