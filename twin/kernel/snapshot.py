"""Snapshot and branch: a run frozen at an instant, from which any number of futures go on.

The moving units of a plant refer to one another in rings and chains; they are pickled side by
side, each reference to another unit as its number, so that the depth does not grow with the line.
What never changes (the line, its equipment) is shared, and so is the trace so far.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from twin.kernel.batch import Batch
from twin.kernel.fluid_station import FluidStation
from twin.kernel.plant import Plant
from twin.kernel.run import Run
from twin.line.line import Line
from twin.trace.trace import Trace


@dataclass(frozen=True)
class Snapshot:
    """A run at `now` (s); `resume` goes on from it as if it had never stopped.

    >>> import twin
    >>> run = twin.Run(twin.load("examples/three-stations-v1"))
    >>> run.advance(60.0)
    >>> twin.snapshot(run).now
    60.0
    """

    line: Line
    seed: int
    now: float
    classes: tuple[type, ...] = field(repr=False)
    data: bytes = field(repr=False)
    trace: Trace = field(repr=False)


def snapshot(run: Run) -> Snapshot:
    """Freeze a run where it is; the run itself goes on undisturbed.

    >>> import twin
    >>> run = twin.Run(twin.load("examples/three-stations-v1"), seed=4)
    >>> run.advance(60.0)
    >>> frozen = twin.snapshot(run)
    >>> run.advance(120.0)
    >>> frozen.now
    60.0
    """
    units = list(_units(run.plant))
    numbers = {id(unit): i for i, unit in enumerate(units)}
    shared = {id(thing): name for name, thing in _shared(run.line).items()}
    buffer = io.BytesIO()

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing: Any) -> int | str | None:
            return numbers.get(id(thing), shared.get(id(thing)))

    Pickler(buffer, protocol=5).dump([unit.__getstate__() for unit in units])
    return Snapshot(
        run.line,
        run.trace.seed,
        run.now,
        tuple(type(unit) for unit in units),
        buffer.getvalue(),
        run.trace.branch(),
    )


def resume(at: Snapshot) -> Run:
    """A new run that goes on from a snapshot; it shares only the past with other branches.

    >>> import twin
    >>> run = twin.Run(twin.load("examples/three-stations-v1"), seed=4)
    >>> run.advance(60.0)
    >>> branch = twin.resume(twin.snapshot(run))
    >>> run.advance(120.0)
    >>> branch.advance(120.0)
    >>> branch.trace.digest == run.trace.digest
    True
    """
    units: list[Any] = [object.__new__(kind) for kind in at.classes]
    shared = _shared(at.line)

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, name: int | str) -> Any:
            return units[name] if isinstance(name, int) else shared[name]

    states = Unpickler(io.BytesIO(at.data)).load()
    for unit, state in zip(units, states, strict=True):
        if hasattr(unit, "__setstate__"):
            unit.__setstate__(state)
        else:
            unit.__dict__.update(state)
    return Run.restore(units[0], at.trace.branch())


def _shared(line: Line) -> dict[str, Any]:
    """What snapshots refer to by name instead of holding it."""
    kinds = {f"equipment {s.equipment.kind}": s.equipment for s in line.stations}
    calendar = {} if line.calendar is None else {"calendar": line.calendar}
    return {"line": line, **calendar, **kinds}


def _units(plant: Plant) -> Iterator[Any]:
    """Every unit that others refer to, the plant first, in a fixed order."""
    yield plant
    yield from (plant.calendar, plant.recorder, plant.orders, plant.jobs)
    yield plant.net
    yield from plant.fluid_buffers.values()
    for group in (plant.crews, plant.buffers, plant.sinks, plant.belts, plant.rigs, plant.faults):
        yield from group.values()
    yield from (*plant.arrivals, *plant.upkeeps, *plant.tanks.values())
    if plant.rota is not None:
        yield plant.rota
    buffers = list(plant.buffers.values())
    for machine in plant.machines.values():
        yield machine
        source = machine.source if machine.gate is None else machine.gate.source
        if source not in buffers:
            yield source
        if isinstance(source, Batch) and source.source not in buffers:
            yield source.source
        if machine.gate is not None:
            yield machine.gate
        if machine.extras is not None:
            yield machine.extras
        if isinstance(machine, FluidStation):
            yield machine.preparation
