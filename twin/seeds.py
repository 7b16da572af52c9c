"""Named random streams: every draw in the product comes from `stream(seed, owner, purpose)`.

Streams are keyed, not shared, so that changing one machine leaves every other machine's draws
alone (common random numbers). Blocks are keyed by their number as well, so the n-th draw can be
had without the n-1 before it. Generator: Philox4x64 (Salmon et al., SC'11), as in numpy.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.random import Generator, Philox

MASK64 = (1 << 64) - 1


def key(seed: int, *names: str | int) -> int:
    """128-bit key of a named stream: BLAKE2b of the seed and the names."""
    text = "\x1f".join(map(str, (seed, *names)))
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "little")


def stream(seed: int, owner: str, purpose: str, block: int = 0) -> Generator:
    """Generator of block number `block` of the stream (seed, owner, purpose)."""
    counter = np.array([0, 0, 0, block], dtype=np.uint64)
    return Generator(Philox(key=key(seed, owner, purpose), counter=counter))
