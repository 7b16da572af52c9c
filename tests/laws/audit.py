"""Conservation, checked by walking a trace row by row with none of the product's own reductions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from twin.kernel.draws import Draws
from twin.line import Line
from twin.line.line import MERGED, OUT, SCRAP
from twin.trace import EventKind, State, Trace

SINKS = (OUT, SCRAP, MERGED)


@dataclass
class Visit:
    """A part's stay at a station: how long it was worked on, and whether it has gone on."""

    part: int
    product: int
    worked: float = 0.0
    done: bool = False


@dataclass
class Books:
    """What an audit found: visits by station, and how many parts ended where."""

    visits: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SINKS, 0))
    inside: int = 0


def ways(line: Line) -> set[tuple[str, str]]:
    """Moves a part may make: to a buffer, through it, or past it straight into a station's hands."""
    allowed = set()
    for station in line.stations:
        outputs = list(station.outputs)
        for place in outputs:
            allowed.add((station.id, place))
        for buffer in station.inputs:
            allowed.add((buffer, station.id))
        if any(take.quantity for take in station.takes[1:]) or len(station.takes) == 1:
            allowed.add((station.id, MERGED))
    for buffer in line.buffers:
        for taker in buffer.takers:
            allowed |= {(feeder, taker) for feeder in buffer.feeders}
            if line.station_by_id[taker].spec.arrivals is not None:
                allowed |= {("", buffer.id), ("", taker)}
    allowed |= {("", s.id) for s in line.stations if not s.takes}
    return allowed


def audit(trace: Trace) -> Books:
    """Walk the log; AssertionError where parts, places, states or times do not add up."""
    line, log, books = trace.line, trace.log, Books()
    names, allowed = line.places, ways(line)
    tunnels = {s.id for s in line.stations if s.residence is not None}
    kits = {s.id for s in line.stations if sum(take.quantity for take in s.takes) > 1}
    capacity = {b.id: b.capacity for b in line.buffers}
    level = dict.fromkeys(capacity, 0)
    place: dict[int, str] = {}
    shows: dict[str, tuple[State, int, float]] = {}
    seen: dict[str, set[State]] = {}  # states of a station at the present instant, and just before
    before_hold: dict[str, State] = {}
    left: set[str] = set()  # stations that gave a part away at the present instant
    going_on: dict[tuple[str, int], Visit] = {}
    now = 0.0

    def settle() -> None:
        """At the end of an instant: buffers within bounds, every station holds what it shows."""
        for name, count in level.items():
            assert count >= 0, f"{name} holds {count} parts at {now}"
            assert capacity[name] < 0 or count <= capacity[name], f"{name} is over-full at {now}"
        for name, (state, part, _) in shows.items():
            if part >= 0 and name not in tunnels and name not in kits:
                assert place[part] == name, f"{name} shows part {part} of {place[part]} at {now}"
            assert part >= 0 or state not in (State.WORKING, State.BLOCKED)
        for name in left:
            assert shows[name][2] == now, f"{name} shows a part that it gave away at {now}"
        seen.clear()
        left.clear()

    rows = zip(log.t.tolist(), log.place.tolist(), log.state.tolist(), log.part.tolist(),
               strict=True)  # fmt: skip
    for t, number, code, part in rows:
        assert now <= t < trace.now, "rows are in order of time, and before now"
        if t > now:
            settle()
            now = t
        here = names[number]
        station = line.station_by_id.get(here)
        if station is not None:
            before, had, since = shows.get(here, (State.IDLE, -1, 0.0))
            assert here in shows or t == 0.0, f"{here} has no state from 0 to {t}"
            seen.setdefault(here, {before}).add(State(code))
            if before == State.WORKING and (here, had) in going_on:
                going_on[here, had].worked += t - since
            shows[here] = (State(code), part, t)
            if code not in (State.STOPPED, State.DOWN):
                before_hold[here] = State(code)
        if part < 0:
            continue
        assert 0 <= part < len(trace.parts), f"part {part} was never born"
        assert trace.parts.t[part] <= t
        was = place.get(part, "")
        assert was not in SINKS, f"part {part} came back from {was}"
        if was != here:
            assert (was, here) in allowed, f"part {part} went from {was or 'nowhere'} to {here}"
            place[part] = here
            if was in level:
                level[was] -= 1
            elif was and was not in tunnels and here != MERGED:
                states = seen.get(was, {shows[was][0]})
                assert (
                    states & {State.WORKING, State.BLOCKED} or before_hold[was] == State.BLOCKED
                ), f"part {part} left {was} at {t} in {', '.join(s.name for s in states)}"
                left.add(was)
                visit = going_on.pop((was, part))
                visit.done = True
                state, shown, since = shows[was]  # the row of who takes may come before
                visit.worked += t - since if (state, shown) == (State.WORKING, part) else 0.0
            if here in level:
                level[here] += 1
        if station is not None and (here, part) not in going_on:
            if State(code) == State.STARVED:
                continue  # a part that lies at an assembly station until the kit is whole
            visit = Visit(part, int(trace.parts.product[part]))
            going_on[here, part] = visit
            books.visits[here].append(visit)
    settle()
    for where in place.values():
        if where in SINKS:
            books.ended[where] += 1
        else:
            books.inside += 1
    outside = len(trace.parts) - len(place)  # arrived, and waiting for room in the first buffer
    assert 0 <= outside <= sum(s.spec.arrivals is not None for s in line.stations)
    return books


def check_work(trace: Trace, books: Books) -> None:
    """Every finished visit took exactly its own draw of working time: the n-th cycle, the n-th draw."""
    for station in trace.line.stations:
        kind, spec = station.equipment, station.spec
        if kind.cycle is not None:
            continue  # the equipment changes the time
        streams = {}
        for n, visit in enumerate(books.visits[station.id]):
            purpose, law = "cycle", spec.cycle
            if isinstance(law, dict):
                name = trace.line.products[visit.product]
                purpose, law = f"cycle {name}", law.get(name, next(iter(law.values())))
                if name not in spec.cycle:
                    purpose = "cycle"
            if purpose not in streams:
                streams[purpose] = Draws(trace.seed, station.id, purpose, law)
            drawn = streams[purpose].pop()
            where = f"{station.id}, visit {n} of part {visit.part}: {visit.worked} of {drawn} s"
            slack = 1e-9 * (1.0 + trace.now)
            assert visit.worked <= drawn + slack, where
            assert not visit.done or abs(visit.worked - drawn) <= slack, where


def check_events(trace: Trace) -> None:
    """Failures and repairs alternate at every station, and events are in order of time."""
    events = trace.events
    assert (events.t[1:] >= events.t[:-1]).all()
    failed: dict[int, float] = {}
    for kind, place, value in zip(events.kind, events.place, events.value, strict=True):
        if kind == EventKind.FAILURE:
            assert place not in failed
            failed[place] = value
        elif kind == EventKind.REPAIRED:
            assert failed.pop(place) == value
