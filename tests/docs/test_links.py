"""No page leads nowhere."""

from __future__ import annotations

import pytest

from scripts import links


@pytest.mark.parametrize("page", links.pages(), ids=lambda page: str(page.relative_to(links.ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    assert not links.broken(page)


def test_a_missing_file_and_a_missing_heading_are_found(tmp_path):
    (tmp_path / "a.md").write_text("# One two\n[x](b.md) [y](#one-two) [z](#three) `[q](no.md)`\n")
    assert links.broken(tmp_path / "a.md", tmp_path) == [
        "a.md: b.md: no such file",
        "a.md: #three: no such heading",
    ]


def test_every_page_of_the_documentation_is_reached_from_its_index():
    reached, todo = set(), [links.ROOT / "README.md", links.ROOT / "docs" / "index.md"]
    while todo:
        page = todo.pop()
        if page in reached:
            continue
        reached.add(page)
        for match in links.LINK.finditer(page.read_text()):
            target = (page.parent / (match.group(1) or "").partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists():
                todo.append(target)
    documentation = set((links.ROOT / "docs").rglob("*.md"))
    assert not {str(page.relative_to(links.ROOT)) for page in documentation - reached}
