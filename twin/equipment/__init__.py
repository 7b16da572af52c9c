"""The catalogue: what each kind of machine does to a part, shows on its sensors and suffers.

One idea a file; adding a kind is adding a row to `CATALOGUE`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from twin.equipment.cstr import CSTR
from twin.equipment.deburr import DEBURR
from twin.equipment.furnace import FURNACE
from twin.equipment.gauge import CMM, GAUGE
from twin.equipment.grinder import GRINDER
from twin.equipment.handling import LOADER, REVIEW, UNLOADER, WASH
from twin.equipment.inspection import AOI, ICT, SPI
from twin.equipment.lathe import LATHE
from twin.equipment.machine import MACHINE
from twin.equipment.marker import MARKER
from twin.equipment.mill import MILL
from twin.equipment.model import Equipment
from twin.equipment.placer import PLACER
from twin.equipment.press import PRESS
from twin.equipment.printer import PRINTER
from twin.equipment.reflow import REFLOW
from twin.equipment.saw import SAW
from twin.equipment.washer import WASHER

ELECTRONICS = (LOADER, PRINTER, SPI, WASH, PLACER, REFLOW, AOI, ICT, REVIEW, UNLOADER)
MACHINING = (SAW, LATHE, MILL, DEBURR, WASHER, GAUGE, CMM, FURNACE, GRINDER, PRESS, MARKER)
CHEMICAL = (CSTR,)
KINDS = (MACHINE, *ELECTRONICS, *MACHINING, *CHEMICAL)

CATALOGUE: Mapping[str, Equipment] = MappingProxyType({kind.kind: kind for kind in KINDS})
