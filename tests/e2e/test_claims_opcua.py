"""Claims by the line's own OPC UA server: a real client, and what the judge takes from it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

from twin.judge.plan import Plan
from twin.judge.sources.inbox import Inbox
from twin.judge.sources.told import Told
from twin.line.loading import load
from twin.serve.session import Session
from twin.serve.site import Doors, Site, account

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
Codes = ua.StatusCodes
LINE = "examples/three-stations-v1"
PLAN = Plan.model_validate({
    "judge": 1, "line": LINE,
    "solutions": [
        {"name": "shop", "kind": "mes", "claims": [
            {"table": "counts", "opcua": True}, {"table": "states", "opcua": True},
            {"table": "kpis", "rest": True},
        ]},
        {"name": "model", "kind": "ai", "claims": [{"table": "predictions", "opcua": True}]},
        {"name": "box", "kind": "gateway", "claims": [{"table": "samples", "file": "*.csv"}]},
    ],
})  # fmt: skip
ROW = {"station": "saw", "start": 0, "end": 60, "good": 5}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judged() -> AsyncIterator[tuple[Site, Inbox]]:
    session, inbox = Session(load(LINE), 1, "stepped"), Inbox()
    session.claims = Told.of(PLAN, inbox)
    users = tuple(account(one.name, "observer", "pw") for one in PLAN.solutions)
    async with Site(session, Doors(opcua={"allow_none": True}), users) as site:
        yield site, inbox


def client(site: Site, user: str) -> Client:
    made = Client(site.opcua_url, timeout=60.0, watchdog_intervall=60.0)
    if user:
        made.set_user(user)
        made.set_password("pw")
    return made


async def status(asked: Awaitable[Any]) -> int:
    try:
        await asked
    except ua.UaStatusCodeError as error:
        return int(error.code)
    return int(Codes.Good)


async def names(one: Client) -> list[str]:
    line = one.get_node(f"ns=2;s={LINE}")
    return [(await node.read_browse_name()).Name for node in await line.get_children()]


async def test_rows_come_by_the_method_and_by_writing_a_variable(
    judged: tuple[Site, Inbox],
) -> None:
    site, inbox = judged
    async with client(site, "shop") as shop:
        claims = await shop.get_node(f"ns=2;s={LINE}").get_child("2:Claims")
        assert await claims.call_method("2:Claim", "counts", json.dumps([ROW, ROW])) == 2
        variable = await claims.get_child("2:counts")
        text = json.dumps(ROW) + "\n" + json.dumps({**ROW, "station": "mill"})
        await variable.write_value(text)
        assert await variable.read_value() == text
        children = [(await one.read_browse_name()).Name for one in await claims.get_children()]
        assert sorted(children) == ["Claim", "counts", "states"]  # not those of other doors
    rows, told = inbox.table("shop", "counts")
    assert rows["station"].to_list() == ["saw", "saw", "saw", "mill"]
    assert told == []


async def test_what_is_no_claim_is_refused_with_a_reason(judged: tuple[Site, Inbox]) -> None:
    site, inbox = judged
    async with client(site, "shop") as shop:
        claims = shop.get_node("ns=2;s=Claims.shop")
        states = shop.get_node("ns=2;s=Claims.shop.states")
        said = shop.get_node("ns=2;s=LastRejection")

        async def claim(*arguments: Any) -> tuple[int, str]:
            code = await status(claims.call_method("2:Claim", *arguments))
            return code, await said.read_value()

        code, reason = await claim("states", '[{"station": "saw",')
        assert (code, "not JSON" in reason) == (Codes.BadInvalidArgument, True)
        code, reason = await claim("states", "[1, 2]")
        assert (code, "not a row" in reason) == (Codes.BadInvalidArgument, True)
        code, reason = await claim("kpis", "[]")
        assert (code, "counts, states" in reason) == (Codes.BadInvalidArgument, True)
        assert (await claim("states", 7))[0] == Codes.BadInvalidArgument
        assert (await claim("states"))[0] == Codes.BadArgumentsMissing
        assert await status(states.write_value("{")) == Codes.BadOutOfRange
        assert "not JSON" in await said.read_value()
        number = ua.Variant(1.0, ua.VariantType.Double)
        assert await status(states.write_value(number)) == Codes.BadTypeMismatch
        assert await status(claims.write_value("[]")) != Codes.Good
    assert inbox.table("shop", "states")[0].is_empty()
    assert [(one.what, one.rows) for one in inbox.complaints["shop", "states"]] == [
        ("not JSON", 2), ("not a row of named values", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("other", ["model", "box", ""])
async def test_nobody_else_sees_or_uses_the_object(judged: tuple[Site, Inbox], other: str) -> None:
    site, inbox = judged
    before = len(inbox.rows["shop", "counts"])
    async with client(site, other) as stranger:
        assert ("Claims" in await names(stranger)) == (other == "model")
        theirs = stranger.get_node("ns=2;s=Claims.shop")
        variable = stranger.get_node("ns=2;s=Claims.shop.counts")
        subscription = await stranger.create_subscription(1000, None)
        unknown = Codes.BadNodeIdUnknown
        assert await status(theirs.read_browse_name()) == unknown
        assert await theirs.get_children() == []
        assert await status(variable.read_value()) == unknown
        assert await status(variable.write_value(json.dumps(ROW))) == unknown
        assert await status(subscription.subscribe_data_change(variable)) == unknown
        method = ua.NodeId("Claims.shop.Claim()", 2)
        assert await status(theirs.call_method(method, "counts", json.dumps(ROW))) == unknown
    assert len(inbox.rows["shop", "counts"]) == before


async def test_a_line_that_is_not_judged_has_no_such_object() -> None:
    async with Site(Session(load(LINE), 1, "stepped"), Doors()) as site, client(site, "") as anyone:
        assert "Claims" not in await names(anyone)
