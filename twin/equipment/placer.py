"""Pick-and-place machine: pick errors cost time, placement offset shifts parts.

Nozzle vacuum holds a part; when it falls, picks fail and parts slip. A worn feeder misses its
index in bursts and stops the machine for moments. A reel is a lot of the station's material; a
wrong one is put in after a mix-up, and nobody sees it before the circuit test.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, FaultKind, Item, Parameters, Quantity
from twin.equipment.tag import Reading, Tag, Text, Track
from twin.physics.chance import poisson
from twin.physics.solder import normal_cdf

VACUUM = 62.0  # kPa below ambient, assumed
RETRY = 1.2  # s a failed pick costs, assumed
SPREAD = 25.0  # µm, placement sd at Cpk 1.33 for a tolerance of 100 µm
TOLERANCE = 100.0  # µm
STAYS = 0.25  # share of shifted parts that surface tension does not pull back, assumed


class PlacerParameters(Parameters):
    """Work of a placer."""

    parts: int = Field(240, ge=1, description="parts placed on a board")
    pick_error: float = Field(0.0005, ge=0, lt=0.5, description="share of picks that fail")


def tags(p: PlacerParameters) -> tuple[Tag, ...]:
    return (
        Tag("NozzleVacuum", Text("Nozzle vacuum", "노즐 진공압"), "kPa", 0, 100,
            Track("NozzleVacuum"), noise=0.4, resolution=0.1, sensor="pressure"),
        Tag("PickErrors", Text("Pick errors on the last board", "픽업 오류(직전 보드)"),
            "1", 0, 500, Reading("PickErrors"), kind="int"),
        Tag("PickErrorTotal", Text("Pick errors in all", "누적 픽업 오류"), "1", 0, 1e9,
            Track("PickErrorTotal"), kind="int"),
        Tag("PartsPlaced", Text("Parts placed", "누적 실장 부품"), "1", 0, 1e9,
            Track("PartsPlaced"), kind="int"),
        Tag("PlacementOffset", Text("Placement offset", "실장 오프셋"), "µm", -200, 200,
            Reading("PlacementOffset"), resolution=0.1, sensor="optical"),
    )  # fmt: skip


def alarms(p: PlacerParameters) -> tuple[Alarm, ...]:
    """Vacuum low: limit assumed at a tenth below normal."""
    return (
        Alarm("VacuumLow", Text("Nozzle vacuum low", "노즐 진공압 낮음"), MEDIUM,
              Text("Nozzle worn or dirty, or a hose leaks.", "노즐 마모·오염 또는 호스 누기."),
              Beyond("NozzleVacuum", low=0.9 * VACUUM, deadband=0.5)),
    )  # fmt: skip


def drive(p: PlacerParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    return {"NozzleVacuum": (VACUUM - bench.severity("E-NOZ"), 2.0)}


def _reel(bench: Bench) -> None:
    """Another reel comes in when the mix-up begins, a right one when it has been found."""
    wrong = float(bench.severity("E-REEL") > 0.0)
    if wrong != bench.value("ReelWrong"):
        bench.put("ReelWrong", wrong)
        bench.exchange()


def cycle(p: PlacerParameters, bench: Bench, nominal: float) -> float:
    """Placement time with the picks that had to be repeated, s."""
    _reel(bench)
    loss = max(VACUUM - bench.value("NozzleVacuum"), 0.0)  # kPa
    errors = poisson(bench.uniform("picks"), p.parts * p.pick_error * (1.0 + 1.5 * loss))
    wear = bench.severity("E-FDR")
    if wear > 0.0 and bench.uniform("feeder") < 0.25 * wear:
        errors += 5 + int(6.0 * bench.uniform("burst"))
        bench.witness("E-FDR")
        if bench.uniform("jam") < 0.5:
            bench.stop("feeder")
            bench.fail("E-FDR")
    bench.read("PickErrors", errors)
    bench.put("PickErrorTotal", bench.value("PickErrorTotal") + errors)
    return nominal + RETRY * errors


def work(p: PlacerParameters, bench: Bench, part: Item) -> None:
    """Place the parts: mean offset, parts shifted beyond tolerance, parts missing."""
    loss = max(VACUUM - bench.value("NozzleVacuum"), 0.0)
    bias = 3.0 * loss  # µm a kPa, assumed
    u = bench.uniform("shift")
    shifted = poisson(u, _shifted(p, bias))
    missing = poisson(bench.uniform("missing"), p.parts * 2e-6 * (1.0 + 40.0 * loss))
    for defect, count in (("shift", shifted), ("missing", missing)):
        if not count:
            continue
        fault = loss > 1.0 and (defect == "missing" or count > poisson(u, _shifted(p, 0.0)))
        part.defects.setdefault(defect, "E-NOZ" if fault else "placement")
        if fault:
            bench.fail("E-NOZ")
    if bench.value("ReelWrong"):
        part.defects.setdefault("wrong part", "E-REEL")
        bench.mark("E-REEL")
        bench.fail("E-REEL")
    part.x["shifted"] = part.x.get("shifted", 0.0) + shifted
    part.x["missing"] = part.x.get("missing", 0.0) + missing
    bench.put("PartsPlaced", bench.value("PartsPlaced") + p.parts - missing)
    bench.read("PlacementOffset", bias + SPREAD * bench.normal("offset") / 5.0)
    bench.read("TrueShifted", shifted)


def _shifted(p: PlacerParameters, bias: float) -> float:
    """Mean number of parts that end up shifted at a bias in µm."""
    outside = normal_cdf((bias - TOLERANCE) / SPREAD) + normal_cdf((-bias - TOLERANCE) / SPREAD)
    return STAYS * p.parts * outside


PLACER = Equipment(
    "placer",
    Text("Pick-and-place", "칩 마운터"),
    PlacerParameters,
    tags,
    quantities=lambda p: (
        Quantity("NozzleVacuum", "kPa", VACUUM),
        Quantity("PickErrorTotal", "1"),
        Quantity("PartsPlaced", "1"),
        Quantity("ReelWrong", "", hidden=True),
    ),
    readings=lambda p: (
        Quantity("PickErrors", "1"),
        Quantity("PlacementOffset", "µm"),
        Quantity("TrueShifted", "1", hidden=True),
    ),
    cycle=cycle,
    drive=drive,
    alarms=alarms,
    work=work,
    faults=(
        FaultKind(
            "E-NOZ",
            Text("Nozzle vacuum lost", "노즐 진공 저하"),
            size=8.0,
            unit="kPa",
            observable=("NozzleVacuum", "PickErrors", "PlacementOffset"),
            affects=("shifted", "missing"),
            source="size: assumed; signature: pick errors and offset bias",
            shape="ramp",
            span=1800.0,
            quantity="NozzleVacuum",
        ),
        FaultKind(
            "E-FDR",
            Text("Feeder index worn", "피더 인덱스 마모"),
            size=1.0,
            unit="1",
            observable=("PickErrors",),
            affects=(),
            source="assumed; signature: bursts of pick errors at one slot, micro-stops",
        ),
        FaultKind(
            "E-REEL",
            Text("Wrong reel after a refill", "릴 오장착"),
            size=1.0,
            unit="1",
            observable=("MaterialLot", "ICT1.Resistance"),
            affects=("wrong part",),
            source="assumed: one resistor of the next lower value, unseen by a camera",
        ),
    ),
)
