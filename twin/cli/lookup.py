"""Commands that look something up: lines, check, tags, faults, schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from twin.cli.console import table
from twin.cli.guard import say
from twin.i18n import _, language, ngettext


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
        known = [
            (kind.id, owner.kind, kind) for owner in CATALOGUE.values() for kind in owner.faults
        ]
        place = _("Machine")
    else:
        known = [(fault.id, fault.station, fault.kind) for fault in load(name).faults]
        place = _("Station")
    rows = [
        (key, where, f"{kind.size:g} {kind.unit}", ", ".join(kind.observable),
         kind.title.in_language(language()))
        for key, where, kind in known
    ]  # fmt: skip
    if not rows:
        show(_("{line} has no faults.").format(line=name))
        return
    print_table((_("Fault"), place, _("Size"), _("Seen on"), _("Cause")), rows)


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
