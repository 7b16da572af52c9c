"""What a line shows of companion specifications: a table of parts, each in a file of its own.

Adding one is adding a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asyncua.server.address_space import AddressSpace

from opcua_server.bulk import SpaceBuilder
from opcua_server.companion import loader
from opcua_server.companion.batch_units import BATCH_UNITS
from opcua_server.companion.clock import CLOCK
from opcua_server.companion.derived import Derivations
from opcua_server.companion.jobs import JOBS
from opcua_server.companion.machines import MACHINES
from opcua_server.companion.packml import PACKML
from opcua_server.companion.part import Part, Plant
from opcua_server.companion.recipes import RECIPES
from opcua_server.companion.sets import BY_NAME, closure
from opcua_server.companion.types import Types
from opcua_server.companion.values import View
from opcua_server.nodes import Space
from opcua_server.store import LiveStore

__all__ = ["PARTS", "Part", "Plant", "assemble"]

PARTS: tuple[Part, ...] = (MACHINES, JOBS, CLOCK, RECIPES, PACKML, BATCH_UNITS)


def needed(session: Any) -> set[str]:
    """Names of the specifications whose types a server needs.

    Servers that share a line (`session.station` is set) share all types, loaded once.
    """
    if getattr(session, "station", None) is not None:
        return set(BY_NAME)
    return {name for part in PARTS for name in part.needs(session)}


def load_types(address_space: AddressSpace, session: Any) -> None:
    """Load what the line needs, before anything of the line itself is there."""
    sets = closure(needed(session))
    if sets:
        loader.load(address_space, loader.register(address_space), sets)


def assemble(
    address_space: AddressSpace,
    namespace: int,
    session: Any,
    store: LiveStore,
    space: Space,
    parts: Iterable[Part] | None = None,
) -> Derivations:
    """Add the parts that apply to the line; what is to be told at each publish."""
    applying = [part for part in (PARTS if parts is None else parts) if part.needs(session)]
    names = {name for part in applying for name in part.needs(session)}
    if not names:
        return Derivations()
    builder = SpaceBuilder(address_space, namespace)
    rows = {key: row for row, key in enumerate(session.shown.tags)}
    view = View(session, store, rows)
    types = Types(builder, names, line=space, rows=rows, view=view)
    plant = Plant(types, session, space, builder)
    for part in applying:
        part.build(plant)
    return types.variables.derivations
