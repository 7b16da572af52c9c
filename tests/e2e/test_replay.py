"""A recorded live run is shown again: `twin serve --record`, then `twin replay`."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua

from twin.serve import recording
from twin.trace.store import open_run

pytestmark = pytest.mark.e2e
LINE = "electronics/smt-v1"
FREE = ("--opcua-port", "0", "--http-port", "0", "--password", "pw")
TAGS = ("RFL.BeltSpeed", "RFL.Zone8Temp", "PNP1.State", "AOI.Passed", "SPI.VolumeMean")
Sample = tuple[str, Any, Any, int]  # tag, source time, value, status


class Collector:
    """Everything a subscription is told."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def datachange_notification(self, node: Any, _value: Any, data: Any) -> None:
        told = data.monitored_item.Value
        self.samples.append(
            (node.nodeid.Identifier, told.SourceTimestamp, told.Value.Value, told.StatusCode.value)
        )


@asynccontextmanager
async def twin(*words: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`twin WORDS` until the end of the block, then interrupted; and its OPC UA address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "twin", *words, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url = ""
        async for row in process.stdout:
            if found := re.match(rb"  OPC UA +(opc.tcp://\S+)", row):
                url = found[1].decode()
            if row.startswith(b"Ctrl-C"):
                break
        yield process, url
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def subscriber(url: str) -> AsyncIterator[tuple[Client, Collector]]:
    client = Client(url, timeout=60.0, watchdog_intervall=60.0)
    client.set_user("instructor")
    client.set_password("pw")
    collector = Collector()
    async with client:
        subscription = await client.create_subscription(50, collector)
        nodes = [client.get_node(ua.NodeId(tag, 2)) for tag in TAGS]
        await subscription.subscribe_data_change(nodes, queuesize=10_000)
        yield client, collector


def after(samples: Sequence[Sample], begin: Any) -> set[Sample]:
    """Samples behind the first look of both clients."""
    return {one for one in samples if one[1] > begin}


async def recorded(folder: Path) -> list[Sample]:
    """A client acts on a line that is recorded; what it saw."""
    words = ("--speed", "60", "--seed", "3", "--head-start", "10min", "--record", str(folder))
    async with (
        twin("serve", LINE, *FREE, *words) as (_process, url),
        subscriber(url) as (client, collector),
    ):
        line = client.get_node("ns=2;s=electronics/smt-v1")
        machine = client.get_node("ns=2;s=PNP1")
        await client.get_node("ns=2;s=RFL.BeltSpeed").write_value(
            ua.Variant(75.0, ua.VariantType.Double)
        )
        await asyncio.sleep(0.5)
        await line.call_method("2:InjectFault", "E-Z8", 1.0)
        await machine.call_method("2:Stop")
        await asyncio.sleep(0.5)
        await machine.call_method("2:Start")
        await client.get_node("ns=2;s=RFL.BeltSpeed").write_value(
            ua.Variant(90.0, ua.VariantType.Double)
        )
        await asyncio.sleep(1.0)
        return list(collector.samples)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Sample]]:
    folder = tmp_path_factory.mktemp("recorded") / "run"
    return folder, asyncio.run(recorded(folder))


async def test_a_stepped_replay_shows_every_sample_again(run: tuple[Path, list[Sample]]) -> None:
    folder, first = run
    kinds = [one.kind for one in open_run(folder).journal]
    assert kinds == ["set", "fault", "stop", "start", "set"]
    begin = max(one[1] for one in first[: len(TAGS)])
    async with (
        twin("replay", str(folder), "--clock", "stepped", *FREE) as (_process, url),
        subscriber(url) as (client, collector),
    ):
        clock = client.get_node("ns=2;s=Clock")
        await clock.call_method("2:Advance", 86_400.0)
        with pytest.raises(ua.UaStatusCodeError) as over:
            await clock.call_method("2:Advance", 1.0)
        assert over.value.code == ua.StatusCodes.BadInvalidState
        assert "over" in await client.get_node("ns=2;s=LastRejection").read_value()
    found = after(collector.samples, begin)
    assert len(after(first, begin)) > 10
    assert after(first, begin) <= found
    last = max(one[1] for one in first)
    assert {one for one in found if one[1] < last} <= set(first)


async def test_a_paced_replay_shows_the_same_and_lets_nobody_act(
    run: tuple[Path, list[Sample]],
) -> None:
    folder, first = run
    begin, last = max(one[1] for one in first[: len(TAGS)]), max(one[1] for one in first)
    async with (
        twin("replay", str(folder), *FREE) as (_process, url),
        subscriber(url) as (client, collector),
    ):
        now = client.get_node("ns=2;s=Clock.Now")
        with pytest.raises(ua.UaStatusCodeError):
            await client.get_node("ns=2;s=PNP1").call_method("2:Stop")
        said = await client.get_node("ns=2;s=LastRejection").read_value()
        end = open_run(folder).now
        while await now.read_value() < end:
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.3)
    assert "recording" in said
    both = max(begin, max(one[1] for one in collector.samples[: len(TAGS)]))
    seen = {one for one in after(collector.samples, both) if one[1] < last}
    assert seen == {one for one in after(first, both) if one[1] < last}


async def test_the_line_comes_out_as_it_was(run: tuple[Path, list[Sample]]) -> None:
    from twin.serve.session import Session

    found = recording.read(run[0])
    session = Session(found.line, found.seed, "stepped", recording=found)
    await session.start()
    await session.step(found.end)
    await session.stop()
    assert session.now == found.end
    assert session.trace.digest == found.digest


async def test_a_recording_that_says_nonsense_is_refused(run: tuple[Path, list[Sample]]) -> None:
    from twin.errors import RunDirError

    path = run[0] / recording.LIVE
    before = path.read_text()
    try:
        path.write_text(json.dumps({"started_at": "yesterday"}))
        with pytest.raises(RunDirError, match="how the run was shown"):
            recording.read(run[0])
    finally:
        path.write_text(before)
