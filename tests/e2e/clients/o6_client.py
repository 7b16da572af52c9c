"""o6 (open62541) tries each feature: `VENV/bin/python o6_client.py ASK`.

Its free build ends a process after ten minutes; this takes one or two. Nothing of ours imports it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from datetime import datetime
from typing import Any

import o6
from o6.ns import ns0
from steps import Ask, Rang, alarm_story, given, go_through, states

D = ns0.datatypes
MODES = {"None": 1, "Sign": 2, "SignAndEncrypt": 3}
AGGREGATES = {"Average": 2342, "Minimum": 2346, "Maximum": 2347, "Count": 2352}  # OPC 10000-13, 5.2
HIERARCHICAL = "i=33"


def node_id(name: str) -> str:
    """A node of the line."""
    return f"ns=2;s={name}"


def name_of(error: Any) -> str:
    """The name of an error's status code."""
    return str(getattr(error, "symbol", type(error).__name__))


def status_name(status: Any) -> str:
    """A status code as the specification writes it."""
    code = int(status)
    return "Good" if code == 0 else o6.StatusCodeError(code).symbol


def at(time: Any) -> str:
    """A time as text."""
    return datetime.fromisoformat(str(time).replace("Z", "+00:00")).isoformat()


def row(value: Any) -> list[Any]:
    """Time, value and status of a DataValue."""
    return [at(value.sourceTimestamp), plain_value(value.value), status_name(value.status or 0)]


def plain_value(value: Any) -> Any:
    """A number of numpy's as one of Python's."""
    return value.item() if hasattr(value, "item") else value


def event_filter(ask: Ask) -> Any:
    """The fields asked for, of every event."""
    clauses = []
    for kind, *path in ask.fields:
        clause = D.SimpleAttributeOperand()
        clause.typeDefinitionId = o6.NodeId(f"i={kind}")
        clause.browsePath = [o6.QualifiedName(0, name) for name in path]
        clause.attributeId = 13 if path else 1
        clauses.append(clause)
    wanted = D.EventFilter()
    wanted.selectClauses = clauses
    return wanted


class Heard:
    """What a subscription brought."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []

    def take(self, value: Any) -> None:
        self.rows.append(row(value))

    async def more(self, number: int) -> list[list[Any]]:
        """Wait for so many further rows."""
        before = len(self.rows)
        while len(self.rows) < before + number:
            await asyncio.sleep(0.05)
        return self.rows[before:]


class Features:
    """Each feature as a method, on one encrypted session of the instructor's."""

    def __init__(self, ask: Ask, client: Any, namespaces: list[str]) -> None:
        self.ask = ask
        self.client = client
        self.namespaces = namespaces

    async def discovery(self) -> Any:
        client = plain(self.ask)
        await client.connect(noSession=True)
        endpoints = await client.getEndpoints(self.ask.url)
        servers = await client.findServers(self.ask.url)
        await client.disconnect()
        names = {number: name for name, number in MODES.items()}
        return {
            "endpoints": [
                f"{str(one.securityPolicyUri).partition('#')[2]} {names[int(one.securityMode)]}"
                for one in endpoints
            ],
            "servers": [str(one.applicationUri) for one in servers],
        }

    async def policies(self) -> Any:
        answers = {}
        for policy in ("Basic256Sha256", "Aes256_Sha256_RsaPss"):
            for mode in ("Sign", "SignAndEncrypt"):
                async with prepared(self.ask, policy, mode) as client:
                    await client.read(node_id(self.ask.tag))
                    answers[f"{policy} {mode}"] = "Good"
        return answers

    async def certificate(self) -> Any:
        client = prepared(self.ask, login=False)
        with open(self.ask.userCertificate, "rb") as shown, open(self.ask.userKey, "rb") as key:
            client.config.setAuthenticationCert(shown.read(), key.read())
        async with client:
            return {"login": "Good", "write": await self._write(self.ask.right, client)}

    async def refused(self) -> Any:
        client = prepared(self.ask)
        client.config.setUsernamePassword(self.ask.user, "wrong")
        try:
            await client.connect()
        except o6.StatusCodeError as error:
            return {"login": name_of(error)}
        await client.disconnect()
        return {"login": "Good"}

    async def observer(self) -> Any:
        async with plain(self.ask) as client:
            await client.read(node_id(self.ask.tag))
            return {
                "read": "Good",
                "write": await self._write(self.ask.right, client),
                "inject": await self._call("InjectFault", self.ask.fault, 1.0, client=client),
            }

    async def browse(self) -> Any:
        seen, pages, todo = {"i=84"}, 0, ["i=84"]
        while todo:
            batch, todo = todo[:100], todo[100:]
            request = D.BrowseRequest()
            request.requestedMaxReferencesPerNode = 20
            request.nodesToBrowse = [described(node) for node in batch]
            results = (await self.client.serviceBrowse(request)).results
            while results:
                for result in results:
                    for reference in result.references:
                        node = self._text(reference.nodeId)
                        if node not in seen:
                            seen.add(node)
                            todo.append(node)
                points = [one.continuationPoint for one in results if one.continuationPoint]
                if not points:
                    break
                pages += 1
                onward = D.BrowseNextRequest()
                onward.continuationPoints = points
                results = (await self.client.serviceBrowseNext(onward)).results
        return {"nodes": sorted(seen), "pages": pages}

    async def paths(self) -> Any:
        tag = self.ask.tag.split(".")[1]
        steps = [(33, 2, self.ask.line), (33, 2, self.ask.station), (33, 2, tag)]
        path = D.BrowsePath()
        path.startingNode = o6.NodeId("i=85")
        path.relativePath = D.RelativePath()
        elements = []
        for reference, namespace, name in steps:
            element = D.RelativePathElement()
            element.referenceTypeId = o6.NodeId(f"i={reference}")
            element.includeSubtypes = True
            element.targetName = o6.QualifiedName(namespace, name)
            elements.append(element)
        path.relativePath.elements = elements
        request = D.TranslateBrowsePathsToNodeIdsRequest()
        request.browsePaths = [path]
        (result,) = (await self.client.serviceTranslateBrowsePathsToNodeIds(request)).results
        result.statusCode.check()
        return self._text(result.targets[0].targetId)

    async def read(self) -> Any:
        (value,) = await self._values([self.ask.tag])
        span = await self.client.read(node_id(f"{self.ask.tag}.EURange"))
        unit = await self.client.read(node_id(f"{self.ask.tag}.EngineeringUnits"))
        time, number, status = row(value)
        return {
            "time": time,
            "value": number,
            "status": status,
            "range": [float(span.low), float(span.high)],
            "unit": [str(unit.displayName.text), int(unit.unitId)],
        }

    async def read_many(self) -> Any:
        names = [status_name(value.status or 0) for value in await self._values(self.ask.tags)]
        return {"statuses": {name: names.count(name) for name in set(names)}}

    async def korean(self) -> Any:
        client = prepared(self.ask)
        client.config.sessionLocaleIds = ["ko"]
        async with client:
            name = await client.read(node_id(self.ask.station), attr=o6.AttributeId.DISPLAY_NAME)
            return str(name.text)

    async def subscribe(self) -> Any:
        heard = Heard()
        item = await self.client.monitor(
            node_id(self.ask.tag), heard.take, 100.0, valueOnly=False, queueSize=20
        )
        rows = await heard.more(8)
        await item.delete()
        return rows

    async def deadband(self) -> Any:
        band = D.DataChangeFilter()
        band.trigger = D.DataChangeTrigger.STATUS_VALUE
        band.deadbandType = 1
        band.deadbandValue = 0.45
        heard = Heard()
        item = await self.client.monitor(
            node_id(self.ask.tag), heard.take, 100.0, valueOnly=False, queueSize=20, filter=band
        )
        rows = await heard.more(5)
        await item.delete()
        return rows

    async def write(self) -> Any:
        return {
            "wrong": await self._write(self.ask.wrong),
            "measured": await self._write(self.ask.right, tag=self.ask.tag),
            "right": await self._write(self.ask.right),
            "back": float(await self.client.read(node_id(self.ask.setpoint))),
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
        index = self.namespaces.index("http://opcfoundation.org/UA/Machinery/")
        found = {}
        for name, node in await self._children(f"ns={index};i=1001"):
            nodes = [node]
            for wanted in ("Identification", "SerialNumber"):
                nodes = [
                    child
                    for one in nodes
                    for child_name, child in await self._children(one)
                    if child_name == wanted
                ]
            found[name] = str(await self.client.read(nodes[0])) if nodes else None
        return found

    async def _children(self, node: Any) -> list[tuple[str, Any]]:
        request = D.BrowseRequest()
        request.nodesToBrowse = [described(node)]
        (result,) = (await self.client.serviceBrowse(request)).results
        return [(str(one.browseName.name), o6.NodeId(one.nodeId)) for one in result.references]

    async def alarms(self) -> Any:
        rang = Rang(node_id(self.ask.condition))
        anew = await self.client.createSubscription()

        def take(event: dict[str, Any]) -> None:
            rang.events.append(self._named(list(event.values())))

        await self.client.monitorEvent(
            "i=2253", take, event_filter(self.ask), subscription=anew, queueSize=100
        )

        async def refresh() -> str:
            number = o6.UInt32(anew.id)
            return status_name((await self.client.call("i=2782", "i=3875", [number]))[0])

        async def acknowledge(event_id: Any) -> str:
            given = [o6.ByteString(event_id), o6.LocalizedText("seen", "en")]
            condition = node_id(self.ask.condition)
            return status_name((await self.client.call(condition, "i=9111", given))[0])

        async def provoke() -> str:
            return await self._write(self.ask.far)

        try:
            return await alarm_story(rang, provoke, refresh, acknowledge)
        finally:
            await self._write(self.ask.right)
            await anew.delete()

    async def events(self) -> Any:
        details = D.ReadEventDetails()
        details.startTime = o6.DateTime(self.ask.two("span")[0])
        details.endTime = o6.DateTime(self.ask.instant(self.ask.later))
        details.filter = event_filter(self.ask)
        wanted = D.HistoryReadValueId()
        wanted.nodeId = o6.NodeId("i=2253")
        data, _point = await self._history(details, wanted)
        told = [self._named(list(one.eventFields)) for one in data.events]
        return states(told, node_id(self.ask.condition))

    def _named(self, values: list[Any]) -> dict[str, Any]:
        """Values of an event by the paths of their fields; nodes as text."""
        paths = ["/".join(path) or "ConditionId" for _kind, *path in self.ask.fields]
        values = [getattr(value, "value", value) for value in values]
        return {
            path: self._text(value) if isinstance(value, o6.NodeId) else plain_value(value)
            for path, value in zip(paths, values, strict=True)
        }

    async def history(self) -> Any:
        first, last = self.ask.two("span")
        details = D.ReadRawModifiedDetails()
        details.startTime, details.endTime = o6.DateTime(first), o6.DateTime(last)
        details.numValuesPerNode = 25
        rows: list[Any] = []
        pages, point = 0, b""
        while pages == 0 or point:
            page, point = await self._past(details, point)
            rows, pages = rows + page, pages + 1
        return {"rows": rows, "pages": pages}

    async def at_time(self) -> Any:
        details = D.ReadAtTimeDetails()
        details.reqTimes = [o6.DateTime(self.ask.instant(text)) for text in self.ask.between]
        return (await self._past(details))[0]

    async def processed(self) -> Any:
        first, last = self.ask.two("span")
        found: dict[str, Any] = {}
        for name, aggregate in AGGREGATES.items():
            details = D.ReadProcessedDetails()
            details.startTime, details.endTime = o6.DateTime(first), o6.DateTime(last)
            details.processingInterval = 10_000.0
            details.aggregateType = [o6.NodeId(f"i={aggregate}")]
            details.aggregateConfiguration = D.AggregateConfiguration()
            details.aggregateConfiguration.useServerCapabilitiesDefaults = True
            try:
                found[name] = (await self._past(details))[0]
            except o6.StatusCodeError as error:
                found[name] = name_of(error)
        return found

    async def connection(self) -> Any:
        return await self._through("cut")

    async def restart(self) -> Any:
        return await self._through("restart")

    async def _through(self, wish: str) -> Any:
        heard = Heard()
        client = prepared(self.ask)
        await client.connect()
        await self._watch(client, heard)
        before = await heard.more(3)
        await self.ask.please(wish)
        if wish == "cut":
            after, by = await heard.more(5), "library"
            await client.disconnect()
        else:  # open62541 gives up when nobody listens at its first attempt: a matter of luck
            async with prepared(self.ask) as other:
                await self._watch(other, heard)
                after, by = await heard.more(5), "program"
        return {"before": len(before), "after": len(after), "by": by}

    async def _watch(self, client: Any, heard: Heard) -> None:
        anew = await client.createSubscription()
        await client.monitor(
            node_id(self.ask.tag), heard.take, 100.0, valueOnly=False, subscription=anew
        )

    def _text(self, node: Any) -> str:
        """A NodeId in the specification's form; o6 numbers namespaces its own way."""
        node = o6.NodeId(node)
        kind = "s" if isinstance(node.id, str) else "i"
        index = self.namespaces.index(str(node.ns.uri))
        return f"ns={index};{kind}={node.id}" if index else f"{kind}={node.id}"

    async def _values(self, tags: list[str]) -> list[Any]:
        request = D.ReadRequest()
        request.timestampsToReturn = D.TimestampsToReturn.BOTH
        wanted = []
        for tag in tags:
            one = D.ReadValueId()
            one.nodeId = o6.NodeId(node_id(tag))
            one.attributeId = 13
            wanted.append(one)
        request.nodesToRead = wanted
        return list((await self.client.serviceRead(request)).results)

    async def _past(self, details: Any, point: bytes = b"") -> tuple[list[Any], bytes]:
        wanted = D.HistoryReadValueId()
        wanted.nodeId = o6.NodeId(node_id(self.ask.tag))
        if point:
            wanted.continuationPoint = point
        data, onward = await self._history(details, wanted)
        return [row(value) for value in data.dataValues], onward

    async def _history(self, details: Any, wanted: Any) -> tuple[Any, bytes]:
        request = D.HistoryReadRequest()
        request.historyReadDetails = details
        request.timestampsToReturn = D.TimestampsToReturn.BOTH
        request.nodesToRead = [wanted]
        response = await self.client.serviceHistoryRead(request)
        response.responseHeader.serviceResult.check()
        (result,) = response.results
        if o6.StatusCode.BAD in result.statusCode:
            raise o6.StatusCodeError(result.statusCode)
        data = result.historyData
        return getattr(data, "body", None) or data, result.continuationPoint or b""

    async def _write(self, number: float, client: Any = None, tag: str = "") -> str:
        node = node_id(tag or self.ask.setpoint)
        return status_name(await (client or self.client).write(node, o6.Double(number)))

    async def _call(self, method: str, *arguments: Any, client: Any = None) -> str:
        line = self.ask.line
        status, *_outputs = await (client or self.client).call(
            node_id(line), node_id(f"{line}.{method}()"), list(arguments)
        )
        return status_name(status)


def described(node: str) -> Any:
    """What to browse of a node: forward along hierarchical references."""
    one = D.BrowseDescription()
    one.nodeId = o6.NodeId(node)
    one.browseDirection = D.BrowseDirection.FORWARD
    one.referenceTypeId = o6.NodeId(HIERARCHICAL)
    one.includeSubtypes = True
    one.resultMask = 63
    return one


def plain(ask: Ask) -> Any:
    """A client without security or login."""
    return o6.Client(ask.url, securityMode=1, logger=logging.getLogger("o6"))


def prepared(
    ask: Ask, policy: str = "Basic256Sha256", mode: str = "SignAndEncrypt", login: bool = True
) -> Any:
    """A client, not yet connected."""
    return o6.Client(
        ask.url,
        logger=logging.getLogger("o6"),
        certificate=ask.certificate,
        privateKey=ask.key,
        trustList=[ask.serverCertificate],
        securityMode=MODES[mode],
        securityPolicy=f"http://opcfoundation.org/UA/SecurityPolicy#{policy}",
        applicationUri=ask.uri,
        username=ask.user if login else None,
        password=ask.password if login else None,
    )


async def main() -> None:
    ask = given()
    async with prepared(ask) as client:
        namespaces = [str(uri) for uri in await client.read("i=2255")]
        features = Features(ask, client, namespaces)
        mine = {name: getattr(features, name) for name in ask.features if hasattr(features, name)}
        await go_through(ask, mine, name_of)


with contextlib.suppress(asyncio.CancelledError):
    asyncio.run(main())
os._exit(0)  # its worker threads outlive their clients
