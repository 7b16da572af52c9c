"""What flows shows on every face of the product: tags, data set, OPC UA, 3D scene, checks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from tests.laws.lines import make
from twin.export import export
from twin.serve.session import Session
from visual.pose import pose
from visual.scene import build_scene, page_scene

STATIONS: dict[str, Any] = {
    "DEPAL": {"rate": "15000 /h", "to": "empties", "power": {"working": "6 kW"}},
    "MIX": {"rate": "7000 L/h", "to": "juice"},
    "FILL": {
        "rate": "12000 /h",
        "reject": 0.006,
        "from": {"empties": 1, "juice": 0.5},
        "to": "filled",
        "power": {"working": "28 kW", "standby": "4 kW"},
        "failures": [
            {
                "id": "jam",
                "after": {"kind": "exponential", "mean": "55 min"},
                "repair": {"kind": "lognormal", "mean": "2.9 min"},
            }
        ],
    },
    "PACK": {"rate": "600 /h", "from": {"filled": 24}, "to": "PALL"},
    "PALL": {"rate": "700 /h", "buffer": 20, "pack": 60, "to": "WRAP"},
    "WRAP": {"cycle": "90 s", "buffer": {"capacity": 4, "transport": "20 s"}},
}
BUFFERS = {"empties": 2000, "juice": 5000, "filled": 1000}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> twin.Line:
    text = make(STATIONS, buffers=BUFFERS).text
    file = tmp_path_factory.mktemp("flow") / "line.yaml"
    file.write_text(json.dumps(json.loads(text)))
    assert twin.check(file) == []
    return twin.load(file)


def test_its_tags_are_speed_counters_and_levels(line):
    own = {key.split(".")[1] for key in line.tags if key.startswith("FILL.")}
    assert own == {
        "State", "Product", "Failures", "Power", "Energy", "Speed", "OutCount", "RejectCount",
        "EmptiesLevel", "JuiceLevel",
    }  # fmt: skip
    trace = twin.run(line, "4h", 1)
    ticks = np.arange(0.0, 4 * 3600.0, 7.0)
    made, lost = twin.sample(trace, ["FILL.OutCount", "FILL.RejectCount"], ticks)
    assert (np.diff(made) >= 0.0).all()
    assert made[-1] > 35_000
    assert lost[-1] / (made[-1] + lost[-1]) == pytest.approx(0.006, rel=0.01)
    energy = twin.sample(trace, ["FILL.Energy"], ticks)[0]
    assert energy[-1] == pytest.approx(28.0 * 4.0, rel=0.2)


def test_counters_are_whole_and_begin_again_at_a_reset(line):
    trace = twin.run(line, "1h", 1, [twin.Command("reset", "FILL", t=1800.25)])
    made = twin.sample(trace, ["FILL.OutCount"], np.arange(0.0, 3600.0))[0]
    assert (made == np.floor(made)).all()
    assert made[1801] < 10 < made[1800]


def test_a_stop_from_outside_stands_the_flow_still(line):
    journal = [twin.Command("stop", "PACK", t=600.0), twin.Command("start", "PACK", t=1200.0)]
    trace = twin.run(line, "1h", 1, journal)
    assert trace.state_at(900.0)["PACK"].name == "STOPPED"
    assert trace.state_at(1199.0)["FILL"].name == "BLOCKED"
    assert twin.sample(trace, ["PACK.Speed"], [900.0])[0, 0] == pytest.approx(0.0, abs=3.0)


def test_its_key_figures_follow_its_counters(line):
    values = twin.kpi(twin.run(line, "8h", 1)).stations["FILL"]
    assert values["quality"] == pytest.approx(0.994, abs=1e-4)
    assert values["effectiveness"] == pytest.approx(1.0, abs=1e-6)
    assert values["produced"] > 80_000


def test_it_stands_in_the_scene_and_its_pallets_move(line):
    trace, scene = twin.run(line, "4h", 1), build_scene(line)
    seen = {len(pose(scene, trace, float(t)).part) for t in np.linspace(0.0, 14_399.0, 300)}
    assert max(seen) >= 1
    assert all(name in str(page_scene(line).data) for name in STATIONS)


def test_it_exports(line, tmp_path: Path):
    export(twin.run(line, "1h", 1), 1.0, tmp_path / "flow.parquet")
    data = pq.read_table(tmp_path / "flow.parquet")
    assert data.schema.field("FILL.OutCount").type == "int64"
    assert data.num_rows == 3600


async def test_it_is_served_over_opc_ua(line):
    session, adapter = Session(line, 1, clock="stepped"), OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        await session.step(600.0)
        async with Client(adapter.endpoints[0]) as client:
            speed = await client.get_node(ua.NodeId("FILL.Speed", 2)).read_value()
            count = await client.get_node(ua.NodeId("FILL.OutCount", 2)).read_data_value()
        assert speed == pytest.approx(12_000.0, rel=0.01)
        assert count.Value.VariantType in (ua.VariantType.Int64, ua.VariantType.UInt64)
    finally:
        await session.stop()
        await asyncio.sleep(0)
