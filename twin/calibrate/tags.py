"""Textures of tags from telemetry: how rough, how coarse, how it holds, how it wanders.

A tag that hardly moves in the model is given the levels of its record as well, about the model's
value, so that it still follows set points and faults. One that moves with the machine keeps the
model's movement and takes resolution and noise from the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.calibrate.fits import Unfit
from twin.calibrate.machines import Names
from twin.calibrate.tables import Table
from twin.calibrate.texture import FEWEST, TextureFit, fit, short
from twin.i18n import _
from twin.line.line import Line
from twin.line.source import Path
from twin.signals.sampling import sample
from twin.signals.sources import SOURCES
from twin.trace.trace import Trace

Floats = NDArray[np.float64]
STEADY = 0.5  # of the record's spread that the model may move for the record's levels to be played
GAPS = 5.0  # median steps of time from which a hole in the record is spoken of
MIDDLE = 0.9539  # median step between two normal values of unit deviation
FAR = 8.0  # lower quartiles of the steps beyond which a step is the machine's
LOOKS = 20_000  # of a tag that are compared
WARM = 3600.0  # s of a run before it is looked at


@dataclass(frozen=True)
class TagFit:
    """One tag's texture, fitted. `shown` is what the calibrated twin shows, with its own fit."""

    what: str
    path: Path
    file: str
    fitted: TextureFit
    sample: tuple[Floats, Floats] = field(repr=False)
    value: Mapping[str, Any] = field(repr=False)
    notes: tuple[str, ...] = ()
    shown: tuple[Floats, Floats] | None = field(default=None, repr=False)
    again: TextureFit | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """A row of a table: tag, records, resolution; noise, memory, holds, own → twin's; notes."""
        pair = (self.fitted, self.again or self.fitted)
        return (
            self.what, str(self.fitted.n), f"{self.fitted.resolution:.4g}",
            " → ".join(f"{fit.noise:.3g}" for fit in pair),
            " → ".join(f"{fit.memory:.2f}" for fit in pair),
            " → ".join(f"{fit.hold:.2f}" for fit in pair), "; ".join(self.notes),
        )  # fmt: skip


def textures(
    line: Line, tables: Sequence[Table], names: Names, trace: Trace
) -> Iterator[TagFit | Unfit]:
    """Every signal of every table of telemetry; `trace` is a run of the line as it is."""
    for table in tables:
        for own, (t, values) in table.signals.items():
            yield _tag(line, table.file, names.of(own), t, values, trace)


def _tag(
    line: Line, file: str, key: str, t: Floats, values: Floats, trace: Trace
) -> TagFit | Unfit:
    tag = line.tags.get(key)
    if tag is None:
        return Unfit(key, _("the line has no such tag; `twin tags` lists them, `--map` maps them"))
    station = key.partition(".")[0]
    if not tag.sensor or station not in line.station_by_id:
        return Unfit(key, _("no instrument measures it (a state, a counter, a set point)"))
    t, values = _thinned(t, values, tag.period)
    try:
        found = fit(t, values)
    except ValueError:
        count = int(np.isfinite(values).sum())
        return Unfit(key, _("{count} usable records; at least {least} are needed").format(
            count=count, least=FEWEST))  # fmt: skip
    if np.ptp(values[np.isfinite(values)]) == 0.0:
        return Unfit(key, _("never moves in the record"))
    notes = []
    steps = np.diff(t)
    holes = int((steps > GAPS * found.period).sum())
    if holes:
        notes.append(
            _("{count} gaps in the record, taken as if there were none").format(count=holes)
        )
    if abs(found.period / tag.period - 1.0) > 0.1:
        text = _("recorded every {own:.3g} s, the tag looks every {ours:.3g} s")
        notes.append(text.format(own=found.period, ours=tag.period))
    model = _model(trace, key)
    spread = float(np.subtract(*np.nanquantile(values, [0.95, 0.05])))
    moves = float(np.subtract(*np.quantile(model, [0.95, 0.05])))
    if moves <= STEADY * spread:
        value = found.scenario(float(np.median(model)))
    else:
        value = _by_hand(found, values if tag.noise else None)
        notes.append(_("moves with the machine: noise and resolution fitted, no levels"))
    path: Path = ("stations", station, "textures", tag.name)
    return TagFit(key, path, file, found, (t, values), value, tuple(notes))


def _model(trace: Trace, key: str) -> Floats:
    """The tag's value without any texture, over a run."""
    tag = trace.line.tags[key]
    t = np.arange(min(WARM, 0.5 * trace.now), trace.now, max(trace.now / LOOKS, tag.period))
    return np.asarray(SOURCES[type(tag.source)](trace, tag, t), dtype=np.float64)


def _by_hand(found: TextureFit, values: Floats | None) -> dict[str, float]:
    """Resolution, and noise from the smaller steps: the larger ones are the machine's.

    Without values there is no noise to be had: what is shown is read once a part and held.
    """
    value = {"resolution": short(found.resolution)}
    if values is None:
        return value
    steps = np.abs(np.diff(values[np.isfinite(values)]))
    moving = steps[steps > 0.0]
    small = moving[moving < FAR * np.quantile(moving, 0.25)]
    middle = float(np.median(small))
    if middle > 1.5 * found.resolution:  # else the grid hides it
        value["noise"] = short(middle / MIDDLE)
    return value


def _thinned(t: Floats, values: Floats, period: float) -> tuple[Floats, Floats]:
    """A record at the pace at which the tag looks, when it was kept faster."""
    steps = np.diff(t)
    own = float(np.median(steps[steps > 0.0])) if (steps > 0.0).any() else period
    every = max(1, round(period / own))
    return t[::every], values[::every]


def shown(trace: Trace, one: TagFit) -> TagFit:
    """The fit with what the calibrated twin shows."""
    period = max(one.fitted.period, trace.line.tags[one.what].period)
    begin = min(WARM, 0.5 * trace.now)
    t = np.arange(begin, trace.now, period)[:LOOKS]
    values = sample(trace, [one.what], t)[0]
    again = fit(t, values) if len(values) >= FEWEST else None
    return replace(one, shown=(t, values), again=again)
