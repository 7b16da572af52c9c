"""Derived values: computed when read, and told to subscribers at a publish when they changed.

A value callback alone tells no subscriber, so `publish` compares what somebody listens to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.server.address_space import AttributeValue

GOOD = ua.StatusCode()


class State(NamedTuple):
    """What a value depends on: `seen` differs when it must be computed again.

    `moment` and `status` are those of the value.
    """

    seen: Any
    moment: datetime | None
    status: ua.StatusCode = GOOD


class DerivedValue:
    """One computed variable. Its source time is that of the state its value was first seen in."""

    def __init__(
        self,
        compute: Callable[[], ua.Variant],
        state: Callable[[], State],
        absent: int = ua.StatusCodes.BadNoData,
    ) -> None:
        self._compute = compute
        self._state = state
        self._absent = ua.StatusCode(absent)
        self._seen: Any = None
        self._made: ua.DataValue | None = None
        self._told: ua.DataValue | None = None
        self.attribute = AttributeValue(ua.DataValue())
        self.attribute.value = None
        self.attribute.value_callback = lambda _node, _attribute: self.data_value()

    def data_value(self) -> ua.DataValue:
        """The present value; the same object as long as it does not change."""
        seen, moment, status = self._state()
        if self._made is None or seen != self._seen:
            self._seen = seen
            value = self._compute()
            if value.Value is None and not value.is_array and status.is_good():
                status = self._absent
            made = self._made
            if made is None or value != made.Value or status != made.StatusCode:
                self._made = ua.DataValue(value, status, moment, datetime.now(UTC))
        return self._made

    async def publish(self) -> int:
        """Tell the subscribers when the value changed; how many were told."""
        listeners = self.attribute.datachange_callbacks
        if not listeners:
            return 0
        value = self.data_value()
        if value is self._told:
            return 0
        self._told = value
        for handle, notify in list(listeners.items()):
            await notify(handle, value)
        return len(listeners)


class Derivations:
    """All derived values of a server."""

    def __init__(self) -> None:
        self.values: list[DerivedValue] = []
        self.tellers: list[Callable[[], Awaitable[None]]] = []  # of events, after the values
        self.generation = 0

    async def publish(self) -> None:
        """Tell subscribers of what changed since the last time."""
        self.generation += 1
        for value in self.values:
            await value.publish()
        for tell in self.tellers:
            await tell()
