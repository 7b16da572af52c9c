"""Random lines that material flows through: chains with sides, machines side by side, packs."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.laws.lines import (
    AFTER,
    CREWS,
    CYCLES,
    MATERIALS,
    PRODUCTS,
    REPAIR,
    UTILITIES,
    make,
    people,
    upkeep,
)
from twin.line import Line

RATES = st.sampled_from(["3600 /h", "7200 /h", "4000 /h", "100 /min", "5 /s"])
ROOMS = st.sampled_from([0, 1, 2, 5, 20, 100, "unlimited"])


@st.composite
def _flow_station(draw: st.DrawFn, products: int) -> dict[str, Any]:
    spec: dict[str, Any] = {"rate": draw(RATES)}
    if products and draw(st.booleans()):
        spec["rate"] = {name: draw(RATES) for name in PRODUCTS[:products]}
    if products and draw(st.booleans()):
        spec["setup"] = {"time": draw(REPAIR), "crew": draw(st.sampled_from([None, *CREWS]))}
    if draw(st.integers(0, 3)) == 0:
        spec["crew"] = draw(st.sampled_from(CREWS))
    if draw(st.booleans()):
        spec["reject"] = draw(st.sampled_from([0.01, 0.2]))
    if draw(st.integers(0, 2)):
        crew = draw(st.sampled_from([None, *CREWS]))
        stop = {"id": "stop", "after": draw(AFTER), "repair": draw(REPAIR), "crew": crew}
        spec["failures"] = [stop]
    if draw(st.integers(0, 4)) == 0:
        spec["maintenance"] = draw(upkeep())
    spec["unattended"] = draw(st.integers(0, 3)) == 0
    spec["utilities"] = draw(UTILITIES)
    if draw(st.integers(0, 2)) == 0:
        amount = st.sampled_from([1, 0.3, {PRODUCTS[0]: 2.5} if products else 2.5])
        materials = draw(st.sampled_from([["reel"], [*MATERIALS]]))
        spec["uses"] = {name: {"quantity": draw(amount)} for name in materials}
    return spec


@st.composite
def fluid_lines(draw: st.DrawFn) -> Line:
    """A random line of one to four stages that material flows through, and what packs it."""
    count, products = draw(st.integers(1, 4)), draw(st.sampled_from([0, 0, 2, 3]))
    stations: dict[str, Any] = {}
    buffers: dict[str, Any] = {}
    for i in range(count):
        kind = draw(st.sampled_from(["one", "one", "beside", "mix"])) if i else "one"
        for j in range(2 if kind == "beside" else 1):
            name = f"f{i}" if kind != "beside" else f"f{i}-{j}"
            stations[name] = draw(_flow_station(products))
            stations[name]["to"] = f"b{i + 1}" if i + 1 < count else "pack-in"
            if i:
                ratios = st.sampled_from([1, 0.5, 3])
                stations[name]["from"] = {f"b{i}": draw(ratios)}
            if kind == "mix":
                buffers[f"side{i}"] = draw(ROOMS)
                stations[name]["from"][f"side{i}"] = draw(ratios)
                stations[f"side{i}-supply"] = {
                    **draw(_flow_station(products)), "to": f"side{i}"
                }  # fmt: skip
        if i:
            buffers[f"b{i}"] = draw(ROOMS)
    buffers["pack-in"] = draw(ROOMS)
    pack = {**draw(_flow_station(products)), "from": "pack-in"}
    stations["pack"] = {**pack, "pack": draw(st.sampled_from([3, 10, 40])), "to": "wrap"}
    stations["wrap"] = {"cycle": draw(CYCLES), "buffer": draw(st.sampled_from([0, 1, 3]))}
    rest: dict[str, Any] = {"buffers": buffers, "materials": MATERIALS, **draw(people())}
    if products:
        rest |= {"line_clearance": True, "products": {name: {} for name in PRODUCTS[:products]}}
        rest["orders"] = [
            {"product": name, "quantity": draw(st.integers(1, 5))} for name in PRODUCTS[:products]
        ]
    return make(stations, **rest)
