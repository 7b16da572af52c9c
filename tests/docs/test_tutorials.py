"""Every tutorial and guide does what it says: its blocks run in order and print what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import blocks, run

DOCS = Path(__file__).resolve().parents[2] / "docs"
TUTORIALS = sorted((DOCS / "tutorials").glob("*.md"))
GUIDES = sorted((DOCS / "howto").glob("*.md"))


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_runs_from_top_to_bottom(page, tmp_path):
    assert run(page, tmp_path) > 3


@pytest.mark.slow
@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_guide_runs_from_top_to_bottom(page, tmp_path):
    assert run(page, tmp_path) > 0


def write(tmp_path: Path, text: str) -> Path:
    page = tmp_path / "page.md"
    page.write_text(text)
    return page


def test_a_page_that_shows_something_else_is_found(tmp_path):
    page = write(tmp_path, "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n")
    with pytest.raises(AssertionError, match=r"page.md:2: the page says\n3"):
        run(page, tmp_path)


def test_blocks_share_names_and_folder_and_may_leave_things_open(tmp_path):
    page = write(
        tmp_path,
        "```python\nx = 41\nopen('f', 'w').close()\n```\n\n```bash\nls f\n```\n```text\nf\n```\n"
        "```python\nprint('took', x + 1, 's')\n```\n```text\ntook ... s\n```\n",
    )
    assert run(page, tmp_path) == 3


def test_a_block_that_is_only_shown_is_not_run(tmp_path):
    page = write(tmp_path, "<!-- not run: needs a window -->\n```bash\nfalse\n```\n")
    assert not list(blocks(page))


def test_a_command_that_fails_is_found(tmp_path):
    with pytest.raises(AssertionError, match="false"):
        run(write(tmp_path, "```bash\nfalse\n```\n"), tmp_path)
