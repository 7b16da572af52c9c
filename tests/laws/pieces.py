"""A run cut into pieces, each from a snapshot of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import twin
from twin.line import Line
from twin.trace import Command, Trace


def in_pieces(line: Line, seed: int, journal: Sequence[Command], cuts: Iterable[float]) -> Trace:
    """The trace of a run that was frozen and resumed at each cut (s); commands in their order."""
    run, todo = twin.Run(line, seed), list(journal)
    for cut in cuts:
        while todo and todo[0].t <= cut:
            command = todo.pop(0)
            run.advance(command.t)
            run.apply(command)
        run.advance(cut)
        run = twin.resume(twin.snapshot(run))
    return run.trace
