"""The key figures of a live session, computed when asked for and at most a few times a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.serve.session import Session

SHARE = 0.05  # of a core that key figures may take, however long the run has become
SHORTEST = 0.5  # s between two computations


class Gauge:
    """Keeps the latest figures and recomputes them when they are old and time has moved."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._figures: dict[str, Any] = {}
        self._of = -1.0  # simulated time the figures belong to
        self._due = 0.0

    def figures(self, fresh: bool = False) -> dict[str, Any]:
        """Key figures by name; `fresh` ones belong to this very moment."""
        now, begin = self._session.now, time.monotonic()
        if now > 0.0 and now != self._of and (fresh or begin >= self._due):
            from twin.metrics import kpi  # the page's first answer does not wait for it

            self._figures = dict(kpi(self._session.trace).as_dict())
            self._of, end = now, time.monotonic()
            self._due = end + max(SHORTEST, (end - begin) / SHARE)
        return self._figures

    @property
    def oee(self) -> float | None:
        """OEE of the line, 0 to 1; None before there is one."""
        value = self.figures().get("oee")
        return None if value is None or value != value else float(value)
