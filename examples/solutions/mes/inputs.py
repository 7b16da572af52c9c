"""What an MES needs and a line may not show: it says so, and hands in nothing in its place."""

from __future__ import annotations

import sqlite3

from asyncua import Client, ua

from examples.solutions.gateway.browse import Found
from examples.solutions.mes.office import JOBS

TABLE = """
drop table if exists missing; create table missing (input text, needed_for text);
"""
NEEDED_FOR = {
    "state": "states, key figures, stops",
    "parts": "genealogy, recalls, orders at stations",
    "alarms": "reasons of stops",
    "history": "what was before we came, reasons of stops",
    "process": "control charts",
    "control": "giving orders",
}
SIGNS = {
    "state": ".State",
    "parts": ".PartInWork",
    "process": ".Power",
}  # tags that tell it is there


async def missing(client: Client, found: list[Found], line: str) -> list[str]:
    """Inputs that are not there, by what can be browsed."""
    gone = [
        name for name, end in SIGNS.items() if not any(one.key.endswith(end) for one in found)
    ]  # fmt: skip
    index = found[0].node.NamespaceIndex
    if not await _alarms(client, found):
        gone.append("alarms")
    access = await client.get_node(found[0].node).read_attribute(ua.AttributeIds.AccessLevel)
    if not int(access.Value.Value) & 1 << ua.AccessLevel.HistoryRead:
        gone.append("history")
    control = client.get_node(ua.NodeId(f"{line}.{JOBS}", index))
    try:
        await control.read_browse_name()
    except ua.UaError:
        gone.append("control")
    return gone


async def _alarms(client: Client, found: list[Found]) -> bool:
    """Whether any station is the source of a condition."""
    for station in {one.parent for one in found}:
        node = client.get_node(ua.NodeId(station, found[0].node.NamespaceIndex))
        if await node.get_referenced_nodes(refs=ua.ObjectIds.HasCondition):
            return True
    return False


def declare(db: sqlite3.Connection, gone: list[str]) -> None:
    """Write the table `missing`."""
    db.executescript(TABLE)
    with db:
        db.executemany(
            "insert into missing values (?, ?)", [(name, NEEDED_FOR[name]) for name in gone]
        )
