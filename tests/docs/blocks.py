"""Runs the code blocks of a page in order, and compares what they print with the page.

A `bash` or `python` block is run; a `text` block directly after it is what it prints, where `...`
stands for anything. A block whose fence says `file=NAME` becomes that file, as does a `yaml` block
that begins with `# NAME.yaml`. A block under a comment `<!-- not run: reason -->` is only shown.
All blocks of a page share one folder, and its Python blocks share their names.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"(?P<skip><!-- not run: .+? -->\n)?^```(?P<language>\w*)(?: file=(?P<file>\S+))?\n"
    r"(?P<code>.*?)^```$"
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
    file: str | None
    code: str
    output: str | None


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page that are to be run."""
    text = page.read_text()
    for match in BLOCK.finditer(text):
        if match["language"] in ("bash", "python", "yaml") and not match["skip"]:
            line = text.count("\n", 0, match.start("code")) + 1
            name = NAME.match(match["code"])
            file = match["file"] or (name[1] if name else None)
            yield Block(line, match["language"], file, match["code"], match["output"])


def run(page: Path, folder: Path) -> int:
    """Run a page's blocks in `folder`; returns how many. AssertionError at the first wrong one."""
    names: dict[str, object] = {"__name__": "__main__"}
    count = 0
    for block in blocks(page):
        if block.file is not None:
            (folder / block.file).write_text(block.code)
        if block.file is not None or block.language == "yaml":
            continue
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
    shell = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", block.code],
        cwd=folder, env=environ, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        printed, errors = shell.communicate(timeout=90)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"line {block.line}: takes too long: {block.code}") from None
    finally:
        with contextlib.suppress(ProcessLookupError):  # what the block left running
            os.killpg(shell.pid, signal.SIGKILL)
    if shell.returncode:
        raise AssertionError(f"line {block.line}: {block.code}\n{printed}{errors}")
    return printed


def _python(block: Block, names: dict[str, object], folder: Path) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.chdir(folder):
        exec(compile(block.code, f"<page line {block.line}>", "exec"), names)
    return out.getvalue()
