"""Every station of a line as a machine of companion specifications, and the line as one of them.

What a level of digitalisation does not show is not here either: without states there are no state
machines, without process values no parts, without a meter no energy.
"""

from __future__ import annotations

from typing import Any

from opcua_server.companion import (
    energy,
    line_state,
    machinery,
    machinetool,
    process_values,
    weihenstephan,
)
from opcua_server.companion.part import Part, Plant


def needs(session: Any) -> tuple[str, ...]:
    """Specifications that a session's line uses."""
    line = session.line
    if not hasattr(line, "scenario"):  # a stand-in without stations of a kind
        return ()
    shown = session.shown.tags
    used = ["DI", "Machinery"]
    if any(machinetool.applies(session, station) for station in line.stations):
        used.append("MachineTool")
    if any(weihenstephan.applies(session, station) for station in line.stations):
        used.append("Weihenstephan")
    if any(f"{station.id}.Energy" in shown for station in line.stations):
        used.append("PnEm")
    if any(process_values.measured(station, shown) for station in line.stations):
        used.append("ProcessValues")
    return tuple(used)


def build(plant: Plant) -> None:
    """Add the machines."""
    types = plant.types
    folder = types.node("Machinery:Machines")
    whole = getattr(plant.session, "whole_line", True)  # a station's own server has no line
    if whole:
        types.refer(folder, "Organizes", plant.line_id)
    for number, station in enumerate(plant.line.stations, 1):
        types.refer(folder, "Organizes", plant.station(station.id))
        if machinetool.applies(plant.session, station):
            machinetool.add(plant, station)
        elif weihenstephan.applies(plant.session, station):
            weihenstephan.add(plant, station)
        else:
            machinery.add_station(plant, station)
        machinery.add_lifetimes(plant, station)
        process_values.add(plant, station, machinery.add_components(plant, station))
        energy.add(plant, station, number)
    if whole:
        machinery.add_line(plant)
        line_state.add(plant)


MACHINES = Part("machines", needs, build)
