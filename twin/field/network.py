"""The plant network of a line: all its gateways, and what a receiver gets from them.

`records` answers for any stretch of time at once; a `Feed` follows a growing trace. Both give the
same rows: what is sent is a function of the look, whoever asks and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import pairwise

import numpy as np

from twin.equipment.tag import Tag
from twin.errors import UsageError
from twin.field.events import conditions, scans
from twin.field.gateway import Gateway
from twin.field.levels import Exposure, condition_tag, exposure, scan_tag
from twin.field.profiles import Profile, profile
from twin.field.sending import sent
from twin.field.table import Deed, Records, joined, none
from twin.i18n import _
from twin.line.line import Line
from twin.trace.trace import Trace

LOOKS_AT_ONCE = 4096


@dataclass(frozen=True)
class Received:
    """What arrived, and the truth about it: what was done to it on the way."""

    records: Records
    truth: tuple[Deed, ...]


@dataclass(frozen=True)
class Network:
    """The gateways of a line at a level, under a profile; `tags` is all they can send."""

    profile: Profile
    exposure: Exposure
    gateways: tuple[Gateway, ...]
    tags: dict[str, Tag]

    @property
    def names(self) -> tuple[str, ...]:
        """Keys of the tags, in order."""
        return tuple(self.tags)

    def received(
        self, trace: Trace, start: float, stop: float, gateways: Sequence[Gateway] | None = None
    ) -> Received:
        """What is sent of looks and events in [start, stop), s, in order of arrival."""
        tables, deeds = [], []
        for gateway in self.gateways if gateways is None else gateways:
            step = LOOKS_AT_ONCE * gateway.poll
            cuts = [start, *np.arange(start + step, stop, step).tolist(), stop]
            for begin, end in pairwise(cuts):
                for rows, done in self._sent(trace, gateway, begin, end):
                    tables.append(rows)
                    deeds += done
        return Received(joined(self.names, tables), tuple(merged(deeds)))

    def _sent(
        self, trace: Trace, gateway: Gateway, start: float, stop: float
    ) -> Iterator[tuple[Records, list[Deed]]]:
        yield sent(trace, gateway, start, stop)
        if f"{gateway.station}.Condition" in self.tags:
            yield conditions(gateway, start, stop)
        if f"{gateway.station}.Scan" in self.tags:
            yield scans(trace, gateway, self.exposure.level.missed, start, stop)


def network(
    line: Line, seed: int, dirt: str | Profile = "clean", level: int | None = None
) -> Network:
    """The network of a line. Level 0 has none: its shift sheet is paper."""
    how = profile(dirt) if isinstance(dirt, str) else dirt
    shown = exposure(line, level)
    tags: dict[str, Tag] = {}
    gateways = []
    for station in ("Line", *(station.id for station in line.stations)):
        mine = [tag for tag in shown.tags.values() if tag.station == station]
        gateways.append(
            Gateway(seed, station, tuple(mine), how, shown.level.period, shown.level.offset)
        )
        tags |= {tag.key: tag for tag in mine}
        if station != "Line" and how.chatter is not None and shown.level.alarms:
            tags[f"{station}.Condition"] = condition_tag(station)
        if station != "Line" and shown.level.scans:
            tags[f"{station}.Scan"] = scan_tag(line, station)
    return Network(how, shown, tuple(gateways), tags)


def shown_by(net: Network) -> Exposure:
    """What a network shows: the level's tags and those that the network adds."""
    return replace(net.exposure, tags=net.tags)


def merged(deeds: Sequence[Deed]) -> list[Deed]:
    """Deeds by time; those that two pieces of time told of are one."""
    found: dict[tuple[object, ...], Deed] = {}
    for deed in deeds:
        same = (deed.kind, deed.tag, deed.begin, deed.end, deed.size)
        before = found.get(same)
        if before is None:
            found[same] = deed
        elif deed.kind not in ("late", "duplicate", "missed"):
            found[same] = deed._replace(records=before.records + deed.records)
    return sorted(found.values(), key=lambda deed: (deed.begin, deed.kind, deed.tag))


def records(
    trace: Trace,
    tags: str | Sequence[str] = "*",
    start: float = 0.0,
    stop: float | None = None,
    dirt: str | Profile = "clean",
    level: int | None = None,
) -> Received:
    """What a receiver gets of the looks in [start, stop), s: one row a value that was sent.

    `tags` are keys or globs of what the level shows. Rows of a tag do not depend on which others
    are asked for. Raises UsageError for an unknown tag, and FutureError past the trace's now.

    >>> import twin
    >>> from twin.field import records
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "10min", seed=1)
    >>> got = records(trace, "saw.*", 0.0, 600.0, "hostile").records
    >>> bool((np.diff(got.arrival) >= 0.0).all()), got.names[0]
    (True, 'saw.State')
    """
    net = network(trace.line, trace.seed, dirt, level)
    end = trace.now if stop is None else stop
    if not 0.0 <= start <= end <= trace.now:
        raise UsageError(
            _("records lie in [0 s, {now:g} s), got [{start:g} s, {stop:g} s)").format(
                now=trace.now, start=start, stop=end
            )
        )
    chosen = choose(net, tags)
    stations = {net.tags[name].station for name in chosen}
    asked = [gateway for gateway in net.gateways if gateway.station in stations]
    got = net.received(trace, start, end, asked)
    return only(got, chosen)


def choose(net: Network, tags: str | Sequence[str]) -> tuple[str, ...]:
    """Names the network sends that match any of the keys or globs, in its order."""
    patterns = [tags] if isinstance(tags, str) else list(tags)
    chosen: set[str] = set()
    for pattern in patterns:
        matching = {name for name in net.tags if name == pattern or fnmatchcase(name, pattern)}
        if not matching:
            text = _("no tag of this level matches {pattern!r}").format(pattern=pattern)
            raise UsageError(text, pattern=pattern)
        chosen |= matching
    return tuple(name for name in net.tags if name in chosen)


def only(got: Received, names: Sequence[str]) -> Received:
    """Only the rows and the truth of some tags."""
    kept = set(names) | {f"{name.partition('.')[0]}.*" for name in names}
    rows = got.records
    number = np.full(len(rows.names), -1)
    for i, name in enumerate(names):
        number[rows.names.index(name)] = i
    rows = rows.take(number[rows.tag] >= 0)
    columns = {**{name: getattr(rows, name) for name in ("t", "stamp", "arrival")}}
    return Received(
        Records(
            tuple(names), **columns, tag=number[rows.tag].astype(np.int32), value=rows.value,
            quality=rows.quality, how=rows.how,
        ),
        tuple(deed for deed in got.truth if deed.tag in kept),
    )  # fmt: skip


class Feed:
    """Follows a trace that grows: each `advance` gives what has arrived since the last.

    It begins with the looks at `start` (s) and follows all gateways where none are named.
    """

    def __init__(
        self, net: Network, start: float = 0.0, gateways: Sequence[Gateway] | None = None
    ) -> None:
        self.network = net
        self.now = start
        self._gateways = gateways
        self._waiting = none(net.names)

    def advance(self, trace: Trace, now: float) -> Received:
        """What arrives before `now` (s) and has not been given yet; the truth of new looks."""
        rows, got = self._waiting, None
        if now > self.now:
            got = self.network.received(trace, self.now, now, self._gateways)
            rows = joined(self.network.names, [rows, got.records])
            self.now = now
        here = rows.arrival < now
        self._waiting = rows.take(~here)
        return Received(rows.take(here), () if got is None else got.truth)

    def rest(self) -> Received:
        """What is still on its way."""
        rows, self._waiting = self._waiting, none(self.network.names)
        return Received(rows, ())

    def connected(self, t: float) -> dict[str, bool]:
        """Whether each station's values come through at an instant."""
        return {gateway.station: gateway.connected(t) for gateway in self.network.gateways}
