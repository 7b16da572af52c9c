"""What a face of a live session must be: start, publish, stop. OPC UA, HTTP and others are one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.field import Records

if TYPE_CHECKING:
    from twin.serve.session import Session


@dataclass(frozen=True, slots=True)
class Block:
    """What every tag that is shown shows at one instant, in the order of `session.shown.tags`.

    `t` is simulated seconds, `wall` the same instant as a date: what happened before `t` is known,
    so the values are those of the latest sensor instant before it. `changed` marks the tags whose
    value differs from the block before (all of them in the first). Where a plant network lies
    between, `received` holds the rows that arrived since the block before, `values` what arrived
    last, and `reachable` the tags whose station is connected.
    """

    t: float
    wall: datetime
    names: tuple[str, ...]
    values: NDArray[np.float64]
    changed: NDArray[np.bool_]
    received: Records | None = None
    reachable: NDArray[np.bool_] | None = None


class ClaimDoor(Protocol):
    """Takes what solutions under judgement claim; only a judged session has one."""

    tables: Mapping[str, tuple[str, ...]]  # of each user

    def take(self, user: str, table: str, text: str) -> tuple[int, str]:
        """Keep rows written as JSON; how many were kept, and why it is none."""


class Adapter(Protocol):
    """One way to reach a live session. Client writes become commands: `await session.submit`."""

    @property
    def endpoints(self) -> list[str]:
        """Addresses to connect to, once started."""

    async def start(self, session: Session) -> None:
        """Begin to serve; raises PortInUse when the port is taken."""

    async def publish(self, block: Block) -> None:
        """Show new values; called after every advance."""

    async def stop(self) -> None:
        """Close connections and free the port."""
