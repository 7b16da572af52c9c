"""The pictures of the documentation, drawn by code: `python -m visual.pictures docs/images`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import twin
from visual.render import still


class Picture(NamedTuple):
    """A file name, and what it shows: a line at t (s) in a language, or one station from near."""

    file: str
    line: str
    t: float
    language: str = "en"
    focus: str | None = None


SIZE = (1600, 900)
SEED = 1
PICTURES = (
    Picture("line.png", "electronics/smt-v1", 5100.0),  # the second placer is down
    Picture("line-ko.png", "electronics/smt-v1", 5100.0, "ko"),
    Picture("placer.png", "electronics/smt-v1", 4500.0, "en", "PNP1"),
)


def draw(folder: Path, pictures: Sequence[Picture] = PICTURES) -> list[Path]:
    """Draw pictures into a folder; equal versions draw the same scenes."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for p in pictures:
        trace = twin.run(twin.load(p.line), f"{p.t + 1.0:g}s", seed=SEED)
        made.append(still(trace, p.t, folder / p.file, SIZE, p.language, p.focus))
    return made


if __name__ == "__main__":
    draw(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
