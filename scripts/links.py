"""Checks every link of every page in the repository: `python scripts/links.py`.

Relative links must lead to a file, anchors to a heading; links to other sites are not followed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".venv", "node_modules", ".git", "artifacts", "build", "dist", "runs"}
LINK = re.compile(
    r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|<(?:img|a)\s[^>]*(?:src|href)=\"([^\"]+)\""
)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def pages(root: Path = ROOT) -> list[Path]:
    """Every Markdown page of the project."""
    found = sorted(root.rglob("*.md"))
    return [page for page in found if not NOT_OURS & set(page.relative_to(root).parts)]


def slug(heading: str) -> str:
    """Anchor that a forge gives a heading: lower case, words joined by hyphens."""
    kept = (
        letter
        for letter in heading.strip().lower()
        if letter in " -_" or unicodedata.category(letter)[0] in "LN"
    )
    return "".join(kept).replace(" ", "-")


@lru_cache
def anchors(page: Path) -> frozenset[str]:
    """Anchors of a page."""
    text = FENCE.sub("", page.read_text())
    headings = re.findall(r"^#{1,6}\s+(.*)$", text, re.MULTILINE)
    named = re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text)
    return frozenset(named + [slug(re.sub(r"[`*]|\]\([^)]*\)|\[", "", text)) for text in headings])


def broken(page: Path, root: Path = ROOT) -> list[str]:
    """Every link of a page that leads nowhere, as `page: link: reason`."""
    text = CODE.sub("", FENCE.sub("", page.read_text()))
    out = []
    for match in LINK.finditer(text):
        link = match.group(1) or match.group(2)
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        where, _, anchor = unquote(link).partition("#")
        target = (page.parent / where).resolve() if where else page
        name = page.relative_to(root)
        if not target.exists():
            out.append(f"{name}: {link}: no such file")
        elif not target.is_relative_to(root):
            out.append(f"{name}: {link}: leads out of the repository")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            out.append(f"{name}: {link}: no such heading")
    return out


def main() -> int:
    """Report all broken links; exit status 1 if there are any."""
    checked = pages()
    out = [problem for page in checked for problem in broken(page)]
    print("\n".join(out) or f"links: {len(checked)} pages, all good")
    return 1 if out else 0


if __name__ == "__main__":
    sys.exit(main())
