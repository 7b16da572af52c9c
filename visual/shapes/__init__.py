"""The catalogue of shapes: a function a kind of station; adding a kind is adding a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from visual.shapes.benches import review, wash
from visual.shapes.bottling import (
    depalletiser,
    filler,
    labeller,
    palletiser,
    shrink_packer,
    vision,
)
from visual.shapes.coating import bag_filter, bead_mill, dosing, pail_filler, tank_farm
from visual.shapes.cutting import deburr, grinder, lathe, mill, saw
from visual.shapes.handling import loader, unloader
from visual.shapes.inspection import aoi, ict, spi
from visual.shapes.machine import machine
from visual.shapes.placer import placer
from visual.shapes.printer import printer
from visual.shapes.process import aseptic_tank, blender, silo
from visual.shapes.reflow import reflow
from visual.shapes.shape import Parameters, Shape
from visual.shapes.shop import cmm, furnace, gauge, marker, press, washer
from visual.shapes.vessels import pasteuriser, reactor

__all__ = ["CATALOGUE", "Parameters", "Shape", "shape_of"]

CATALOGUE: Mapping[str, Callable[[Parameters], Shape]] = MappingProxyType(
    {
        "machine": machine,
        "loader": loader,
        "printer": printer,
        "spi": spi,
        "wash": wash,
        "placer": placer,
        "reflow": reflow,
        "aoi": aoi,
        "review": review,
        "ict": ict,
        "unloader": unloader,
        "saw": saw,
        "lathe": lathe,
        "mill": mill,
        "deburr": deburr,
        "washer": washer,
        "gauge": gauge,
        "touch-up": lathe,
        "cmm": cmm,
        "furnace": furnace,
        "grinder": grinder,
        "press": press,
        "marker": marker,
        "cstr": reactor,
        "silo": silo,
        "blender": blender,
        "pasteuriser": pasteuriser,
        "aseptic-tank": aseptic_tank,
        "depalletiser": depalletiser,
        "filler": filler,
        "labeller": labeller,
        "vision": vision,
        "shrink-packer": shrink_packer,
        "palletiser": palletiser,
        "tank-farm": tank_farm,
        "dosing": dosing,
        "bead-mill": bead_mill,
        "bag-filter": bag_filter,
        "pail-filler": pail_filler,
        "kettle": reactor,
        "disperser": reactor,
        "let-down": reactor,
        "tinting": reactor,
    }
)


def shape_of(kind: str, parameters: Parameters) -> Shape:
    """Shape of a kind; a kind that the catalogue does not know looks like a plain machine."""
    return CATALOGUE.get(kind, machine)(parameters)
