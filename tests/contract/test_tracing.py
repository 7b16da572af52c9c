"""Genealogy of every shipped line: a part back to its lots, a lot forward to its parts."""

from __future__ import annotations

import json
from functools import cache

import pytest
from typer.testing import CliRunner

import twin
from twin.cli import app
from twin.line.index import shipped
from twin.line.line import OUT
from twin.trace.genealogy import lot_history, outcomes, part_history
from twin.trace.store import save

NAMES = [entry.id for entry in shipped() if not entry.id.startswith("examples/")]


@cache
def run(name: str) -> twin.Trace:
    return twin.run(twin.load(name), "30h", seed=2)


def finished(trace: twin.Trace) -> list[int]:
    names, outcome = outcomes(trace)
    return [part for part, code in enumerate(outcome) if names[code] == OUT]


@pytest.mark.parametrize("name", NAMES)
def test_a_finished_part_has_some_of_every_material_its_product_takes(name):
    trace = run(name)
    assert trace.line.feeds, "a line without materials"
    last = finished(trace)[-1]
    product = int(trace.parts.product[last])
    taken = {(feed.station, feed.material) for feed in trace.line.feeds if feed.amounts[product]}
    used = {(use.station, use.material) for use in part_history(trace, last).used}
    assert used == taken


@pytest.mark.parametrize("name", NAMES)
def test_every_lot_in_a_part_leads_forward_to_it(name):
    trace = run(name)
    for part in finished(trace)[::40]:
        for use in part_history(trace, part).used:
            assert part in lot_history(trace, use.lot).parts


@pytest.mark.parametrize("name", NAMES)
def test_the_command_traces_both_ways(name, tmp_path):
    trace = run(name)
    save(trace, tmp_path / "run")
    last = finished(trace)[-1]
    asked = ["trace", str(tmp_path / "run")]
    back = CliRunner().invoke(app, [*asked, "--part", str(last), "--json"])
    assert back.exit_code == 0, back.output
    lot = json.loads(back.output)["used"][0]["lot"]
    forward = CliRunner().invoke(app, [*asked, "--lot", str(lot), "--json"])
    assert forward.exit_code == 0, forward.output
    assert last in json.loads(forward.output)["parts"]
