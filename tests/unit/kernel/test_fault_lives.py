"""Faults of one kind at several stations, faults that come and go, people at a stopped set-up."""

import numpy as np
import pytest

import twin
from twin.kernel.plant import Plant
from twin.trace import Command, EventKind

TWO_PRINTERS = """
schema: 1
id: test/two-printers
title: t
buffers:
  printed: 4
stations:
  P1: {kind: printer, cycle: 20 s, to: printed}
  P2: {kind: printer, cycle: 20 s, to: printed}
  SPI: {kind: spi, from: printed, cycle: 5 s}
faults:
  - {id: "E-CLOG:P1", station: P1}
  - {id: "E-CLOG:P2", station: P2}
"""


def load(tmp_path, text):
    (tmp_path / "line.yaml").write_text(text)
    return twin.load(tmp_path / "line.yaml")


@pytest.mark.parametrize(("clogged", "other"), [("P1", "P2"), ("P2", "P1")])
def test_the_inspection_witnesses_for_the_printer_that_clogged(tmp_path, clogged, other):
    line = load(tmp_path, TWO_PRINTERS)
    command = Command("fault", f"E-CLOG:{clogged}", role="instructor", t=100.0)
    trace = twin.run(line, "10min", 1, [command])
    seen = {
        p: len(trace.index.events(EventKind.FAULT_OBSERVABLE, line.place(p))) for p in ("P1", "P2")
    }
    assert seen == {clogged: 1, other: 0}


def test_an_old_board_does_not_witness_for_a_new_life_of_the_fault(tmp_path):
    plant = Plant(load(tmp_path, TWO_PRINTERS), 1)
    plant.begin()
    script, printer, spi = plant.faults["E-CLOG:P1"], plant.rigs["P1"], plant.rigs["SPI"]
    script.inject()
    board = plant.orders.new_part()
    printer.work(board)
    script.end()
    script.inject()
    spi.work(board)
    kinds = plant.recorder.drain()["events"]["kind"].tolist()
    assert EventKind.FAULT_OBSERVABLE not in kinds


def test_an_intermittent_fault_comes_and_goes_on_the_dot(tmp_path):
    text = TWO_PRINTERS.replace(
        "  SPI: {kind: spi",
        "  RFL: {kind: reflow, cycle: 30 s, buffer: 2, to: out}\n  SPI: {kind: spi",
    ).replace(
        "faults:", "faults:\n  - {id: E-Z8, station: RFL, shape: intermittent, span: 700.1 s}"
    )
    text = text.replace("from: printed, cycle: 5 s}", "from: printed, cycle: 5 s, to: RFL}")
    line = load(tmp_path, text)
    trace = twin.run(line, "4h", 1, [Command("fault", "E-Z8", role="instructor", t=3600.1)])
    zone = trace.index.laws(trace.quantity_number("RFL.Zone8"))
    switches = np.round(zone.t[zone.t > 3600.0] - 3600.1, 6)
    expected = np.round(np.arange(len(switches)) * 700.1 / 2, 6)
    assert len(switches) == int((4 * 3600 - 3600.1) // (700.1 / 2)) + 1
    assert switches == pytest.approx(expected)
    assert set(np.unique(zone.target[zone.t > 3600.0])) == {228.0, 248.0}


def test_people_leave_a_set_up_that_is_stopped_and_come_back_for_the_rest(tmp_path):
    line = load(
        tmp_path,
        """
schema: 1
id: test/setup
title: t
products: {a: {}, b: {}}
orders: [{product: a, quantity: 5}, {product: b, quantity: 5}]
crews: {people: {count: 1}}
stations:
  M: {cycle: 10 s, setup: {time: 100 s, crew: people}}
""",
    )
    plant = Plant(line, 1)
    plant.begin()
    plant.calendar.advance(80.0)  # set-up began at 50 s
    assert plant.crews["people"].free == 0
    plant.machines["M"].hold("stop")
    assert plant.crews["people"].free == 1
    plant.calendar.advance(1000.0)
    plant.machines["M"].release("stop")
    assert plant.crews["people"].free == 0
    trace = twin.run(
        line, 1100.0, 1, [Command("stop", "M", t=80.0), Command("start", "M", t=1000.0)]
    )
    setups = trace.index.events(EventKind.SETUP, line.place("M")).t
    assert setups[-1] == pytest.approx(1070.0)  # 30 s were done, 70 s were left
