"""Materials of the catalogue: colours as on a screen (sRGB), how metallic, how rough, how clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Material:
    """`colour` "#rrggbb" in sRGB; `metallic`, `roughness`, `opacity` 0-1; `lit` ignores lamps."""

    colour: str
    metallic: float = 0.0
    roughness: float = 0.5
    opacity: float = 1.0
    lit: bool = False

    @property
    def linear(self) -> tuple[float, float, float]:
        """The colour as light (IEC 61966-2-1), as glTF wants it."""
        red, green, blue = (int(self.colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))
        return _light(red), _light(green), _light(blue)


def _light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


MATERIALS: Mapping[str, Material] = MappingProxyType(
    {
        # machine bodies
        "body": Material("#eceff1", 0.0, 0.38),
        "shade": Material("#c9d0d5", 0.05, 0.45),
        "base": Material("#58646e", 0.15, 0.45),
        "dark": Material("#2a3037", 0.15, 0.5),
        "black": Material("#15181c", 0.1, 0.55),
        "blue": Material("#1f5fa0", 0.1, 0.36),
        "teal": Material("#1d7f8c", 0.1, 0.36),
        "orange": Material("#e8781e", 0.05, 0.4),
        "yellow": Material("#efc019", 0.0, 0.45),
        "red": Material("#c0392b", 0.0, 0.45),
        "inside": Material("#7f8b95", 0.1, 0.6),
        # metals
        "steel": Material("#c4cad0", 0.85, 0.3),
        "alu": Material("#b3bac1", 0.75, 0.38),
        "brass": Material("#d8ab3f", 0.85, 0.32),
        "foil": Material("#dfe3e6", 0.9, 0.16),
        # see-through
        "glass": Material("#a9cbdc", 0.0, 0.06, 0.20),
        "tinted": Material("#28465a", 0.1, 0.08, 0.42),
        # light
        "screen": Material("#1b3144", 0.0, 0.3, lit=True),
        "pixel": Material("#47b4ff", 0.0, 0.3, lit=True),
        "green light": Material("#38d67a", 0.0, 0.3, lit=True),
        "lamp": Material("#fff7e2", 0.0, 0.3, lit=True),
        "heat 1": Material("#f6c65b", 0.0, 0.6, lit=True),
        "heat 2": Material("#f39a3a", 0.0, 0.6, lit=True),
        "heat 3": Material("#e8602c", 0.0, 0.6, lit=True),
        "heat 4": Material("#d9362a", 0.0, 0.6, lit=True),
        "cool": Material("#6fb4de", 0.0, 0.6, lit=True),
        # parts and consumables
        "board": Material("#1d7a44", 0.0, 0.42),
        "board blue": Material("#1f4f9c", 0.0, 0.42),
        "chip": Material("#20252b", 0.1, 0.4),
        "solder": Material("#cfd4d8", 0.8, 0.35),
        "gold": Material("#d9aa3c", 0.8, 0.35),
        "paste": Material("#8f979e", 0.4, 0.5),
        "reel": Material("#f3f4f2", 0.0, 0.55),
        "tape": Material("#31363c", 0.05, 0.6),
        "mat": Material("#2f6f9f", 0.0, 0.85),
        "carton": Material("#c39a68", 0.0, 0.88),
        "pallet": Material("#b1854f", 0.0, 0.88),
        "plastic": Material("#3f76b5", 0.0, 0.5),
        "cloth": Material("#33475b", 0.0, 0.9),
        # hall
        "belt": Material("#22262b", 0.0, 0.8),
        "wall": Material("#e7ebee", 0.0, 0.85),
        "window": Material("#cfe4f3", 0.0, 0.4, lit=True),
        "skirting": Material("#8d97a0", 0.0, 0.8),
        "column": Material("#d5dbe0", 0.0, 0.7),
        "aisle": Material("#93b39c", 0.0, 0.85),
        "lane": Material("#ecc521", 0.0, 0.7),
        "rack": Material("#2c6aa8", 0.15, 0.45),
        "upright": Material("#df7a22", 0.1, 0.45),
    }
)
