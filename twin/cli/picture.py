"""The command that draws: view."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twin.cli.console import span
from twin.cli.guard import say
from twin.cli.simulate import trace_of
from twin.errors import UsageError
from twin.i18n import _, language
from twin.serve.faces import VIEWS, face
from twin.trace.folder import whole_files

AFTER = 1.0  # s a line runs on past the instant that is shown


def view(name: str, out: Path, at: str, seed: int, faults: Sequence[str]) -> None:
    """Draw a line as it is at an instant, off-screen."""
    t = span(at, "--at")
    if out.suffix != ".png":
        raise UsageError(_("--out: expected a file that ends in .png, found {out}").format(out=out))
    still = face(VIEWS, "still")
    trace = trace_of(name, t + AFTER, seed, faults)
    trace.require_known(t)
    with whole_files(out.absolute()) as (temporary,):
        drawn = temporary.with_name(
            temporary.name + out.suffix
        )  # drawing programs go by the ending
        try:
            still(trace, t, drawn, language=language())
            drawn.replace(temporary)
        finally:
            drawn.unlink(missing_ok=True)
    say(_("The picture is in {file}").format(file=out))
