"""What the connections of a server suffer for a while: slow answers, faults, refused, held back.

`StormyProcessor` takes the place of the guarded processor of a connection when a server has chaos;
a server without has none of this in its way. Checked with asyncua 2.1.0.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError

from opcua_server.hardening.channel import GuardedProcessor

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.uaprocessor", "UaProcessor.__init__"),
    ("asyncua.server.uaprocessor", "UaProcessor.get_publish_request"),
    ("asyncua.server.uaprocessor", "UaProcessor.send_response"),
    ("asyncua.server.uaprocessor", "PublishRequestData"),
    ("asyncua.server.internal_subscription", "InternalSubscription.publish_results"),
)


def _request(name: str) -> ua.NodeId:
    return ua.NodeId(getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary"))


# services that may fail: not those of channels and sessions, without which nobody is connected
SERVICES: dict[str, ua.NodeId] = {
    name: _request(name)
    for name in (
        "Read",
        "Write",
        "Browse",
        "TranslateBrowsePathsToNodeIds",
        "HistoryRead",
        "Call",
        "CreateSubscription",
        "ModifySubscription",
        "CreateMonitoredItems",
        "Publish",
        "Republish",
    )
}


@dataclass
class Weather:
    """What is going on at a server; each dictionary holds what lasts, by the step it came from."""

    slow: dict[object, float] = field(default_factory=dict)  # s before every answer
    held: set[object] = field(default_factory=set)  # no notification leaves
    refused: set[object] = field(default_factory=set)  # no connection is taken
    faults: dict[object, tuple[frozenset[ua.NodeId], int]] = field(default_factory=dict)
    jumps: dict[object, float] = field(default_factory=dict)  # s the clock is wrong by
    trigger: Callable[[Any], None] | None = None  # lets a step begin

    @property
    def delay(self) -> float:
        """Seconds before every answer."""
        return max(self.slow.values(), default=0.0)

    @property
    def clock_error(self) -> timedelta:
        """What the server's clock is wrong by."""
        return timedelta(seconds=sum(self.jumps.values()))

    def fault_of(self, service: ua.NodeId) -> int | None:
        """StatusCode by which a request is answered; None where it is served."""
        for services, code in self.faults.values():
            if service in services:
                return code
        return None


class StormyProcessor(GuardedProcessor):
    """A secure channel in the server's weather."""

    def __init__(self, internal_server: Any, transport: Any, limits: Any) -> None:
        super().__init__(internal_server, transport, limits)
        if self.weather.refused:
            transport.abort()

    @property
    def weather(self) -> Weather:
        """What goes on at the server."""
        found: Weather = self.iserver.weather
        return found

    async def _process_message(self, typeid: Any, requesthdr: Any, seqhdr: Any, body: Any) -> Any:
        if self.weather.slow:
            await asyncio.sleep(self.weather.delay)
        if self.weather.held:
            self._publish_results_subs.clear()  # they ask again at their next interval
        code = self.weather.fault_of(typeid)
        if code is not None:
            raise ServiceError(code)
        return await super()._process_message(typeid, requesthdr, seqhdr, body)

    def get_publish_request(self, subscription_id: Any) -> Any:
        """The next waiting Publish request; none while notifications are held back."""
        if self.weather.held:
            return None
        return super().get_publish_request(subscription_id)

    def send_response(self, requesthandle: Any, seqhdr: Any, response: Any, *rest: Any) -> None:
        """Send an answer, with the time the server believes it is."""
        response.ResponseHeader.Timestamp += self.weather.clock_error
        super().send_response(requesthandle, seqhdr, response, *rest)

    def answer_waiting(self, code: int) -> int:
        """Answer all waiting Publish requests by a fault; how many there were."""
        count = len(self._publish_requests)
        while self._publish_requests:
            waiting = self._publish_requests.popleft()
            response = ua.ServiceFault()
            response.ResponseHeader.ServiceResult = ua.StatusCode(code)
            self.send_response(waiting.requesthdr.RequestHandle, waiting.seqhdr, response)
        return count
