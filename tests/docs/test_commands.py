"""What the pages tell a reader to type exists."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator

import click
import pytest
from typer.main import get_command

from scripts import links
from twin import cli

GROUP = get_command(cli.app)
PAGES = [page for page in links.pages() if page.parent.name != "reference"]
INLINE = re.compile(r"`((?:twin|make) [^`\n]+)`")
LISTED = re.compile(r"^(?: {4})?((?:twin|make) [^\n]+)$", re.MULTILINE)


def commands(program: str) -> Iterator[tuple[str, list[str]]]:
    """Every command of a program that a page shows, with the page's name."""
    for page in PAGES:
        text = page.read_text()
        for match in [*INLINE.finditer(text), *LISTED.finditer(text)]:
            words = shlex.split(match.group(1), comments=True)
            if words[0] == program and len(words) > 1:
                yield str(page.relative_to(links.ROOT)), words[1:]


def test_every_twin_command_on_a_page_exists_with_the_options_it_shows():
    shown = list(commands("twin"))
    assert len(shown) > 10
    for page, words in shown:
        names = [word for word in words if word in GROUP.commands]
        options = {word.split("=")[0] for word in words if word.startswith("-")}
        known = _options(GROUP) | {"--help"}
        if names:
            known |= _options(GROUP.commands[names[0]])
        else:
            assert words[0].startswith("-"), f"{page}: twin {' '.join(words)}"
        assert options <= known, f"{page}: twin {' '.join(words)}"


def _options(command: click.Command) -> set[str]:
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts)}


def test_every_make_rule_on_a_page_exists():
    rules = set(re.findall(r"^([a-z]+):", (links.ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {words[0] for _page, words in commands("make")}
    assert {"demo", "test"} <= shown
    assert shown <= rules


def test_every_command_is_shown_on_some_page():
    shown = {word for _page, words in commands("twin") for word in words}
    assert set(GROUP.commands) <= shown


@pytest.mark.parametrize("name", ["", *sorted(GROUP.commands)])
def test_every_command_and_every_option_has_a_help_text(name):
    command = GROUP.commands[name] if name else GROUP
    assert command.help
    for param in command.params:
        if isinstance(param, click.Option) and "--install-completion" not in param.opts:
            assert param.help, param.name


def test_make_alone_lists_the_rules():
    shown = subprocess.run(
        ["make", "help"], cwd=links.ROOT, capture_output=True, text=True, check=True
    ).stdout
    for rule in ("make demo", "make test", "make check", "make bench", "make docs"):
        assert rule in shown
