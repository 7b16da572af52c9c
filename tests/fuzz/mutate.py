"""Ways to spoil bytes, each a function of (bytes, random numbers): adding one is adding a row."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random

# lengths and numbers at which readers stumble
NUMBERS = (0, 1, -1, -2, 0x7FFFFFFF, -0x80000000, 64 * 1024 * 1024, 65_536, 0xFFFF)


def truncated(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body))]


def flipped(body: bytes, chance: Random) -> bytes:
    spoilt = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def numbered(body: bytes, chance: Random) -> bytes:
    """A number that may be a length is replaced."""
    if len(body) < 4:
        return body
    place = chance.randrange(len(body) - 3)
    number = struct.pack("<i", chance.choice(NUMBERS))
    return body[:place] + number + body[place + 4 :]


def stuffed(body: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(body))
    return body[:place] + chance.randbytes(chance.randint(1, 64)) + body[place:]


def doubled(body: bytes, chance: Random) -> bytes:
    first, last = sorted(chance.choices(range(len(body) + 1), k=2))
    return body[:last] + body[first:last] * chance.randint(1, 20) + body[last:]


def noise(body: bytes, chance: Random) -> bytes:
    """The type of the request, then anything."""
    return body[:4] + chance.randbytes(chance.randint(0, 400))


WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    truncated,
    flipped,
    numbered,
    stuffed,
    doubled,
    noise,
)


def spoil(body: bytes, chance: Random) -> bytes:
    """One to three of the ways, one after the other."""
    for _ in range(chance.randint(1, 3)):
        if body:
            body = chance.choice(WAYS)(body, chance)
    return body
