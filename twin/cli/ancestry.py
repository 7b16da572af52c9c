"""The command `trace`: a part back to the lots in it, or a lot forward to the parts it is in."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from twin.cli.lookup import print_table, show
from twin.errors import UsageError
from twin.i18n import _
from twin.units import clock

if TYPE_CHECKING:
    from twin.trace import Trace
    from twin.trace.genealogy import LotHistory, PartHistory


def trace(folder: Path, part: str | None, lot: int | None, as_json: bool) -> None:
    """What is in a part, where a lot went, or, when neither is named, the lots of the run."""
    from twin.trace import genealogy
    from twin.trace.store import open_run

    if part is not None and lot is not None:
        raise UsageError(_("either --part or --lot"))
    run = open_run(folder)
    if part is not None:
        history = genealogy.part_history(run, genealogy.part_number(run, part))
        if as_json:
            show(json.dumps(asdict(history), ensure_ascii=False))
        else:
            _show_part(history)
    elif lot is not None:
        lots = genealogy.lot_history(run, lot)
        if as_json:
            serials = [genealogy.serial(run, number) for number in lots.parts]
            show(json.dumps(asdict(lots) | {"serials": serials}, ensure_ascii=False))
        else:
            _show_lot(run, lots)
    else:
        _show_lots(run, as_json)


def _show_part(history: PartHistory) -> None:
    text = _("{serial}: part {part}, {product}, born at {born}, now: {outcome}")
    show(
        text.format(
            serial=history.serial,
            part=history.part,
            product=history.product,
            born=clock(history.born),
            outcome=history.outcome,
        )
    )
    if history.into is not None:
        show(_("Built into part {part}.").format(part=history.into))
    if history.built_in:
        parts = ", ".join(map(str, history.built_in))
        show(_("Built in: parts {parts}.").format(parts=parts))
    if history.flowed:
        show("")
        print_table(
            (_("Flowed through"), _("From"), _("Until")),
            [(s.station, clock(s.begun), clock(s.ended)) for s in history.flowed],
        )
    verdicts = {None: "", True: _("passed"), False: _("rejected")}
    show("")
    print_table(
        (_("Station"), _("Arrived"), _("Work began"), _("Departed"), _("Verdict")),
        [
            (v.station, clock(v.came), _time(v.begun), _time(v.left), verdicts[v.passed])
            for v in history.visits
        ],
    )
    if history.used:
        show("")
        print_table(
            (_("Lot"), _("Material"), _("Station"), _("Time"), _("Part")),
            [
                (str(u.lot), u.material, u.station, clock(u.t), str(u.part))
                for u in history.used
            ],
        )  # fmt: skip


def _show_lot(run: Trace, history: LotHistory) -> None:
    from twin.trace.genealogy import outcomes, serial

    text = _("Lot {lot}: {material}, begun at {station} at {begun}; {count} parts")
    show(
        text.format(
            lot=history.lot,
            material=history.material,
            station=history.station,
            begun=clock(history.begun),
            count=len(history.parts),
        )
    )
    names, outcome = outcomes(run)
    direct = {use.part: use.t for use in reversed(history.used)}
    print_table(
        (_("Part"), _("Serial"), _("First used"), _("Outcome")),
        [
            (str(part), serial(run, part), _time(direct.get(part)), names[outcome[part]])
            for part in history.parts
        ],
    )


def _show_lots(run: Trace, as_json: bool) -> None:
    from twin.trace.genealogy import begun

    lots = begun(run)
    if as_json:
        rows = [{"lot": n, "t": t, "material": f.material, "station": f.station}
                for n, t, f in lots]  # fmt: skip
        show(json.dumps(rows))
    elif lots:
        print_table(
            (_("Lot"), _("Material"), _("Station"), _("Begun")),
            [(str(n), f.material, f.station, clock(t)) for n, t, f in lots],
        )
    else:
        show(_("No material is counted on this line. Name a part: --part 12"))


def _time(t: float | None) -> str:
    return "" if t is None else clock(t)
