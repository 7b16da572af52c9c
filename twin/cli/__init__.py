"""The command line. `main` runs it; what the commands do is imported when one of them is used.

Help is in the reader's language: the language is known before the commands are built.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from twin.i18n import DOMAIN, FOLDER, language, language_of, set_language

if TYPE_CHECKING:
    import typer

__all__ = ["app", "main"]

GLOBAL_FLAGS = ("--debug",)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `twin ARGUMENTS...` and exit with its status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    set_language(language_of(words))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a terminal of another alphabet shows ? instead of failing
            reconfigure(errors="replace", line_buffering=True)
    signal.signal(signal.SIGTERM, _terminated)
    build()(_globals_first(words), prog_name="twin")
    sys.exit(0)


def build() -> typer.Typer:
    """The commands, with their help in the active language."""
    import gettext

    from twin.cli.commands import assemble

    # typer looks its own words up in gettext's default domain
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)
    return assemble()


def __getattr__(name: str) -> typer.Typer:
    """`twin.cli.app`: the commands as a value, for documentation and tests."""
    if name == "app":
        return build()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _globals_first(words: Sequence[str]) -> list[str]:
    """`--lang` and `--debug` may stand anywhere; typer wants them before the command."""
    first: list[str] = []
    rest: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word == "--lang" and words:
            first += [word, words.pop(0)]
        elif word.startswith("--lang=") or word in GLOBAL_FLAGS:
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def _terminated(number: int, _frame: FrameType | None) -> None:
    """SIGTERM unwinds like Ctrl-C, so that nothing half-written stays."""
    raise SystemExit(128 + number)
