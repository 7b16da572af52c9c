"""The drawings of the lines in docs are what the code draws now; every line has its still."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("pictures", ROOT / "scripts" / "pictures.py")
assert SPEC is not None
assert SPEC.loader is not None
pictures = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(pictures)


def test_the_drawings_are_up_to_date():
    assert pictures.stale() == []


def test_every_line_has_a_still():
    for line in pictures.lines():
        still = pictures.FOLDER / f"{line.id.replace('/', '-')}.png"
        assert still.stat().st_size > 20_000
