"""Commands that look something up: lines, check, tags, faults, schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from twin.cli.console import table
from twin.cli.guard import say
from twin.i18n import N_, _, language, ngettext
from twin.units import clock

if TYPE_CHECKING:
    from twin.equipment.model import FaultKind, Shape
    from twin.line.schema import FaultSpec

# how a fault comes, as people say it
SHAPES: Mapping[Shape, str] = {
    "step": N_("at once"),
    "ramp": N_("evenly over"),
    "exp": N_("ever faster over"),
    "intermittent": N_("on and off, period"),
    "stick": N_("sticks and slips, about"),
}


def lines() -> None:
    """Every shipped line with its title."""
    from twin.line import shipped

    rows = [(row.id, row.version, row.title) for row in shipped()]
    print_table((_("Line"), _("Version"), _("Title")), rows)


def check(name: str) -> None:
    """Every problem of a scenario on standard error, exit status 2; or one line that says OK."""
    from twin.line import check as check_file
    from twin.line import load

    problems = check_file(name)
    if problems:
        for problem in problems:
            say(str(problem))
        count = len(problems)
        say(ngettext("{count} problem", "{count} problems", count).format(count=count))
        raise SystemExit(2)
    line = load(name)
    text = _("{name}: OK. {stations} stations, {tags} tags, {faults} faults.")
    show(
        text.format(
            name=name, stations=len(line.stations), tags=len(line.tags), faults=len(line.faults)
        )
    )


def tags(name: str, pattern: str) -> None:
    """Tags of a line: unit, range, sensor, and whether a client may write it."""
    from twin.line import load
    from twin.signals import select

    rows = []
    for tag in select(load(name), pattern):
        scale = ", ".join(tag.labels) if tag.kind == "enum" else f"{tag.low:g} … {tag.high:g}"
        written = _("yes") if tag.setting else ""
        title = tag.title.in_language(language())
        rows.append((tag.key, tag.kind, scale, tag.unit, f"{tag.period:g} s", written, title))
    head = (_("Tag"), _("Kind"), _("Range"), _("Unit"), _("Period"), _("Writable"), _("Title"))
    print_table(head, rows)


def faults(name: str | None) -> None:
    """Faults of a line, or of the whole catalogue."""
    from twin.equipment import CATALOGUE
    from twin.line import load

    if name is None:
        known: list[tuple[str, str, FaultKind, FaultSpec | None]] = [
            (kind.id, owner.kind, kind, None)
            for owner in CATALOGUE.values()
            for kind in owner.faults
        ]
        place = _("Machine")
    else:
        known = [(fault.id, fault.station, fault.kind, fault.spec) for fault in load(name).faults]
        place = _("Station")
    rows = [_fault(key, where, kind, spec) for key, where, kind, spec in known]
    if not rows:
        show(_("{line} has no faults.").format(line=name))
        return
    head = (
        _("Fault"), place, _("Size"), _("Shape"), _("Comes every"), _("Found, repaired in"),
        _("Seen on"), _("Spoils"), _("Cause"),
    )  # fmt: skip
    own = (4, 5) if name is None else ()  # how often, and how soon it is ended: a line's own
    shown = [i for i in range(len(head)) if i not in own]
    print_table(tuple(head[i] for i in shown), [[row[i] for i in shown] for row in rows])


def _fault(key: str, where: str, kind: FaultKind, spec: FaultSpec | None) -> tuple[str, ...]:
    """Row of a fault: the scenario's own size, shape and hazard where it gives them."""
    from twin.line.values import mean_of

    size, shape, span, often, ended = kind.size, kind.shape, kind.span, "–", "–"
    if spec is not None:
        size = kind.size if spec.size is None else spec.size
        shape, span = spec.shape or kind.shape, spec.span or kind.span
        if spec.after is not None:
            often = f"{mean_of(spec.after) / 3600.0:g} h"
        if spec.found is not None or spec.repair is not None:
            times = (0.0 if law is None else mean_of(law) for law in (spec.found, spec.repair))
            ended = ", ".join(clock(time) for time in times)
    course = _(SHAPES[shape]) + (f" {clock(span)}" if span and shape != "step" else "")
    return (
        key,
        where,
        f"{size:g}" if kind.unit == "1" else f"{size:g} {kind.unit}",
        course,
        often,
        ended,
        ", ".join(kind.observable),
        ", ".join(kind.affects),
        kind.title.in_language(language()),
    )


def schema() -> None:
    """The JSON Schema of scenario files."""
    from twin.line import json_schema

    show(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def show(text: str) -> None:
    """A result on standard output."""
    sys.stdout.write(text + "\n")


def print_table(head: tuple[str, ...], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output."""
    show(table(head, rows))
