"""Publishing by simulated time: when a client or the judge moves time, intervals are of that time.

On the stepped clock an hour may pass in a second. The wall clock's publishing timers would then
send one notification where a real line sends thousands, and queues would overflow that in a plant
never do. So whoever moves time lets the server settle after each instant it shows: every
subscription whose interval is over, by simulated time, sends what it has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic
from weakref import WeakKeyDictionary

from opcua_server.subscriptions.subscription import LineSubscription

PATIENCE = 1.0  # s of wall clock for clients to ask for what waits; assumed
PAUSE = 0.001  # s


class Settling:
    """Remembers when each subscription last sent, in simulated s, and which clients are late.

    Nobody waits again for a client that was waited for in vain until it asks for something.
    """

    def __init__(self, subscriptions: Callable[[], Iterable[LineSubscription]]) -> None:
        self._subscriptions = subscriptions
        self._sent: WeakKeyDictionary[LineSubscription, float] = WeakKeyDictionary()
        self._late: WeakKeyDictionary[LineSubscription, bool] = WeakKeyDictionary()

    async def settle(self, t: float) -> bool:
        """Send what is due at `t` (simulated s); whether all of it could be sent."""
        waiting = [one for one in self._subscriptions() if self._due(one, t)]
        until = monotonic() + PATIENCE
        while waiting:
            for one in waiting:
                await one.publish_results()
            waiting = [one for one in waiting if one.has_notifications]
            if waiting and monotonic() > until:
                self._late.update(dict.fromkeys(waiting, True))
                return False
            await asyncio.sleep(PAUSE if waiting else 0)
        return True

    def _due(self, one: LineSubscription, t: float) -> bool:
        if one.pub_request_callback is None or not one.has_notifications:
            return False
        if one in self._late:
            if not one.requests_waiting():
                return False
            del self._late[one]
        interval = one.data.RevisedPublishingInterval / 1000.0
        if t - self._sent.get(one, -interval) < interval * (1.0 - 1e-9):
            return False
        self._sent[one] = t
        return True
