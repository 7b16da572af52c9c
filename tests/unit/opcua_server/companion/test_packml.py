"""Tables behind PackML, Weihenstephan and batch units, and the page that tells them."""

from __future__ import annotations

import re
from pathlib import Path

import twin
from opcua_server.companion import batch_units, packml, weihenstephan
from opcua_server.companion.packml_states import MAINTENANCE, PACKED, PRODUCE
from twin.trace.tables import State

NUMBERS = {"Stopped": 2, "Idle": 4, "Suspended": 5, "Execute": 6, "Aborted": 9, "Held": 11}
MODES = {"Produce": PRODUCE, "Maintenance": MAINTENANCE}
LINES = ("electronics/smt-v1", "food/beverage-v1", "chemical/coating-v1")


def test_every_state_has_a_meaning_and_a_state_is_only_told_below_its_superior() -> None:
    assert set(PACKED) == set(batch_units.STATES) == set(State)
    for row in PACKED.values():
        assert (row.machine is not None) == (row.base == "Cleared")
        assert (row.execute is not None) == (row.machine == "Running")


def test_working_alone_is_execute() -> None:
    """So OEE by PackML, which counts the time in Execute, is over the twin's working time."""
    assert [state for state, row in PACKED.items() if row.execute == "Execute"] == [State.WORKING]
    running = [state for state, told in batch_units.STATES.items() if told == "Running"]
    assert running == [State.WORKING]


def test_the_page_tells_the_states_as_the_table_has_them() -> None:
    page = Path(__file__).parents[4] / "docs" / "explanation" / "companion-specifications.md"
    pattern = r"^\| `([A-Z]+)` \| (\w+) \| (\d+) \| (\w+) \|"
    told = re.findall(pattern, page.read_text("utf-8"), re.MULTILINE)
    assert [(name, state, int(number), MODES[mode]) for name, state, number, mode in told] == [
        (state.name, name := row.execute or row.machine or row.base, NUMBERS[name], row.mode)
        for state, row in PACKED.items()
    ]


def test_every_kind_of_the_tables_is_on_some_line() -> None:
    """A row that no machine has would be a promise nobody keeps."""
    kinds = {station.kind for name in LINES for station in twin.load(name).stations}
    assert set(packml.KINDS) <= kinds
    assert set(weihenstephan.PROFILES) <= set(packml.PACKAGING)
