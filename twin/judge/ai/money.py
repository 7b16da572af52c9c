"""What being right, wrong or late costs: the line's own money, and assumptions that are printed.

    cost = sum over faults of (loss of the delay, or of the miss) + false alarms x call

A fault that nobody told costs what it spoils from its functional failure until people find it by
themselves; one that was told costs what it spoils until the alarm plus the time to come. Every
fault takes one call of a technician in the end, told or not; so does every false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import inf

from twin.errors import UsageError
from twin.i18n import _
from twin.judge.ai.episodes import Episode, Output
from twin.judge.ai.match import Matching
from twin.line.line import Line
from twin.trace.trace import Trace

HOUR = 3600.0


@dataclass(frozen=True)
class Money:
    """Prices in the line's currency; assumed where its scenario says nothing.

    `call` is what one call of a technician costs, `part` what a spoilt part has cost, `spoilt` the
    share of parts a failed fault spoils, `respond` the s from an alarm to its end, `price` what a
    good part brings, `planned` and `spares` the s and money of one planned repair.
    """

    currency: str
    call: float
    part: float
    spoilt: float = 0.25
    respond: float = 900.0
    price: float = 0.0
    planned: float = 2 * HOUR
    spares: float = 0.0

    def assumptions(self) -> dict[str, float]:
        """Everything that went in, for the report."""
        return {k: v for k, v in asdict(self).items() if isinstance(v, float)}


def money_of(line: Line, given: Mapping[str, float] | None = None) -> Money | None:
    """Money of a line; a plan's own figures replace derived ones. None without costs.

    A call is an hour of the dearest crew, a spoilt part its material less its scrap value, the
    price of a good part one and a half times its material: assumed. Raises UsageError for a
    figure that is none of these.
    """
    costs = line.scenario.costs
    if costs is None:
        return None
    labour = max(costs.labour.values(), default=0.0)
    material = _mean([costs.material.get(name, 0.0) for name in line.products])
    scrap = _mean([costs.scrap.get(name, 0.0) for name in line.products])
    figures: dict[str, float] = {
        "call": labour, "part": material - scrap, "price": 1.5 * material, "spares": 4 * labour,
    }  # fmt: skip
    known = {f.name for f in fields(Money)} - {"currency"}
    for name, value in (given or {}).items():
        if name not in known:
            raise UsageError(
                _("no figure {name!r} of money; figures are {known}").format(
                    name=name, known=", ".join(sorted(known))
                )
            )
        figures[name] = float(value)
    return Money(costs.currency, **figures)


@dataclass(frozen=True)
class Bill:
    """What one trial cost, apart."""

    missed: float
    late: float
    calls: float

    @property
    def total(self) -> float:
        """Everything."""
        return self.missed + self.late + self.calls


def loss(episode: Episode, until: float, output: Output, money: Money) -> float:
    """What a fault spoils from its functional failure to `until` (s); `inf` is: until people see.

    Where the trial's script ended it sooner than they would have, its station's usual output is
    reckoned for the rest.
    """
    if episode.failure == inf:
        return 0.0
    parts = float(output.between(episode.station, episode.failure, min(until, episode.end)))
    if until == inf:
        parts += episode.beyond * output.rate(episode.station)
    return parts * money.spoilt * money.part


def bill(matching: Matching, trace: Trace, money: Money) -> Bill:
    """The cost of one trial with these detections and false alarms."""
    output = Output(trace)
    missed = sum(loss(d.episode, inf, output, money) for d in matching.detections if not d.found)
    found = [d for d in matching.detections if d.found]
    late = sum(loss(d.episode, d.at + money.respond, output, money) for d in found)
    return Bill(missed, late, money.call * (len(matching.detections) + matching.false.height))


def unaided(found: Sequence[Episode], trace: Trace, money: Money) -> float:
    """The cost of one trial in which no model tells anything."""
    output = Output(trace)
    return sum(loss(e, inf, output, money) + money.call for e in found if not e.trap)


def upkeep(
    found: Sequence[Episode], trace: Trace, money: Money, every: float, hours: float = 1.0
) -> Bill:
    """The cost when every station is inspected every `every` s, at `hours` of a call each."""
    output = Output(trace)
    late = missed = 0.0
    for episode in found:
        if episode.trap:
            continue
        at = every * (int(episode.observable // every) + 1) if episode.observable < inf else inf
        seen = at < episode.end
        cost = loss(episode, at if seen else inf, output, money)
        late, missed = (late + cost, missed) if seen else (late, missed + cost)
    visits = int(trace.now // every) * len(trace.line.stations) * hours
    return Bill(missed, late, (visits + sum(not e.trap for e in found)) * money.call)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
