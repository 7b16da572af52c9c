"""Feeds: where a station takes a material, with the tags and the numbers of its lots.

Lots are numbered through the line: those of feed number f of F are f + 1, f + 1 + F, f + 1 + 2 F.
So a number says where a lot was used, and no station's numbers depend on another's pace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twin.equipment.alarm import LOW, Alarm, Beyond
from twin.equipment.model import Quantity
from twin.equipment.tag import Tag, Text, Track
from twin.line.materials import MaterialSpec, RefillSpec, UseSpec

MOST_LOTS = 1e9
SCARCE = 0.1  # share of a lot that is left when the next is asked for, assumed


@dataclass(frozen=True)
class Feed:
    """One material at one station: so much a part, from lots of `spec.lot` units."""

    station: str
    material: str
    number: int  # among the feeds of the line
    count: int  # of all feeds of the line
    amounts: tuple[float, ...]  # units a part takes, by number of its product
    spec: MaterialSpec
    refill: RefillSpec | None

    @property
    def title(self) -> Text:
        """Name of the material for people."""
        return self.spec.title or Text(self.material, self.material)

    @property
    def lot_key(self) -> str:
        """Name of the law that holds the lot in use, and of the reading of lots in parts."""
        return f"{self.material} lot"

    @property
    def left_key(self) -> str:
        """Name of the law that holds what is left, in units of the material."""
        return f"{self.material} left"

    def property_key(self, name: str) -> str:
        """Name of the hidden law that holds a property of the lot in use."""
        return f"{self.material} {name}"

    def lot(self, count: int) -> int:
        """Number of the lot that is the `count`-th here, from 0."""
        return self.number + 1 + count * self.count


def feeds_of(
    stations: Mapping[str, Mapping[str, UseSpec]],
    materials: Mapping[str, MaterialSpec],
    products: Sequence[str],
) -> dict[str, tuple[Feed, ...]]:
    """Feeds by station, numbered in file order."""
    pairs = [(name, material) for name, uses in stations.items() for material in uses]
    out: dict[str, tuple[Feed, ...]] = dict.fromkeys(stations, ())
    for number, (name, material) in enumerate(pairs):
        use = stations[name][material]
        spec = materials[material]
        amounts = tuple(use.of(product) for product in products)
        feed = Feed(name, material, number, len(pairs), amounts, spec, use.refill)
        out[name] += (feed,)
    return out


def stem(material: str, count: int) -> str:
    """What the tag names of a material begin with at a station that uses `count` of them."""
    if count == 1:
        return "Material"
    words = re.split(r"[^A-Za-z0-9]+", material)
    return "".join(word[:1].upper() + word[1:] for word in words)


def tags(feeds: tuple[Feed, ...]) -> tuple[Tag, ...]:
    """Lot in use and what is left of it, for every material of a station."""
    rows: list[Tag] = []
    for feed in feeds:
        name, title = stem(feed.material, len(feeds)), feed.title
        rows += [
            Tag(f"{name}Lot", Text(f"Lot in use: {title.en}", f"사용 중 로트: {title.ko}"), "",
                0, MOST_LOTS, Track(feed.lot_key), kind="int"),
            Tag(f"{name}Left", Text(f"Left of the lot: {title.en}", f"로트 잔량: {title.ko}"),
                feed.spec.unit, 0, 2.0 * feed.spec.lot, Track(feed.left_key)),
        ]  # fmt: skip
    return tuple(rows)


def alarms(feeds: tuple[Feed, ...]) -> tuple[Alarm, ...]:
    """Where people put the next lot in, they are told before it is needed."""
    return tuple(
        Alarm(
            f"{stem(feed.material, len(feeds))}Low",
            Text(f"Nearly used up: {feed.title.en}", f"소진 임박: {feed.title.ko}"),
            LOW,
            Text("Bring the next lot.", "다음 로트 준비."),
            Beyond(
                f"{stem(feed.material, len(feeds))}Left",
                low=SCARCE * feed.spec.lot,
                deadband=0.1 * SCARCE * feed.spec.lot,
            ),
        )
        for feed in feeds
        if feed.refill is not None
    )


def quantities(feeds: tuple[Feed, ...]) -> tuple[Quantity, ...]:
    """Laws behind the tags, as they are when a run begins."""
    return tuple(
        quantity
        for feed in feeds
        for quantity in (
            Quantity(feed.lot_key, "", float(feed.lot(0))),
            Quantity(feed.left_key, feed.spec.unit, feed.spec.lot),
            *(
                Quantity(feed.property_key(name), "", law.mean, hidden=True)
                for name, law in feed.spec.properties.items()
            ),
        )
    )


def readings(feeds: tuple[Feed, ...]) -> tuple[Quantity, ...]:
    """What the trace keeps about parts: which lots went into them."""
    return tuple(Quantity(feed.lot_key, "") for feed in feeds)
