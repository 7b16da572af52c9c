"""Every text for users is in every catalogue, translated, with the same placeholders."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from scripts import catalogues

FOUND = catalogues.extracted()


@pytest.mark.parametrize("po", catalogues.po_files(), ids=lambda po: po.parent.parent.name)
def test_a_catalogue_is_complete_and_up_to_date(po):
    assert not catalogues.problems(po, FOUND)


def test_there_is_a_catalogue_for_every_language_but_english():
    from twin.i18n import LANGUAGES

    found = {po.parent.parent.name for po in catalogues.po_files()}
    assert found == set(LANGUAGES) - {"en"}


def test_korean_texts_are_korean():
    names = {"OPC UA", "REST"}  # what is the same in both languages
    for po in catalogues.po_files():
        for message in catalogues.read(po):
            letters = re.sub(r"\{[^}]*\}|[^A-Za-z]", "", str(message.string))
            if message.id and letters and message.string not in names:
                assert re.search("[가-힣]", str(message.string)), message.id


def test_a_missing_translation_and_a_lost_placeholder_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    found = Catalog()
    for text in ("Line {line}", "New", "Seed {seed}"):
        found.add(text)
    old = Catalog(locale="ko")
    old.add("Line {line}", "라인 {name}")
    old.add("Seed {seed}", "시드 {seed}")
    po = tmp_path / "ko" / "LC_MESSAGES" / "twin.po"
    po.parent.mkdir(parents=True)
    po.write_bytes(catalogues.as_po(old))
    text = "\n".join(catalogues.problems(po, found))
    assert "no translation of 'New'" in text
    assert "other placeholders in the translation of 'Line {line}'" in text
    assert "Seed" not in text


def test_compiling_twice_gives_the_same_bytes():
    for po in catalogues.po_files():
        catalogue = catalogues.read(po)
        assert catalogues.as_mo(catalogue) == catalogues.as_mo(catalogues.read(po))
