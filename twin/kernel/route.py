"""Which way a finished part goes: the first outlet whose condition holds."""

from __future__ import annotations

from collections.abc import Sequence

from twin.kernel.buffer import Buffer, Sink
from twin.kernel.draws import Draws
from twin.kernel.part import Part
from twin.line.line import Outlet


class Router:
    """Outlets in file order, with the verdict each takes and the share of parts it gets."""

    def __init__(
        self, outlets: Sequence[Outlet], places: Sequence[Buffer | Sink], draws: Draws
    ) -> None:
        self._ways = [
            (outlet.when, outlet.share, outlet.every, place)
            for outlet, place in zip(outlets, places, strict=True)
        ]
        self._seen = [0] * len(self._ways)  # parts that came by a route with `every`
        self._draws = draws

    def __call__(self, part: Part, verdict: bool | None) -> Buffer | Sink:
        """The way of a part; shares are of the parts that reach the first of several shares."""
        rest = None
        for i, (when, share, every, place) in enumerate(self._ways):
            if when == "rejected" and verdict is not False:
                continue
            if when == "passed" and verdict is False:
                continue
            if every is not None:
                self._seen[i] = seen = (self._seen[i] + 1) % every
                if seen:
                    continue
            if share is None:
                return place
            rest = self._draws.pop() if rest is None else rest
            if rest < share:
                return place
            rest -= share
        raise AssertionError("the last outlet takes every part")
