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
    print(json.dumps(thing, default=str), flush=True)


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
        except Exception as error:
            say({"feature": feature, "error": name_of(error), "text": str(error)[:300]})
        else:
            say({"feature": feature, "found": found})
