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
    began: float | None = None  # when work on it began
    cycle: int = -1  # number of the cycle it had here; parts of a batch share one


@dataclass
class Books:
    """What an audit found: visits by station, and how many parts ended where."""

    visits: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SINKS, 0))
    inside: int = 0


def ways(line: Line) -> set[tuple[str, str]]:
    """Moves a part may make: into a buffer, out of it, or past it from hand to hand."""
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
    allowed |= {("", s.id) for s in line.stations if not s.takes or s.spec.pack}
    return allowed


class Walk:
    """An audit under way: where every part is, what every station shows, what was worked."""

    def __init__(self, trace: Trace) -> None:
        line = trace.line
        self.trace, self.line, self.books = trace, line, Books()
        self.allowed = ways(line)
        self.tunnels = {s.id for s in line.stations if s.residence is not None}
        self.kits = {s.id for s in line.stations if sum(take.quantity for take in s.takes) > 1}
        self.kits |= {s.id for s in line.stations if s.spec.batch is not None}
        self.batches = {s.id for s in line.stations if s.spec.batch is not None}
        self.flows = {s.id for s in line.stations if s.fluid}
        self.capacity = {b.id: b.capacity for b in line.buffers if not b.fluid}
        self.level = dict.fromkeys(self.capacity, 0)
        self.place: dict[int, str] = {}
        self.shows: dict[str, tuple[State, int, float]] = {}
        self.before_hold: dict[str, State] = {}
        self.going_on: dict[tuple[str, int], Visit] = {}
        self.cycles: dict[str, int] = defaultdict(int)  # begun so far at each station
        self.now = 0.0
        # of the present instant: states a station was in, the one before included; who gave a part
        self.seen: dict[str, set[State]] = {}
        self.left: set[str] = set()

    def row(self, t: float, here: str, state: State, part: int) -> None:
        """One row of the log."""
        assert self.now <= t < self.trace.now, "rows are in order of time, and before now"
        if t > self.now:
            self.settle()
            self.now = t
        station = here in self.line.station_by_id
        if station:
            self._show(here, state, part)
        if part < 0:
            return
        assert 0 <= part < len(self.trace.parts), f"part {part} was never born"
        assert self.trace.parts.t[part] <= t
        self._move(part, here)
        if station and (here, part) not in self.going_on and state != State.STARVED:
            # starved with a part: it lies at an assembly station until the kit is whole
            visit = Visit(part, int(self.trace.parts.product[part]))
            self.going_on[here, part] = visit
            self.books.visits[here].append(visit)
        if station and state == State.WORKING and self.going_on[here, part].began is None:
            self._begin(here, self.going_on[here, part])

    def settle(self) -> None:
        """At the end of an instant: buffers within bounds, every station holds what it shows."""
        for name, count in self.level.items():
            most = self.capacity[name]
            assert count >= 0, f"{name} holds {count} parts at {self.now}"
            assert most < 0 or count <= most, f"{name} is over-full at {self.now}"
        for name, (state, part, _) in self.shows.items():
            if part >= 0 and name not in self.tunnels and name not in self.kits:
                assert self.place[part] == name, f"{name} shows a part of {self.place[part]}"
            busy = state in (State.WORKING, State.BLOCKED)
            assert part >= 0 or not busy or name in self.flows
        for name in self.left:
            assert self.shows[name][2] == self.now, f"{name} shows a part that it gave away"
        self.seen.clear()
        self.left.clear()

    def _show(self, here: str, state: State, part: int) -> None:
        if state == State.IDLE and part >= 0:
            state = State.BLOCKED  # at rest with a finished part that finds no room
        before, had, since = self.shows.get(here, (State.IDLE, -1, 0.0))
        assert here in self.shows or self.now == 0.0, f"{here} has no state from 0 to {self.now}"
        self.seen.setdefault(here, {before}).add(state)
        if before == State.WORKING:
            for visit in self._at_work(here, had):
                visit.worked += self.now - since
        self.shows[here] = (state, part, self.now)
        if state not in (State.STOPPED, State.DOWN):
            self.before_hold[here] = state

    def _begin(self, here: str, visit: Visit) -> None:
        """Work on a part begins: with a batch that began just now, else as a cycle of its own.

        A batch that took no time began just now as well, but its parts have left.
        """
        mates = self._at_work(here, -1) if here in self.batches else []
        batch = [mate.cycle for mate in mates if mate.began == self.now]
        if not batch:
            self.cycles[here] += 1
        visit.began, visit.cycle = self.now, batch[0] if batch else self.cycles[here]

    def _at_work(self, here: str, shown: int) -> list[Visit]:
        """The visits that are worked on: of the part shown, or of all parts of a batch."""
        if here not in self.batches:
            return [self.going_on[here, shown]] if (here, shown) in self.going_on else []
        mine = (visit for (place, _), visit in self.going_on.items() if place == here)
        return [visit for visit in mine if visit.began is not None]

    def _move(self, part: int, here: str) -> None:
        was = self.place.get(part, "")
        assert was not in SINKS, f"part {part} came back from {was}"
        if was == here:
            return
        assert (was, here) in self.allowed, f"part {part} went from {was or 'nowhere'} to {here}"
        self.place[part] = here
        if was in self.level:
            self.level[was] -= 1
        elif was and was not in self.tunnels and here != MERGED:
            self._leave(part, was)
        if here in self.level:
            self.level[here] += 1

    def _leave(self, part: int, was: str) -> None:
        states = self.seen.get(was, {self.shows[was][0]})
        ready = states & {State.WORKING, State.BLOCKED}
        assert ready or self.before_hold[was] == State.BLOCKED, (
            f"part {part} left {was} at {self.now} in {', '.join(s.name for s in states)}"
        )
        self.left.add(was)
        visit = self.going_on.pop((was, part))
        visit.done = True
        state, shown, since = self.shows[was]  # the row of who takes may come before
        mine = shown == part or (was in self.batches and visit.began is not None)
        visit.worked += self.now - since if state == State.WORKING and mine else 0.0


def audit(trace: Trace) -> Books:
    """Walk the log; AssertionError where parts, places, states or times do not add up."""
    walk, names = Walk(trace), trace.line.places
    columns = trace.log.as_dict().values()
    for t, place, state, part in zip(*(column.tolist() for column in columns), strict=True):
        walk.row(t, names[place], State(state), part)
    walk.settle()
    books = walk.books
    for where in walk.place.values():
        if where in SINKS:
            books.ended[where] += 1
        else:
            books.inside += 1
    outside = len(trace.parts) - len(walk.place)  # arrived, and waiting for room in front
    assert 0 <= outside <= sum(s.spec.arrivals is not None for s in trace.line.stations)
    return books


def check_work(trace: Trace, books: Books) -> None:
    """Every finished visit took its own draw of working time: the n-th cycle, the n-th draw."""
    for station in trace.line.stations:
        kind, spec = station.equipment, station.spec
        if kind.cycle is not None or station.fluid:
            continue  # the equipment changes the time
        streams, cycle, drawn = {}, 0, 0.0
        for n, visit in enumerate(books.visits[station.id]):
            purpose, law = "cycle", spec.cycle
            if isinstance(law, dict):
                name = trace.line.products[visit.product]
                purpose, law = f"cycle {name}", law.get(name, next(iter(law.values())))
                if name not in spec.cycle:
                    purpose = "cycle"
            if purpose not in streams:
                streams[purpose] = Draws(trace.seed, station.id, purpose, law)
            if visit.cycle != cycle:
                drawn, cycle = streams[purpose].pop(), visit.cycle
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
