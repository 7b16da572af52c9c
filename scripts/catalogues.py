"""Renews the translation catalogues from the source, or checks that they are up to date.

    python scripts/catalogues.py           extract, merge into every .po, compile every .mo
    python scripts/catalogues.py --check   say what is missing; exit status 1 if anything is

Texts are found where the source, or a template, calls `_`, `ngettext` or `N_`. A .po keeps no
line numbers, so that it changes only when a text does.
"""

from __future__ import annotations

import io
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("twin", "opcua_server", "visual")
LOCALES = ROOT / "twin" / "locale"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def extracted(root: Path = ROOT) -> Catalog:
    """Every text for users in the source, each with the files it is in."""
    found = Catalog(project="factory-testbed-twin", charset="utf-8")
    for package in PACKAGES:
        rows = extract_from_dir(
            root / package,
            [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")],
            keywords=KEYWORDS,
            comment_tags=("L10N:",),
        )
        for name, _line, message, comments, _context in sorted(rows, key=lambda row: row[:2]):
            found.add(message, locations=[(f"{package}/{name}", 0)], auto_comments=comments)
    return found


def po_files(locales: Path = LOCALES) -> list[Path]:
    """The catalogue of every language."""
    return sorted(locales.glob("*/LC_MESSAGES/*.po"))


def read(po: Path) -> Catalog:
    """A catalogue from its file."""
    with po.open("rb") as file:
        return read_po(file, locale=po.parent.parent.name)


def merged(old: Catalog, found: Catalog) -> Catalog:
    """`old` with exactly the texts of `found`; a new text has no translation yet."""
    fresh = Catalog(locale=old.locale, project=found.project, charset="utf-8")
    for message in sorted(found, key=lambda message: _singular(message)):
        if message.id:
            known = old.get(message.id)
            fresh.add(
                message.id,
                string=known.string if known else None,
                locations=[(file, 0) for file in sorted({file for file, _ in message.locations})],
                auto_comments=message.auto_comments,
            )
    return fresh


def as_po(catalogue: Catalog) -> bytes:
    """Text of a .po file: no dates and no line numbers, so the same texts give the same bytes."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, include_lineno=False, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header.encode() + out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Bytes of the compiled .mo file, dates left out for the same reason."""
    plain = Catalog(locale=catalogue.locale, charset="utf-8", header_comment="")
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            plain.add(message.id, message.string)
    header = (
        f"Content-Type: text/plain; charset=utf-8\nLanguage: {catalogue.locale_identifier}\n"
        f"Plural-Forms: {catalogue.plural_forms}\n"
    )
    out = io.BytesIO()
    write_mo(out, _WithHeader(plain, header))
    return out.getvalue()


class _WithHeader:
    """What `write_mo` reads of a catalogue, with a header that has no dates in it."""

    def __init__(self, catalogue: Catalog, header: str) -> None:
        self.charset = "utf-8"
        self._messages = [Message("", header), *(m for m in catalogue if m.id)]

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)


def placeholders(text: str) -> list[str]:
    """Names in braces of a format string, sorted; ValueError if its braces do not match."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def problems(po: Path, found: Catalog) -> list[str]:
    """Everything that keeps a catalogue from being complete and up to date."""
    catalogue, name, out = read(po), po.relative_to(ROOT), []
    for message in merged(catalogue, found):
        if not message.id:
            continue
        source = _singular(message)
        strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if not all(strings):
            out.append(f"{name}: no translation of {source!r}")
            continue
        out += [
            f"{name}: other placeholders in the translation of {source!r}"
            for text in strings
            if text and placeholders(text) != placeholders(_plural(message))
        ]
    fresh = merged(catalogue, found)
    if not out and as_po(fresh) != po.read_bytes():
        out.append(f"{name}: not up to date with the source; run `make locale`")
    mo = po.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != as_mo(fresh):
        out.append(f"{mo.relative_to(ROOT)}: not up to date with its .po; run `make locale`")
    return out


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _plural(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]


def main() -> int:
    """Renew the catalogues, or with --check only report."""
    found = extracted()
    if "--check" in sys.argv[1:]:
        out = [problem for po in po_files() for problem in problems(po, found)]
        print("\n".join(out) or f"translations: {len(found)} texts, all translated")
        return 1 if out else 0
    for po in po_files():
        fresh = merged(read(po), found)
        po.write_bytes(as_po(fresh))
        po.with_suffix(".mo").write_bytes(as_mo(fresh))
        missing = sum(1 for m in fresh if m.id and not m.string)
        print(f"{po.relative_to(ROOT)}: {len(fresh)} texts, {missing} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
