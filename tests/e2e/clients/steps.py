"""How a client program tells what it found; the standard library only, for any interpreter.

A program is started with one JSON text: what there is to find, and which features to try. For each
it prints a line `{"feature": name, "found": ...}`: facts, no verdicts. It may print
`{"please": "cut"}` and waits until the harness has done so and says "done".
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

LATE_S = 60.0  # a feature that takes longer has failed; reconnecting takes the longest


class Ask:
    """What the harness said: `ask.url` is its "url"."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.__dict__.update(given)

    def two(self, of: str) -> tuple[datetime, datetime]:
        """Two instants."""
        first, last = getattr(self, of)
        return datetime.fromisoformat(first), datetime.fromisoformat(last)

    @staticmethod
    def instant(text: str) -> datetime:
        """A time given as text."""
        return datetime.fromisoformat(text)

    @staticmethod
    async def please(wish: str) -> None:
        """Have the harness do something to the server, and wait until it is done."""
        say({"please": wish})
        await asyncio.to_thread(sys.stdin.readline)


def say(thing: Any) -> None:
    """One line for the harness."""
    sys.stdout.write(json.dumps(thing, default=str) + "\n")
    sys.stdout.flush()


class Rang:
    """Events of a condition that a client heard, each a dict of field paths to values."""

    def __init__(self, condition: str) -> None:
        self.condition = condition
        self.events: list[dict[str, Any]] = []

    async def until(self, wanted: Callable[[dict[str, Any]], bool], after: int = 0) -> int:
        """Number of the first event from `after` on that is wanted."""
        while True:
            for number, event in enumerate(self.events[after:], after):
                if wanted(event):
                    return number
            await asyncio.sleep(0.05)

    def ringing(self, event: dict[str, Any]) -> bool:
        """Whether the alarm is on and nobody has acknowledged it."""
        return self.mine(event) and event["ActiveState/Id"] and not event["AckedState/Id"]

    def mine(self, event: dict[str, Any]) -> bool:
        """Whether the event is of this condition."""
        return bool(event["ConditionId"] == self.condition)

    def acknowledged(self, event: dict[str, Any]) -> bool:
        """Whether the event tells that somebody acknowledged it."""
        return self.mine(event) and bool(event["AckedState/Id"])


async def alarm_story(
    rang: Rang,
    provoke: Callable[[], Awaitable[Any]],
    refresh: Callable[[], Awaitable[str]],
    acknowledge: Callable[[Any], Awaitable[str]],
) -> dict[str, Any]:
    """An alarm comes, is told again on request, and is acknowledged: what the client heard."""
    await provoke()
    first = rang.events[await rang.until(rang.ringing)]
    mark = len(rang.events)
    refreshed = await refresh()
    end = mark
    if refreshed == "Good":
        end = await rang.until(lambda event: event["EventType"] == "i=2788", mark)  # RefreshEnd
    again = any(rang.mine(event) for event in rang.events[mark:end])
    done = await acknowledge(first["EventId"])
    if done == "Good":
        await rang.until(rang.acknowledged, mark)
    return {
        "severity": first["Severity"],
        "source": first["SourceName"],
        "refresh": refreshed,
        "again": again,
        "acknowledge": done,
        "acked": done == "Good",
    }


def states(events: list[dict[str, Any]], condition: str) -> list[list[bool]]:
    """Whether it was active and acknowledged, of a condition's first two events."""
    mine = [event for event in events if event["ConditionId"] == condition]
    return [[bool(event["ActiveState/Id"]), bool(event["AckedState/Id"])] for event in mine[:2]]


def given() -> Ask:
    """What the harness said on the command line."""
    return Ask(json.loads(sys.argv[1]))


async def go_through(
    ask: Any, features: Mapping[str, Callable[[], Awaitable[Any]]], name_of: Callable[[Any], str]
) -> None:
    """Try the features asked for; those this client has no call for are told as such.

    `name_of` gives an error's status code name, such as "BadOutOfRange".
    """
    for feature in ask.features:
        if feature not in features:
            say({"feature": feature, "missing": True})
            continue
        try:
            async with asyncio.timeout(LATE_S):
                found = await features[feature]()
        except TimeoutError:
            say({"feature": feature, "error": "no answer in time"})
        except Exception as error:  # noqa: BLE001 - what a client raises is a finding
            say({"feature": feature, "error": name_of(error), "text": str(error)[:300]})
        else:
            say({"feature": feature, "found": found})
