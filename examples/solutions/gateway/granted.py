"""What the server made of our requests: asyncua asks, and forgets what was granted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asyncua import Client, ua


class Granted:
    """Hears the answers of a client's requests for subscriptions and monitored items."""

    def __init__(self, client: Client) -> None:
        self.publishing = 0.0  # ms
        self._items: dict[str, tuple[float, int]] = {}
        session: Any = client.uaclient.session
        create_subscription, create_items = (
            session.create_subscription, session.create_monitored_items,
        )  # fmt: skip

        async def subscription(*arguments: Any, **named: Any) -> Any:
            answer = await create_subscription(*arguments, **named)
            self.publishing = answer.RevisedPublishingInterval
            return answer

        async def items(asked: ua.CreateMonitoredItemsParameters) -> Any:
            answers = await create_items(asked)
            for wish, answer in zip(asked.ItemsToCreate, answers, strict=True):
                if answer.StatusCode.is_good():
                    key = str(wish.ItemToMonitor.NodeId.Identifier)
                    self._items[key] = (answer.RevisedSamplingInterval, answer.RevisedQueueSize)
            return answers

        session.create_subscription, session.create_monitored_items = subscription, items

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Tag, sampling and publishing interval (ms), queue and deadband of every item."""
        for key, (sampling, queue) in self._items.items():
            yield key, sampling, self.publishing, queue, 0.0
