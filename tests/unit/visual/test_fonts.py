"""Korean needs a font that has it; English does not."""

import matplotlib as mpl
import pytest
from matplotlib.font_manager import FontProperties, findfont, get_font

from twin.errors import MissingSystemLibrary
from visual import fonts


def test_the_korean_font_has_the_korean_letters():
    path = fonts.korean_font(bold=True)
    if path is None:
        pytest.skip("no Korean font on this machine (Debian: fonts-noto-cjk)")
    letters = get_font(str(path)).get_charmap()
    assert all(ord(letter) in letters for letter in "라인 가동 고장 자재 대기")


def test_symbols_of_the_states_are_in_one_of_the_fonts():
    from visual.states import LOOKS

    with mpl.rc_context():
        files = [findfont(FontProperties(family=name)) for name in fonts.families("en")]
    letters = set().union(*(get_font(file).get_charmap() for file in files))
    assert {ord(look.symbol) for look in LOOKS} <= letters


def test_without_a_korean_font_english_goes_on_and_korean_names_the_package(monkeypatch):
    monkeypatch.setattr(fonts, "korean_font", lambda bold=False: None)
    assert fonts.families("en") == [fonts.FALLBACK]
    with pytest.raises(MissingSystemLibrary, match="fonts-noto-cjk"):
        fonts.families("ko")
