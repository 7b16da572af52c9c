"""The Clock object and the download of recipes, over TCP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter, hash_password
from twin.serve.session import Session

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

Codes = ua.StatusCodes
ROLES = ("operator", "engineer", "instructor")
USERS: Any = {role: (hash_password(f"{role}-pw"), role) for role in ROLES}


async def served(line: str, **how: Any) -> tuple[Session, OpcUaAdapter]:
    session = Session(twin.load(line), seed=3, **how)
    adapter = OpcUaAdapter(port=0, users=USERS)
    await session.start(adapter)
    return session, adapter


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stepped() -> AsyncIterator[tuple[Session, OpcUaAdapter]]:
    session, adapter = await served("chemical/coating-v1", clock="stepped")
    yield session, adapter
    await session.stop()


def client(adapter: OpcUaAdapter, role: str) -> Client:
    made = Client(adapter.endpoints[0])
    made.set_user(role)
    made.set_password(f"{role}-pw")
    return made


async def refused(call: Any) -> int:
    with pytest.raises(ua.UaStatusCodeError) as why:
        await call
    return int(why.value.code)


async def read(of: Client, name: str) -> Any:
    return await of.get_node(f"ns=2;s={name}").read_value()


async def test_a_stepped_clock_advances_and_says_what_time_it_is(
    stepped: tuple[Session, OpcUaAdapter],
) -> None:
    session, adapter = stepped
    async with client(adapter, "operator") as operator:
        clock = operator.get_node("ns=2;s=Clock")
        before = await read(operator, "Clock.Now")
        now = await clock.call_method("2:Advance", 90.0)
        assert now == session.now == await read(operator, "Clock.Now") == before + 90.0
        assert await read(operator, "Clock.Time") == session.wall(now)
        assert await read(operator, "Clock.Clock") == "stepped"
        assert await refused(clock.call_method("2:Advance", -1.0)) == Codes.BadOutOfRange
        assert "-1" in await read(operator, "LastRejection")
        names = [(await one.read_browse_name()).Name for one in await clock.get_methods()]
        assert names == ["Advance"]


async def test_a_paced_clock_is_the_instructors() -> None:
    session, adapter = await served("examples/three-stations-v1", speed=10.0)
    try:
        async with client(adapter, "instructor") as boss, client(adapter, "operator") as operator:
            clock = boss.get_node("ns=2;s=Clock")
            await clock.call_method("2:SetSpeed", 60.0)
            assert session.speed == await read(boss, "Clock.Speed") == 60.0
            await clock.call_method("2:Pause")
            assert await read(boss, "Clock.Mode") == "paused"
            await clock.call_method("2:Resume")
            assert await read(boss, "Clock.Mode") == "running"
            assert await refused(clock.call_method("2:SetSpeed", 0.0)) == Codes.BadOutOfRange
            theirs = operator.get_node("ns=2;s=Clock")
            assert await refused(theirs.call_method("2:Pause")) == Codes.BadUserAccessDenied
            assert session.run_state == "running"
    finally:
        await session.stop()


def arguments(product: str, **values: float) -> list[Any]:
    names = ua.Variant(list(values), ua.VariantType.String, is_array=True)
    numbers = ua.Variant(list(values.values()), ua.VariantType.Double, is_array=True)
    return [product, names, numbers]


async def test_a_recipe_is_downloaded_as_a_whole_or_not_at_all(
    stepped: tuple[Session, OpcUaAdapter],
) -> None:
    session, adapter = stepped
    journal = len(session.trace.journal)
    good = {"DOS.Solvent": 800.0, "DOS.Precursor": 500.0}
    async with client(adapter, "engineer") as engineer:
        recipes = engineer.get_node("ns=2;s=Recipes")
        assert await read(engineer, "Recipes.white.DOS.Solvent") == 900.0
        high = await read(engineer, "Recipes.white.DOS.Solvent.EURange")
        assert (high.Low, high.High) == (500.0, 1200.0)
        for product, values, code in (
            ("white", good | {"DOS.Precursor": 5000.0}, Codes.BadOutOfRange),
            ("white", good | {"DOS.Salt": 1.0}, Codes.BadNotFound),
            ("pink", good, Codes.BadNotFound),
            ("white", {}, Codes.BadInvalidArgument),
        ):
            call = recipes.call_method("2:DownloadRecipe", *arguments(product, **values))
            assert await refused(call) == code
        assert len(session.trace.journal) == journal
        await recipes.call_method("2:DownloadRecipe", *arguments("white", **good))
        assert await read(engineer, "Recipes.white.DOS.Solvent") == 800.0
    told = {command.target: command.value for command in session.trace.journal[journal:]}
    assert told == {f"white/{name}": value for name, value in good.items()}
    async with client(adapter, "operator") as operator:
        recipes = operator.get_node("ns=2;s=Recipes")
        call = recipes.call_method("2:DownloadRecipe", *arguments("white", **good))
        assert await refused(call) == Codes.BadUserAccessDenied
