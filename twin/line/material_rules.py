"""Whether materials can be meant as they are written; `RULES` lists the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twin.errors import Problem
from twin.i18n import _
from twin.line.feeds import stem
from twin.line.names import reference
from twin.line.schema import Scenario
from twin.line.source import Path, Source, shown

Rule = Callable[[Scenario, Source], Iterator[Problem]]


def known(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """What a station uses is a material, for products there are, and who refills it a crew."""
    for name, spec in scenario.stations.items():
        for material, use in spec.uses.items():
            path: Path = ("stations", name, "uses", material)
            yield from reference(source, path, material, "materials", scenario.materials)
            for product in use.quantity if isinstance(use.quantity, dict) else ():
                at = (*path, "quantity", product)
                yield from reference(source, at, product, "products", scenario.products)
            if use.refill is not None and use.refill.crew is not None:
                at = (*path, "refill", "crew")
                yield from reference(source, at, use.refill.crew, "crews", scenario.crews)


def tag_names(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """The materials of one station give tags of different names."""
    for name, spec in scenario.stations.items():
        seen: dict[str, str] = {}
        for material in spec.uses:
            other = seen.setdefault(stem(material, len(spec.uses)), material)
            if other != material:
                yield source.problem(
                    ("stations", name, "uses", material),
                    _("a name that differs from `{name}` in more than signs").format(name=other),
                    shown(material),
                    _("Rename one of the two."),
                )


RULES: tuple[Rule, ...] = (known, tag_names)
