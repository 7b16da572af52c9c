"""What each action does to a server, and how it ends: a function for every row of the table.

Checked with asyncua 2.1.0.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from asyncua import ua

from opcua_server.chaos.plan import Step
from opcua_server.chaos.weather import SERVICES, StormyProcessor, Weather
from opcua_server.store import LiveStore

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.internal_server", "InternalServer.register_external_session"),
    ("asyncua.server.internal_session", "InternalSession.close_session"),
    ("asyncua.server.internal_subscription", "InternalSubscription._pop_publish_result"),
    ("asyncua.server.internal_subscription", "InternalSubscription.enqueue_statuschange"),
    ("asyncua.server.subscription_service", "SubscriptionService.delete_subscriptions"),
)
Codes = ua.StatusCodes


class Site(Protocol):
    """A server that can be disturbed."""

    weather: Weather | None

    @property
    def core(self) -> Any:
        """The internal server; None while it is down."""

    @property
    def store(self) -> LiveStore | None:
        """The live values."""

    async def retell(self, rows: list[int]) -> None:
        """Tell subscribers the present state of these rows."""

    async def go_down(self) -> None:
        """Close all connections and the port; the session goes on."""

    async def come_back(self, *, shift: bool = False, new_identity: bool = False) -> None:
        """Start again at the same address."""


Act = Callable[[Site, Step], Awaitable[list[str]]]  # returns who or what was hit


def chosen(site: Site, step: Step) -> list[Any]:
    """Activated sessions that a step hits: a share of them, the longest connected first."""
    if site.core is None:
        return []
    found = [one for one in site.core._external_sessions.values() if one.is_activated()]
    count = math.ceil(step.share * len(found))
    first = int(step.pick * len(found))
    return (found + found)[first : first + count]


def who(session: Any) -> str:
    """A session as the log names it."""
    peer = getattr(session.channel, "name", None)
    address = f" at {peer[0]}:{peer[1]}" if peer else ""
    return f"{session.user}{address}"


async def close_sessions(site: Site, step: Step) -> list[str]:
    """End sessions from the server's side."""
    hit = []
    for session in chosen(site, step):
        hit.append(who(session))
        channel = session.channel
        if isinstance(channel, StormyProcessor):
            channel.answer_waiting(Codes.BadSessionClosed)
            channel.session = None
        await session.close_session(True)
    return hit


async def close_connections(site: Site, step: Step) -> list[str]:
    """Reset the TCP connections of sessions."""
    hit = []
    for session in chosen(site, step):
        if session.channel is not None:
            hit.append(who(session))
            session.channel._transport.abort()
    return hit


async def drop_subscriptions(site: Site, step: Step) -> list[str]:
    """End all subscriptions of sessions, as when their lifetime had run out."""
    hit = []
    for session in chosen(site, step):
        subscriptions = session.own_subscriptions()
        for subscription in subscriptions:
            hit.append(f"{who(session)}: subscription {subscription.data.SubscriptionId}")
            subscription._triggered_statuschanges.append(ua.StatusCode(Codes.BadTimeout))
            request = subscription.pub_request_callback(subscription.data.SubscriptionId)
            if request is not None:
                result = subscription._pop_publish_result()
                await subscription.pub_result_callback(result, request)
        if subscriptions:
            ids = [subscription.data.SubscriptionId for subscription in subscriptions]
            await session.subscription_service.delete_subscriptions(ids)
            if isinstance(session.channel, StormyProcessor):
                session.channel.answer_waiting(Codes.BadNoSubscription)
    return hit


def _weather(site: Site) -> Weather:
    if site.weather is None:
        raise RuntimeError("this server was started without chaos")
    return site.weather


async def delay_publishes(site: Site, step: Step) -> list[str]:
    """Hold notifications back."""
    _weather(site).held.add(step)
    return []


async def publish_again(site: Site, step: Step) -> list[str]:
    """Let them go."""
    _weather(site).held.discard(step)
    return []


async def slow_answers(site: Site, step: Step) -> list[str]:
    """Wait before every answer."""
    _weather(site).slow[step] = float(step.value)
    return []


async def answer_at_once(site: Site, step: Step) -> list[str]:
    """Wait no longer."""
    _weather(site).slow.pop(step, None)
    return []


async def refuse_connections(site: Site, step: Step) -> list[str]:
    """Take no new connection."""
    _weather(site).refused.add(step)
    return []


async def take_connections(site: Site, step: Step) -> list[str]:
    """Take them again."""
    _weather(site).refused.discard(step)
    return []


async def fail_services(site: Site, step: Step) -> list[str]:
    """Answer requests by a fault."""
    names = [step.target] if step.target in SERVICES else list(SERVICES)
    services = frozenset(SERVICES[name] for name in names)
    _weather(site).faults[step] = (services, code_of(step))
    return names


async def serve_again(site: Site, step: Step) -> list[str]:
    """Serve them again."""
    _weather(site).faults.pop(step, None)
    return []


def code_of(step: Step) -> int:
    """The StatusCode that a step's value names."""
    return int(getattr(Codes, str(step.value)))


async def spoil_values(site: Site, step: Step) -> list[str]:
    """Give tags another status."""
    store = site.store
    if store is None:
        return []
    rows = [row for row, tag in enumerate(store.tags) if step.target in ("", tag.station, tag.key)]
    store.force(step, rows, ua.StatusCode(code_of(step)))
    await site.retell(rows)
    return [store.tags[row].key for row in rows]


async def mend_values(site: Site, step: Step) -> list[str]:
    """Give them back their own."""
    if site.store is not None:
        await site.retell(site.store.release(step))
    return []


async def jump_clock(site: Site, step: Step) -> list[str]:
    """Set the server's clock wrong."""
    return _set_clock(site, step, float(step.value))


async def set_clock_right(site: Site, step: Step) -> list[str]:
    """Set it right again."""
    return _set_clock(site, step, None)


def _set_clock(site: Site, step: Step, seconds: float | None) -> list[str]:
    weather = _weather(site)
    if seconds is None:
        weather.jumps.pop(step, None)
    else:
        weather.jumps[step] = seconds
    if site.store is not None:
        site.store.set_clock_error(weather.clock_error)
    return [f"{weather.clock_error.total_seconds():+g} s"]


async def go_down(site: Site, step: Step) -> list[str]:
    """Stop the server; whoever is connected loses it."""
    hit = [who(session) for session in chosen(site, step)]
    await site.go_down()
    return hit


async def come_back(site: Site, _step: Step) -> list[str]:
    """Start it again as it was."""
    await site.come_back()
    return []


async def come_back_shifted(site: Site, _step: Step) -> list[str]:
    """Start it again with the line's namespace at another index."""
    await site.come_back(shift=True)
    return []


async def come_back_renewed(site: Site, _step: Step) -> list[str]:
    """Start it again with another key and certificate."""
    await site.come_back(new_identity=True)
    return []


ACTS: dict[str, tuple[Act, Act | None]] = {
    "close-sessions": (close_sessions, None),
    "close-connections": (close_connections, None),
    "drop-subscriptions": (drop_subscriptions, None),
    "delay-publishes": (delay_publishes, publish_again),
    "slow-answers": (slow_answers, answer_at_once),
    "refuse-connections": (refuse_connections, take_connections),
    "service-faults": (fail_services, serve_again),
    "bad-values": (spoil_values, mend_values),
    "uncertain-values": (spoil_values, mend_values),
    "jump-clock": (jump_clock, set_clock_right),
    "restart": (go_down, come_back),
    "shift-namespaces": (go_down, come_back_shifted),
    "change-certificate": (go_down, come_back_renewed),
}
