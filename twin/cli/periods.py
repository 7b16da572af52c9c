"""Key figures as tables: per shift, hour, order or product on the screen, and everything as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from twin.cli.console import number, table
from twin.cli.lookup import show
from twin.equipment.utility import UTILITIES
from twin.errors import UsageError
from twin.i18n import _, language

if TYPE_CHECKING:
    from twin.line import Line
    from twin.metrics import Breakdown, Kpi, Kpis

LINE_COLUMNS = (
    "oee", "quality", "first_time_right", "finished", "scrapped", "throughput", "wip", "lead_time",
    "energy_per_part", "cost_per_part",
)  # fmt: skip
STATION_COLUMNS = (
    "pbt", "oee", "availability", "effectiveness", "quality", "starved", "blocked", "down",
    "setup", "produced", "rejected", "cost",
)  # fmt: skip
MONEY = "¤"


def known_station(line: Line, station: str | None) -> None:
    """Raise UsageError when the line has no such station."""
    if station is not None and station not in line.station_by_id:
        raise UsageError(
            _("no station {name!r}; stations are {known}").format(
                name=station, known=", ".join(line.station_by_id)
            )
        )


def has(line: Line, kpi: Kpi) -> bool:
    """Whether a key figure says anything about this line: no costs, no money; no meter, no use."""
    if kpi.unit == MONEY:
        return line.scenario.costs is not None
    utility = {row.key: row for row in UTILITIES}.get(kpi.key.removesuffix("_per_part"))
    return utility is None or any(t.name == utility.total for s in line.stations for t in s.tags)


def unit(line: Line, kpi: Kpi) -> str:
    """A unit as people read it: a count has none, money has a currency."""
    costs = line.scenario.costs
    return {"1": "", MONEY: "" if costs is None else costs.currency}.get(kpi.unit, kpi.unit)


def heading(line: Line, kpi: Kpi) -> str:
    """A narrow heading: a word a line, the unit below."""
    return "\n".join([*kpi.title.in_language(language()).split(), unit(line, kpi)])


def show_breakdown(line: Line, figures: Breakdown, station: str | None) -> None:
    """A row a period: of the line, or of one station."""
    from twin.metrics import LINE_KPIS, STATION_KPIS

    wanted = LINE_COLUMNS if station is None else STATION_COLUMNS
    rows = LINE_KPIS if station is None else STATION_KPIS
    chosen = [kpi for kpi in rows if kpi.key in wanted and has(line, kpi)]
    body = []
    for period in figures.periods:
        values = period.kpis.line if station is None else period.kpis.stations[station]
        words = (period.key, period.title, period.begins)
        if period.key == period.begins:
            words = (period.key, period.title, "")
        body.append((*words, *(number(values[kpi.key], kpi.unit) for kpi in chosen)))
    head = (_("Period"), _("Title"), _("Begins"), *(heading(line, kpi) for kpi in chosen))
    filled = [i for i in range(len(head)) if i not in (1, 2) or any(row[i] for row in body)]
    show(
        table(
            [head[i] for i in filled],
            [[row[i] for i in filled] for row in body],
            right=[n for n, i in enumerate(filled) if i > 2],
        )
    )


def show_csv(line: Line, figures: Kpis | Breakdown, station: str | None) -> None:
    """One row a value: period, place, key figure, value, unit."""
    from twin.metrics import Breakdown

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("period", "title", "begin_s", "end_s", "place", "kpi", "value", "unit"))
    rows: list[tuple[tuple[str, str, float, float], str, Kpi, float | None]] = []
    if isinstance(figures, Breakdown):
        rows = [
            ((p.key, p.title, p.begin, p.end), place, kpi, value)
            for p, place, kpi, value in figures.rows()
        ]
    else:
        rows = [(("", "", 0.0, figures.duration), *row) for row in figures.rows()]
    for period, place, kpi, value in rows:
        if station in (None, place) and has(line, kpi):
            plain = "" if value is None else repr(float(value))
            writer.writerow((*period, place, kpi.key, plain, unit(line, kpi)))
    show(out.getvalue().rstrip("\n"))
