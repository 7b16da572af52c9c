"""Job orders of ISA-95: what is to be made, and the states such an order goes through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class JobState(IntEnum):
    """States of a job order with the numbers of OPC 10031-4, 6.2.1.2; GONE is out of the list."""

    NOT_ALLOWED_TO_START = 1
    ALLOWED_TO_START = 2
    RUNNING = 3
    INTERRUPTED = 4
    ENDED = 5
    ABORTED = 6
    GONE = 7


@dataclass(frozen=True, slots=True)
class JobOrder:
    """So many parts of a product.

    `start` is the earliest and `due` the wanted latest simulated second; None where not said. Of
    those that may begin, the one with the highest `priority` is made first (OPC 10031-4, 6.3.4),
    then the one that is due first.
    """

    id: str
    product: str
    quantity: int
    priority: int = 0
    start: float | None = None
    due: float | None = None
    description: str = ""
