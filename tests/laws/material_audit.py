"""Materials, counted from the trace: what was put in was used up or is left."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tests.laws.audit import Books
from tests.laws.fluid_audit import law
from twin.line.feeds import Feed
from twin.trace import EventKind, Trace
from twin.trace.flow_windows import windows
from twin.trace.genealogy import uses

THROWN_AWAY = {"E-REEL", "C-CLASS"}  # a wrong lot is put in: what was left of the right one goes


def check_materials(trace: Trace, books: Books) -> None:
    """Every part worked on took its material, from lots that were begun, and amounts add up."""
    used = defaultdict(list)
    for use in uses(trace):
        used[use.station, use.material].append(use)
    for feed in trace.line.feeds:
        if trace.line.station_by_id[feed.station].fluid:
            continue  # in `check_flowing_materials`
        mine = used[feed.station, feed.material]
        began = [v for v in books.visits[feed.station] if v.began is not None]
        starts = [(v.began, v.part) for v in began if feed.amounts[v.product]]
        assert sorted({(use.t, use.part) for use in mine}) == sorted(starts)
        lots = _lots(trace, feed)
        assert [n for n, _t in lots] == [feed.lot(i) for i in range(len(lots))]
        assert all(use.t >= dict(lots)[use.lot] for use in mine)
        left = trace.index.laws(trace.quantity_number(f"{feed.station}.{feed.left_key}")).value[-1]
        assert left >= -1e-9
        faults = [fault.kind.id for fault in trace.line.faults if fault.station == feed.station]
        if not THROWN_AWAY.intersection(faults):
            put_in = feed.spec.lot * len(lots)
            taken = sum(feed.amounts[v.product] for v in began)
            assert np.isclose(put_in - left, taken, atol=1e-6)


def check_flowing_materials(trace: Trace) -> None:
    """Where material flows, what was treated of each product took its share out of the lots."""
    line = trace.line
    for feed in line.feeds:
        if not line.station_by_id[feed.station].fluid:
            continue
        lots = _lots(trace, feed)
        assert [n for n, _t in lots] == [feed.lot(i) for i in range(len(lots))]
        changes = trace.index.events(EventKind.SETUP, line.place(feed.station))
        t = np.append(changes.t, np.nextafter(trace.now, 0.0))
        amounts = np.array(feed.amounts)[changes.value.astype(int)]
        taken = float((amounts * np.diff(_treated(trace, feed.station, t))).sum())
        left = float(law(trace, f"{feed.station}.{feed.left_key}", t[-1:])[0])
        assert -1e-6 <= left <= feed.spec.lot + 1e-6
        assert np.isclose(feed.spec.lot * len(lots) - left, taken, rtol=1e-6, atol=1e-5)


def check_windows(trace: Trace) -> None:
    """Every part has what its pack says, in order, and parts share nothing that flowed."""
    for station, rows in windows(trace).items():
        assert (rows.end >= rows.begin).all()
        if not len(rows.part):
            continue
        begin, end = (_treated(trace, station, t) for t in (rows.begin, rows.end))
        slack = 1e-5 * (1.0 + end[-1])
        assert (begin[1:] >= end[:-1] - slack).all(), f"two parts have the same from {station}"
        pack = trace.line.station_by_id[station].spec.pack
        if pack is not None:
            good = [law(trace, f"{station}.Made", t) for t in (rows.begin, rows.end)]
            assert np.allclose(good[1] - good[0], pack, atol=slack)
    known = {feed.lot(i) for feed in trace.line.feeds for i, _ in enumerate(_lots(trace, feed))}
    assert all(use.lot in known and use.t <= trace.now for use in uses(trace))


def _treated(trace: Trace, station: str, t: np.ndarray) -> np.ndarray:
    return law(trace, f"{station}.Made", t) + law(trace, f"{station}.Lost", t)


def _lots(trace: Trace, feed: Feed) -> list[tuple[int, float]]:
    events = trace.index.events(EventKind.LOT, trace.line.place(feed.station))
    lots = zip(events.value.astype(int).tolist(), events.t.tolist(), strict=True)
    return [(n, t) for n, t in lots if (n - 1) % feed.count == feed.number]
