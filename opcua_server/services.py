"""The services of a client's session where the line has its own say.

Reads answer per user and language, writes and calls go to the desk, history to the trace.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

from asyncua import ua

from opcua_server import discovery, reading, standard
from opcua_server.accounts import LineUser
from opcua_server.alarms.bells import Bells, refreshes
from opcua_server.chaos.weather import StormyProcessor, Weather
from opcua_server.companion.calls import Handler, answer
from opcua_server.desk import Desk
from opcua_server.diagnostics import calls as server_calls
from opcua_server.diagnostics.shown import ARRAYS, Diagnostics
from opcua_server.hardening import GuardedInternalServer, GuardedSession, bounded
from opcua_server.hardening.sessions import with_the_rest
from opcua_server.nodes import Space, korean_text
from opcua_server.security.rights import OURS, Rights
from opcua_server.shared import SharedTypes
from opcua_server.subscriptions import LineSubscriptions

A = ua.AttributeIds
NAMES = (A.DisplayName, A.Description)
NOBODY = LineUser()
UNKNOWN = int(ua.StatusCodes.BadNodeIdUnknown)
MOST_UNKNOWN = 100  # such nodes of one session that are written down; assumed


class LineSession(GuardedSession):
    """A client's session on the line."""

    speaks_korean = False

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._unknown: set[ua.NodeId] = set()  # nodes that were read and are not there

    @property
    def desk(self) -> Desk:
        """Where commands go."""
        return self.iserver.desk

    @property
    def rights(self) -> Rights:
        """Who may do what."""
        return self.iserver.rights

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the wire can read along."""
        return self.channel is not None and self.channel.encrypted

    @property
    def space(self) -> Space:
        """What the address space holds."""
        return self.iserver.desk.space

    @property
    def client(self) -> LineUser:
        """The user, with no right at all before activation."""
        return self.user if isinstance(self.user, LineUser) else NOBODY

    def hidden(self, node: ua.NodeId) -> bool:
        """Whether a node is another user's own, so not there for this one."""
        private = self.space.private.get(node)
        return private is not None and private.owner != self.client.name

    def activate_session(self, params: Any, peer_certificate: bytes | None) -> Any:
        """Activate and note the language: the first of the client's locales that we have."""
        result = super().activate_session(params, peer_certificate)
        wanted = [(locale or "")[:2].lower() for locale in params.LocaleIds or []]
        known = [language for language in wanted if language in ("en", "ko")]
        if wanted:
            self.speaks_korean = known[:1] == ["ko"]
        return result

    async def read(self, params: Any) -> Any:
        """Read attributes; names in the client's language, rights as they are for this user."""
        reading.check(params)
        results = await super().read(params)
        secret = self.rights.secret
        for place, wanted in enumerate(params.NodesToRead):
            if self.hidden(wanted.NodeId):
                results[place] = ua.DataValue(StatusCode=ua.StatusCode(UNKNOWN))
            if results[place].StatusCode.value == UNKNOWN:
                self._tell_unknown(wanted.NodeId, results[place].StatusCode)
                continue
            if wanted.AttributeId == A.Value:
                if secret(wanted.NodeId):
                    results[place] = self._secret(wanted.NodeId, results[place])
            else:
                own = self._own_answer(wanted.NodeId, wanted.AttributeId)
                there = wanted.AttributeId not in NAMES or results[place].StatusCode.is_good()
                if own is not None and there:
                    results[place] = ua.DataValue(own)
        return reading.finish(params, results)

    def _tell_unknown(self, node: ua.NodeId, status: ua.StatusCode) -> None:
        """Write down that a node was read that is not there: once a node, and not without end."""
        if node not in self._unknown and len(self._unknown) < MOST_UNKNOWN:
            self._unknown.add(node)
            self.audit(f"read {node.Identifier}", status)

    def _secret(self, node: ua.NodeId, value: ua.DataValue) -> ua.DataValue:
        refused = self.rights.refused(node, self.client, self.encrypted)
        if refused is not None and node in ARRAYS and value.StatusCode.is_good():
            return self.iserver.diagnostics.own(node, self)
        return value if refused is None else ua.DataValue(StatusCode=refused)

    def _own_answer(self, node: ua.NodeId, attribute: int) -> ua.Variant | None:
        if attribute in OURS:
            return self.rights.answer(node, attribute, self.client)
        if attribute in NAMES:
            text = korean_text(self.space, node, attribute) if self.speaks_korean else None
            return None if text is None else ua.Variant(text, ua.VariantType.LocalizedText)
        if (
            attribute == A.UserExecutable
            and node.NamespaceIndex == 0
            and node in self.iserver.aspace
        ):
            return ua.Variant(self.rights.may_call(node, self.client), ua.VariantType.Boolean)
        return None

    async def found(self, params: Any) -> list[Any]:
        """What browsing finds, with names in the client's language."""
        results = await super().found(params)
        if self.space.private:
            for asked, result in zip(params.NodesToBrowse, results, strict=True):
                if self.hidden(asked.NodeId):
                    result.StatusCode = ua.StatusCode(UNKNOWN)
                    result.References = []
                result.References = [
                    one for one in result.References or () if not self.hidden(one.NodeId)
                ]
        if self.speaks_korean:
            for result in results:
                result.References = [self._in_korean(reference) for reference in result.References]
        return results

    def _in_korean(self, reference: ua.ReferenceDescription) -> ua.ReferenceDescription:
        text = korean_text(self.space, reference.NodeId, A.DisplayName)
        return reference if text is None else dataclasses.replace(reference, DisplayName=text)

    async def write(self, params: Any) -> Any:
        """Write set points; nothing else can be written by a client."""
        answers = []
        for request in bounded(params.NodesToWrite):
            if request.NodeId in self.iserver.aspace and not self.hidden(request.NodeId):
                answer = await self.desk.write(request, self.client)
                self.audit(f"write {request.NodeId.Identifier}", answer)
                answers.append(answer)
            else:
                answers.append(ua.StatusCode(ua.StatusCodes.BadNodeIdUnknown))
        return answers

    async def call(self, params: Any) -> Any:
        """Call methods of the line and its stations; others are asyncua's."""
        results = []
        for request in bounded(params):
            pair = (request.ObjectId, request.MethodId)  # a type's method, called on an instance
            named = self.space.inherited.get(pair, request.MethodId)
            ours = self.space.methods.get(named)
            if self.hidden(request.ObjectId) or self.hidden(named):
                results.append(ua.CallMethodResult(StatusCode=ua.StatusCode(UNKNOWN)))
                continue
            if ours is None:
                results += await self._call_standard(request)
                continue
            method, owner, station = ours
            if request.ObjectId != owner:
                wrong = ua.StatusCode(ua.StatusCodes.BadMethodInvalid)
                results.append(ua.CallMethodResult(StatusCode=wrong))
                continue
            arguments = request.InputArguments or []
            if isinstance(method, Handler):
                result = await answer(method, self.desk, station, arguments, self.client)
            else:
                result = await self.desk.call(method, station, arguments, self.client)
            self.audit(f"call {request.MethodId.Identifier}", result.StatusCode)
            results.append(result)
        return results

    async def _call_standard(self, request: Any) -> list[ua.CallMethodResult]:
        if refreshes(request):
            return [await self.iserver.bells.refresh(self, request)]
        if request.MethodId in server_calls.NOT_OFFERED:
            return [server_calls.answer(self, request)]
        known = request.MethodId in self.iserver.aspace
        if known and not self.rights.may_call(request.MethodId, self.client):
            denied = ua.StatusCode(ua.StatusCodes.BadUserAccessDenied)
            self.audit(f"call {request.MethodId.Identifier}", denied)
            return [ua.CallMethodResult(StatusCode=denied)]
        if server_calls.answers(request):
            return [server_calls.answer(self, request)]
        return list(await super().call([request]))

    async def translate_browsepaths_to_nodeids(self, params: Any) -> Any:
        """Follow paths, though not to what is another user's own."""
        results = await super().translate_browsepaths_to_nodeids(params)
        for result in results if self.space.private else ():
            there = [one for one in result.Targets or () if not self.hidden(one.TargetId)]
            if result.Targets and not there:
                result.StatusCode = ua.StatusCode(ua.StatusCodes.BadNoMatch)
            result.Targets = there
        return results

    async def history_read(self, params: Any) -> Any:
        """Read the past of nodes whose past this user may see; the others say no."""
        asked = params.NodesToRead or []
        refused = {
            place: ua.HistoryReadResult(StatusCode=status)
            for place, node in enumerate(asked)
            if (status := self.rights.refused_past(node.NodeId, self.client)) is not None
        }
        read = super().history_read
        if not refused:
            return await read(params)

        async def of(nodes: list[Any]) -> Any:
            params.NodesToRead = nodes
            return await read(params)

        return await with_the_rest(asked, refused, of)

    async def create_monitored_items(self, params: Any) -> Any:
        """Monitor items; what may not be read may not be watched either."""
        asked = params.ItemsToCreate or []
        refused: dict[int, Any] = {}
        for place, item in enumerate(asked):
            node = item.ItemToMonitor.NodeId
            if self.hidden(node):
                unknown = ua.StatusCode(UNKNOWN)
                refused[place] = ua.MonitoredItemCreateResult(StatusCode=unknown)
            elif self.rights.secret(node):
                status = self.rights.refused(node, self.client, self.encrypted)
                if status is not None:
                    refused[place] = ua.MonitoredItemCreateResult(StatusCode=status)
        create = super().create_monitored_items
        if not refused:
            return await create(params)
        self._need(params.SubscriptionId)

        async def of(items: list[Any]) -> Any:
            params.ItemsToCreate = items
            return await create(params)

        return await with_the_rest(asked, refused, of)


class LineInternalServer(GuardedInternalServer):
    """asyncua's core with the line's sessions and shared subscriptions."""

    session_class = LineSession
    desk: Desk
    bells: Bells
    rights: Rights
    diagnostics: Diagnostics
    others: tuple[tuple[str, str, int], ...] = ()  # URI, name and port of servers beside this one

    def __init__(
        self,
        user_manager: Any,
        types: SharedTypes | None = None,
        weather: Weather | None = None,
    ) -> None:
        super().__init__(user_manager)
        self.types, self.weather = types, weather
        if weather is not None:
            self.processor_class = StormyProcessor
        self.subscription_service = LineSubscriptions(self.aspace, iserver=self)
        self.isession.subscription_service = self.subscription_service
        self.attribute_service = reading.TagReads(self.aspace)

    async def load_standard_address_space(self, shelf_file: Any = None) -> None:
        """The standard nodes: those of a server beside this one, or from the cache."""
        if self.types is not None:
            self.types.into(self.aspace)
        else:
            await standard.fill(self.aspace, self.node_mgt_service)

    async def _address_space_fixes(self) -> None:
        if self.types is None:  # shared types are mended already
            await super()._address_space_fixes()

    @property
    def clock_error(self) -> timedelta:
        """What this server's clock is wrong by."""
        return timedelta(0) if self.weather is None else self.weather.clock_error

    def find_servers(self, params: Any, sockname: Any = None) -> Any:
        """This server, and those beside it at the host the client knows (OPC 10000-4, 5.5.2)."""
        found = super().find_servers(params, sockname)
        return found + discovery.beside(self, params, sockname)
