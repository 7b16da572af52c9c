"""The command that fits a line to a factory's own records: calibrate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.cli.console import span
from twin.cli.guard import say
from twin.cli.lookup import print_table, show
from twin.cli.simulate import trace_of
from twin.errors import UsageError
from twin.export.dataset import refuse_existing
from twin.i18n import _, language
from twin.serve.faces import VIEWS, face
from twin.trace.folder import whole_files

if TYPE_CHECKING:
    from twin.calibrate import Calibration, Fit, Table

FAIR = 0.1  # KS distance up to which a fit that is told from the data still serves, assumed


def calibrate(
    name: str,
    data: Sequence[str],
    names: Sequence[str],
    out: Path,
    report: Path | None,
    force: bool,
) -> None:
    """Fit, write the scenario and the report, and say what was fitted and what was not."""
    from twin.calibrate import calibrate as fit_line
    from twin.line import load

    if out.suffix not in (".yaml", ".yml"):
        raise UsageError(
            _("--out: expected a file that ends in .yaml, found {out}").format(out=out)
        )
    line = load(name)
    tables = [_table(one) for one in data]
    files = [path.absolute() for path in (out, report) if path is not None]
    refuse_existing(files, force)
    found = fit_line(line, tables, names=_names(names), name=f"my/{_id(out)}")
    draw = face(VIEWS, "fits") if report is not None else None
    with whole_files(*files) as temporary:
        temporary[0].write_text(found.text, encoding="utf-8")
        if draw is not None:
            draw(found, temporary[1], language=language())
    _print(found)
    if found.unfits:
        show("")
        print_table((_("Not fitted"), _("Why")), [(one.what, one.why) for one in found.unfits])
    say(_("The calibrated scenario is in {file}").format(file=out))
    if report is not None:
        say(_("The report is in {file}").format(file=report))


def example(name: str, folder: Path, duration: str, seed: int) -> None:
    """Write tables as a logger would have kept them, of the simulated line."""
    from twin.calibrate.example import write_examples

    for path in write_examples(trace_of(name, span(duration, "--for"), seed, ()), folder):
        say(_("Wrote {file}").format(file=path))


def _table(text: str) -> Table:
    """A table of "FILE", or of "KIND=FILE"."""
    from twin.calibrate import read_table
    from twin.calibrate.tables import KINDS

    kind, equals, file = text.partition("=")
    if equals and kind in KINDS:
        return read_table(Path(file), kind)
    return read_table(Path(text))


def _names(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        own, equals, ours = pair.rpartition("=")
        if not equals or not own or not ours:
            raise UsageError(_("--map: expected OWN=NAME, found {pair!r}").format(pair=pair))
        found[own.strip()] = ours.strip()
    return found


def _id(out: Path) -> str:
    plain = "".join(c if c.isalnum() and c.isascii() else "-" for c in out.stem.lower())
    return plain.strip("-") or "line-v1"


def _print(found: Calibration) -> None:
    if found.tags:
        _print_tags(found)
    if not found.fits:
        return
    head = (_("Fitted"), _("Records"), _("Value"), _("Mean of records, twin"), _("KS distance"),
            _("Fit"), _("Notes"))  # fmt: skip
    print_table(head, [_row(fit) for fit in found.fits])


def _print_tags(found: Calibration) -> None:
    """Texture of each tag: of the record, and of the calibrated twin."""
    head = (_("Tag"), _("Records"), _("Resolution"), _("Noise"), _("Memory"), _("Holds"),
            _("Notes"))  # fmt: skip
    print_table(head, [one.cells for one in found.tags])
    show("")


def _row(fit: Fit) -> tuple[str, ...]:
    value = ", ".join(str(one) for one in fit.value.values())
    good = fit.fitted
    twin = f"{fit.shown.mean():.4g} s" if len(fit.shown) else "–"
    verdict = _("good") if good.close else _("fair") if good.distance < FAIR else _("poor")
    return (
        fit.what, str(good.n), value, f"{good.mean:.4g} s, {twin}", f"{good.distance:.3f}",
        verdict, "; ".join(fit.notes),
    )  # fmt: skip
