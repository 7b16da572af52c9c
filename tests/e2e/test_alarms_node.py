"""The alarm display of node-opcua, a client of which nothing is ours, on an alarm script."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import pytest

import twin
from opcua_server import OpcUaAdapter
from tests.e2e.node import FOLDER, node_modules, pytestmark
from twin.serve.session import Session
from twin.trace.journal import Command

__all__ = ["node_modules", "pytestmark"]

LINE = "electronics/smt-v1"
ALARM = "RFL.Zone8Deviation"


@pytest.mark.usefixtures("node_modules")
async def test_node_opcua_shows_acknowledges_comments_and_confirms_a_forced_alarm() -> None:
    session = Session(twin.load(LINE), seed=1, clock="stepped")
    session.agenda.plan([Command("force", ALARM, 1.0, "instructor", "script", 100.0)])
    adapter = OpcUaAdapter(port=0, anonymous_role="operator")
    await session.start(adapter)
    await session.step(200.0)  # before the client comes: it learns of the alarm by its refresh
    try:
        ask = {"url": adapter.endpoints[0], "condition": "ns=2;s=RFL.Alarms.Zone8Deviation"}
        process = await asyncio.create_subprocess_exec(
            "node", str(FOLDER / "alarms.mjs"), json.dumps(ask),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(120):
            out, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    finally:
        await session.stop()
    (found,) = (json.loads(row) for row in out.decode().splitlines() if row.startswith("{"))
    first, last = found["first"], found["last"]
    alarm = session.line.alarms[ALARM]
    assert (first["name"], first["source"]) == (alarm.id, "RFL")
    assert first["severity"] == alarm.severity
    assert datetime.fromisoformat(first["time"]) == session.wall(100.0)
    assert (first["active"], first["acknowledged"], first["retain"]) == (True, False, True)
    assert found["acts"] == [
        ["acknowledgeCondition", "BadEventIdUnknown"],
        ["acknowledgeCondition", "Good"],
        ["acknowledgeCondition", "BadConditionBranchAlreadyAcked"],
        ["addCommentCondition", "Good"],
        ["confirmCondition", "Good"],
    ]
    assert (last["active"], last["acknowledged"], last["confirmed"]) == (True, True, True)
    assert last["comment"] == "confirmCondition by node"
    assert found["count"] == sum(one.retained for one in session.alarms.standing)
    kinds = [one.kind for one in session.trace.journal]
    assert kinds == ["force", "acknowledge", "comment", "confirm"]
