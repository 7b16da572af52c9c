"""Shrink packer: bottles into packs of film, shrunk in a tunnel of hot air."""

from __future__ import annotations

from math import exp

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Parameters, Quantity, Setting
from twin.equipment.tag import Tag, Text, Track

LAG = 240.0  # s, air and belt of the tunnel, assumed
WIDTH = 2.0  # K, from most packs tight to most packs open, assumed


class PackerParameters(Parameters):
    """The tunnel and the film."""

    tunnel: float = Field(175.0, ge=120, le=230, description="°C")
    coldest: float = Field(160.0, description="°C, colder film does not shrink")
    hottest: float = Field(190.0, description="°C, hotter film burns through")
    tension: float = Field(45.0, gt=0, description="N")


def loss(p: PackerParameters, bench: Bench, base: float) -> float:
    """Packs lost for other reasons, and those open or burnt."""
    air = bench.value("TunnelTemp")
    open_packs = 1.0 / (1.0 + exp(min((air - p.coldest + 2.0 * WIDTH) / WIDTH, 500.0)))
    burnt = 1.0 / (1.0 + exp(min((p.hottest + 2.0 * WIDTH - air) / WIDTH, 500.0)))
    return 1.0 - (1.0 - base) * (1.0 - open_packs) * (1.0 - burnt)


SHRINK_PACKER = Equipment(
    "shrink-packer",
    Text("Shrink packer", "수축 포장기"),
    PackerParameters,
    lambda p: (
        Tag("TunnelTemp", Text("Tunnel temperature", "수축 터널 온도"), "°C", 0, 260,
            Track("TunnelTemp"), noise=0.4, resolution=0.1, sensor="thermocouple"),
        Tag("TunnelSet", Text("Tunnel temperature set point", "수축 터널 온도 설정"), "°C",
            120, 230, Track("TunnelSet"), resolution=0.1, setting="TunnelSet"),
        Tag("FilmTension", Text("Film tension", "필름 장력"), "N", 0, 120, Track("FilmTension"),
            noise=0.8, resolution=0.1, sensor="torque"),
    ),
    lambda p: (
        Setting("TunnelSet", Text("Tunnel temperature", "수축 터널 온도"), "°C",
                140.0, 210.0, p.tunnel),
    ),
    lambda p: (
        Quantity("TunnelTemp", "°C", p.tunnel),
        Quantity("FilmTension", "N", p.tension),
    ),
    drive=lambda p, bench: {
        # packs that go through take heat out (4 K, assumed)
        "TunnelTemp": (bench.setting("TunnelSet") - (0.0 if not bench.working else 4.0), LAG),
        "FilmTension": (p.tension if bench.working else 0.4 * p.tension, 2.0),
    },
    loss=loss,
    look=lambda p, bench: 120.0,  # so that what is lost follows the tunnel
    alarms=lambda p: (
        Alarm("TunnelOff", Text("Tunnel off its set point", "수축 터널 온도 편차"), MEDIUM,
              Text("Heater or fan of the tunnel.", "터널 히터 또는 팬 이상."),
              Beyond("TunnelTemp", -12.0, 12.0, deadband=2.0, of="TunnelSet"), on_delay=30.0),
    ),
)  # fmt: skip
