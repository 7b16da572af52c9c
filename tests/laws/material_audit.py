"""Materials, counted from the trace: what was put in was used up or is left."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tests.laws.audit import Books
from twin.line.feeds import Feed
from twin.trace import EventKind, Trace
from twin.trace.genealogy import uses


def check_materials(trace: Trace, books: Books) -> None:
    """Every part worked on took its material, from lots that were begun, and amounts add up."""
    used = defaultdict(list)
    for use in uses(trace):
        used[use.station, use.material].append(use)
    for feed in trace.line.feeds:
        mine = used[feed.station, feed.material]
        starts = [(v.began, v.part) for v in books.visits[feed.station] if v.began is not None]
        assert sorted({(use.t, use.part) for use in mine}) == sorted(starts)
        lots = _lots(trace, feed)
        assert [n for n, _t in lots] == [feed.lot(i) for i in range(len(lots))]
        assert all(use.t >= dict(lots)[use.lot] for use in mine)
        left = trace.index.laws(trace.quantity_number(f"{feed.station}.{feed.left_key}")).value[-1]
        assert left >= -1e-9
        if not any(fault.kind.id == "E-REEL" for fault in trace.line.faults):  # throws reels away
            put_in = feed.spec.lot * len(lots)
            assert np.isclose(put_in - left, feed.quantity * len(starts), atol=1e-6)


def _lots(trace: Trace, feed: Feed) -> list[tuple[int, float]]:
    events = trace.index.events(EventKind.LOT, trace.line.place(feed.station))
    lots = zip(events.value.astype(int).tolist(), events.t.tolist(), strict=True)
    return [(n, t) for n, t in lots if (n - 1) % feed.count == feed.number]
