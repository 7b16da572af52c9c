"""The commands `recipe` and `batch`: control recipes to take away, records of what was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.cli.lookup import print_table, show
from twin.errors import UsageError
from twin.i18n import _, language
from twin.units import clock

if TYPE_CHECKING:
    from twin.line import Line
    from twin.trace import Command


def recipe(name: str, product: str | None) -> None:
    """Master recipes of a line as JSON: units, their phases, parameters with their limits."""
    from twin.line import load

    line = load(name)
    if product is not None and product not in line.products:
        known = ", ".join(line.products)
        raise UsageError(_("--product: expected one of {known}").format(known=known))
    chosen = line.products if product is None else (product,)
    show(json.dumps([_recipe(line, one) for one in chosen], indent=1, ensure_ascii=False))


def _recipe(line: Line, product: str) -> dict[str, Any]:
    spec, lang = line.scenario.recipes.get(product), language()
    units: dict[str, Any] = {}
    for station in line.stations:
        prefix = f"{product}/{station.id}."
        rows = {
            key.removeprefix(prefix): {
                "value": row.default, "low": row.low, "high": row.high, "unit": row.unit,
                "title": row.title.in_language(lang),
            }
            for key, row in line.recipe_limits.items() if key.startswith(prefix)
        }  # fmt: skip
        phases = [phase.en for phase in station.equipment.phases(station.parameters)]
        if rows or phases:
            units[station.id] = {"phases": phases, "parameters": rows}
    version = "" if spec is None else spec.version
    return {"line": line.id, "product": product, "version": version, "units": units}


def commands(line: Line, file: Path) -> list[Command]:
    """Journal entries at the beginning that make control recipes of a file's values."""
    from twin.trace import Command

    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        found = data if isinstance(data, list) else [data]
        return [
            Command("recipe", f"{one['product']}/{unit}.{name}", float(row["value"]), "engineer",
                    "cli", 0.0)
            for one in found
            for unit, rows in one["units"].items()
            for name, row in rows["parameters"].items()
        ]  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = _("{file}: expected control recipes as `twin recipe` prints them ({error})")
        raise UsageError(text.format(file=file, error=error)) from None


def batch(folder: Path, number: int | None, as_json: bool) -> None:
    """The record of one batch of a run, or of all of them."""
    from twin.metrics.batches import batch_record
    from twin.trace.store import open_run

    trace = open_run(folder)
    count = len(trace.parts)
    if number is not None and not 0 <= number < count:
        text = _("--batch: expected a number from 0 to {most}, found {found}")
        raise UsageError(text.format(most=count - 1, found=number))
    records = [batch_record(trace, n) for n in (range(count) if number is None else [number])]
    if as_json:
        show(json.dumps([record.as_dict() for record in records]))
        return
    if number is None:
        print_table(
            (_("Batch"), _("Product"), _("Begun"), _("Ended"), _("Where")),
            [
                (str(r.batch), r.product, clock(r.begin), "" if r.end is None else clock(r.end),
                 r.ended)
                for r in records
            ],
        )  # fmt: skip
        return
    record = records[0]
    rows = [
        (unit.unit, phase.name, clock(phase.begin), "" if phase.end is None else clock(phase.end))
        for unit in record.units
        for phase in unit.phases
    ]
    print_table((_("Unit"), _("Phase"), _("Begun"), _("Ended")), rows)
    print_table(
        (_("Unit"), _("Quantity"), _("Set"), _("Actual")),
        [
            (unit.unit, name, f"{unit.set[name]:g}" if name in unit.set else "",
             f"{unit.actual[name]:.4g}" if name in unit.actual else "")
            for unit in record.units
            for name in dict.fromkeys((*unit.set, *unit.actual))
        ],
    )  # fmt: skip
