"""A font that can write Korean: where it is, and what to install when there is none."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from twin.errors import MissingSystemLibrary
from twin.i18n import _

FALLBACK = "DejaVu Sans"  # comes with matplotlib; has no Korean
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
NAMES = (
    "NotoSansCJK-{weight}.ttc", "NotoSansCJKkr-{weight}.otf", "NotoSansKR-{weight}.otf",
    "NotoSansKR-{weight}.ttf", "NanumGothic{nanum}.ttf", "AppleSDGothicNeo.ttc",
    "malgun{nanum}.ttf",
)  # fmt: skip


@lru_cache(maxsize=2)
def korean_font(bold: bool = False) -> Path | None:
    """File of an installed font with Korean, or None."""
    weight, nanum = ("Bold", "Bold") if bold else ("Regular", "")
    wanted = [name.format(weight=weight, nanum=nanum) for name in NAMES]
    for folder in map(Path, FOLDERS):
        for name in wanted:
            found = next(folder.rglob(name), None) if folder.is_dir() else None
            if found is not None:
                return found
    return _asked(weight)


def _asked(weight: str) -> Path | None:
    """What fontconfig would use for Korean, if it really has Korean."""
    if shutil.which("fc-list") is None:
        return None
    answer = subprocess.run(
        ["fc-list", f":lang=ko:style={weight}", "file"], capture_output=True, text=True, check=False
    )
    files = [line.split(":")[0] for line in answer.stdout.splitlines() if line.strip()]
    return Path(sorted(files)[0]) if files else None


def families(lang: str) -> list[str]:
    """Font families for matplotlib, best first; registers the files.

    Raises MissingSystemLibrary when Korean is asked for and no font can write it.
    """
    from matplotlib import font_manager

    names = []
    for bold in (True, False):
        path = korean_font(bold)
        if path is not None:
            font_manager.fontManager.addfont(path)
            names.append(font_manager.FontProperties(fname=path).get_name())
    if lang == "ko" and not names:
        raise MissingSystemLibrary(
            _(
                "No installed font can write Korean. Install one "
                "(Debian: apt-get install fonts-noto-cjk), or ask for English."
            ),
            package="fonts-noto-cjk",
        )
    return [*dict.fromkeys(names), FALLBACK]
