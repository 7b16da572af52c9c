"""Dirt profiles: what a plant network makes of perfect signals, as a table of frozen rows.

`nist` reproduces what was measured on two machine tools of an open data set (see
docs/explanation/field-data.md); the other dirty rows are assumed, of the kinds that plant engineers
know. Adding a profile is adding a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from twin.equipment.tag import Text
from twin.errors import UsageError
from twin.field.chance import Lognormal, Mixture
from twin.i18n import _

EpisodeKind = Literal["stuck", "spike", "zero", "nan", "drift"]
HOUR = 3600.0


AN_HOUR = Mixture((Lognormal(1.0, HOUR, 0.0),))


@dataclass(frozen=True, slots=True)
class Link:
    """A connection by turns up and down. Of an outage only the last `kept` s are sent later."""

    up: Mixture
    down: Mixture
    kept: float = 0.0


@dataclass(frozen=True, slots=True)
class Episode:
    """Something that befalls a measured value: on average every `every` s a tag, for `lasts`.

    `size` is drawn from a range in shares of the tag's engineering range, of either sign. One of
    kind "spike" is a single look.
    """

    kind: EpisodeKind
    every: float
    lasts: Mixture
    size: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Late:
    """A `share` of records arrives late by a Weibull law (scale s, shape)."""

    share: float
    scale: float
    shape: float


@dataclass(frozen=True, slots=True)
class Stamps:
    """The clock of a station's gateway: constant `offset` s, rate error, jumps for a while.

    A jump comes on average every `jumps_every` s (0: never), lasts `jump_lasts` and is one of
    `jump_by` s.
    """

    offset: float = 0.0
    ppm: float = 0.0
    jumps_every: float = 0.0
    jump_lasts: Mixture = AN_HOUR
    jump_by: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chatter:
    """Nuisance conditions of a station: how long one is `active` and `quiet`; share of faults."""

    active: Mixture
    quiet: Mixture
    faults: float


@dataclass(frozen=True, slots=True)
class Profile:
    """What becomes of a value between the sensor and the receiver.

    A gateway looks at its station every `poll` s, up to `jitter` of that later; changed values go
    out in bursts that share a timestamp, a new one begins with the chance `split`, `spacing` s
    after the one before. A burst arrives `latency` s (median) after its stamp. Every `integrity` s
    (0: never) all values are sent, changed or not. `duplicates` is the share of records sent twice.
    """

    id: str
    title: Text
    source: str
    poll: float = 1.0
    jitter: float = 0.0
    split: float = 0.0
    spacing: float = 0.0
    latency: float = 0.0
    integrity: float = 0.0
    duplicates: float = 0.0
    link: Link | None = None
    late: Late | None = None
    stamps: Stamps = Stamps()
    chatter: Chatter | None = None
    episodes: tuple[Episode, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether values arrive as the sensors show them."""
        return self.id == "clean"

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes of the truth table this profile can bring."""
        named = {
            "outage": self.link is not None,
            "late": self.late is not None,
            "duplicate": self.duplicates > 0.0,
            "clock": self.stamps.jumps_every > 0.0,
            "chatter": self.chatter is not None,
        }
        return (
            *(name for name, there in named.items() if there),
            *(episode.kind for episode in self.episodes),
        )


def _one(median: float, sigma: float) -> Mixture:
    return Mixture((Lognormal(1.0, median, sigma),))


# 2.94 conditions a connected hour, most of them under 3 s and in bursts; measured quantiles of the
# active time: 2.5, 6.3 and 194 s at p50, p75 and p95
NUISANCE = Chatter(
    active=Mixture((Lognormal(0.78, 2.0, 0.7), Lognormal(0.22, 66.0, 1.55))),
    quiet=Mixture((Lognormal(0.55, 6.0, 0.8), Lognormal(0.45, 1800.0, 0.85))),
    faults=0.065,
)
# measured outages under 1 h: 39, 45, 49, 67, 116 s at p5, p25, p50, p75, p95; nights are assumed
SHORT = (Lognormal(0.541, 46.0, 0.12), Lognormal(0.36, 75.0, 0.4))
MEASURED_LINK = Link(
    up=Mixture((Lognormal(0.85, 1900.0, 0.45), Lognormal(0.15, 6500.0, 0.7))),
    down=Mixture((*SHORT, Lognormal(0.099, 3 * HOUR, 0.7, HOUR))),
)

PROFILES: Mapping[str, Profile] = {
    profile.id: profile
    for profile in (
        Profile("clean", Text("As the sensors show it", "센서 값 그대로"), "definition"),
        Profile(
            "nist",
            Text("Machine tools on a shop network", "공장 네트워크의 공작 기계"),
            "measured: NIST Smart Manufacturing Systems Test Bed, two machine tools, 2016 to 2020",
            poll=1.05,
            jitter=0.05,
            split=0.42,
            spacing=0.015,
            latency=0.03,
            link=MEASURED_LINK,
            late=Late(0.0013, 18.4, 1.58),
            chatter=NUISANCE,
            episodes=(Episode("zero", 40 * HOUR, _one(20 * 60.0, 0.8)),),
        ),
        Profile(
            "mobile",
            Text("Battery sensors over radio", "배터리 무선 센서"),
            "assumed",
            poll=2.0,
            jitter=0.3,
            split=0.2,
            spacing=0.05,
            latency=0.6,
            integrity=60.0,
            duplicates=0.004,
            link=Link(up=_one(900.0, 1.0), down=_one(25.0, 0.9), kept=300.0),
            late=Late(0.01, 8.0, 0.9),
            stamps=Stamps(ppm=20.0),
        ),
        Profile(
            "hostile",
            Text("Everything that goes wrong at once", "모든 문제가 한꺼번에"),
            "assumed",
            poll=1.05,
            jitter=0.2,
            split=0.3,
            spacing=0.015,
            latency=0.15,
            integrity=20.0,
            duplicates=0.003,
            link=Link(up=_one(1200.0, 0.8), down=_one(60.0, 0.9), kept=30.0),
            late=Late(0.01, 18.4, 1.2),
            stamps=Stamps(
                offset=0.8, ppm=35.0, jumps_every=4 * HOUR, jump_lasts=_one(600.0, 0.5),
                jump_by=(-HOUR, HOUR, -47.0, 90.0),
            ),
            chatter=NUISANCE,
            episodes=(
                Episode("drift", 12 * HOUR, _one(1.5 * HOUR, 0.4), (0.05, 0.15)),
                Episode("stuck", 6 * HOUR, _one(400.0, 0.5)),
                Episode("zero", 6 * HOUR, _one(45.0, 0.8)),
                Episode("spike", 2 * HOUR, _one(1.0, 0.0), (0.6, 2.0)),
                Episode("nan", 6 * HOUR, _one(12.0, 0.8)),
            ),
        ),
    )
}  # fmt: skip


def profile(name: str) -> Profile:
    """A profile by its id. Raises UsageError for a name that is none."""
    try:
        return PROFILES[name]
    except KeyError:
        text = _("there is no dirt profile {name!r}: expected one of {known}")
        raise UsageError(text.format(name=name, known=", ".join(PROFILES))) from None
