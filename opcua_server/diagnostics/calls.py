"""Methods of the Server object: a row each (OPC 10000-5, 9.1 to 9.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asyncua import ua

from opcua_server.diagnostics.shown import DURABLE, STATE_CHANGE

IDS, Codes, T = ua.ObjectIds, ua.StatusCodes, ua.VariantType
SERVER, SERVER_TYPE = ua.NodeId(IDS.Server), ua.NodeId(IDS.ServerType)


def _items(subscription: Any) -> list[ua.Variant]:
    """Ids of the subscription's items, and what the client calls them."""
    pairs = subscription.items.handles()
    columns = [number for number, _handle in pairs], [handle for _number, handle in pairs]
    return [ua.Variant(column, T.UInt32, is_array=True) for column in columns]


def _resend(subscription: Any) -> list[ua.Variant]:
    """Have the last values sent once more with the next message."""
    subscription.items.resend()
    return []


ANSWERS: dict[ua.NodeId, Callable[[Any], list[ua.Variant]]] = {
    ua.NodeId(IDS.Server_GetMonitoredItems): _items,
    ua.NodeId(IDS.ServerType_GetMonitoredItems): _items,
    ua.NodeId(IDS.Server_ResendData): _resend,
    ua.NodeId(IDS.ServerType_ResendData): _resend,
}
NOT_OFFERED = frozenset(
    (DURABLE, STATE_CHANGE,
     ua.NodeId(IDS.ServerType_SetSubscriptionDurable),
     ua.NodeId(IDS.ServerType_RequestServerStateChange))
)  # fmt: skip


def answers(request: Any) -> bool:
    """Whether a call is one of these."""
    return request.MethodId in ANSWERS or request.MethodId in NOT_OFFERED


def answer(client: Any, request: Any) -> ua.CallMethodResult:
    """The answer to a call of a session."""
    if request.ObjectId != SERVER:
        return _no(Codes.BadMethodInvalid)
    if request.MethodId in NOT_OFFERED:
        return _no(Codes.BadNotExecutable)
    sent = request.InputArguments or []
    if len(sent) != 1:
        return _no(Codes.BadTooManyArguments if sent else Codes.BadArgumentsMissing)
    if sent[0].VariantType != T.UInt32 or sent[0].is_array:
        wrong = _no(Codes.BadInvalidArgument)
        wrong.InputArgumentResults = [ua.StatusCode(Codes.BadTypeMismatch)]
        return wrong
    found = client.subscription_service.subscriptions.get(sent[0].Value)
    if found is None or found.pub_request_callback is None:
        return _no(Codes.BadSubscriptionIdInvalid)
    if found.session_id != client.session_id:
        return _no(Codes.BadUserAccessDenied)
    return ua.CallMethodResult(
        InputArgumentResults=[ua.StatusCode()],
        OutputArguments=ANSWERS[request.MethodId](found),
    )


def _no(code: int) -> ua.CallMethodResult:
    return ua.CallMethodResult(StatusCode=ua.StatusCode(code))
