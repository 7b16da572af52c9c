"""Random lines and random days on them: what the laws are tried on.

A line is a row of stages; each stage is one machine, machines side by side on a shared buffer, an
assembly station with suppliers of its own, or (seldom) an oven that parts travel through. Parts
may go back for rework, people may be short, everything may fail; there may be shifts, breaks and
planned maintenance.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st

import twin
from twin.line import Line
from twin.line.build import build
from twin.line.schema import Scenario
from twin.trace import Command

CYCLES = st.sampled_from(
    [
        {"kind": "exponential", "mean": "1 s"},
        {"kind": "uniform", "low": "0.2 s", "high": "2 s"},
        {"kind": "lognormal", "mean": "1.5 s", "sigma": 0.7},
        {"kind": "normal", "mean": "1 s", "sd": "0.8 s"},
        {"kind": "erlang", "mean": "2 s", "phases": 3},
        {"kind": "automatic", "mean": "1.2 s"},
        "1 s",
        "0.25 s",
        "2 s",
    ]
)
AFTER = st.sampled_from(
    [
        {"kind": "exponential", "mean": "6 s"},
        {"kind": "weibull", "mean": "20 s", "shape": 2.0},
        "5 s",
    ]
)
REPAIR = st.sampled_from([{"kind": "exponential", "mean": "3 s"}, "2 s", "0 s"])
EARLY = {"id": "early", "from": "06:00", "to": "06:01"}
LATE = {"id": "late", "from": "06:01", "to": "14:00", "breaks": [{"at": "06:01", "for": "7.3 s"}]}
LONG = {"id": "long", "from": "22:00", "to": "08:00",
        "breaks": [{"at": "06:00", "for": "4.25 s"}, {"at": "06:01", "for": "11 s"}]}  # fmt: skip
SHIFTS = st.sampled_from([[EARLY], [LATE], [EARLY, LATE], [LONG]])
PRODUCTS = ("red", "blue", "green")
CREWS = ("fitters", "operators")
OVEN_RECIPE = st.sampled_from([{}, {"Zone1Set": 160.0}, {"Zone1Set": 140.0, "BeltSpeed": 120.0}])
MATERIALS = {
    "reel": {"lot": 10, "properties": {"value": {"mean": 5, "sd": 1}}},
    "glue": {"lot": 2.5, "unit": "kg"},
}
USE = st.sampled_from(
    [
        1,
        0.7,
        {"quantity": 3, "refill": {"time": "2 s", "crew": "operators"}},
        {"quantity": 0.3, "refill": {"time": {"kind": "exponential", "mean": "1 s"}}},
    ]
)
UTILITIES = st.sampled_from(
    [
        {},
        {"air": {"working": "9 Nm³/h", "standby": "2 Nm³/h", "loading": "14 Nm³/h"}},
        {
            "steam": {"working": "80 kg/h", "maintenance": "9 kg/h"},
            "nitrogen": {"setup": "5 NL/min", "off": "1 NL/min"},
        },
    ]
)
SECONDS = st.floats(0.0, 60.0, allow_nan=False).map(lambda t: round(t, 3))


def make(stations: dict[str, Any], **rest: Any) -> Line:
    """A line from its stations as a scenario file would say them."""
    data = {"schema": 1, "id": "tests/line", "title": "A line", "stations": stations, **rest}
    return build(Scenario.model_validate(data), json.dumps(data), "tests")


@cache
def smt() -> Line:
    """The surface-mount line."""
    return twin.load("electronics/smt-v1")


@st.composite
def _room(draw: st.DrawFn, least: int = 0) -> dict[str, Any]:
    capacity = draw(st.sampled_from([0, 0, 1, 1, 2, 3, 4, "unlimited"]))
    if isinstance(capacity, int):
        capacity = max(capacity, least)
    transport = "0 s"
    if capacity:
        transport = draw(st.sampled_from(["0 s", "0 s", "0.5 s", "3 s"]))
    return {"capacity": capacity, "transport": transport}


@st.composite
def upkeep(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Planned maintenance of a station."""
    return [
        {
            "id": f"care{i}",
            "every": draw(st.sampled_from(["7 s", "13 s", "40 s"])),
            "time": draw(REPAIR),
            "crew": draw(st.sampled_from([None, *CREWS])),
        }
        for i in range(draw(st.integers(1, 2)))
    ]


@st.composite
def _station(draw: st.DrawFn, products: int) -> dict[str, Any]:
    spec: dict[str, Any] = {"cycle": draw(CYCLES)}
    if products and draw(st.booleans()):
        spec["cycle"] = {name: draw(CYCLES) for name in PRODUCTS[:products]}
    if products and draw(st.booleans()):
        spec["setup"] = {"time": draw(REPAIR), "crew": draw(st.sampled_from([None, *CREWS]))}
    if draw(st.integers(0, 3)) == 0:
        spec["crew"] = draw(st.sampled_from(CREWS))
    if draw(st.integers(0, 3)) == 0:
        spec["load"] = {"time": draw(REPAIR), "crew": draw(st.sampled_from([None, *CREWS]))}
    spec["failures"] = [
        {
            "id": f"mode{i}",
            "after": draw(AFTER),
            "repair": draw(REPAIR),
            "crew": draw(st.sampled_from([None, *CREWS])),
        }
        for i in range(draw(st.sampled_from([0, 0, 1, 2])))
    ]
    if draw(st.integers(0, 4)) == 0:
        spec["maintenance"] = draw(upkeep())
    spec["unattended"] = draw(st.integers(0, 3)) == 0
    spec["utilities"] = draw(UTILITIES)
    if draw(st.integers(0, 3)) == 0:
        spec["uses"] = {name: draw(USE) for name in draw(st.sampled_from([["reel"], [*MATERIALS]]))}
        if products and draw(st.booleans()):  # of which the other products take none
            spec["uses"]["reel"] = {"quantity": {PRODUCTS[0]: 2.5}}
    return spec


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    """Crews, and perhaps the shifts they keep."""
    crews: dict[str, Any] = {name: {"count": draw(st.integers(1, 2))} for name in CREWS}
    if draw(st.integers(0, 2)):
        return {"crews": crews}
    crews["operators"]["on_call"] = draw(st.booleans())
    return {"crews": crews, "calendar": {"start": "2026-03-02T06:00", "shifts": draw(SHIFTS)}}


@st.composite
def lines(draw: st.DrawFn, *, ovens: bool = True) -> Line:
    """A random line of one to five stages."""
    count = draw(st.integers(1, 5))
    products = draw(st.sampled_from([0, 0, 2, 3]))
    stations: dict[str, Any] = {}
    buffers: dict[str, Any] = {}
    entries = [f"s{i}" for i in range(count)] + ["out"]
    for i in range(count):
        kind = draw(st.sampled_from(["one", "one", "beside", "kit", "oven"]))
        spec = draw(_station(products))
        spec["to"] = entries[i + 1]
        name = f"s{i}"
        if i == 0 and (kind != "kit" or count == 1):
            if draw(st.booleans()):
                spec["arrivals"] = {"every": draw(CYCLES.filter(lambda c: c != "0 s"))}
                spec["buffer"] = draw(_room())
            stations[name] = spec
        elif kind == "kit":
            inputs = {}
            for side in range(0 if i else -1, draw(st.integers(1, 2))):
                buffer = "main" if side == 0 else f"side{abs(side)}"
                inputs[f"{name}-{buffer}"] = draw(st.integers(1, 2))
                buffers[f"{name}-{buffer}"] = draw(_room())
                if side or not i:
                    stations[f"{name}-{buffer}-supply"] = {
                        **draw(_station(products)), "to": f"{name}-{buffer}"
                    }  # fmt: skip
            stations[name] = {**spec, "from": inputs}
            if i:
                _retarget(stations, name, f"{name}-main", inputs)
        elif kind == "beside":
            buffers[f"{name}-room"] = draw(_room())
            for j in range(draw(st.integers(2, 3))):
                stations[f"{name}-{j}"] = {**draw(_station(products)), "from": f"{name}-room",
                                          "to": entries[i + 1]}  # fmt: skip
            _retarget(stations, name, f"{name}-room", {})
        elif kind == "oven" and ovens:
            # the oven's own physics take 290 s at 80 cm/min; a short oven of three zones takes 42 s
            stations[name] = {"kind": "reflow", "cycle": "2 s", "buffer": draw(_room()),
                              "to": entries[i + 1],
                              "parameters": {"zones": [150, 200, 248], "cooling": [50],
                                             "belt_speed": 140}}  # fmt: skip
        else:
            stations[name] = {**spec, "buffer": draw(_room())}
    _batches(draw, stations)
    _rework(draw, stations, buffers)
    _room_behind_ovens(stations, buffers)
    rest: dict[str, Any] = {"buffers": buffers, "materials": MATERIALS, **draw(people())}
    if products:
        rest["line_clearance"] = draw(st.booleans())
        rest["products"] = {name: {} for name in PRODUCTS[:products]}
        rest["orders"] = [
            {"product": name, "quantity": draw(st.integers(1, 7))} for name in PRODUCTS[:products]
        ]
        ovens_here = [name for name, spec in stations.items() if spec.get("kind") == "reflow"]
        rest["recipes"] = {
            name: {"units": {oven: draw(OVEN_RECIPE) for oven in ovens_here}}
            for name in PRODUCTS[:products]
        }
    return make(stations, **rest)


def _retarget(stations: dict[str, Any], old: str, new: str, inputs: dict[str, int]) -> None:
    """Send to a named buffer what was to go to a station's own queue."""
    for name, spec in stations.items():
        if spec["to"] == old and name not in inputs:
            spec["to"] = new


def _rework(draw: st.DrawFn, stations: dict[str, Any], buffers: dict[str, Any]) -> None:
    """Let one station send a share of its parts back to a buffer that others fill as well."""
    makers = [n for n, s in stations.items() if s.get("kind") != "reflow" and "supply" not in n]
    targets = [b for b in buffers if "side" not in b]
    targets += [n for n, s in stations.items() if "buffer" in s and "arrivals" not in s]
    if not targets or not draw(st.booleans()):
        return
    source, target = draw(st.sampled_from(makers)), draw(st.sampled_from(targets))
    room = buffers.get(target) or stations[target]["buffer"]
    if room["capacity"] == 0:
        room["capacity"] = 1
    few = draw(st.sampled_from([{"share": 0.1}, {"share": 0.3}, {"share": 0.5}, {"every": 3}]))
    stations[source]["to"] = [{"to": target, **few}, {"to": stations[source]["to"]}]


def _batches(draw: st.DrawFn, stations: dict[str, Any]) -> None:
    """Let some stations with one input and one time treat parts together."""
    for spec in stations.values():
        single = not isinstance(spec.get("from"), dict) or sum(spec["from"].values()) == 1
        plain = not isinstance(spec["cycle"], dict) or "kind" in spec["cycle"]
        if spec.get("kind") == "reflow" or not single or not plain or draw(st.integers(0, 4)):
            continue
        spec.pop("setup", None)
        size = draw(st.integers(2, 4))
        spec["batch"] = {"size": size}
        if draw(st.booleans()):
            spec["batch"] |= {"least": draw(st.integers(1, size)), "wait": "2 s"}


def _room_behind_ovens(stations: dict[str, Any], buffers: dict[str, Any]) -> None:
    for spec in list(stations.values()):
        if spec.get("kind") == "reflow" and spec["to"] != "out":
            room = buffers.get(spec["to"]) or stations[spec["to"]]["buffer"]
            room["capacity"] = room["capacity"] or 1


class Day:
    """A line, a seed, what people did, and how long it ran (a plain class: its text is short)."""

    def __init__(self, line: Line, seed: int, journal: tuple[Command, ...], end: float) -> None:
        self.line, self.seed, self.journal, self.end = line, seed, journal, end

    def __repr__(self) -> str:
        text = self.line.id if self.line is smt() else self.line.text
        done = [(c.t, c.kind, c.target, c.value) for c in self.journal]
        return f"{self.end} s of seed {self.seed} with {done} on {text}"

    def run(self, end: float | None = None) -> twin.Trace:
        """The trace of this day, or of its beginning."""
        end = self.end if end is None else end
        return twin.run(self.line, end, self.seed, [c for c in self.journal if c.t < end])


def _commands(draw: st.DrawFn, line: Line, end: float, most: int) -> tuple[Command, ...]:
    stations = ["", *(station.id for station in line.stations)]
    kinds = ["stop", "start", "start", "reset"]
    if line.settings:
        kinds.append("set")
    if line.faults:
        kinds += ["fault", "repair"]
    journal = []
    for _ in range(draw(st.integers(0, most))):
        kind, value = draw(st.sampled_from(kinds)), None
        target = draw(st.sampled_from(stations))
        if kind == "set":
            target, setting = draw(st.sampled_from(sorted(line.settings.items())))
            value = setting.low + (setting.high - setting.low) * draw(st.sampled_from([0, 0.4, 1]))
        elif kind in ("fault", "repair"):
            target = draw(st.sampled_from([fault.id for fault in line.faults]))
        share = draw(st.floats(0, 0.999, allow_nan=False))
        journal.append(Command(kind, target, value, "instructor", "test", round(share * end, 2)))
    return tuple(sorted(journal, key=lambda command: command.t))


@st.composite
def days(draw: st.DrawFn, *, most: int = 8, ovens: bool = True) -> Day:
    """A random line and a random day on it; now and then the surface-mount line."""
    from tests.laws.fluid_lines import fluid_lines  # which is made of what stands above

    shipped = ovens and draw(st.integers(0, 7)) == 0
    fluid = draw(st.integers(0, 3)) == 0
    line = smt() if shipped else draw(fluid_lines() if fluid else lines(ovens=ovens))
    end = draw(st.sampled_from([1800.0, 7200.0] if shipped else [20.0, 90.0]))
    return Day(line, draw(st.integers(0, 2**64)), _commands(draw, line, end, most), end)
