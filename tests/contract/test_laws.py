"""The seven laws on every shipped line: replay, slicing, chunking and the others.

`tests/laws` tries them on random lines; here each line's own equipment takes part, with faults
injected and set points written while it runs.
"""

from __future__ import annotations

from collections import defaultdict
from unittest.mock import patch

import numpy as np
import pytest

import twin
from tests.laws.audit import audit
from tests.laws.fluid_audit import check_flow
from twin.kernel.draws import Draws
from twin.line.index import shipped
from twin.trace import Command

NAMES = [entry.id for entry in shipped()]
END = 5 * 3600.0
CUTS = (0.25, 61.0, 61.0, 1799.9, 3600.0, 3601.5, 9000.3, 14_400.0)


@pytest.fixture(scope="module", params=NAMES)
def line(request) -> twin.Line:
    return twin.load(request.param)


def journal(line: twin.Line) -> list[Command]:
    """Up to four faults and two set points, some of them ended again, at odd times."""
    faults = line.faults[:: max(1, len(line.faults) // 4)][:4]
    rows = [
        Command("fault", fault.id, None, "instructor", "test", 3000.0 + 700.5 * i)
        for i, fault in enumerate(faults)
    ]
    rows += [Command("repair", f.id, None, "instructor", "test", 12_000.25) for f in faults[:2]]
    for i, (key, setting) in enumerate(list(line.settings.items())[:2]):
        rows.append(Command("set", key, setting.high, "engineer", "test", 5000.0 + 11.0 * i))
    rows.append(Command("stop", line.stations[0].id, t=7000.0))
    rows.append(Command("start", line.stations[0].id, t=7300.0))
    return sorted(rows, key=lambda command: command.t or 0.0)


@pytest.fixture(scope="module")
def trace(line) -> twin.Trace:
    return twin.run(line, END, 5, journal(line))


def drive(run: twin.Run, commands: list[Command], until: float) -> None:
    """Advance in cuts, with the commands at their times."""
    stops = sorted({*(c for c in CUTS if c >= run.now), *(c.t or 0.0 for c in commands), until})
    for stop in (s for s in stops if s <= until):
        run.advance(stop)
        for command in commands:
            if command.t == stop:
                run.apply(command)


def test_cuts_and_replay_do_not_show(line, trace):
    run = twin.Run(line, 5)
    drive(run, journal(line), END)
    assert run.trace.digest == trace.digest
    assert twin.run(line, END, 5, run.trace.journal).digest == trace.digest


def test_any_window_of_the_signals_is_that_window_of_the_whole(trace):
    ticks = np.arange(0.0, END - 1.0, 7.0)
    whole = twin.sample(trace, "*", ticks)
    for a, b in ((0, 1), (100, 333), (1200, len(ticks))):
        assert np.array_equal(twin.sample(trace, "*", ticks[a:b]), whole[:, a:b])
    backwards = twin.sample(trace, "*", ticks[::-1])
    assert np.array_equal(backwards[:, ::-1], whole)


def test_no_signal_knows_what_comes_later(line, trace):
    early = twin.Run(line, 5)
    commands = [command for command in journal(line) if (command.t or 0.0) < 8000.0]
    drive(early, commands, 8000.0)
    ticks = np.arange(0.0, 7999.0, 3.0)
    assert np.array_equal(twin.sample(early.trace, "*", ticks), twin.sample(trace, "*", ticks))


def drawn(
    line: twin.Line, commands: list[Command]
) -> tuple[twin.Trace, dict[tuple[str, str], list[float]]]:
    """A run, and every number drawn in it, by owner and purpose, in order."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    pop = Draws.pop

    def noted(self: Draws) -> float:
        value = pop(self)
        found[self.owner, self.purpose].append(value)
        return value

    with patch.object(Draws, "pop", noted):
        return twin.run(line, END, 5, commands), found


def test_a_machine_that_stands_changes_no_draw_of_another(line):
    """The n-th number of each stream is the same, whoever else waits, fails or stands still."""
    first = line.stations[0].id
    stands = [Command("stop", first, t=100.0), Command("start", first, t=6500.0)]
    before, calm = drawn(line, journal(line))
    after, other = drawn(line, sorted([*journal(line), *stands], key=lambda c: c.t or 0.0))
    for key in calm.keys() & other.keys():
        n = min(len(calm[key]), len(other[key]))
        assert calm[key][:n] == other[key][:n], key
    assert len(before.parts) != len(after.parts) or before.log.t[-1] != after.log.t[-1]


def test_what_came_is_there_or_has_left_also_under_faults(trace):
    audit(trace)
    check_flow(trace)


def test_a_branch_goes_on_as_if_nothing_had_been(line, trace):
    run = twin.Run(line, 5)
    commands = journal(line)
    drive(run, [c for c in commands if (c.t or 0.0) <= 5500.0], 5500.0)
    branch = twin.resume(twin.snapshot(run))
    drive(branch, [c for c in commands if (c.t or 0.0) > 5500.0], END)
    assert branch.trace.digest == trace.digest
