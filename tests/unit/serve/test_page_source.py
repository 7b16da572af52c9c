"""What the page's source says of states agrees with the product, and can be read by everyone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin.equipment.standard import STATE_TITLES, STATES

WEB = Path(__file__).parents[3] / "visual" / "web"
ROW = re.compile(
    r'look\("(?P<name>[A-Z]+)", "(?P<symbol>.)", "(?P<colour>#\w{6})", "(?P<ink>#\w{6})", '
    r'"(?P<lamp>\w+)", (?P<loud>true|false), "(?P<hatch>[^"]+)", "(?P<en>[^"]+)", "(?P<ko>[^"]+)"\)'
)
LOOKS = [
    row.groupdict()
    for row in ROW.finditer((WEB / "src" / "states.ts").read_text(encoding="utf-8"))
    if row["name"] in STATES
]


def test_the_page_knows_every_state_in_its_order_and_words():
    assert [look["name"] for look in LOOKS] == list(STATES)
    assert [look["ko"] for look in LOOKS] == [title.ko for title in STATE_TITLES]
    assert [look["en"].lower() for look in LOOKS] == [title.en for title in STATE_TITLES]


def test_no_two_states_look_alike_without_colour():
    assert len({look["symbol"] for look in LOOKS}) == len(LOOKS)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look["name"])
def test_a_states_word_can_be_read_on_its_colour(look):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 to 1 at least."""
    light, dark = sorted((luminance(look["colour"]), luminance(look["ink"])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_both_languages_have_every_text():
    source = (WEB / "src" / "i18n.ts").read_text(encoding="utf-8")
    table = source[source.index("const TEXTS") : source.index("} as const")]
    rows = re.findall(r"^  (\w+): \[\s*\"([^\"]*)\",\s*\"([^\"]*)\",?\s*\]", table, re.M)
    assert len(rows) == len(re.findall(r"^  \w+: \[", table, re.M))
    for key, en, ko in rows:
        assert set(re.findall(r"\{\w+\}", en)) == set(re.findall(r"\{\w+\}", ko)), key
        assert en
        assert ko
