"""How a station's state looks: colour, symbol and word, never the colour alone.

Colours follow IEC 60073 (red danger, yellow abnormal, blue mandatory action, green normal, white
and grey neutral); normal states stay quiet and abnormal ones stand out (ANSI/ISA-101.01). The page
in visual/web has the same table; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.equipment.standard import STATE_TITLES
from twin.equipment.tag import Text
from twin.trace import State


@dataclass(frozen=True)
class Look:
    """`colour` of rings and chips, `ink` readable on it, `lamp` lit on the stack light."""

    state: State
    symbol: str
    colour: str
    ink: str
    lamp: str
    loud: bool
    hatch: str

    @property
    def title(self) -> Text:
        """The state's word: its name in English, the common word in Korean."""
        return Text(self.state.name, STATE_TITLES[self.state].ko)

    def label(self, lang: str) -> str:
        """Symbol and word."""
        return f"{self.symbol} {self.title.in_language(lang)}"


LOOKS: tuple[Look, ...] = (
    Look(State.STOPPED, "■", "#59646d", "#ffffff", "white", False, "--"),
    Look(State.IDLE, "○", "#6a767f", "#ffffff", "white", False, ""),
    Look(State.STARVED, "◇", "#f5b800", "#221a00", "amber", True, "//"),
    Look(State.WORKING, "▶", "#25794b", "#ffffff", "green", False, ""),
    Look(State.BLOCKED, "◆", "#f5b800", "#221a00", "amber", True, "\\\\"),
    Look(State.DOWN, "✕", "#c8192e", "#ffffff", "red", True, "xx"),
    Look(State.SETUP, "↻", "#1f63b8", "#ffffff", "blue", True, ".."),
    Look(State.HELD, "‖", "#1f63b8", "#ffffff", "blue", True, "--"),
    Look(State.MAINTENANCE, "✚", "#1f63b8", "#ffffff", "blue", False, "xx"),
    Look(State.LOADING, "⇄", "#25794b", "#ffffff", "green", False, ".."),
)
