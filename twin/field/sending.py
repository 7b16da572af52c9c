"""What a gateway sends: changed values in bursts, some late, some twice, some never."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.field.cells import Looks
from twin.field.chance import Counts, Floats, uniform
from twin.field.gateway import Gateway
from twin.field.spoil import spoilt
from twin.field.table import FORWARDED, LATE, PLAIN, TWICE, Deed, Records, none
from twin.signals import sample
from twin.trace.trace import Trace

MOST_LATE = 300.0  # s; assumed: nobody waits longer for a record
FLUSH = 0.001  # of the time between two looks that are sent later, between their arrivals; assumed
MILLISECOND = 1e3


def sent(trace: Trace, gateway: Gateway, start: float, stop: float) -> tuple[Records, list[Deed]]:
    """What a gateway sends of its looks in [start, stop), and what was done to it."""
    names = [tag.key for tag in gateway.tags]
    looks = gateway.looks(start, stop)
    if not len(looks.k) or not names:
        return none(names), []
    before = int(looks.k[0]) - 1
    k = np.arange(max(before, 0), int(looks.k[-1]) + 1)
    all_looks = gateway.linked(k, gateway.times(k))
    true = sample(trace, names, all_looks.t)
    values, quality, deeds = spoilt(trace, gateway, all_looks, true)
    first = len(k) - len(looks.k)  # 1 where there is a look before, to compare with
    changed = _changed(gateway, all_looks, values, quality)[:, first:]
    values, quality = values[:, first:], quality[:, first:]
    sending = _sending(gateway, looks)
    tag, look = np.nonzero((changed & sending).T)[::-1]
    rows = _rows(gateway, names, looks, tag, look, values, quality)
    rows, more = _delayed(gateway, rows, looks.k[look])
    lost = changed & ~sending
    deeds = [
        deed._replace(records=_touched(names, rows, deed)) for deed in deeds
        if deed.end > looks.t[0]
    ]  # fmt: skip
    return rows, [
        *deeds,
        *more,
        *outages(gateway, looks, lost.sum(axis=0)),
        *_clock(gateway, looks, rows),
    ]


def _touched(names: Sequence[str], rows: Records, deed: Deed) -> int:
    mine = rows.tag == names.index(deed.tag)
    return int(np.count_nonzero(mine & (rows.t >= deed.begin) & (rows.t < deed.end)))


def _changed(
    gateway: Gateway, looks: Looks, values: Floats, quality: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """Which values are sent: what changed since the look before, or all after a break."""
    changed = np.ones(values.shape, dtype=np.bool_)
    same = (values[:, 1:] == values[:, :-1]) | (np.isnan(values[:, 1:]) & np.isnan(values[:, :-1]))
    changed[:, 1:] = ~same | (quality[:, 1:] != quality[:, :-1])
    all_of_them = np.zeros(len(looks.k), dtype=np.bool_)
    all_of_them[1:] = (looks.link[1:] != looks.link[:-1]) & (looks.link[1:] >= 0)
    if gateway.profile.integrity:
        all_of_them |= looks.k % max(1, round(gateway.profile.integrity / gateway.poll)) == 0
    if looks.k[0] > 0:
        changed[:, 0] = False  # only there to compare with
    return np.asarray(changed | all_of_them)


def _sending(gateway: Gateway, looks: Looks) -> NDArray[np.bool_]:
    """Which looks reach the receiver, at once or later."""
    link = gateway.profile.link
    up = looks.link >= 0
    if link is None or link.kept == 0.0 or gateway.spells is None:
        return up
    return up | (gateway.back(looks) - looks.t <= link.kept)


def _rows(
    gateway: Gateway,
    names: Sequence[str],
    looks: Looks,
    tag: NDArray[np.intp],
    look: NDArray[np.intp],
    values: Floats,
    quality: NDArray[np.int8],
) -> Records:
    """One row a value that is sent: look by look, burst by burst."""
    profile = gateway.profile
    k, t = looks.k[look], looks.t[look]
    latency = np.zeros(len(k))
    if profile.latency:
        spread = uniform(gateway.key("latency"), looks.k)
        latency = profile.latency * (0.5 + spread[look])
    later = np.zeros(len(k))
    if profile.split and len(k):
        spacing = min(profile.spacing, 0.4 * gateway.poll / len(names))
        cut = uniform(gateway.key("burst"), k * len(names) + tag) < profile.split
        cut[np.concatenate([[True], look[1:] != look[:-1]])] = False
        bursts = np.cumsum(cut)
        begins = np.concatenate([[0], np.flatnonzero(look[1:] != look[:-1]) + 1])
        of_look = np.repeat(bursts[begins], np.diff(np.concatenate([begins, [len(k)]])))
        later = (bursts - of_look) * spacing
    stamp = gateway.stamps(looks)[look] + later
    arrival, how = t + later + latency, np.zeros(len(k), dtype=np.int8)
    if profile.link is not None and profile.link.kept and len(k):
        back = gateway.back(looks)
        waited = looks.link < 0
        flushed = back + FLUSH * np.maximum(0.0, profile.link.kept - (back - looks.t))
        arrival = np.where(waited[look], flushed[look] + later, arrival)
        how[waited[look]] = FORWARDED
    if not profile.clean:
        stamp = np.rint(stamp * MILLISECOND) / MILLISECOND
    return Records(
        tuple(names), t, stamp, arrival, tag.astype(np.int32), values[tag, look],
        quality[tag, look], how,
    )  # fmt: skip


def _delayed(gateway: Gateway, rows: Records, k: Counts) -> tuple[Records, list[Deed]]:
    """The rows with some late and some sent twice, in order of arrival; a deed for each."""
    profile, deeds = gateway.profile, []
    number = k * len(rows.names) + rows.tag
    if profile.late is not None:
        late = (uniform(gateway.key("late"), number) < profile.late.share) & (rows.how == PLAIN)
        law = -np.log(uniform(gateway.key("lateness"), number[late]))
        delay = np.minimum(profile.late.scale * law ** (1.0 / profile.late.shape), MOST_LATE)
        arrival, how = rows.arrival.copy(), rows.how.copy()
        arrival[late] += delay
        how[late] = LATE
        rows = Records(
            rows.names, rows.t, rows.stamp, arrival, rows.tag, rows.value, rows.quality, how
        )
        deeds += _each("late", rows.take(late), delay)
    if profile.duplicates:
        chosen = uniform(gateway.key("twice"), number) < profile.duplicates
        again = rows.take(chosen)
        wait = 0.05 + 2.0 * uniform(gateway.key("twice after"), number[chosen])
        again = Records(
            again.names, again.t, again.stamp, again.arrival + wait, again.tag, again.value,
            again.quality, np.full(len(again), TWICE, dtype=np.int8),
        )  # fmt: skip
        deeds += _each("duplicate", again, wait)
        rows = Records(
            rows.names,
            *(
                np.concatenate([getattr(rows, name), getattr(again, name)])
                for name in ("t", "stamp", "arrival", "tag", "value", "quality", "how")
            ),
        )
    return rows.in_order(), deeds


def _each(kind: str, rows: Records, size: Floats) -> list[Deed]:
    return [
        Deed(kind, rows.names[tag], t, arrival, by, 1)
        for tag, t, arrival, by in zip(
            rows.tag.tolist(), rows.t.tolist(), rows.arrival.tolist(), size.tolist(), strict=True
        )
    ]


def outages(gateway: Gateway, looks: Looks, lost: Counts) -> list[Deed]:
    """The outages that looks fall into; `lost` counts each look's values that never arrive."""
    if gateway.spells is None:
        return []
    begin, end = gateway.spells.until(float(looks.t[-1]) + 1.0)
    begin, end = gateway.spells.until(float(begin[-1]) + 1.0)
    found = []
    down = np.searchsorted(end, looks.t, side="right")  # number of the outage before, plus 1
    for number in np.unique(down[looks.link < 0]).tolist():
        off, on = float(end[number - 1]), float(begin[number])
        mine = (looks.link < 0) & (down == number)
        found.append(
            Deed("outage", f"{gateway.station}.*", off, on, on - off, int(lost[mine].sum()))
        )
    return found


def _clock(gateway: Gateway, looks: Looks, rows: Records) -> list[Deed]:
    found = []
    for first, end, by in gateway.jumps(looks.k):
        begin, stop = gateway.times(np.array([first, end])).tolist()
        count = int(np.count_nonzero((rows.t >= begin) & (rows.t < stop)))
        found.append(Deed("clock", f"{gateway.station}.*", begin, stop, by, count))
    return found
