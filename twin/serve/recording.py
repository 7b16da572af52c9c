"""What makes a live run one that can be shown again: its dates, its network, its instants.

A run folder (`twin.trace.store`) holds line, seed, journal and how far it went. Beside them,

    run/live.json       date of simulated 0, network, clock and speed of the session
    run/shown.parquet   the instants (simulated s) at which clients were shown values

say how clients saw it. A run that nobody watched has neither and can be shown all the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from twin.errors import RunDirError
from twin.i18n import _
from twin.line.line import Line
from twin.serve.adapter import Block
from twin.trace.journal import Command
from twin.trace.store import open_run

if TYPE_CHECKING:
    from twin.serve.session import Session

LIVE, SHOWN = "live.json", "shown.parquet"


class Witness:
    """An adapter that shows nothing: it notes at which instants values were shown.

    `instants` are simulated s, `walls` the same by the wall clock (s since 1970 UTC), `tags` what
    was shown.
    """

    def __init__(self) -> None:
        self.instants: list[float] = []
        self.walls: list[float] = []
        self.tags: tuple[str, ...] = ()
        self.endpoints: list[str] = []

    async def start(self, session: Session) -> None:
        """Nothing to open."""

    async def publish(self, block: Block) -> None:
        """Note the instant."""
        self.instants.append(block.t)
        self.walls.append(time.time())
        self.tags = block.names

    async def stop(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, eq=False)
class Recording:
    """A run to be shown again: what ran, who did what, and when clients looked.

    `started_at` is the date of simulated 0 (None where nobody watched), `end` how far it went (s),
    `instants` when values were shown (s, rising; empty where nobody watched).
    """

    line: Line
    seed: int
    journal: tuple[Command, ...]
    end: float
    instants: NDArray[np.float64]
    started_at: datetime | None = None
    dirt: str = "clean"
    level: int | None = None
    speed: float = 1.0
    digest: str = ""

    @property
    def begin(self) -> float:
        """When clients were first shown something, s."""
        return float(self.instants[0]) if len(self.instants) else 0.0

    def between(self, after: float, until: float) -> list[float]:
        """Instants in (after, until], s, at which values were shown."""
        first, last = np.searchsorted(self.instants, (after, until), side="right")
        return [float(t) for t in self.instants[first:last]]


def keep(
    folder: Path, instants: Sequence[float] | NDArray[np.float64], started_at: datetime, *,
    dirt: str, level: int | None, speed: float,
) -> None:  # fmt: skip
    """Write beside a run how it was shown."""
    facts = {"started_at": started_at.isoformat(), "dirt": dirt, "level": level, "speed": speed}
    (folder / LIVE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    times = np.unique(np.asarray(instants, dtype=np.float64))
    pq.write_table(pa.table({"t": times}), folder / SHOWN)


def read(folder: Path) -> Recording:
    """The recording in a run folder. Raises RunDirError when there is none, or it is damaged."""
    trace = open_run(folder)
    facts, instants = _shown(folder)
    return Recording(
        trace.line, trace.seed, tuple(trace.journal), trace.now, instants[instants <= trace.now],
        digest=trace.digest, **facts,
    )  # fmt: skip


def _shown(folder: Path) -> tuple[dict[str, Any], NDArray[np.float64]]:
    if not (folder / LIVE).is_file():
        return {}, np.empty(0)
    try:
        facts = json.loads((folder / LIVE).read_text(encoding="utf-8"))
        facts = {
            "started_at": datetime.fromisoformat(facts["started_at"]),
            "dirt": str(facts["dirt"]),
            "level": facts["level"],
            "speed": float(facts["speed"]),
        }
        instants = pq.read_table(folder / SHOWN)["t"].to_numpy()
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise RunDirError(
            _("{path}: {files} do not say how the run was shown: {reason}").format(
                path=folder, files=f"{LIVE}, {SHOWN}", reason=error
            )
        ) from error
    return facts, np.asarray(instants, dtype=np.float64)
