"""Runs the code blocks of a page in order, and compares what they print with the page.

A `bash` or `python` block is run; a `text` block directly after it is what it prints, where `...`
stands for anything. A `yaml` block that begins with `# NAME.yaml` becomes that file. A block under
a comment `<!-- not run: reason -->` is only shown. All blocks of a page share one folder, and its
Python blocks share their names.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"(?P<skip><!-- not run: .+? -->\n)?^```(?P<language>\w*)\n(?P<code>.*?)^```$"
    r"(?:\n+^```text\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
NAME = re.compile(r"# (\S+\.yaml)\n")
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """Code of a page, with its line number and what the page says it prints."""

    line: int
    language: str
    code: str
    output: str | None


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page that are to be run."""
    text = page.read_text()
    for match in BLOCK.finditer(text):
        if match["language"] in ("bash", "python", "yaml") and not match["skip"]:
            line = text.count("\n", 0, match.start("code")) + 1
            yield Block(line, match["language"], match["code"], match["output"])


def run(page: Path, folder: Path) -> int:
    """Run a page's blocks in `folder`; returns how many. AssertionError at the first wrong one."""
    names: dict[str, object] = {"__name__": "__main__"}
    count = 0
    for block in blocks(page):
        printed = (
            _bash(block, folder) if block.language == "bash" else _python(block, names, folder)
        )
        if block.output is not None and not doctest.OutputChecker().check_output(
            block.output, printed, LOOSE
        ):
            raise AssertionError(
                f"{page.name}:{block.line}: the page says\n{block.output}\nbut it prints\n{printed}"
            )
        count += 1
    return count


def _bash(block: Block, folder: Path) -> str:
    programs = Path(sys.executable).parent
    environ = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "100"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.code],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"line {block.line}: {block.code}\n{done.stdout}{done.stderr}")
    return done.stdout


def _python(block: Block, names: dict[str, object], folder: Path) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.chdir(folder):
        exec(compile(block.code, f"<page line {block.line}>", "exec"), names)
    return out.getvalue()
