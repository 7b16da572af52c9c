"""Palletiser: a robot sets packs in layers; what leaves is a part, with what nobody saw in it."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity
from twin.equipment.tag import Tag, Text, Track
from twin.physics.chance import poisson

LOOK = 30.0  # s between two looks at the layers
SPOILT = 0.01  # share of what was filled from which the pallet must not be sold, assumed
UNSAFE = ("underheated", "recontaminated")


class PalletiserParameters(Parameters):
    """The pattern of a pallet."""

    packs: int = Field(12, ge=1, description="packs a layer")
    layers: int = Field(5, ge=1)
    bottles: int = Field(24, ge=1, description="bottles a pack")


def look(p: PalletiserParameters, bench: Bench) -> float:
    """Say which layer is being set; book what is unsafe in the packs set since the last look."""
    whole = p.packs * p.layers
    bench.put("LayerCount", float(int(bench.treated % whole) // p.packs))
    _book(bench)
    return LOOK


def _book(bench: Bench) -> None:
    shares = {name: bench.arriving(name) for name in UNSAFE}
    if any(shares.values()):
        packs = bench.speed * LOOK / 3600.0
        for name, share in shares.items():
            bench.put(f"Packs {name}", bench.value(f"Packs {name}") + share * packs)


def work(p: PalletiserParameters, bench: Bench, part: Item) -> None:
    """The pallet is whole: its leaking bottles, which only a customer will find."""
    bottles = p.packs * p.layers * p.bottles
    leaking = poisson(bench.uniform("leaks"), min(bottles * bench.arriving("leaking"), 500.0))
    by_fault = bench.arriving("leaking by fault") > 0.01
    part.x["leakers"] = float(leaking)
    bench.read("Leakers", float(leaking))
    if leaking and by_fault:
        part.defects["leaking"] = "F-TORQUE"
    packs = max(bench.treated - bench.value("Begun"), 1.0)
    bench.put("Begun", bench.treated)
    blame = {"underheated": "F-RTD" if bench.arriving("misread") else "process",
             "recontaminated": "F-FDV"}  # fmt: skip
    for spoilt, fault in blame.items():
        part.x[spoilt] = min(bench.value(f"Packs {spoilt}") / packs, 1.0)
        bench.put(f"Packs {spoilt}", 0.0)
        bench.read(spoilt.capitalize(), part.x[spoilt])
        if part.x[spoilt] > SPOILT:
            part.defects[spoilt] = fault


PALLETISER = Equipment(
    "palletiser",
    Text("Palletiser", "팔레타이저"),
    PalletiserParameters,
    lambda p: (
        Tag("LayerCount", Text("Layers set", "적재 층수"), "1", 0, p.layers, Track("LayerCount"),
            kind="int"),
        Tag("GripVacuum", Text("Gripper vacuum", "그리퍼 진공"), "kPa", -100, 0,
            Track("GripVacuum"), noise=0.5, resolution=0.1, sensor="pressure"),
    ),
    quantities=lambda p: (
        Quantity("LayerCount", "1"), Quantity("GripVacuum", "kPa", -5.0),
        Quantity("Begun", "1", hidden=True),
        *(Quantity(f"Packs {name}", "1", hidden=True) for name in UNSAFE),
    ),
    readings=lambda p: tuple(
        Quantity(name, "1", hidden=True) for name in ("Leakers", "Underheated", "Recontaminated")
    ),
    drive=lambda p, bench: {"GripVacuum": (-62.0 if bench.working else -5.0, 1.5)},
    work=work,
    look=look,
)  # fmt: skip
