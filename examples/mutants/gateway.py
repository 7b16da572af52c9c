"""Gateways with one thing wrong each: what people have really shipped."""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from asyncua import Client, ua

from examples.solutions.gateway.browse import Found
from examples.solutions.gateway.gateway import Gateway, Settings
from examples.solutions.gateway.granted import Granted
from examples.solutions.gateway.store import Row

QUERY = "select * from samples order by t"


class DropsSamples(Gateway):
    """One sample in a hundred is lost on the way."""

    dice = random.Random(1)

    def keep(self, rows: list[Row]) -> None:
        """Lose some."""
        super().keep([row for row in rows if self.dice.random() >= 0.01])


class LosesGap(Gateway):
    """After a cut it goes on with what comes: nobody asks for what was missed."""

    async def fill(self, client: Client, found: list[Found], since: dict[str, datetime]) -> None:
        """Nothing."""


class RepeatsGap(Gateway):
    """After a cut it asks for a minute too much and keeps everything again."""

    once = False

    async def fill(self, client: Client, found: list[Found], since: dict[str, datetime]) -> None:
        """Too much."""
        early = {key: t - timedelta(minutes=1) for key, t in since.items()}
        await super().fill(client, found, early)


class ServerTime(Gateway):
    """It keeps the server's time as if it were that of the value."""

    def rows(self, key: str, value: ua.DataValue) -> list[Row]:
        """The other stamp."""
        return [
            row._replace(t=row.server_t) if row.server_t else row
            for row in super().rows(key, value)
        ]


class ZeroForBad(Gateway):
    """A value that is Bad becomes a good 0."""

    def rows(self, key: str, value: ua.DataValue) -> list[Row]:
        """Zero."""
        return [
            row if row.status.startswith("Good") else row._replace(value=0.0, status="Good")
            for row in super().rows(key, value)
        ]

    def write(self) -> None:
        """The last word counts."""
        rows, self._buffer = self._buffer, []
        self.store.add(rows, instead=True)


class SkipsBad(Gateway):
    """What is not Good is not written down at all."""

    def rows(self, key: str, value: ua.DataValue) -> list[Row]:
        """Only Good ones."""
        return [row for row in super().rows(key, value) if row.status.startswith("Good")]


class WrongScale(Gateway):
    """Somebody set a factor of ten for one tag."""

    def number(self, key: str, value: object) -> float | None:
        """Ten times."""
        number = super().number(key, value)
        return number * 10.0 if number is not None and key.endswith("Temp") else number


class SinglePrecision(Gateway):
    """Values pass through 32 bits."""

    def number(self, key: str, value: object) -> float | None:
        """As a float of C."""
        number = super().number(key, value)
        return None if number is None else struct.unpack("f", struct.pack("f", number))[0]


class SmallIntegers(Gateway):
    """Integers pass through 8 bits: counters begin anew after 127."""

    def number(self, key: str, value: object) -> float | None:
        """As a signed byte of C."""
        if isinstance(value, int) and not isinstance(value, bool):
            return float((value + 128) % 256 - 128)
        return super().number(key, value)


class WrongStates(Gateway):
    """Its table of states begins at one."""

    def number(self, key: str, value: object) -> float | None:
        """One more."""
        number = super().number(key, value)
        return number + 1.0 if number is not None and key.endswith(".State") else number


class LocalTime(Gateway):
    """Seoul's time is written down as if it were UTC."""

    def rows(self, key: str, value: ua.DataValue) -> list[Row]:
        """Nine hours later."""
        nine = timedelta(hours=9)
        return [
            row._replace(t=(datetime.fromisoformat(row.t) + nine).isoformat())
            for row in super().rows(key, value)
        ]


class OwnClock(Gateway):
    """A heartbeat: the last value once more with the gateway's own idea of the time."""

    def rows(self, key: str, value: ua.DataValue) -> list[Row]:
        """And one more, 0.37 s later."""
        rows = super().rows(key, value)
        late = timedelta(seconds=0.37)
        return rows + [
            row._replace(t=(datetime.fromisoformat(row.t) + late).isoformat()) for row in rows[:1]
        ]


class NeverReturns(Gateway):
    """It connects once; a cut is the end."""

    def on_cut(self) -> None:
        """Wait for somebody to press a button."""
        self.write()
        self.again = 3600.0

    async def run(self) -> None:
        """Until the stop file, connected or not."""
        task = asyncio.create_task(super().run())
        while not self.settings.stop.exists():
            await asyncio.sleep(0.2)
        await asyncio.sleep(1.0)
        task.cancel()


class SlowReturn(Gateway):
    """The first time it waits long before it tries again; then it fills the gap."""

    _waited = False

    def on_cut(self) -> None:
        """Wait, once."""
        self.again = 0.5 if self._waited else 20.0
        self._waited = True
        super().on_cut()


class PinsCertificate(Gateway):
    """The server's certificate was trusted once; another one is refused for ever."""

    _trusted: bytes | None = None

    async def before(self, client: Client) -> None:
        """Look at the certificate."""
        (first, *_others) = await client.connect_and_get_server_endpoints()
        self._trusted = self._trusted or first.ServerCertificate
        if first.ServerCertificate != self._trusted:
            raise ConnectionError("the certificate is not the one that was trusted")


class HandsOverAtEnd(Gateway):
    """Rows wait in memory until the end: nobody downstream has them before."""

    def write(self) -> None:
        """Later."""
        if self.settings.stop.exists():
            now = datetime.now(UTC).isoformat()
            self._buffer = [row._replace(arrived=now) for row in self._buffer]
            super().write()


class Deadband(Gateway):
    """Changes below one percent are left out."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._last: dict[str, float] = {}

    def keep(self, rows: list[Row]) -> None:
        """Only what moved enough."""
        kept = []
        for row in rows:
            last = self._last.get(row.tag)
            if last is None or row.value is None or abs(row.value - last) > 0.01 * abs(last):
                kept.append(row)
                if row.value is not None:
                    self._last[row.tag] = row.value
        super().keep(kept)


class ShortQueue(Gateway):
    """A message every three seconds, and a queue of one value a tag."""

    publishing = 3000.0
    queue = 1


class TypedIn(Gateway):
    """Units were typed in by hand, and most were forgotten."""

    def model_row(self, one: Found) -> tuple[object, ...]:
        """Degrees for all."""
        row = list(super().model_row(one))
        row[3] = "°C" if one.unit else ""
        return tuple(row)


class BelievesRequests(Gateway):
    """What it asked for is what it thinks it has."""

    def settings_rows(self, found: list[Found], granted: Granted) -> Iterable[tuple[object, ...]]:
        """As asked."""
        return [(one.key, 0.0, self.publishing, self.queue, 0.0) for one in found]


class HandMapped(Gateway):
    """Half of the tags were typed into a list; nobody looked for the others."""

    def model_row(self, one: Found) -> tuple[object, ...]:
        """A tag of the list, or something else."""
        row = super().model_row(one)
        return row if hash_of(one.key) % 2 else (f"tag_{hash_of(one.key)}", *row[1:])


def hash_of(key: str) -> int:
    """A number of a tag, the same in every run."""
    return crc32(key.encode())


@dataclass(frozen=True)
class Mutant:
    """A broken gateway: its class, the checks it must fail, and how it hands in its samples.

    `luck` are checks whose outcome depends on what happened just then.
    """

    made: type[Gateway]
    fails: frozenset[str]
    query: str = QUERY
    luck: frozenset[str] = frozenset()
    says: str = ""

    @property
    def broken(self) -> str:
        """What is wrong, in a sentence."""
        return self.says or (self.made.__doc__ or "").strip()


def _of(made: type[Gateway], *fails: str, query: str = QUERY, says: str = "") -> Mutant:
    return Mutant(made, frozenset(fails), query, says=says)


MUTANTS: dict[str, Mutant] = {
    "drops-samples": _of(DropsSamples, "GW-01.missing"),
    "loses-gap": _of(LosesGap, "GW-01.missing"),
    "repeats-gap": _of(RepeatsGap, "GW-02.duplicates"),
    "newest-first": _of(Gateway, "GW-02.order", query=f"{QUERY} desc", says="It hands in the newest first"),
    "server-time": Mutant(
        ServerTime, frozenset({"GW-01.missing", "GW-04.times"}), luck=frozenset({"GW-03.status"})
    ),
    "zero-for-bad": _of(ZeroForBad, "GW-03.values", "GW-03.status"),
    "skips-bad": _of(SkipsBad, "GW-03.status"),
    "wrong-scale": _of(WrongScale, "GW-03.values", "GW-09.error"),
    "single-precision": _of(SinglePrecision, "GW-03.values"),
    "small-integers": _of(SmallIntegers, "GW-03.values"),
    "wrong-states": _of(WrongStates, "GW-03.values"),
    "local-time": _of(LocalTime, "GW-01.missing", "GW-03.status", "GW-04.times", "GW-09.error"),
    "own-clock": _of(OwnClock, "GW-04.times"),
    "never-returns": _of(NeverReturns, "GW-01.missing", "GW-07.recovery"),
    "pins-certificate": _of(PinsCertificate, "GW-01.missing", "GW-07.recovery"),
    "hands-over-at-end": _of(HandsOverAtEnd, "GW-05.median", "GW-07.recovery"),
    "slow-return": _of(SlowReturn, "GW-07.recovery"),
    "deadband": _of(Deadband, "GW-01.missing"),
    "short-queue": _of(ShortQueue, "GW-01.missing"),
    "typed-in-model": _of(TypedIn, "GW-10.model"),
    "hand-mapped": _of(HandMapped, "GW-10.found"),
    "believes-requests": _of(BelievesRequests, "GW-08.settings"),
}


async def run(name: str) -> None:
    """Run one as the judge starts it."""
    await MUTANTS[name].made(Settings.from_environment()).run()
