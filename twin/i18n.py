"""User-visible text in the reader's language: English in the source, Korean from a catalogue.

Text is wrapped as `_("Line {line} is running").format(line=...)`: the placeholders are filled after
the translation. `_` looks the text up when it is called, in the language that is active then.
Nothing is read from disk until a language other than English is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

__all__ = ["LANGUAGES", "N_", "_", "language", "language_of", "ngettext", "set_language"]

LANGUAGES = ("en", "ko")
# searched in this order; the first that is not empty decides (POSIX order, ours first)
VARIABLES = ("TWIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
DOMAIN = "twin"
FOLDER = Path(__file__).parent / "locale"

_active: str | None = None
_catalogue: NullTranslations | None = None


def language_of(arguments: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> str:
    """Language a command line and an environment ask for: "ko" or "en".

    `--lang ko` wins over `TWIN_LANG`, then the POSIX variables. The command line calls this
    before it builds its commands, so that `twin --lang ko --help` is Korean too. A language
    without a catalogue gives English.
    """
    wanted = ""
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
        elif argument == "--lang" and index + 1 < len(arguments):
            wanted = arguments[index + 1]
    wanted = wanted or next(filter(None, map(environ.get, VARIABLES)), "")
    short = wanted.replace("-", "_").split("_")[0].split(".")[0].lower()
    return short if short in LANGUAGES else "en"


def set_language(wanted: str | None = None) -> str:
    """Make a language active for the whole process, and return its two-letter code.

    Without an argument the environment decides. Raises ValueError for a language that is not in
    LANGUAGES.
    """
    global _active, _catalogue
    if wanted is None:
        wanted = language_of()
    elif wanted not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {wanted!r}")
    if wanted == "en":
        _catalogue = None
    elif wanted != _active:
        import gettext

        _catalogue = gettext.translation(DOMAIN, FOLDER, [wanted])
    _active = wanted
    return wanted


def language() -> str:
    """Two-letter code of the active language; the environment's if none was set."""
    return _active or set_language()


def _(message: str) -> str:
    """Return `message` in the active language, or itself where there is no translation."""
    if _active is None:
        set_language()
    return message if _catalogue is None else _catalogue.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the text for `count` things in the active language."""
    if _active is None:
        set_language()
    if _catalogue is None:
        return one if count == 1 else many
    return _catalogue.ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "mark now, translate later"
    """Mark a text in a table for translation; whoever shows it calls `_` on it."""
    return message
