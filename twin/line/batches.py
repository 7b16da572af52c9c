"""Whether batches, loading and sampling can be meant as they are written.

One rule, one function; `RULES` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twin.equipment import CATALOGUE
from twin.errors import Problem
from twin.i18n import _
from twin.line.build import routes_of
from twin.line.schema import Scenario, StationSpec
from twin.line.source import Path, Source, shown

Rule = Callable[[Scenario, Source], Iterator[Problem]]


def sizes(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """A batch may begin with fewer parts than it holds, after a time; never with more."""
    for name, spec in scenario.stations.items():
        batch = spec.batch
        if batch is None or batch.least is None:
            continue
        path: Path = ("stations", name, "batch", "least")
        if batch.least > batch.size:
            expected = _("at most the size of the batch, {size}").format(size=batch.size)
            yield source.problem(path, expected, str(batch.least))
        elif batch.least < batch.size and batch.wait is None:
            yield source.problem(
                path,
                _("the key `{key}`").format(key="wait"),
                shown(None),
                _("Say after how long a batch begins with fewer parts: wait: 2 h"),
            )


def one_at_a_time(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """A batch is of parts of one input, takes one time for all, and is no tunnel."""
    for name, spec in scenario.stations.items():
        if spec.batch is None:
            continue
        for key, found in _hindrances(spec):
            expected = _("a batch of parts from one buffer, with one time for all products")
            path: Path = ("stations", name, key)
            yield source.problem(path, expected, found)


def _hindrances(spec: StationSpec) -> Iterator[tuple[str, str]]:
    kind = CATALOGUE.get(spec.kind)
    if isinstance(spec.source, dict) and sum(spec.source.values()) > 1:
        yield "from", _("several parts for each cycle")
    if isinstance(spec.cycle, dict):
        yield "cycle", _("a time for each product")
    if spec.setup is not None:
        yield "setup", _("a changeover between products")
    if kind is not None and kind.residence is not None:
        yield "batch", _("a `{kind}`, through which parts travel one by one").format(kind=spec.kind)


def clearance(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """The last parts of an order, too few for a batch, do not wait for parts that wait for them."""
    for name, spec in scenario.stations.items():
        batch = spec.batch
        if not scenario.line_clearance or batch is None:
            continue
        if batch.wait is None or (batch.least or 1) > 1:
            yield source.problem(
                ("stations", name, "batch"),
                _("`wait` and `least: 1`, because the line is cleared between products"),
                _("a batch that the last parts of an order may never fill"),
                _("Add `wait`, or remove `line_clearance`."),
            )


def samples(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """A route takes a share of the parts or one in so many, not both."""
    for name, spec in scenario.stations.items():
        for i, route in enumerate(routes_of(spec)):
            if route.every is not None and route.share is not None:
                yield source.problem(
                    ("stations", name, "to", i, "every"),
                    _("either `share` or `every`"),
                    _("both"),
                    _("Remove one of the two."),
                )


RULES: tuple[Rule, ...] = (sizes, one_at_a_time, clearance, samples)
