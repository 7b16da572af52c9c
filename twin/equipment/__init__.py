"""The catalogue: what each kind of machine does to a part, shows on its sensors and suffers.

One idea a file; adding a kind is adding a row to `CATALOGUE`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from twin.equipment.aseptic_tank import ASEPTIC_TANK
from twin.equipment.beadmill import BEAD_MILL
from twin.equipment.blender import BLENDER
from twin.equipment.cstr import CSTR
from twin.equipment.deburr import DEBURR
from twin.equipment.depalletiser import DEPALLETISER
from twin.equipment.disperser import DISPERSER
from twin.equipment.dosing import DOSING
from twin.equipment.filler import FILLER
from twin.equipment.furnace import FURNACE
from twin.equipment.gauge import CMM, GAUGE
from twin.equipment.grinder import GRINDER
from twin.equipment.handling import LOADER, REVIEW, UNLOADER, WASH
from twin.equipment.inspection import AOI, ICT, SPI
from twin.equipment.kettle import KETTLE
from twin.equipment.labeller import LABELLER
from twin.equipment.lathe import LATHE
from twin.equipment.letdown import LET_DOWN
from twin.equipment.machine import MACHINE
from twin.equipment.marker import MARKER
from twin.equipment.mill import MILL
from twin.equipment.model import Equipment
from twin.equipment.packing import FILTER, PAIL_FILLER
from twin.equipment.palletiser import PALLETISER
from twin.equipment.pasteuriser import PASTEURISER
from twin.equipment.placer import PLACER
from twin.equipment.press import PRESS
from twin.equipment.printer import PRINTER
from twin.equipment.reflow import REFLOW
from twin.equipment.saw import SAW
from twin.equipment.shrink_packer import SHRINK_PACKER
from twin.equipment.silo import SILO
from twin.equipment.tanks import TANK_FARM
from twin.equipment.tinting import TINTING
from twin.equipment.touchup import TOUCH_UP
from twin.equipment.vision import VISION
from twin.equipment.washer import WASHER

ELECTRONICS = (LOADER, PRINTER, SPI, WASH, PLACER, REFLOW, AOI, ICT, REVIEW, UNLOADER)
CUTTING = (SAW, LATHE, MILL, DEBURR, WASHER, GAUGE, TOUCH_UP)
MACHINING = (*CUTTING, CMM, FURNACE, GRINDER, PRESS, MARKER)
WET = (SILO, BLENDER, PASTEURISER, ASEPTIC_TANK)
FOOD = (*WET, DEPALLETISER, FILLER, LABELLER, VISION, SHRINK_PACKER, PALLETISER)
COATING = (TANK_FARM, DOSING, KETTLE, DISPERSER, BEAD_MILL, LET_DOWN, TINTING, FILTER, PAIL_FILLER)
CHEMICAL = (*COATING, CSTR)
KINDS = (MACHINE, *ELECTRONICS, *MACHINING, *CHEMICAL, *FOOD)

CATALOGUE: Mapping[str, Equipment] = MappingProxyType({kind.kind: kind for kind in KINDS})
