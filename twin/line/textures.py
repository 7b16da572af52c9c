"""How a station's tag looks when its kind of instrument does not say: by hand, or from a record.

What is given by hand changes the row of the tag's instrument; a `record` (`twin calibrate` writes
one) replaces it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from twin.equipment.tag import Tag
from twin.equipment.texture import Recorded, Rough, Slow, Stands, Texture, Wander
from twin.line.values import Record

Size = Annotated[float, Field(ge=0, le=1e12)]
Value = Annotated[float, Field(ge=-1e12, le=1e12)]
Share = Annotated[float, Field(ge=0, le=1)]
Looks = Annotated[int, Field(ge=2, le=1 << 20)]
Levels = Annotated[list[Value], Field(min_length=2, max_length=200)]
Lengths = Annotated[
    list[Annotated[float, Field(gt=0, le=1e9)]], Field(min_length=2, max_length=200)
]


class WanderSpec(Record):
    """Slow movement of this `size`, in the tag's unit, over so many `looks`."""

    looks: Looks
    size: Size


class SlowSpec(Record):
    """A share of a record's slow movement: over so many `looks`, smooth or in `jumps`."""

    looks: Looks
    share: Share
    jumps: bool = False


class RoughSpec(Record):
    """A stretch of a record: size of its fast part, memory from look to look, share of holds."""

    size: Size
    memory: Annotated[float, Field(ge=-0.95, le=1.0)]
    hold: Share


class StandsSpec(Record):
    """Spans in which a record stands still: lengths in looks, of the spans and of those between."""

    still: Lengths
    busy: Lengths
    levels: Levels

    def stands(self) -> Stands:
        """As the signals room plays it."""
        return Stands(tuple(self.still), tuple(self.busy), tuple(self.levels))


class PlayedSpec(Record):
    """A record's own texture: equally likely `levels`, how fast they change, how rough it is.

    `about` is the model's value during the record; with it the tag still follows the model.
    """

    levels: Levels
    slow: Annotated[list[SlowSpec], Field(min_length=1, max_length=40)]
    rough: Annotated[
        list[Annotated[list[RoughSpec], Field(min_length=1, max_length=40)]],
        Field(min_length=1, max_length=40),
    ]
    tails: Annotated[float, Field(ge=-0.3, le=0.3)] = 0.0
    stretch: Looks = 16
    about: Value | None = None
    stands: StandsSpec | None = None

    def recorded(self) -> Recorded:
        """As the signals room plays it."""
        return Recorded(
            tuple(self.levels),
            tuple(Slow(bits(s.looks), s.share, s.jumps) for s in self.slow),
            tuple(tuple(Rough(r.size, r.memory, r.hold) for r in band) for band in self.rough),
            bits(self.stretch),
            self.tails,
            self.about,
            None if self.stands is None else self.stands.stands(),
        )


class TextureSpec(Record):
    """How one tag looks; sizes in the tag's own unit.

    What is not given is as the tag's kind of instrument has it.
    """

    noise: Size | None = None
    resolution: Size | None = None
    memory: Annotated[float, Field(ge=0, le=0.95)] | None = None
    hold: Annotated[float, Field(ge=0, lt=1)] | None = None
    tails: Annotated[float, Field(ge=0, le=0.3)] | None = None
    deadband: Size | None = None
    lag: Annotated[float, Field(ge=0, le=1e5)] | None = None
    wander: list[WanderSpec] | None = None
    record: PlayedSpec | None = None

    def on(self, tag: Tag, instrument: Texture | None) -> Tag:
        """The tag with this texture, on the row of its instrument."""
        noise = tag.noise if self.noise is None else self.noise
        step = tag.resolution if self.resolution is None else self.resolution
        tag = replace(tag, noise=noise, resolution=step)
        if self.record is not None:
            return replace(tag, texture=self.record.recorded())
        given: dict[str, Any] = {
            "memory": self.memory,
            "missed": self.hold,
            "tails": self.tails,
            "lag": self.lag,
            "deadband": None if self.deadband is None or not noise else self.deadband / noise,
            "wander": None
            if self.wander is None or not noise
            else tuple(Wander(bits(w.looks), w.size / noise) for w in self.wander),
        }
        row = instrument or Texture()
        return replace(
            tag, texture=replace(row, **{k: v for k, v in given.items() if v is not None})
        )


def bits(looks: int) -> int:
    """The power of two nearest to a number of looks."""
    return round(max(looks, 2).bit_length() - 1 + (looks / (1 << looks.bit_length() - 1) > 1.5))
