"""Cycle times and stops of stations, from tables of their records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from twin.calibrate import laws
from twin.calibrate.fits import Fit, Unfit
from twin.calibrate.spells import Spells
from twin.calibrate.tables import Table
from twin.calibrate.writing import written
from twin.i18n import _
from twin.line.line import Line, Station
from twin.line.source import Path
from twin.line.values import Lognormal

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Found = Fit | Unfit

LONG = 5.0  # medians above which a record is no cycle but a stop or a wait within it
DRIFT = 0.3  # rank correlation with time from which a sample is said to drift
APART = 4.0  # times the gap between two groups exceeds the spread within them


@dataclass(frozen=True)
class Rows:
    """Records of one station, in order of time where time is known. s."""

    file: str
    begin: Floats
    end: Floats
    duration: Floats
    product: Texts
    reason: Texts

    @property
    def timed(self) -> bool:
        """Whether every record says when it began and ended."""
        return bool(len(self.begin)) and not np.isnan(self.begin + self.end).any()


@dataclass(frozen=True)
class Names:
    """Own names of a factory and what they are called in the scenario."""

    own: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The scenario's word."""
        return self.own.get(name, name)


def rows_by_station(tables: Sequence[Table], kind: str, names: Names) -> dict[str, Rows]:
    """Records of a kind, all files together, by the scenario's name of the station."""
    found: dict[str, list[Rows]] = {}
    for table in tables:
        if table.kind != kind:
            continue
        stations = np.array([names.of(str(s)) for s in table.texts["station"]])
        for station in dict.fromkeys(stations.tolist()):
            found.setdefault(station, []).append(_rows(table, stations == station, names))
    return {station: _together(parts) for station, parts in found.items()}


def _rows(table: Table, mine: NDArray[np.bool_], names: Names) -> Rows:
    count = int(mine.sum())

    def number(role: str) -> Floats:
        column = table.numbers.get(role)
        return np.full(count, np.nan) if column is None else column[mine]

    def text(role: str) -> Texts:
        column = table.texts.get(role)
        if column is None:
            return np.full(count, "", dtype="U1")
        return np.array([names.of(str(cell)) for cell in column[mine]])

    begin, end, duration = number("begin"), number("end"), number("duration")
    end = np.where(np.isnan(end), begin + duration, end)
    return Rows(table.file, begin, end, duration, text("product"), text("reason"))


def _together(parts: Sequence[Rows]) -> Rows:
    def column(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in parts])

    order = np.argsort(column("begin"), kind="stable")
    columns = [column(n)[order] for n in ("begin", "end", "duration", "product", "reason")]
    return Rows(", ".join(dict.fromkeys(part.file for part in parts)), *columns)  # type: ignore[arg-type]


# ---- cycles


def cycles(line: Line, station: Station, rows: Rows, stopped: Rows | None) -> Iterator[Found]:
    """Its cycle time, a product at a time where the records and the line know products."""
    if stopped is not None and stopped.timed and rows.timed:
        rows = _net(rows, stopped)
    what = _("{station}: cycle").format(station=station.id)
    refused = _no_cycle(station)
    if refused:
        yield Unfit(what, refused)
        return
    path: Path = ("stations", station.id, "cycle")
    products = [p for p in dict.fromkeys(rows.product.tolist()) if p]
    if products and len(line.products) > 1:
        for product in products:
            if product not in line.products:
                why = _("the line has no such product; its products are {known}").format(
                    known=", ".join(line.products)
                )
                yield Unfit(f"{what}, {product}", why)
                continue
            mine = rows.product == product
            yield from _cycle(station, f"{what}, {product}", rows, (*path, product), mine)
    else:
        yield from _cycle(station, what, rows, path, np.ones(len(rows.duration), dtype=bool))


def _net(rows: Rows, stopped: Rows) -> Rows:
    """The same cycles without the stops in them."""
    down = Spells(stopped.begin, stopped.end)
    return replace(rows, duration=rows.end - rows.begin - (down(rows.end) - down(rows.begin)))


def _no_cycle(station: Station) -> str:
    if station.fluid:
        return _("material flows through it: it has a rate, and no cycle")
    if station.residence is not None:
        return _("parts travel through it: its time follows from its length and belt speed")
    if station.equipment.phases(station.parameters):
        return _("its time follows from its phases: change its parameters or recipes")
    return ""


def _cycle(
    station: Station, what: str, rows: Rows, path: Path, mine: NDArray[np.bool_]
) -> Iterator[Found]:
    notes = []
    times = rows.duration[mine]
    if station.spec.batch is not None and rows.timed:  # parts of a batch are one cycle
        pairs = np.stack([rows.begin[mine], rows.end[mine]], axis=1)
        kept = np.sort(np.unique(pairs, axis=0, return_index=True)[1])
        if len(kept) < len(times):
            notes.append(_("parts of a batch count once"))
        times = times[kept]
    times, dropped = _sound(times)
    if dropped:
        notes.append(dropped)
    if len(times) < laws.FEWEST:
        yield _few(what, len(times))
        return
    notes += _patterns(times)
    fitted = laws.fit(times, laws.CYCLES)
    if isinstance(fitted.law, Lognormal):  # cycles of a machine have no memory of their own here
        fitted = laws.without_memory(fitted)
    if fitted.memory > laws.REMEMBERED / sqrt(fitted.n):
        notes.append(_("cycles follow one another with a correlation of {r:.2f}, not kept").format(
            r=fitted.memory))  # fmt: skip
    yield Fit(what, path, rows.file, fitted, times, written(fitted.law), tuple(notes))


def _sound(times: Floats) -> tuple[Floats, str]:
    """Times that can be cycles, and what was left out."""
    known = times[np.isfinite(times)]
    kept = known[known > 0.0]
    if len(kept):
        kept = kept[kept <= LONG * float(np.median(kept))]
    left_out = len(times) - len(kept)
    if not left_out:
        return kept, ""
    return kept, _(
        "{count} of {all} records left out: empty, or over {times:g} medians long (a stop or a "
        "wait in the record)"
    ).format(count=left_out, all=len(times), times=LONG)


def _patterns(times: Floats) -> list[str]:
    """What one distribution cannot say of a sample: two groups, a drift."""
    found = []
    groups = _two_groups(times)
    if groups:
        text = _("two groups, around {low:.4g} and {high:.4g} s: two products, or kinds of cycle?")
        found.append(text.format(low=groups[0], high=groups[1]))
    rank = float(stats.spearmanr(np.arange(len(times)), times).statistic) if times.std() else 0.0
    if abs(rank) > DRIFT:
        found.append(
            _("drifts with time (rank correlation {rank:.2f}), not kept").format(rank=rank)
        )
    return found


def _two_groups(times: Floats) -> tuple[float, float] | None:
    """Means of two groups when the best cut leaves little spread within them (Otsu 1979)."""
    x = np.sort(times)
    n, least = len(x), max(len(x) // 10, 5)
    if n < 2 * least or x[0] == x[-1]:
        return None
    low = np.cumsum(x)[least - 1 : n - least] / np.arange(least, n - least + 1)
    high = (x.sum() - np.cumsum(x)[least - 1 : n - least]) / np.arange(n - least, least - 1, -1)
    weight = np.arange(least, n - least + 1) / n
    cut = int(np.argmax(weight * (1.0 - weight) * (high - low) ** 2))
    below, above = x[: cut + least], x[cut + least :]
    spread = sqrt((below.var() * len(below) + above.var() * len(above)) / n)
    apart = float(above.mean() - below.mean())
    return (float(below.mean()), float(above.mean())) if apart > APART * spread else None


# ---- stops


def stops(station: Station, rows: Rows, run: Rows | None) -> Iterator[Found]:
    """Time between stops and time to repair, a failure mode at a time."""
    known = {mode.id: i for i, mode in enumerate(station.spec.failures)}
    seen = list(dict.fromkeys(rows.reason.tolist()))
    if seen == [""] and len(known) == 1:
        seen = list(known)
        reasons = np.full(len(rows.reason), seen[0])
    else:
        reasons = rows.reason
    worked, notes = _working_time(rows, run)
    for reason in seen:
        what = f"{station.id}: {reason or _('stops without a reason')}"
        if reason not in known:
            yield Unfit(what, _(
                "no failure mode has this id; the station's are {known}. Add one to `failures`, or "
                "map the name"
            ).format(known=", ".join(known) or _("none")))  # fmt: skip
            continue
        path: Path = ("stations", station.id, "failures", known[reason])
        mine = reasons == reason
        if int(mine.sum()) <= laws.FEWEST:
            yield _few(what, int(mine.sum()), laws.FEWEST + 1)
            continue
        repairs = _("{mode}, repair").format(mode=what)
        yield from _times(rows.file, repairs, (*path, "repair"), rows.duration[mine], ())
        gaps = _("{mode}, working time between").format(mode=what)
        if worked is None:
            yield Unfit(gaps, _("no column says when stops began"))
            continue
        between = np.diff(worked[mine])
        yield from _times(rows.file, gaps, (*path, "after"), between, notes)
    for mode in known:
        if mode not in seen:
            yield Unfit(f"{station.id}: {mode}", _("no such stop in the data: left as it was"))


def _working_time(rows: Rows, run: Rows | None) -> tuple[Floats | None, tuple[str, ...]]:
    """Working time of the station up to each stop, s; None when nobody knows; and notes."""
    if not rows.timed:
        return None, ()
    if run is None or not run.timed:
        idle = Spells(rows.begin, rows.end)
        note = _("no cycles of this station: waits and breaks counted as running time")
        return rows.begin - idle(rows.begin), (note,)
    cycles_of = Spells(run.begin, run.end)
    within = cycles_of.during(rows.begin)  # such a stop is inside a recorded cycle
    stopped = Spells(rows.begin[within], rows.end[within])
    return cycles_of(rows.begin) - stopped(rows.begin), ()


def _times(
    file: str, what: str, path: Path, times: Floats, notes: tuple[str, ...]
) -> Iterator[Found]:
    known = times[np.isfinite(times) & (times > 0.0)]
    if len(known) < laws.FEWEST:
        yield _few(what, len(known))
        return
    fitted = laws.fit(known, laws.GAPS if path[-1] == "after" else laws.REPAIRS)
    yield Fit(what, path, file, fitted, known, written(fitted.law), notes)


def _few(what: str, count: int, least: int = laws.FEWEST) -> Unfit:
    why = _("{count} usable records; at least {least} are needed").format(count=count, least=least)
    return Unfit(what, why)
