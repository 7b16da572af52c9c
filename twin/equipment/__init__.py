"""The catalogue: what each kind of machine does to a part, shows on its sensors and suffers.

One idea a file; adding a kind is adding a row to `CATALOGUE`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from twin.equipment.handling import LOADER, REVIEW, UNLOADER, WASH
from twin.equipment.inspection import AOI, ICT, SPI
from twin.equipment.machine import MACHINE
from twin.equipment.model import Equipment
from twin.equipment.placer import PLACER
from twin.equipment.printer import PRINTER
from twin.equipment.reflow import REFLOW

KINDS = (MACHINE, LOADER, PRINTER, SPI, WASH, PLACER, REFLOW, AOI, ICT, REVIEW, UNLOADER)

CATALOGUE: Mapping[str, Equipment] = MappingProxyType({kind.kind: kind for kind in KINDS})
