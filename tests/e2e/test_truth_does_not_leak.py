"""What an ordinary user can read tells nothing of the truth: not the seed, not a hidden fault.

Two lines of one seed run side by side; in one of them a fault is at work that is too small to move
any signal. Whoever could tell them apart has read the truth somewhere.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from asyncua import Client, ua

from twin.line.loading import load
from twin.serve.session import Session
from twin.serve.site import Doors, Site, account
from twin.trace.journal import Command

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
LINE = "electronics/smt-v1"
FAULT, ONSET, BEGIN, LATER = "E-Z8", 1234.5, 3600.0, 600.0
SEED = 7_431_905_226_418_337
NOTHING = 1e-300  # a severity that no double notices
ROLES = ("engineer",)  # who may read the most; others see less of the same
AT_ONCE = 400  # nodes of one request
HISTORIES_AT_ONCE = 50
PLAIN = ("Value", "DisplayName", "Description")  # read of nodes that are not the line's own


@asynccontextmanager
async def site(fault: str) -> AsyncIterator[Site]:
    session = Session(load(LINE), SEED, "stepped")
    if fault:
        session.agenda.plan([Command("fault", fault, NOTHING, "instructor", "secret", ONSET)])
    session.agenda.advance(session.run, BEGIN)
    users = tuple(account(role, role, "a password") for role in ROLES)
    opcua = {"allow_none": True, "auto_trust": True, "anonymous_role": "observer"}
    async with Site(session, Doors(opcua=opcua), users) as opened:
        await session.step(LATER, LATER)
        yield opened


# ---- everything there is to read


async def nodes_of(client: Client) -> dict[str, ua.NodeId]:
    """Every node that browsing by any reference leads to, from Root, in both directions."""
    found = {client.nodes.root.nodeid.to_string(): client.nodes.root.nodeid}
    todo = list(found.values())
    while todo:
        here, todo = todo[:AT_ONCE], todo[AT_ONCE:]
        wanted = [
            ua.BrowseDescription(
                node, ua.BrowseDirection.Both, ua.NodeId(ua.ObjectIds.References), True,
                ua.NodeClass.Unspecified, ua.BrowseResultMask.All,
            )
            for node in here
        ]  # fmt: skip
        results = await client.uaclient.browse(ua.BrowseParameters(NodesToBrowse=wanted))
        while results:
            more = [one.ContinuationPoint for one in results if one.ContinuationPoint]
            for one in results:
                for reference in one.References or ():
                    node = ua.NodeId(
                        reference.NodeId.Identifier, reference.NodeId.NamespaceIndex,
                        reference.NodeId.NodeIdType,
                    )  # fmt: skip
                    if found.setdefault(node.to_string(), node) is node:
                        todo.append(node)
            results = more and await client.uaclient.browse_next(
                ua.BrowseNextParameters(False, more)
            )
    return found


async def attributes(client: Client, nodes: Iterable[ua.NodeId]) -> dict[str, Any]:
    """Every attribute of the line's nodes, as text with its times; refusals by their name."""
    ids = [a for a in ua.AttributeIds if a != ua.AttributeIds.NodeId]
    plain = [ua.AttributeIds[name] for name in PLAIN]
    names = await client.get_namespace_array()
    own = {k for k, name in enumerate(names) if not name.startswith("http://opcfoundation.org")}
    wanted = [
        (node, a) for node in nodes for a in (ids if node.NamespaceIndex in own - {1} else plain)
    ]
    told: dict[str, Any] = {}
    started = datetime.now(UTC) - timedelta(hours=1)  # what the server says of itself is later
    for k in range(0, len(wanted), 5000):
        part = wanted[k : k + 5000]
        answer = await client.uaclient.read(
            ua.ReadParameters(
                NodesToRead=[ua.ReadValueId(NodeId=node, AttributeId=a) for node, a in part],
                TimestampsToReturn=ua.TimestampsToReturn.Source,
            )
        )
        for (node, a), value in zip(part, answer, strict=True):
            status = value.StatusCode
            if status is not None and status.name == "BadAttributeIdInvalid":
                continue
            stamp = value.SourceTimestamp
            when = str(stamp) if stamp and stamp.replace(tzinfo=UTC) < started else "started"
            told[f"{node.to_string()} {a.name}"] = (repr(value.Value), when, str(status))
    return told


async def histories(client: Client, told: dict[str, Any]) -> dict[str, Any]:
    """Raw history around the onset of every variable that has one, and every event there was."""
    zero = load(LINE).calendar.start.astimezone(UTC).replace(tzinfo=None)
    start, end = (zero + timedelta(seconds=t) for t in (ONSET - 3.0, ONSET + 3.0))
    nodes = [
        ua.NodeId.from_string(key.removesuffix(" Historizing"))
        for key, (value, *_rest) in told.items()
        if key.endswith(" Historizing") and "Value=True" in value
    ]
    found: dict[str, Any] = {}
    for k in range(0, len(nodes), HISTORIES_AT_ONCE):
        part = nodes[k : k + HISTORIES_AT_ONCE]
        details = ua.ReadRawModifiedDetails(
            IsReadModified=False, StartTime=start, EndTime=end, NumValuesPerNode=10,
            ReturnBounds=True,
        )  # fmt: skip
        results = await client.uaclient.history_read(
            ua.HistoryReadParameters(
                HistoryReadDetails=details,
                TimestampsToReturn=ua.TimestampsToReturn.Source,
                NodesToRead=[ua.HistoryReadValueId(NodeId=node) for node in part],
            )
        )
        for node, result in zip(part, results, strict=True):
            rows = getattr(result.HistoryData, "DataValues", None) or ()
            found[f"{node.to_string()} history"] = (
                result.StatusCode.name,
                [(repr(one.Value), str(one.SourceTimestamp)) for one in rows],
            )
    assert len(found) > 100
    events = await client.nodes.server.read_event_history(zero, zero + timedelta(days=1))
    assert events
    found["events"] = [repr(sorted(event.get_event_props_as_fields_dict())) for event in events]
    found["event values"] = [
        sorted((k, repr(v)) for k, v in event.get_event_props_as_fields_dict().items())
        for event in events
    ]
    return found


async def over_opcua(one: Site, user: str) -> dict[str, Any]:
    """What a user can read by OPC UA."""
    client = Client(one.opcua_url, timeout=60.0, watchdog_intervall=60.0)
    client.set_user(user)
    client.set_password("a password")
    async with client:
        told = await attributes(client, (await nodes_of(client)).values())
        return {**told, **await histories(client, told)}


async def over_http(one: Site) -> dict[str, Any]:
    """What every GET of the published interface answers, and what POSTs answer to nobody."""
    told: dict[str, Any] = {}
    async with httpx.AsyncClient(base_url=one.rest_url, timeout=60.0) as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
        stations = [row["id"] for row in (await http.get("/api/line")).json()["stations"]]
        tags = [row["name"] for row in (await http.get("/api/line")).json()["tags"]]
        for path, methods in paths.items():
            fill = {"{name}": tags[:40], "{station}": stations}
            for name in next((names for key, names in fill.items() if key in path), [""]):
                place = path.replace("{name}", name).replace("{station}", name)
                if "get" in methods:
                    told[f"GET {place}"] = (await http.get(place)).content
                if "post" in methods and path != "/step":
                    fault = {"kind": "fault", "target": FAULT}
                    told[f"POST {place}"] = (await http.post(place, json=fault)).content
        for path in ("/", "/docs", "/openapi.json", "/api/truth", "/api/journal", "/api/faults"):
            told[f"GET {path}"] = (await http.get(path)).content
        for by in ("hour", "shift", "order", "product"):
            told[f"kpis by {by}"] = (await http.get("/api/kpis", params={"by": by})).content
        everything = {"limit": 1000, "since": 0}
        told["all events"] = (await http.get("/api/events", params=everything)).content
    assert len(told) > 60
    return told


# ---- what of it would be the truth


def words_of(told: dict[str, Any]) -> str:
    return json.dumps(told, default=lambda value: value.decode("latin-1"))


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """By user: what can be read of the line without, and of the line with, the fault."""

    async def both() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        async with site("") as sound, site(FAULT) as faulty:
            found = {
                user: (await over_opcua(sound, user), await over_opcua(faulty, user))
                for user in ROLES
            }
            found["http"] = (await over_http(sound), await over_http(faulty))
            return found

    return asyncio.run(both())


USERS = (*ROLES, "http")
OWN = ("i=", "ns=1;")  # of the server itself: sessions, certificates, its own clock


@pytest.mark.parametrize("user", USERS)
def test_a_hidden_fault_changes_nothing_that_can_be_read(read: Any, user: str) -> None:
    sound, faulty = read[user]
    mine = {key for key in sound if not key.startswith(OWN)}
    assert mine == {key for key in faulty if not key.startswith(OWN)}
    assert len(mine) > 60
    differs = [(key, sound[key], faulty[key]) for key in sorted(mine) if sound[key] != faulty[key]]
    assert differs == []


@pytest.mark.parametrize("user", USERS)
def test_the_seed_cannot_be_read(read: Any, user: str) -> None:
    text = words_of(read[user][1])
    packed = [struct.pack(form, SEED).decode("latin-1") for form in ("<q", ">q")]
    for word in (str(SEED), f"{SEED:x}", repr(float(SEED)), *packed):
        assert word not in text
        assert json.dumps(word)[1:-1] not in text


@pytest.mark.parametrize("user", USERS)
def test_no_hidden_value_has_a_node(read: Any, user: str) -> None:
    text = words_of(read[user][1])
    line = load(LINE)
    shown = set(line.tags)
    hidden = {
        f"{station.id}.{quantity.name}"
        for station in line.stations
        for quantity in (*station.readings, *station.quantities)
        if quantity.hidden
    } - shown
    assert len(hidden) > 3
    assert [key for key in hidden if key in text] == []
