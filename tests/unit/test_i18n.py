"""Texts come in the language that is active when they are asked for."""

from __future__ import annotations

import gettext
import io

import pytest

from twin import i18n

KOREAN = {"Stopped": "정지됨", "{n} part": "부품 {n}개"}


@pytest.fixture
def korean(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of two texts in place of the shipped one."""

    class Catalogue(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return KOREAN.get(message, message)

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return KOREAN.get(msgid1, msgid2)

    monkeypatch.setattr(gettext, "translation", lambda *_args: Catalogue(io.BytesIO()))


@pytest.mark.parametrize(
    ("arguments", "environ", "expected"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ko_KR.UTF-8"}, "ko"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "ko_KR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_US", "LC_MESSAGES": "ko_KR"}, "ko"),
        ([], {"LC_ALL": "en_US", "TWIN_LANG": "ko"}, "ko"),
        ([], {"LC_ALL": "", "LANG": "ko"}, "ko"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        (["--lang", "ko", "lines"], {"LANG": "en_US"}, "ko"),
        (["lines", "--lang=ko-KR"], {}, "ko"),
        (["--lang=en"], {"LANG": "ko_KR"}, "en"),
        (["lines", "--lang"], {}, "en"),
        (["check", "--", "--lang=ko"], {}, "en"),
    ],
)
def test_the_command_line_then_the_environment_decides_the_language(arguments, environ, expected):
    assert i18n.language_of(arguments, environ) == expected


@pytest.mark.usefixtures("korean")
def test_a_text_is_translated_when_it_is_asked_for_not_when_it_is_written():
    def message() -> str:
        return i18n._("Stopped")

    assert message() == "Stopped"
    i18n.set_language("ko")
    assert message() == "정지됨"
    i18n.set_language("en")
    assert message() == "Stopped"


@pytest.mark.usefixtures("korean")
def test_a_text_without_translation_stays_english():
    i18n.set_language("ko")
    assert i18n._("Never translated") == "Never translated"


@pytest.mark.usefixtures("korean")
def test_counts_take_the_form_of_their_language():
    def parts(n: int) -> str:
        return i18n.ngettext("{n} part", "{n} parts", n).format(n=n)

    assert (parts(1), parts(2)) == ("1 part", "2 parts")
    i18n.set_language("ko")
    assert (parts(1), parts(2)) == ("부품 1개", "부품 2개")


def test_the_environment_decides_until_a_language_is_set(monkeypatch):
    monkeypatch.setattr(i18n, "_active", None)
    monkeypatch.setenv("TWIN_LANG", "ko")
    assert i18n.language() == "ko"


def test_the_shipped_korean_catalogue_loads():
    assert i18n.set_language("ko") == "ko"
    assert i18n.language() == "ko"


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(ValueError, match="one of en, ko, not 'xx'"):
        i18n.set_language("xx")


def test_a_marked_text_is_left_alone():
    assert i18n.N_("Stopped") == "Stopped"
