"""asyncua's own client tries each feature: `python asyncua_client.py ASK`."""

from __future__ import annotations

import asyncio
from typing import Any

from asyncua import Client, ua
from asyncua.crypto.security_policies import (
    SecurityPolicyAes256Sha256RsaPss,
    SecurityPolicyBasic256Sha256,
)
from asyncua.ua import AttributeIds as A
from steps import Ask, Rang, alarm_story, given, go_through, states

POLICIES = {
    "Basic256Sha256": SecurityPolicyBasic256Sha256,
    "Aes256_Sha256_RsaPss": SecurityPolicyAes256Sha256RsaPss,
}
MODES = {
    "Sign": ua.MessageSecurityMode.Sign,
    "SignAndEncrypt": ua.MessageSecurityMode.SignAndEncrypt,
}
AGGREGATES = {
    "Average": ua.ObjectIds.AggregateFunction_Average,
    "Minimum": ua.ObjectIds.AggregateFunction_Minimum,
    "Maximum": ua.ObjectIds.AggregateFunction_Maximum,
    "Count": ua.ObjectIds.AggregateFunction_Count,
}
HIERARCHICAL = ua.NodeId(ua.ObjectIds.HierarchicalReferences)


def node_id(name: str) -> ua.NodeId:
    """A node of the line."""
    return ua.NodeId(name, 2)


def plain(node: ua.NodeId) -> ua.NodeId:
    """An expanded NodeId of this server as a NodeId."""
    return ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)


def name_of(error: Any) -> str:
    """The name of an error's status code."""
    code = getattr(error, "code", None)
    return ua.status_codes.get_name_and_doc(code)[0] if code else type(error).__name__


def row(value: ua.DataValue) -> list[Any]:
    """Time, value and status."""
    return [value.SourceTimestamp.isoformat(), value.Value.Value, value.StatusCode.name]


class Heard:
    """What a subscription brought."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []

    def datachange_notification(self, _node: Any, _value: Any, data: Any) -> None:
        self.rows.append(row(data.monitored_item.Value))

    async def more(self, number: int) -> list[list[Any]]:
        """Wait for so many further rows."""
        before = len(self.rows)
        while len(self.rows) < before + number:
            await asyncio.sleep(0.05)
        return self.rows[before:]


class Bell:
    """Keeps what events a subscription brought."""

    def __init__(self, ask: Ask, rang: Rang) -> None:
        self.ask = ask
        self.rang = rang

    def event_notification(self, event: Any) -> None:
        fields = [
            event.NodeId if len(path) == 1 else getattr(event, "/".join(path[1:]), None)
            for path in self.ask.fields
        ]
        self.rang.events.append(named(self.ask, [ua.Variant(value) for value in fields]))


def event_filter(ask: Ask) -> ua.EventFilter:
    """The fields asked for, of every event."""
    return ua.EventFilter(
        SelectClauses=[
            ua.SimpleAttributeOperand(
                ua.NodeId(kind),
                [ua.QualifiedName(name) for name in path],
                A.Value if path else A.NodeId,
            )
            for kind, *path in ask.fields
        ]
    )


def named(ask: Ask, values: list[ua.Variant]) -> dict[str, Any]:
    """Values of an event by the paths of their fields; nodes as text."""
    paths = ["/".join(path) or "ConditionId" for _kind, *path in ask.fields]
    plain_values = [value.Value for value in values]
    return {
        path: value.to_string() if isinstance(value, ua.NodeId) else value
        for path, value in zip(paths, plain_values, strict=True)
    }


class Features:
    """Each feature as a method, on one encrypted session of the instructor's."""

    def __init__(self, ask: Ask, client: Client) -> None:
        self.ask = ask
        self.client = client

    async def discovery(self) -> Any:
        client = Client(self.ask.url)
        endpoints = await client.connect_and_get_server_endpoints()
        servers = await client.connect_and_find_servers()
        return {
            "endpoints": [
                f"{one.SecurityPolicyUri.partition('#')[2]} {one.SecurityMode.name.rstrip('_')}"
                for one in endpoints
            ],
            "servers": [one.ApplicationUri for one in servers],
        }

    async def policies(self) -> Any:
        answers = {}
        for policy in POLICIES:
            for mode in MODES:
                async with await prepared(self.ask, policy, mode) as client:
                    value = await client.get_node(node_id(self.ask.tag)).read_data_value()
                    answers[f"{policy} {mode}"] = value.StatusCode.name
        return answers

    async def certificate(self) -> Any:
        client = await prepared(self.ask, login=False)
        await client.load_client_certificate(self.ask.userCertificate)
        await client.load_private_key(self.ask.userKey)
        async with client:
            return {"login": "Good", "write": await self._write(self.ask.right, client)}

    async def refused(self) -> Any:
        client = await prepared(self.ask)
        client.set_password("wrong")
        try:
            await client.connect()
        except ua.UaError as error:
            return {"login": name_of(error)}
        await client.disconnect()
        return {"login": "Good"}

    async def observer(self) -> Any:
        async with Client(self.ask.url) as client:
            value = await client.get_node(node_id(self.ask.tag)).read_data_value()
            return {
                "read": value.StatusCode.name,
                "write": await self._write(self.ask.right, client),
                "inject": await self._call("InjectFault", self.ask.fault, 1.0, client=client),
            }

    async def browse(self) -> Any:
        seen, pages = set(), 0
        todo = [ua.NodeId(ua.ObjectIds.RootFolder)]
        while todo:
            batch, todo = todo[:100], todo[100:]
            wanted = [
                ua.BrowseDescription(
                    node, ua.BrowseDirection.Forward, HIERARCHICAL, True, ua.NodeClass(0), 63
                )
                for node in batch
            ]
            seen.update(batch)
            found = await self.client.uaclient.browse(ua.BrowseParameters(
                RequestedMaxReferencesPerNode=20, NodesToBrowse=wanted
            ))  # fmt: skip
            while found:
                todo += (
                    {
                        ua.NodeId(
                            ref.NodeId.Identifier, ref.NodeId.NamespaceIndex, ref.NodeId.NodeIdType
                        )
                        for result in found
                        for ref in result.References
                    }
                    - seen
                    - set(todo)
                )
                points = [one.ContinuationPoint for one in found if one.ContinuationPoint]
                if not points:
                    break
                pages += 1
                found = await self.client.uaclient.browse_next(
                    ua.BrowseNextParameters(False, points)
                )
        return {"nodes": [node.to_string() for node in seen], "pages": pages}

    async def paths(self) -> Any:
        path = [f"2:{self.ask.line}", f"2:{self.ask.station}", f"2:{self.ask.tag.split('.')[1]}"]
        return (await self.client.nodes.objects.get_child(path)).nodeid.to_string()

    async def read(self) -> Any:
        get = self.client.get_node
        value = await get(node_id(self.ask.tag)).read_data_value()
        span = await get(node_id(f"{self.ask.tag}.EURange")).read_value()
        unit = await get(node_id(f"{self.ask.tag}.EngineeringUnits")).read_value()
        time, number, status = row(value)
        return {
            "time": time,
            "value": number,
            "status": status,
            "range": [span.Low, span.High],
            "unit": [unit.DisplayName.Text, unit.UnitId],
        }

    async def read_many(self) -> Any:
        nodes = [self.client.get_node(node_id(tag)) for tag in self.ask.tags]
        values = await self.client.read_attributes(nodes, A.Value)
        names = [value.StatusCode.name for value in values]
        return {"statuses": {name: names.count(name) for name in set(names)}}

    async def korean(self) -> Any:
        client = await prepared(self.ask)
        client.set_locale(["ko"])
        async with client:
            return (await client.get_node(node_id(self.ask.station)).read_display_name()).Text

    async def subscribe(self) -> Any:
        heard = Heard()
        subscription = await self.client.create_subscription(100, heard)
        await subscription.subscribe_data_change(
            self.client.get_node(node_id(self.ask.tag)), queuesize=20, sampling_interval=100
        )
        rows = await heard.more(8)
        await subscription.delete()
        return rows

    async def deadband(self) -> Any:
        heard = Heard()
        subscription = await self.client.create_subscription(100, heard)
        await subscription.deadband_monitor(
            self.client.get_node(node_id(self.ask.tag)), 0.45, deadbandtype=1, queuesize=20
        )
        rows = await heard.more(5)
        await subscription.delete()
        return rows

    async def write(self) -> Any:
        return {
            "wrong": await self._write(self.ask.wrong),
            "measured": await self._write(self.ask.right, tag=self.ask.tag),
            "right": await self._write(self.ask.right),
            "back": await self.client.get_node(node_id(self.ask.setpoint)).read_value(),
        }

    async def methods(self) -> Any:
        return {
            "stop": await self._call("Stop"),
            "start": await self._call("Start"),
            "inject": await self._call("InjectFault", self.ask.fault, 1.0),
            "repair": await self._call("RepairFault", self.ask.fault),
            "unknown": await self._call("InjectFault", "E-none", 1.0),
        }

    async def machines(self) -> Any:
        index = await self.client.get_namespace_index("http://opcfoundation.org/UA/Machinery/")
        found = {}
        for machine in await self.client.get_node(f"ns={index};i=1001").get_children():
            nodes = [machine]
            for name in ("Identification", "SerialNumber"):
                nodes = [
                    child
                    for node in nodes
                    for child in await node.get_children()
                    if (await child.read_browse_name()).Name == name
                ]
            name = (await machine.read_browse_name()).Name
            found[name] = await nodes[0].read_value() if nodes else None
        return found

    async def alarms(self) -> Any:
        rang = Rang(node_id(self.ask.condition).to_string())
        subscription = await self.client.create_subscription(100, Bell(self.ask, rang))
        await subscription.subscribe_events(evfilter=event_filter(self.ask), queuesize=100)

        async def refresh() -> str:
            number = ua.Variant(subscription.subscription_id, ua.VariantType.UInt32)
            return await self._method(ua.NodeId(2782), ua.NodeId(3875), number)

        async def acknowledge(event_id: bytes) -> str:
            comment = ua.Variant(ua.LocalizedText("seen", "en"))
            return await self._method(
                node_id(self.ask.condition), ua.NodeId(9111), ua.Variant(event_id), comment
            )

        async def provoke() -> str:
            return await self._write(self.ask.far)

        try:
            return await alarm_story(rang, provoke, refresh, acknowledge)
        finally:
            await self._write(self.ask.right)
            await subscription.delete()

    async def events(self) -> Any:
        details = ua.ReadEventDetails(
            0, self.ask.two("span")[0], self.ask.instant(self.ask.later), event_filter(self.ask)
        )
        wanted = ua.HistoryReadValueId(NodeId=ua.NodeId(ua.ObjectIds.Server))
        result = await self._answer(details, wanted)
        told = [named(self.ask, row.EventFields) for row in result.HistoryData.Events]
        return states(told, node_id(self.ask.condition).to_string())

    async def history(self) -> Any:
        first, last = self.ask.two("span")
        details = ua.ReadRawModifiedDetails(False, first, last, 25, False)
        rows, pages, point = [], 0, None
        while pages == 0 or point:
            result = await self._past(details, point)
            rows += result["rows"]
            point, pages = result["point"], pages + 1
        return {"rows": rows, "pages": pages}

    async def at_time(self) -> Any:
        times = [self.ask.instant(text) for text in self.ask.between]
        return (await self._past(ua.ReadAtTimeDetails(times, False)))["rows"]

    async def processed(self) -> Any:
        first, last = self.ask.two("span")
        found: dict[str, Any] = {}
        for name, aggregate in AGGREGATES.items():
            details = ua.ReadProcessedDetails(
                first, last, 10_000.0, [ua.NodeId(aggregate)], ua.AggregateConfiguration()
            )
            try:
                found[name] = (await self._past(details))["rows"]
            except ua.UaError as error:
                found[name] = name_of(error)
        return found

    async def connection(self) -> Any:
        return await self._through("cut")

    async def restart(self) -> Any:
        return await self._through("restart")

    async def _through(self, wish: str) -> Any:
        client = await prepared(self.ask, reconnects=True)
        async with client:
            heard = Heard()
            subscription = await client.create_subscription(100, heard)
            await subscription.subscribe_data_change(client.get_node(node_id(self.ask.tag)))
            before = await heard.more(3)
            await self.ask.please(wish)
            after = await heard.more(5)
            return {"before": len(before), "after": len(after), "by": "library"}

    async def _past(self, details: Any, point: bytes | None = None) -> dict[str, Any]:
        wanted = ua.HistoryReadValueId(NodeId=node_id(self.ask.tag), ContinuationPoint=point)
        result = await self._answer(details, wanted)
        return {
            "rows": [row(value) for value in result.HistoryData.DataValues],
            "point": result.ContinuationPoint,
        }

    async def _answer(self, details: Any, wanted: ua.HistoryReadValueId) -> Any:
        (result,) = await self.client.uaclient.history_read(ua.HistoryReadParameters(
            HistoryReadDetails=details,
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            ReleaseContinuationPoints=False,
            NodesToRead=[wanted],
        ))  # fmt: skip
        result.StatusCode.check()
        return result

    async def _write(self, number: float, client: Client | None = None, tag: str = "") -> str:
        node = (client or self.client).get_node(node_id(tag or self.ask.setpoint))
        try:
            await node.write_value(ua.DataValue(ua.Variant(number, ua.VariantType.Double)))
        except ua.UaError as error:
            return name_of(error)
        return "Good"

    async def _call(self, method: str, *arguments: Any, client: Client | None = None) -> str:
        node = node_id(f"{self.ask.line}.{method}()")
        return await self._method(node_id(self.ask.line), node, *arguments, client=client)

    async def _method(
        self, owner: ua.NodeId, method: ua.NodeId, *arguments: Any, client: Client | None = None
    ) -> str:
        try:
            await (client or self.client).get_node(owner).call_method(method, *arguments)
        except ua.UaError as error:
            return name_of(error)
        return "Good"


async def prepared(
    ask: Ask,
    policy: str = "Basic256Sha256",
    mode: str = "SignAndEncrypt",
    login: bool = True,
    reconnects: bool = False,
) -> Client:
    """A client, not yet connected."""
    client = Client(ask.url, timeout=10, auto_reconnect=reconnects, reconnect_max_delay=1.0)
    client.application_uri = ask.uri
    await client.set_security(
        POLICIES[policy], ask.certificate, ask.key, mode=MODES[mode],
        server_certificate=ask.serverCertificate,
    )  # fmt: skip
    if login:
        client.set_user(ask.user)
        client.set_password(ask.password)
    return client


async def main() -> None:
    ask = given()
    async with await prepared(ask) as client:
        features = Features(ask, client)
        mine = {name: getattr(features, name) for name in ask.features if hasattr(features, name)}
        await go_through(ask, mine, name_of)


asyncio.run(main())
