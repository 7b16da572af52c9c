"""What comes by itself and not by a look: nuisance conditions and barcode scans."""

from __future__ import annotations

import numpy as np

from twin.field.chance import Counts, Floats, Spells, key, uniform
from twin.field.gateway import Gateway
from twin.field.table import GOOD, PLAIN, Deed, Records, none
from twin.trace.trace import Trace

WARNING, FAULT = 1.0, 2.0


def conditions(gateway: Gateway, start: float, stop: float) -> tuple[Records, list[Deed]]:
    """Comings and goings of a station's nuisance condition in [start, stop), and their truth."""
    chatter, name = gateway.profile.chatter, f"{gateway.station}.Condition"
    if chatter is None:
        return none((name,)), []
    spells = Spells(gateway.key("chatter"), chatter.active, chatter.quiet, on_first=False)
    begin, end = spells.until(stop)
    mine = np.flatnonzero((begin < stop) & (end > start))
    kind = np.where(
        uniform(gateway.key("chatter kind"), mine) < chatter.faults, FAULT, WARNING
    )  # fmt: skip
    t = np.concatenate([begin[mine], end[mine]])
    value = np.concatenate([kind, np.zeros(len(mine))])
    order = np.argsort(t, kind="stable")
    inside = order[(t[order] >= max(start, 0.0)) & (t[order] < stop)]
    rows = _plain(gateway, name, t[inside], value[inside])
    deeds = [
        Deed("chatter", name, b, e, size, int(np.count_nonzero((rows.t >= b) & (rows.t <= e))))
        for b, e, size in zip(begin[mine].tolist(), end[mine].tolist(), kind.tolist(), strict=True)
    ]
    return rows, deeds


def scans(
    trace: Trace, gateway: Gateway, missed: float, start: float, stop: float
) -> tuple[Records, list[Deed]]:
    """Booked parts of a station in [start, stop): product numbers; a share is never scanned."""
    name = f"{gateway.station}.Scan"
    if gateway.station not in trace.line.station_by_id:
        return none((name,)), []
    series = trace.index.states(trace.line.place(gateway.station))
    first = max(0, int(np.searchsorted(series.t, start)) - 1)
    window = slice(first, int(np.searchsorted(series.t, stop)))
    t, part = series.t[window], series.part[window]
    came = np.concatenate([[first == 0], part[1:] != part[:-1]]) & (part >= 0) & (t >= start)
    t, part = t[came], part[came]
    forgotten = uniform(key(gateway.seed, gateway.station, "scan"), part) < missed
    product = trace.parts.product[part].astype(np.float64) + 1.0
    deeds = [Deed("missed", name, at, at, 0.0, 1) for at in t[forgotten].tolist()]
    return _plain(gateway, name, t[~forgotten], product[~forgotten]), deeds


def _plain(gateway: Gateway, name: str, t: Floats, value: Floats) -> Records:
    """Rows that are sent as they happen, where the connection is there."""
    if gateway.spells is not None and len(t):
        up = gateway.spells.at(t) >= 0
        t, value = t[up], value[up]
    clock = gateway.profile.stamps
    stamp = t + clock.offset + gateway.offset + clock.ppm * 1e-6 * t
    looks: Counts = np.maximum((t - gateway.phase) / gateway.poll, 0.0).astype(np.int64)
    for begin, end, by in gateway.jumps(looks):
        stamp[(looks >= begin) & (looks < end)] += by
    return Records(
        (name,), t, np.round(stamp, 3), t + gateway.profile.latency,
        np.zeros(len(t), dtype=np.int32), value, np.full(len(t), GOOD, dtype=np.int8),
        np.full(len(t), PLAIN, dtype=np.int8),
    )  # fmt: skip
