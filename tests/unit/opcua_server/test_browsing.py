"""Browse in pages: BrowseNext gives what the client's limit left over, to that client alone."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua import Client, ua

from opcua_server.hardening.browsing import BrowsePages
from opcua_server.hardening.limits import BROWSE_POINTS, REFERENCES, REFERENCES_WAITING

TYPES = ua.NodeId(ua.ObjectIds.BaseDataType)
LINE = ua.NodeId("test/line-v1", 2)


def everything_below(node: ua.NodeId) -> ua.BrowseDescription:
    return ua.BrowseDescription(
        node, ua.BrowseDirection.Forward, ua.NodeId(33), True, ua.NodeClass(0), 63
    )


async def browse(client: Client, most: int, node: ua.NodeId = TYPES) -> ua.BrowseResult:
    wanted = [everything_below(node)]
    asked = ua.BrowseParameters(RequestedMaxReferencesPerNode=most, NodesToBrowse=wanted)
    return (await client.uaclient.browse(asked))[0]


async def onward(client: Client, point: bytes, release: bool = False) -> list[ua.BrowseResult]:
    asked = ua.BrowseNextParameters(ReleaseContinuationPoints=release, ContinuationPoints=[point])
    return list(await client.uaclient.browse_next(asked))


def names(result: ua.BrowseResult) -> list[str]:
    return [reference.BrowseName.Name for reference in result.References]


@pytest.mark.asyncio(loop_scope="module")
async def test_pages_together_are_the_whole(connect: Any) -> None:
    client = await connect()
    whole = await browse(client, 0)
    assert len(whole.References) > 10
    assert not whole.ContinuationPoint

    page = await browse(client, 4)
    pages = [names(page)]
    while page.ContinuationPoint:
        (page,) = await onward(client, page.ContinuationPoint)
        pages.append(names(page))
    assert [name for found in pages for name in found] == names(whole)
    assert {len(found) for found in pages[:-1]} == {4}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_point_is_good_once_and_for_its_own_session(connect: Any) -> None:
    client, other = await connect(), await connect()
    point = (await browse(client, 3)).ContinuationPoint

    def refused(results: list[ua.BrowseResult]) -> bool:
        return [one.StatusCode.name for one in results] == ["BadContinuationPointInvalid"]

    assert refused(await onward(other, point))
    (page,) = await onward(client, point)
    assert len(page.References) == 3
    assert refused(await onward(client, point))
    assert await onward(client, page.ContinuationPoint, release=True) == []
    assert refused(await onward(client, page.ContinuationPoint))


@pytest.mark.asyncio(loop_scope="module")
async def test_a_client_gets_its_own_language_on_every_page(connect: Any, adapter: Any) -> None:
    client = Client(adapter.endpoints[0])
    client.set_locale(["ko"])
    async with client:
        page = await browse(client, 0, LINE)
        shown = {reference.DisplayName.Text for reference in page.References}
        page = await browse(client, 1, LINE)
        one_by_one = {page.References[0].DisplayName.Text}
        while page.ContinuationPoint:
            (page,) = await onward(client, page.ContinuationPoint)
            one_by_one.add(page.References[0].DisplayName.Text)
    assert one_by_one == shown
    assert any(name and not name.isascii() for name in shown)


def result(references: int) -> ua.BrowseResult:
    return ua.BrowseResult(References=[ua.ReferenceDescription()] * references)


def test_what_a_session_may_leave_open_is_bounded() -> None:
    pages = BrowsePages()
    points = [pages.cut(result(2), 1).ContinuationPoint for _ in range(BROWSE_POINTS)]
    assert pages.cut(result(2), 1).StatusCode.name == "BadNoContinuationPoints"
    pages.release(points[:1])
    assert pages.cut(result(2), 1).ContinuationPoint

    pages = BrowsePages()
    assert pages.cut(result(REFERENCES_WAITING + 1), 1).ContinuationPoint
    assert pages.cut(result(2), 1).StatusCode.name == "BadNoContinuationPoints"


def test_without_a_wish_of_the_client_a_page_is_bounded_too() -> None:
    page = BrowsePages().cut(result(REFERENCES + 1), 0)
    assert len(page.References) == REFERENCES
    assert page.ContinuationPoint
