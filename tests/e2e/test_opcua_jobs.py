"""Job orders over TCP: an execution system that knows OPC 10031-4 and OPC 40001-3 only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter, hash_password
from tests.e2e.spec_client import BLOCKS, MACHINERY, SpecClient
from twin.serve.session import Session

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

LINE = "electronics/smt-v1"
JOBS = "http://opcfoundation.org/UA/Machinery/Jobs/"
ISA95 = "http://opcfoundation.org/UA/ISA95-JOBCONTROL_V2/"
STATUS_EVENT = 1006  # ISA95JobOrderStatusEventType
GOOD, UNKNOWN_ID, WRONG_STATE, NOT_ACCEPTED, INVALID = 1, 2, 8, 16, 1 << 32


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[tuple[Session, OpcUaAdapter]]:
    session = Session(twin.load(LINE), seed=3, clock="stepped")
    users = {"mes": (hash_password("mes-pw"), "operator")}
    adapter = OpcUaAdapter(port=0, users=users)
    await session.start(adapter)
    await session.step(1200.0)
    yield session, adapter
    await session.stop()


@pytest.fixture
def session(served: tuple[Session, OpcUaAdapter]) -> Session:
    return served[0]


class Mes:
    """What an execution system does."""

    def __init__(self, spec: SpecClient, control: Any, results: Any) -> None:
        self.spec, self.control, self.results = spec, control, results

    @classmethod
    async def of(cls, client: Client) -> Mes:
        await client.load_data_type_definitions()
        spec = await SpecClient.of(client)
        line = await spec.machine(LINE)
        jobs = await spec.at(line, BLOCKS, (JOBS, "JobManagement"))
        parts = [
            await spec.at(jobs, (JOBS, name)) for name in ("JobOrderControl", "JobOrderResults")
        ]
        return cls(spec, *parts)

    async def call(self, name: str, what: Any) -> int:
        none = ua.Variant([], ua.VariantType.LocalizedText, is_array=True)
        method = self.spec.qualified((ISA95, name))
        return int(await self.control.call_method(method, what, none))

    async def ask(self, name: str, what: Any) -> Any:
        return await self.results.call_method(self.spec.qualified((ISA95, name)), what)

    async def states(self) -> dict[str, str]:
        rows = await self.spec.read(self.control, (ISA95, "JobOrderList"))
        return {row.JobOrder.JobOrderID: row.State[0].StateText.Text for row in rows}


@pytest_asyncio.fixture(loop_scope="module")
async def mes(served: tuple[Session, OpcUaAdapter]) -> AsyncIterator[Mes]:
    client = Client(served[1].endpoints[0])
    client.set_user("mes")
    client.set_password("mes-pw")
    async with client:
        yield await Mes.of(client)


def order(name: str, product: str = "sensor", quantity: int = 4, **more: Any) -> Any:
    made = ua.ISA95MaterialDataType(MaterialDefinitionID=product, Quantity=str(quantity))
    return ua.ISA95JobOrderDataType(JobOrderID=name, MaterialRequirements=[made], **more)


class Heard:
    def __init__(self) -> None:
        self.events: list[Any] = []

    def event_notification(self, event: Any) -> None:
        self.events.append(event)


async def test_an_order_is_stored_started_made_and_reported_by_event_and_method(
    mes: Mes, session: Session
) -> None:
    heard = Heard()
    client = mes.spec.client
    kind = client.get_node(ua.NodeId(STATUS_EVENT, mes.spec.index(ISA95)))
    sub = await client.create_subscription(50, heard)
    await sub.subscribe_events(mes.control, kind)
    made = len(session.trace.parts)
    assert await mes.call("Store", order("A-1")) == GOOD
    await session.step(600.0)
    assert (await mes.states())["A-1"] == "NotAllowedToStart"
    assert await mes.call("Start", "A-1") == GOOD
    await session.step(9000.0)
    assert (await mes.states())["A-1"] == "Ended"
    response, status = await mes.ask("RequestJobResponseByJobOrderID", "A-1")
    counts = {one.ID: one.Value.Value for one in response.JobResponseData}
    assert status == GOOD
    assert counts["Begun"] == counts["Good"] + counts["Rejected"] == 4
    assert session.trace.parts.product[made:].tolist().count(1) == 4
    assert timedelta(0) < response.EndTime - response.StartTime < timedelta(hours=3)
    await sub.delete()
    told = [(event.JobState[0].StateText.Text, event.JobOrder.JobOrderID) for event in heard.events]
    assert told == [
        (name, "A-1") for name in ("NotAllowedToStart", "AllowedToStart", "Running", "Ended")
    ]
    last = {one.ID: one.Value.Value for one in heard.events[-1].JobResponse.JobResponseData}
    assert last == counts
    state = ua.ISA95StateDataType(StateNumber=5)
    found, status = await mes.ask("RequestJobResponseByJobOrderState", [state])
    assert (status, [one.JobOrderID for one in found]) == (GOOD, ["A-1"])


async def test_every_method_leads_to_its_state_and_a_wrong_one_says_why(
    mes: Mes, session: Session
) -> None:
    later = session.wall(session.now + 1e6)
    steps = [
        ("StoreAndStart", order("B", StartTime=later), GOOD, "AllowedToStart"),
        ("RevokeStart", "B", GOOD, "NotAllowedToStart"),
        ("Resume", "B", WRONG_STATE, "NotAllowedToStart"),
        ("Update", order("B", quantity=500), GOOD, "NotAllowedToStart"),
        ("Start", "B", GOOD, "Running"),
        ("Update", order("B"), WRONG_STATE, "Running"),
        ("Pause", "B", GOOD, "Interrupted"),
        ("Resume", "B", GOOD, "Running"),
        ("Cancel", "B", WRONG_STATE, "Running"),
        ("Stop", "B", GOOD, "Ended"),
        ("Clear", "B", GOOD, None),
        ("Clear", "B", UNKNOWN_ID, None),
        ("Store", order("C"), GOOD, None),
        ("Store", order("C"), NOT_ACCEPTED, None),
        ("Cancel", "C", GOOD, None),
        ("Store", order("D", "cake"), NOT_ACCEPTED, None),
        ("Store", order("E", quantity=0), NOT_ACCEPTED, None),
        ("Store", ua.ISA95JobOrderDataType(JobOrderID="F"), INVALID, None),
        ("StoreAndStart", order("G", quantity=300), GOOD, None),
        ("Abort", "G", GOOD, None),
        ("Clear", "G", GOOD, None),
    ]
    journal = len(session.trace.journal)
    for name, what, status, state in steps:
        assert await mes.call(name, what) == status, name
        assert (await mes.states()).get("B") == state, name
    rejection = await mes.spec.client.get_node("ns=2;s=LastRejection").read_value()
    assert "name one product" in rejection
    entered = session.trace.journal[journal:]
    assert len(entered) == sum(status == GOOD for _, _, status, _ in steps)
    assert {command.by for command in entered} == {"mes"}


async def test_the_run_with_its_orders_replays_to_the_same_trace(session: Session) -> None:
    trace = session.trace
    again = twin.run(session.line, session.now, 3, trace.journal)
    assert again.digest == trace.digest


async def test_an_observer_reads_the_book_and_gives_no_order(
    served: tuple[Session, OpcUaAdapter],
) -> None:
    async with Client(served[1].endpoints[0]) as client:
        observer = await Mes.of(client)
        assert (await observer.ask("RequestJobResponseByJobOrderID", "nothing"))[1] == UNKNOWN_ID
        with pytest.raises(ua.UaStatusCodeError) as refused:
            await observer.call("Store", order("X"))
        assert refused.value.code == ua.StatusCodes.BadUserAccessDenied
        assert "X" not in await observer.states()


async def test_what_the_line_can_make_is_named(mes: Mes) -> None:
    masters = await mes.spec.read(mes.control, (ISA95, "WorkMaster"))
    assert [one.ID for one in masters] == ["controller", "sensor"]
    folder = await mes.spec.read(mes.control, (ISA95, "MaxDownloadableJobOrders"))
    assert folder == 100
    assert mes.spec.index(MACHINERY) > 2
