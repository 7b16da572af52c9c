"""A client's session: its token, its own subscriptions, bounds on all it asks."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.internal_session import InternalSession

from opcua_server.diagnostics.tally import SessionTally
from opcua_server.hardening.browsing import BrowsePages
from opcua_server.hardening.limits import (
    ITEMS_PER_SESSION,
    LEAST_PUBLISHING_MS,
    MOST_PUBLISHING_MS,
    NAME,
    OPERATIONS,
    SUBSCRIPTIONS_PER_SESSION,
)
from opcua_server.security.certificates import fingerprint

if TYPE_CHECKING:
    from opcua_server.hardening.channel import GuardedProcessor


FAILED_LOGIN = {
    ua.StatusCodes.BadUserAccessDenied,
    ua.StatusCodes.BadIdentityTokenInvalid,
    ua.StatusCodes.BadIdentityTokenRejected,
    ua.StatusCodes.BadUserSignatureInvalid,
}


def claimed_name(token: Any) -> str:
    """Who a login says he is, bounded; "" for an anonymous one."""
    if isinstance(token, ua.UserNameIdentityToken):
        return f"user {token.UserName or ''}"[:NAME]
    if isinstance(token, ua.X509IdentityToken):
        return f"certificate {fingerprint(token.CertificateData or b'')[:16]}"
    return ""


def status_name(code: int) -> str:
    """The name of a StatusCode."""
    return str(ua.StatusCode(code).name)


class GuardedSession(InternalSession):
    """A session with a token nobody can guess, its own subscriptions and bounds on all it asks."""

    user: Any
    leaves = False  # the client said good-bye

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.channel: GuardedProcessor | None = None
        self.signed_by: bytes | None = None
        self.moving = False
        self.pages = BrowsePages()
        self.tally = SessionTally()
        # last messages of subscriptions that expired, for the next Publish requests
        self.farewells: deque[ua.PublishResult] = deque(maxlen=SUBSCRIPTIONS_PER_SESSION)
        self.iserver.tally.sessions += 1
        self.iserver.unregister_external_session(self)
        token = secrets.token_bytes(32)
        self.auth_token = ua.NodeId(token, 0, ua.NodeIdType.ByteString)
        self.iserver.register_external_session(self)

    async def create_session(self, params: Any, sockname: Any = None) -> Any:
        """Begin, and note what the client says of itself."""
        self.tally = SessionTally.of(params)
        return await super().create_session(params, sockname)

    def activate_session(self, params: Any, peer_certificate: bytes | None) -> Any:
        """Activate; a session that moves to another channel keeps its user."""
        before, was_active = self.user, self.is_activated()
        result = self._log_in(params, peer_certificate)
        if self.moving and was_active and self.user != before:
            self.user = before
            raise ServiceError(ua.StatusCodes.BadIdentityTokenRejected)
        if self.channel is not None and not self.moving:
            self.signed_by = self.channel.signed_by
        token = type(params.UserIdentityToken).__name__
        self.tally.logged_in(self.user, token, params.LocaleIds)
        return result

    def _log_in(self, params: Any, peer_certificate: bytes | None) -> Any:
        """Activate unless the name is locked; failures are counted and all of it is audited."""
        address = "" if self.channel is None else self.channel.address
        claimed = claimed_name(params.UserIdentityToken)
        core = self.iserver
        try:
            if claimed and core.logins.locked(claimed, address):
                raise ServiceError(ua.StatusCodes.BadUserAccessDenied)
            result = super().activate_session(params, peer_certificate)
        except (ServiceError, ua.uaerrors.UaStatusCodeError) as error:
            if claimed and error.code in FAILED_LOGIN:
                core.logins.failed(claimed, address)
            core.audit.tell("log in", status_name(error.code), user=claimed, address=address)
            raise
        if claimed:
            core.logins.succeeded(claimed, address)
        core.audit.tell("log in", "Good", user=str(self.user), address=address)
        return result

    def audit(self, what: str, status: Any) -> None:
        """Write down what this client did."""
        address = "" if self.channel is None else self.channel.address
        self.iserver.audit.tell(what, str(status.name), user=str(self.user), address=address)

    def own_subscriptions(self) -> list[Any]:
        """Subscriptions of this session."""
        known = self.subscription_service.subscriptions.values()
        return [sub for sub in known if sub.session_id == self.session_id]

    def _own(self, subscription: int) -> bool:
        sub = self.subscription_service.subscriptions.get(subscription)
        return sub is not None and sub.session_id == self.session_id

    def _need(self, subscription: int) -> None:
        if not self._own(subscription):
            raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)

    async def read(self, params: Any) -> Any:
        """Read attributes, a bounded number."""
        bounded(params.NodesToRead)
        return await super().read(params)

    async def browse(self, params: Any) -> Any:
        """Browse nodes, a bounded number, with no more references than the client asked for."""
        bounded(params.NodesToBrowse)
        most = params.RequestedMaxReferencesPerNode
        return [self.pages.cut(result, most) for result in await self.found(params)]

    async def found(self, params: Any) -> list[Any]:
        """All that browsing finds, as this client gets to see it."""
        return list(await super().browse(params))

    async def browse_next(self, parameters: Any) -> list[Any]:
        """Go on with what Browse left over, or let go of it."""
        points = bounded(parameters.ContinuationPoints)
        if parameters.ReleaseContinuationPoints:
            self.pages.release(points)
            return []
        return self.pages.onward(points)

    async def translate_browsepaths_to_nodeids(self, params: Any) -> Any:
        """Follow paths, a bounded number; asyncua fails at one without elements."""
        nothing = ua.StatusCode(ua.StatusCodes.BadNothingToDo)
        empty = {
            place: ua.BrowsePathResult(StatusCode=nothing)
            for place, path in enumerate(bounded(params))
            if not path.RelativePath.Elements
        }
        return await with_the_rest(params, empty, super().translate_browsepaths_to_nodeids)

    def registered(self, nodes: Any) -> list[ua.NodeId]:
        """Registered nodes are themselves: nothing is kept, so there is nothing to forget."""
        return list(bounded(nodes))

    async def create_subscription(
        self, params: Any, callback: Any, request_callback: Any = None
    ) -> Any:
        """Make a subscription with an interval that neither spins nor outlives its client."""
        if len(self.own_subscriptions()) >= SUBSCRIPTIONS_PER_SESSION:
            raise ServiceError(ua.StatusCodes.BadTooManySubscriptions)
        wanted = params.RequestedPublishingInterval
        wanted = wanted if math.isfinite(wanted) else MOST_PUBLISHING_MS
        wanted = min(max(wanted, LEAST_PUBLISHING_MS), MOST_PUBLISHING_MS)
        params.RequestedPublishingInterval = wanted
        return await super().create_subscription(params, callback, request_callback)

    async def create_monitored_items(self, params: Any) -> Any:
        """Monitor items in an own subscription, a bounded number."""
        self._need(params.SubscriptionId)
        bounded(params.ItemsToCreate)
        held = (sub.monitored_item_srv for sub in self.own_subscriptions())
        if sum(map(len, held)) + len(params.ItemsToCreate) > ITEMS_PER_SESSION:
            raise ServiceError(ua.StatusCodes.BadTooManyMonitoredItems)
        return await super().create_monitored_items(params)

    async def modify_monitored_items(self, params: Any) -> Any:
        """Change monitored items of an own subscription."""
        self._need(params.SubscriptionId)
        bounded(params.ItemsToModify)
        return await super().modify_monitored_items(params)

    async def delete_monitored_items(self, params: Any) -> Any:
        """Drop monitored items of an own subscription."""
        self._need(params.SubscriptionId)
        bounded(params.MonitoredItemIds)
        return await super().delete_monitored_items(params)

    async def set_monitoring_mode(self, params: Any) -> Any:
        """Switch monitored items of an own subscription."""
        self._need(params.SubscriptionId)
        bounded(params.MonitoredItemIds)
        return await super().set_monitoring_mode(params)

    def set_triggering(self, params: Any) -> Any:
        """Link monitored items of an own subscription."""
        self._need(params.SubscriptionId)
        bounded((params.LinksToAdd or []) + (params.LinksToRemove or []))
        return self.subscription_service.set_triggering(params)

    async def set_publishing_mode(self, params: Any) -> Any:
        """Switch own subscriptions; a foreign one is unknown."""
        return await self._for_own(
            params.SubscriptionIds,
            lambda ids: super(GuardedSession, self).set_publishing_mode(
                ua.SetPublishingModeParameters(params.PublishingEnabled, ids)
            ),
        )

    async def delete_subscriptions(self, ids: Any) -> Any:
        """Drop own subscriptions; a foreign one is unknown."""
        return await self._for_own(ids, super().delete_subscriptions)

    async def _for_own(self, ids: Iterable[int], act: Callable[[list[int]], Any]) -> list[Any]:
        asked = bounded(list(ids))
        unknown = ua.StatusCode(ua.StatusCodes.BadSubscriptionIdInvalid)
        foreign = {place: unknown for place, number in enumerate(asked) if not self._own(number)}
        return await with_the_rest(asked, foreign, act)

    def modify_subscription(self, params: Any) -> Any:
        """Ask for other intervals of an own subscription."""
        self._need(params.SubscriptionId)
        return super().modify_subscription(params)

    def republish(self, params: Any) -> Any:
        """Send a message of an own subscription once more."""
        self._need(params.SubscriptionId)
        held = self.subscription_service.subscriptions[params.SubscriptionId]
        if params.RetransmitSequenceNumber not in held._not_acknowledged_results:
            raise ServiceError(ua.StatusCodes.BadMessageNotAvailable)
        return super().republish(params)

    def publish(self, acks: Any = None) -> tuple[int, list[Any]]:
        """Acknowledge messages of own subscriptions; the count is of own ones too."""
        mine = len(self.own_subscriptions())
        if not mine and not self.farewells:
            raise ServiceError(ua.StatusCodes.BadNoSubscription)
        results = []
        for ack in bounded(acks or []):
            if self._own(ack.SubscriptionId):
                results += super().publish([ack])[1]
            else:
                results.append(ua.StatusCode(ua.StatusCodes.BadSubscriptionIdInvalid))
        return mine, results

    async def transfer_subscriptions(self, params: Any, callback: Any) -> Any:
        """Take over subscriptions that the same user left behind on a channel of the same key."""
        unknown = ua.StatusCode(ua.StatusCodes.BadSubscriptionIdInvalid)
        results = []
        for wanted in bounded(params.SubscriptionIds):
            one = ua.TransferSubscriptionsParameters([wanted], params.SendInitialValues)
            if self._may_take(int(wanted)):
                moved = await super().transfer_subscriptions(one, callback)
                if self.channel is not None:  # asyncua leaves the old channel's half in place
                    sub = self.subscription_service.subscriptions[int(wanted)]
                    sub.pub_request_callback = self.channel.get_publish_request
                results += moved
            else:
                results.append(ua.TransferResult(StatusCode=unknown))
        return results

    def _may_take(self, subscription: int) -> bool:
        sub = self.subscription_service.subscriptions.get(subscription)
        if sub is None or self.signed_by is None:
            return False
        for other in self.iserver._external_sessions.values():
            if other.session_id == sub.session_id:
                same_key = other.signed_by == self.signed_by
                return bool(same_key and other.user == self.user)
        return False

    async def close_session(self, delete_subs: bool = True) -> None:
        """End, with all subscriptions: nobody could prove afterwards that they are his."""
        if self.is_activated():
            timed_out = self._timeout_task is asyncio.current_task()
            self.iserver.tally.ended(timed_out, not self.leaves)
        await super().close_session(True)


def bounded(operations: Any) -> Any:
    """The operations of a request, unless there are too many."""
    if operations is not None and len(operations) > OPERATIONS:
        raise ServiceError(ua.StatusCodes.BadTooManyOperations)
    return operations or []


async def with_the_rest(
    asked: list[Any], settled: Mapping[int, Any], act: Callable[[list[Any]], Any]
) -> list[Any]:
    """Answers in the order of `asked`: those settled by their place, `act`'s for all others."""
    rest = [one for place, one in enumerate(asked) if place not in settled]
    answers = iter(await act(rest) if rest else [])
    return [settled[place] if place in settled else next(answers) for place in range(len(asked))]
