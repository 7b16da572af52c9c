"""What a receiver can measure of a profile, and what was measured on two real machine tools.

`python tests/field/measure.py [HOURS]` runs the shaft line's first lathe for that long under the
profile `nist`, and prints the table. Real figures: agent logs of two machine tools (Mazak01 and
Mazak03) of the NIST Smart Manufacturing Systems Test Bed. They are matched to within 20 % of the
first, whose clock was in order.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np

import twin
from twin.field import Received, events, network
from twin.field.gateway import Gateway

HOUR = 3600.0
LONG = 400 * 24 * HOUR  # s, for what needs no signals


class Row(NamedTuple):
    """A statistic: name, what was measured on the two machines, and what we show."""

    name: str
    first: float
    second: float
    ours: float

    @property
    def within(self) -> bool:
        """Whether ours is within 20 % of the first machine's."""
        return abs(self.ours - self.first) <= 0.2 * self.first


def table(trace: twin.Trace, station: str, start: float, stop: float) -> list[Row]:
    """The table of a station's records under `nist`."""
    net = network(trace.line, trace.seed, "nist")
    gateways = [gateway for gateway in net.gateways if gateway.station == station]
    got = net.received(trace, start, stop, gateways)
    return [*link(gateways[0]), *stamps(got), *conditions(gateways[0])]


def link(gateway: Gateway) -> list[Row]:
    """Connected stretches and outages over a long time: there are few in a day."""
    assert gateway.spells is not None
    begin, end = gateway.spells.until(LONG)
    up, down = (end - begin)[1:], (begin[1:] - end[:-1])
    short = down[down < HOUR]
    rows = [Row("outages under 1 h, share", 0.901, 0.901, float(np.mean(down < HOUR)))]
    for p, a, b in ((25, 1499, 1139), (50, 2064, 1744), (75, 2764, 2311), (95, 7769, 6373)):
        rows.append(Row(f"connected stretch, s, p{p}", a, b, float(np.percentile(up, p))))
    for p, a, b in ((5, 39, 5), (25, 45, 45), (50, 49, 58), (75, 67, 102), (95, 116, 192)):
        rows.append(Row(f"outage under 1 h, s, p{p}", a, b, float(np.percentile(short, p))))
    return rows


def stamps(got: Received) -> list[Row]:
    """Bursts, late records and intervals, from the records in the order they arrived."""
    rows = got.records
    newest = np.maximum.accumulate(rows.stamp)
    late = rows.stamp < newest
    by = newest[late] - rows.stamp[late]
    shared = np.mean(rows.stamp[1:] == rows.stamp[:-1])
    return [
        Row("records sharing the previous timestamp", 0.55, 0.49, float(shared)),
        Row("late records, ppm", 1318, 11581, float(late.mean() * 1e6)),
        Row("late by, s, p50", 14.6, 57 * 60, float(np.median(by))),
        Row("late by, s, p95", 37.0, np.nan, float(np.percentile(by, 95))),
        Row("interval of changes, s, p50", 1.05, 1.11, _interval(got)),
    ]


def _interval(got: Received) -> float:
    """Median of the time between two changes of a tag, over the active analogue tags."""
    rows, found = got.records, []
    for number in range(len(rows.names)):
        stamp = np.sort(rows.stamp[rows.tag == number])
        if len(stamp) > len(rows) / 100:
            found.append(np.median(np.diff(stamp)))
    return float(np.median(found))


def conditions(gateway: Gateway) -> list[Row]:
    """Nuisance conditions as received over a long time, of the hours the connection was there."""
    assert gateway.spells is not None
    begin, end = gateway.spells.until(LONG)
    hours = (np.minimum(end, LONG) - np.maximum(begin, 0.0)).clip(0.0).sum() / HOUR
    rows = events.conditions(gateway, 0.0, LONG)[0]
    up = gateway.spells.at(rows.t)
    seen = np.flatnonzero((rows.value[:-1] > 0) & (rows.value[1:] == 0) & (up[1:] == up[:-1]))
    stood = rows.t[seen + 1] - rows.t[seen]
    out = [
        Row("warnings a connected hour", 2.75, 2.32, float(np.sum(rows.value == 1.0) / hours)),
        Row("faults a connected hour", 0.19, 0.149, float(np.sum(rows.value == 2.0) / hours)),
    ]
    for p, a, b in ((50, 2.5, 2.8), (75, 6.3, 7.9), (95, 194, 82)):
        out.append(Row(f"condition active, s, p{p}", a, b, float(np.percentile(stood, p))))
    return out


def main() -> int:
    """Print the table."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 72.0
    trace = twin.run(twin.load("machine-parts/shaft-v1"), hours * HOUR, seed=1)
    say = sys.stdout.write
    say(f"{'':42}{'Mazak01':>10}{'Mazak03':>10}{'nist':>10}\n")
    rows = table(trace, "LTH1", 0.0, trace.now)
    for row in rows:
        mark = "" if row.within else "  outside 20 %"
        say(f"{row.name:42}{row.first:10.4g}{row.second:10.4g}{row.ours:10.4g}{mark}\n")
    return 0 if all(row.within for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
