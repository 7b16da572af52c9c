"""Browse answers in pages: what a client's limit leaves over waits for BrowseNext.

asyncua returns everything at once, whatever the client asked for, and has no BrowseNext. See OPC
10000-4, 5.9.2 and 5.9.3 for the services, 7.9 for continuation points.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from asyncua import ua

from opcua_server.hardening.limits import BROWSE_POINTS, REFERENCES, REFERENCES_WAITING

Codes = ua.StatusCodes


class BrowsePages:
    """What of one session's browsing has not been sent yet, by continuation point."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, tuple[list[Any], int]] = {}
        self._held = 0

    def cut(self, result: ua.BrowseResult, most: int) -> ua.BrowseResult:
        """The first `most` references of a result (0: as many as we send at most), and a point.

        BadNoContinuationPoints, without references, when the session has too many open.
        """
        most = min(most or REFERENCES, REFERENCES)
        rest = result.References[most:]
        if not rest:
            return result
        full = len(self._waiting) >= BROWSE_POINTS
        if full or self._held + len(rest) > REFERENCES_WAITING:
            return ua.BrowseResult(StatusCode=ua.StatusCode(Codes.BadNoContinuationPoints))
        point = secrets.token_bytes(16)
        self._waiting[point] = rest, most
        self._held += len(rest)
        return ua.BrowseResult(
            StatusCode=result.StatusCode,
            ContinuationPoint=point,
            References=result.References[:most],
        )

    def onward(self, points: Iterable[bytes]) -> list[ua.BrowseResult]:
        """The next page of each point; BadContinuationPointInvalid for one that is not open."""
        results = []
        for point in points:
            rest, most = self._take(point)
            if most:
                results.append(self.cut(ua.BrowseResult(References=rest), most))
            else:
                invalid = ua.StatusCode(Codes.BadContinuationPointInvalid)
                results.append(ua.BrowseResult(StatusCode=invalid))
        return results

    def release(self, points: Iterable[bytes]) -> None:
        """Forget points."""
        for point in points:
            self._take(point)

    def _take(self, point: bytes) -> tuple[list[Any], int]:
        rest, most = self._waiting.pop(point, ([], 0))
        self._held -= len(rest)
        return rest, most
