"""Each label's share of what a trace holds: of every station's sums, and of the line's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.line.calendar import stretches
from twin.line.line import OUT, SCRAP
from twin.metrics.clocks import Clocks, Reading, elapsed
from twin.metrics.cycles import Cycles, cycles, planned_runs, station_partition
from twin.metrics.flow import flow_readings
from twin.metrics.intakes import intake_readings
from twin.metrics.partition import Floats, Ints, Partition, Split, summed
from twin.metrics.summary import LineSums, StationSums
from twin.metrics.tally import WHOLE, nominal
from twin.trace.tables import STATES, EventKind
from twin.trace.trace import Trace


def station_sums(trace: Trace, i: int, split: Split, clocks: Clocks) -> list[StationSums]:
    """Sums of a station under each label."""
    station, count = trace.line.stations[i], len(split.slots)
    rows = trace.index.states(i)
    run = cycles(rows, batches=station.spec.batch is not None)
    mine = split.line if station.fluid else station_partition(run, rows, split, trace.now)
    begins, ends = mine.cut(rows.t)
    state = rows.state[np.searchsorted(rows.t, begins, side="right") - 1]
    key = mine.at(begins) * STATES + state

    def by_state(clock: Reading) -> Floats:
        sums = summed(key, clock(ends) - clock(begins), count * STATES)
        return sums.reshape(count, STATES)

    time, plan = by_state(elapsed), by_state(clocks.stations[i])
    priced = np.zeros_like(time) if clocks.price is None else by_state(clocks.price)
    if station.fluid:
        runs, started, rejected = _flow(trace, i, mine, count)
        produced = started
    else:
        runs, started, rejected, produced = _parts(trace, i, split, run, mine)
    failed = trace.index.events(EventKind.FAILURE, i)
    failures = np.bincount(mine.at(failed.t), minlength=count)
    repair = mine.sums(_repairing(trace, i), count)
    scrapped = _scrapped(trace, split, i)
    intakes = {name: mine.sums(used, count) for name, used in intake_readings(trace, i).items()}
    return [
        StationSums(
            time[k], plan[k], priced[k], float(runs[k]), int(started[k]), int(produced[k]),
            int(rejected[k]), int(failures[k]), float(repair[k]), scrapped[k],
            {name: float(used[k]) for name, used in intakes.items()},
        )
        for k in range(count)
    ]  # fmt: skip


def _parts(
    trace: Trace, i: int, split: Split, run: Cycles, mine: Partition
) -> tuple[Floats, Floats, Floats, Floats]:
    """Planned run time, and parts started, rejected and produced, under each label."""
    station = trace.line.stations[i]
    times = np.array([nominal(station, product) for product in trace.line.products])
    rows = trace.index.states(i)
    runs = planned_runs(run, times[trace.parts.product[run.part]], rows, mine, len(split.slots))
    verdicts = trace.index.events(EventKind.VERDICT, i)
    bad = verdicts.value == 0.0
    done = ~np.isnan(run.finish)
    produced = split.count(mine, run.finish[done], run.part[done])
    if station.equipment.judges:
        produced = split.count(mine, verdicts.t, verdicts.part)
    started = split.count(mine, run.t, run.part)
    return runs, started, split.count(mine, verdicts.t[bad], verdicts.part[bad]), produced


def _flow(trace: Trace, i: int, mine: Partition, count: int) -> tuple[Floats, Floats, Floats]:
    """Planned run time, and whole units treated and lost, of a station material flows through.

    Whole units are counted, so that the counts of all stretches add up to that of the run.
    """
    made, lost, planned = flow_readings(trace, i)
    treated = mine.sums(lambda t: np.floor(made(t) + lost(t) + WHOLE), count)
    good = mine.sums(lambda t: np.floor(made(t) + WHOLE), count)
    return mine.sums(planned, count), treated, treated - good


def _repairing(trace: Trace, i: int) -> Reading:
    """The clock that runs while a station is down by a failure of its own."""
    begins = trace.index.events(EventKind.FAILURE, i).t
    ends = trace.index.events(EventKind.REPAIRED, i).t
    ends = np.append(ends, [trace.now] * (len(begins) - len(ends)))
    return stretches(zip(begins.tolist(), ends.tolist(), strict=True))


def _exits(trace: Trace, places: Sequence[int]) -> tuple[Floats, Ints]:
    """When parts came to sinks, and which."""
    rows = np.isin(trace.log.place, places)
    return trace.log.t[rows], trace.log.part[rows]


def _rejected_at(trace: Trace) -> Ints:
    """The station that rejected each part last; -1 for parts never rejected."""
    events = trace.events
    bad = (events.kind == EventKind.VERDICT) & (events.value == 0.0)
    found = np.full(len(trace.parts), -1, dtype=np.int64)
    found[events.part[bad]] = events.place[bad]
    return found


def _by_product(trace: Trace, split: Split, t: Floats, part: Ints) -> Ints:
    """Counts of parts under each label (rows) and of each product (columns)."""
    products = len(trace.line.products)
    key = split.label(split.line, t, part) * products + trace.parts.product[part]
    return np.bincount(key, minlength=len(split.slots) * products).reshape(-1, products)


def _scrapped(trace: Trace, split: Split, station: int) -> Ints:
    t, part = _exits(trace, [trace.line.place(SCRAP)])
    mine = _rejected_at(trace)[part] == station
    return _by_product(trace, split, t[mine], part[mine])


def line_sums(trace: Trace, split: Split, clocks: Clocks) -> list[LineSums]:
    """Sums of the line under each label."""
    count, births = len(split.slots), trace.parts.t
    length, work, shift = (
        split.line.sums(clock, count) for clock in (elapsed, clocks.work, clocks.shift)
    )
    born = _by_product(trace, split, births, np.arange(len(births)))
    scrapped = _by_product(trace, split, *_exits(trace, [trace.line.place(SCRAP)]))
    out, part = _exits(trace, [trace.line.place(OUT)])
    finished = split.count(split.line, out, part)
    lead = split.count(split.line, out, part, out - births[part])
    right = _rejected_at(trace)[part] < 0
    first = split.count(split.line, out[right], part[right])
    present = _presence(trace, split)
    return [
        LineSums(
            float(length[k]), float(work[k]), float(shift[k]), born[k], scrapped[k],
            int(finished[k]), int(first[k]), float(lead[k]), float(present[k]),
        )
        for k in range(count)
    ]  # fmt: skip


def _presence(trace: Trace, split: Split) -> Floats:
    """Time that parts spent in the line under each label, s, summed over the parts."""
    births, count = trace.parts.t, len(split.slots)
    leaves = np.full(len(births), trace.now)
    t, part = _exits(trace, trace.sinks)
    leaves[part] = t
    if split.of_part is not None:
        return summed(split.of_part, leaves - births, count)
    borders = split.line.borders
    spans = _until(births, borders) - _until(np.sort(leaves), borders)
    return summed(split.line.labels, np.diff(spans), count)


def _until(times: Floats, t: Floats) -> Floats:
    """Sum over sorted times before each instant of the time since then."""
    sums = np.concatenate([[0.0], np.cumsum(times)])
    before = np.searchsorted(times, t, side="left")
    return np.asarray(before * t - sums[before])
