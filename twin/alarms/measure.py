"""How good an alarm system is, by the measures of ISA-18.2 clause 16 (IEC 62682)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.alarms.log import Change
from twin.line.line import Line

FLOOD, FLOOD_SPAN = 10, 600.0  # comings within so many s are a flood (ISA-18.2 table 6)
CHATTER, CHATTER_SPAN = 3, 60.0  # of one alarm: it chatters (ISA-18.2 16.5)


@dataclass(frozen=True)
class AlarmFigures:
    """How often an alarm came, how long it stood (median, s), and whether it chatters."""

    key: str
    came: int
    median: float
    chatters: bool


def figures(line: Line, changes: Sequence[Change], now: float) -> list[AlarmFigures]:
    """Figures of every alarm of the line that came at all, the most frequent first."""
    rows = []
    for number, key in enumerate(line.alarms):
        mine = [change for change in changes if change.alarm == number]
        came = np.array([change.t for change in mine if change.active])
        if not len(came):
            continue
        gone = np.array([change.t for change in mine if not change.active])
        stood = np.append(gone, now)[: len(came)] - came
        spans = came[CHATTER - 1 :] - came[: 1 - CHATTER]
        chatters = bool((spans < CHATTER_SPAN).any())
        rows.append(AlarmFigures(key, len(came), float(np.median(stood)), chatters))
    return sorted(rows, key=lambda row: -row.came)


def floods(changes: Sequence[Change]) -> int:
    """How many spells there were with more comings than a person can follow."""
    came = np.array([change.t for change in changes if change.active])
    if len(came) <= FLOOD:
        return 0
    dense = came[FLOOD:] - came[:-FLOOD] < FLOOD_SPAN
    return int(np.count_nonzero(np.diff(np.concatenate([[0], dense.astype(int)])) == 1))
