"""Requests that asyncua's processor does not know: a row each, with the session's answer.

Checked with asyncua 2.1.0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asyncua import ua
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import struct_from_binary

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.uaprocessor", "UaProcessor._process_message"),
    ("asyncua.server.uaprocessor", "UaProcessor.get_publish_request"),
)


def _set_triggering(session: Any, params: Any) -> Any:
    return session.set_triggering(params)


def _register(session: Any, params: Any) -> Any:
    return ua.RegisterNodesResult(session.registered(params.NodesToRegister))


def _unregister(session: Any, params: Any) -> None:
    session.registered(params.NodesToUnregister)


Answer = Callable[[Any, Any], Any]
ROWS: tuple[tuple[str, Answer], ...] = (
    ("SetTriggering", _set_triggering),
    ("RegisterNodes", _register),
    ("UnregisterNodes", _unregister),
)
KNOWN: dict[ua.NodeId, tuple[type, type, Answer]] = {
    ua.NodeId(getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary")): (
        getattr(ua, f"{name}Parameters"),
        getattr(ua, f"{name}Response"),
        answer,
    )
    for name, answer in ROWS
}


class Requests(UaProcessor):
    """A processor that knows `ROWS` too, and lets the most urgent late subscription go first."""

    session: Any
    _publish_results_subs: dict[Any, Any]

    async def _process_message(self, typeid: Any, requesthdr: Any, seqhdr: Any, body: Any) -> Any:
        known = KNOWN.get(typeid)
        if known is None or self.session is None or not self.session.is_activated():
            return await super()._process_message(typeid, requesthdr, seqhdr, body)
        parameters, response_type, answer = known
        response = response_type()
        result = answer(self.session, struct_from_binary(parameters, body))
        if result is not None:
            response.Parameters = result
        self.send_response(requesthdr.RequestHandle, seqhdr, response)
        return True

    def get_publish_request(self, subscription_id: Any) -> Any:
        """The next Publish request; without one the subscription waits, by priority."""
        found = super().get_publish_request(subscription_id)
        if found is None:
            known = self.iserver.subscription_service.subscriptions
            waiting = [number for number in self._publish_results_subs if number in known]
            waiting.sort(key=lambda number: -getattr(known[number], "priority", 0))
            self._publish_results_subs = dict.fromkeys(waiting, True)
        return found
