"""Draws the pictures of the lines for docs: `python scripts/pictures.py [--check | --stills]`.

For each shipped line the way of its parts as a drawing, in English and Korean, and a still of the
3D view. With --check nothing is drawn: it names the drawings that are not up to date, exit
status 1. Stills depend on the machine's drawing library and are drawn anew only with --stills, or
where they are missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import twin
from twin.line.index import shipped
from visual.flowchart import flowchart

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images" / "lines"
AT, SIZE = 104_400.0, (1280, 720)  # s, px


def lines() -> list[twin.Line]:
    """Every shipped line but the examples."""
    return [twin.load(row.id) for row in shipped() if not row.id.startswith("examples/")]


def drawings() -> Iterator[tuple[Path, str]]:
    """File and text of every drawing of a line's flow."""
    for line in lines():
        name = line.id.replace("/", "-")
        yield FOLDER / f"{name}.svg", flowchart(line)
        yield FOLDER / f"{name}-ko.svg", flowchart(line, "ko")


def stale() -> list[str]:
    """Names of drawings that are missing or old."""
    return [
        path.name
        for path, text in drawings()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Draw, or check; the exit status."""
    if "--check" in sys.argv:
        for name in stale():
            print(f"{name} is not up to date: run `make docs`")
        return bool(stale())
    from visual.render import still

    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in drawings():
        path.write_text(text, encoding="utf-8")
    for line in lines():
        path = FOLDER / f"{line.id.replace('/', '-')}.png"
        if "--stills" in sys.argv or not path.is_file():
            still(twin.run(line, AT + 1.0, 1), AT, path, SIZE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
