"""Stencil printer: how much paste a board gets, from aperture geometry, wiping and clogging.

Transfer efficiency falls with every print since the last wipe; an aperture may clog and stays
clogged until a wipe. Paste comes from jars (lots of the station's material, where the scenario
counts them), each with a viscosity of its own. Pads come in classes of equal area ratio. A
board's hidden state after printing: `paste` (mean volume share), `thin` and `fat` pads, `clogged`
pads.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import LOW as LOW_PRIORITY
from twin.equipment.alarm import Alarm, Beyond
from twin.equipment.model import Bench, Equipment, FaultKind, Item, Parameters, Quantity, Setting
from twin.equipment.tag import Stroke, Tag, Text, Track
from twin.physics.chance import poisson
from twin.physics.solder import share_below, transfer_efficiency, transfer_spread

CLOG_LEFT = 0.4  # share of the volume a clogged aperture still passes, assumed
LOW, HIGH = 0.5, 1.5  # accepted volume share of a pad
PRINT_BEGIN, PRINT_END = 5.0, 13.0  # s of the cycle in which the squeegee moves, assumed
PASTE_A_PRINT = 0.0022  # kg, assumed
VISCOSITY = 190.0  # Pa s of fresh paste, known for type 4 pastes: 150-230
THICKER, SPENT = 0.25, 0.06  # more viscosity and less transfer of paste open for a shift; assumed
WARP_HEIGHT, CORNER = 0.12, 0.25  # more height a mm of gap, and share of pads over it; assumed
REFILL_AT, REFILL, REFILL_TIME = 0.15, 0.5, 30.0  # kg, kg, s, assumed


class PadClass(Parameters):
    """Pads with the same area ratio."""

    area_ratio: float = Field(gt=0.3, lt=3.0)
    pads: int = Field(ge=1)


class PrinterParameters(Parameters):
    """Stencil and wiping of a printer."""

    classes: list[PadClass] = [
        PadClass(area_ratio=0.60, pads=240),
        PadClass(area_ratio=0.66, pads=1000),
        PadClass(area_ratio=0.80, pads=1360),
    ]
    wipe_time: float = Field(12.0, ge=0, description="s")
    drift: float = Field(0.004, ge=0, lt=0.1, description="share of volume lost per print")
    clog_rate: float = Field(2e-6, ge=0, lt=0.01, description="per pad and print")
    board_spread: float = Field(0.035, ge=0, lt=0.5, description="volume sd from board to board")


def tags(p: PrinterParameters) -> tuple[Tag, ...]:
    stroke = (0.0, PRINT_BEGIN, PRINT_END)
    return (
        Tag("SqueegeePressure", Text("Squeegee pressure", "스퀴지 압력"), "kgf", 0, 12,
            Stroke(*stroke, quantity="PressureSet"), noise=0.05, resolution=0.1, sensor="pressure"),
        Tag("SqueegeeSpeed", Text("Squeegee speed", "스퀴지 속도"), "mm/s", 0, 80,
            Stroke(*stroke, quantity="SpeedSet"), noise=0.2, resolution=0.5, sensor="speed"),
        Tag("PressureSet", Text("Squeegee pressure set point", "스퀴지 압력 설정"), "kgf", 5, 9,
            Track("PressureSet"), resolution=0.1, setting="PressureSet"),
        Tag("SpeedSet", Text("Squeegee speed set point", "스퀴지 속도 설정"), "mm/s", 20, 60,
            Track("SpeedSet"), resolution=0.5, setting="SpeedSet"),
        Tag("WipeInterval", Text("Boards between wipes", "와이핑 주기"), "1", 1, 30,
            Track("WipeInterval"), kind="int", setting="WipeInterval"),
        Tag("PrintsSinceWipe", Text("Prints since wipe", "와이핑 후 인쇄 수"), "1", 0, 30,
            Track("PrintsSinceWipe"), kind="int"),
        Tag("Paste", Text("Paste on the stencil", "솔더 페이스트 잔량"), "kg", 0, 1.0,
            Track("Paste"), noise=0.002, resolution=0.005, sensor="weight"),
        Tag("PasteViscosity", Text("Paste viscosity", "페이스트 점도"), "Pa·s", 0, 400,
            Track("PasteViscosity"), period=10.0, noise=1.5, resolution=1.0, sensor="viscosity"),
        Tag("SupportGap", Text("Board to stencil, gap", "기판-스텐실 간격"), "mm", -0.5, 2,
            Track("SupportGap"), noise=0.01, resolution=0.01, sensor="length"),
        Tag("Humidity", Text("Humidity in the printer", "프린터 내부 습도"), "%", 0, 100,
            Track("Humidity"), period=10.0, noise=0.4, resolution=0.1, sensor="humidity"),
        Tag("StencilTemp", Text("Stencil temperature", "스텐실 온도"), "°C", 15, 35,
            Track("StencilTemp"), noise=0.05, resolution=0.1, sensor="rtd"),
    )  # fmt: skip


def alarms(p: PrinterParameters) -> tuple[Alarm, ...]:
    """Paste nearly used up, a little above where the operator refills."""
    return (
        Alarm("PasteLow", Text("Paste low", "솔더 페이스트 부족"), LOW_PRIORITY,
              Text("Paste is to be refilled soon.", "곧 페이스트 보충 필요."),
              Beyond("Paste", low=REFILL_AT + 0.02, deadband=0.004)),
    )  # fmt: skip


def settings(p: PrinterParameters) -> tuple[Setting, ...]:
    return (
        Setting("PressureSet", Text("Squeegee pressure", "스퀴지 압력"), "kgf", 5.0, 9.0, 7.0),
        Setting("SpeedSet", Text("Squeegee speed", "스퀴지 속도"), "mm/s", 20.0, 60.0, 40.0),
        Setting("WipeInterval", Text("Boards between wipes", "와이핑 주기"), "1", 1.0, 30.0, 8.0),
    )


def drive(p: PrinterParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Paste thickens while it lies open too long; a support pin that fails lets boards sag."""
    return {
        "PasteViscosity": (
            bench.lot("viscosity", VISCOSITY) * (1.0 + THICKER * bench.severity("E-PASTE")),
            1200.0,
        ),
        "SupportGap": (bench.severity("E-WARP"), 0.0),
    }


def cycle(p: PrinterParameters, bench: Bench, nominal: float) -> float:
    """Print time, with a wipe and a paste refill when they are due, s."""
    extra = 0.0
    prints = bench.value("PrintsSinceWipe")
    if prints >= bench.setting("WipeInterval"):
        extra += p.wipe_time
        bench.note("WIPE", prints)
        bench.put("PrintsSinceWipe", 0.0)
        bench.put("Clogged", 0.0)
        bench.clear("E-CLOG")
    if bench.left is None and bench.value("Paste") < REFILL_AT:
        extra += REFILL_TIME
        bench.put("Paste", bench.value("Paste") + REFILL)
    stroke = 300.0 / bench.setting("SpeedSet") - 300.0 / 40.0  # s, stroke of 300 mm
    return nominal + extra + stroke


def work(p: PrinterParameters, bench: Bench, part: Item) -> None:
    """Print a board: its mean volume, its thin and fat pads, and the clogged ones."""
    prints = bench.value("PrintsSinceWipe")
    pads = sum(c.pads for c in p.classes)
    bench.put("PrintsSinceWipe", prints + 1.0)
    left = bench.left
    left = bench.value("Paste") - PASTE_A_PRINT if left is None else REFILL_AT + left
    bench.put("Paste", left)
    new = poisson(bench.uniform("clog"), pads * p.clog_rate)
    bench.put("Clogged", bench.value("Clogged") + new)
    pressure, speed = bench.setting("PressureSet") - 7.0, bench.setting("SpeedSet") - 40.0
    recipe = 1.0 - 0.01 * pressure * pressure - 1e-4 * speed * speed  # assumed
    factor = recipe * (1.0 - p.drift * prints) * (1.0 + p.board_spread * bench.normal("board"))
    aged = bench.astray("PasteViscosity") / (THICKER * VISCOSITY)
    jar = bench.lot("viscosity", VISCOSITY) / VISCOSITY - 1.0  # the next jar is printed at once
    factor *= 1.0 - SPENT * (aged + jar / THICKER)
    by_fault = int(bench.severity("E-CLOG"))
    mean = thin = fat = 0.0
    for c in p.classes:
        volume, spread = factor * transfer_efficiency(c.area_ratio), transfer_spread(c.area_ratio)
        mean += volume * c.pads / pads
        thin += c.pads * share_below(LOW, volume, spread)
        fat += c.pads * (1.0 - share_below(HIGH, volume, spread))
    streak, gap = bench.severity("E-SQG"), bench.severity("E-WARP") + max(bench.hidden("bow"), 0.0)
    thin_before, fat_before = thin, fat
    thin += 0.5 * streak * pads
    fat += CORNER * pads * max(gap - 0.2, 0.0) * WARP_HEIGHT
    part.x["streak"], part.x["gap"] = streak, gap
    part.x["paste"] = mean
    part.x["thin"] = poisson(bench.uniform("thin"), thin) + bench.value("Clogged") + by_fault
    part.x["fat"] = poisson(bench.uniform("fat"), fat + 0.004)
    part.x["clogged"] = bench.value("Clogged") + by_fault
    part.x["clogged by fault"] = float(by_fault)
    if by_fault:
        part.defects["open"] = "E-CLOG"
        bench.mark("E-CLOG")
        bench.fail("E-CLOG")
    elif part.x["thin"]:
        part.defects["open"] = "printing"
    if part.x["fat"]:
        part.defects["bridge"] = "printing"
    _blame(bench, part, thin_before, fat_before, aged)
    bench.read("TrueVolume", 100.0 * mean)


def _blame(bench: Bench, part: Item, thin: float, fat: float, aged: float) -> None:
    """Faults at work leave their mark on the board; they failed when the defect is theirs.

    `thin` and `fat` are the pads expected of a sound printer with this paste.
    """
    for fault, defect, usual in (
        ("E-SQG", "open", thin),
        ("E-WARP", "bridge", fat),
        ("E-PASTE", "open", 0.0),
    ):
        if bench.severity(fault) <= 0.0:
            continue
        bench.mark(fault)
        own = part.x["thin" if defect == "open" else "fat"] > 3.0 * usual + 1.0
        if fault == "E-PASTE":
            own = aged > 0.5 and part.x["thin"] > 0.0
        if own and part.defects.get(defect) == "printing":
            part.defects[defect] = fault
            bench.fail(fault)


PRINTER = Equipment(
    "printer",
    Text("Stencil printer", "스크린 프린터"),
    PrinterParameters,
    tags,
    settings,
    quantities=lambda p: (
        Quantity("PrintsSinceWipe", "1"),
        Quantity("Clogged", "1", hidden=True),
        Quantity("Paste", "kg", 0.6),
        Quantity("PasteViscosity", "Pa·s", VISCOSITY),
        Quantity("SupportGap", "mm"),
        Quantity("Humidity", "%", 48.0),
        Quantity("StencilTemp", "°C", 24.5),
    ),
    readings=lambda p: (Quantity("TrueVolume", "%", hidden=True),),
    cycle=cycle,
    drive=drive,
    work=work,
    alarms=alarms,
    faults=(
        FaultKind(
            "E-CLOG",
            Text("Stencil apertures clogged", "스텐실 개구부 막힘"),
            size=6.0,
            unit="pads",
            observable=("SPI.VolumeMin",),
            affects=("thin", "clogged"),
            source="assumed; signature: same pads low on successive boards until a wipe",
        ),
        FaultKind(
            "E-SQG",
            Text("Squeegee edge nicked", "스퀴지 날 손상"),
            size=0.02,
            unit="1",
            observable=("SPI.VolumeMin", "SPI.VolumeSd", "SPI.PadsOut"),
            affects=("thin", "streak"),
            source="assumed: a streak over 2 % of the pads, half of them too thin",
        ),
        FaultKind(
            "E-WARP",
            Text("Board sags on its support", "기판 처짐(서포트 불량)"),
            size=0.6,
            unit="mm",
            observable=("SupportGap", "SPI.HeightMean"),
            affects=("fat", "gap"),
            source="assumed: paste higher over the gap, bridges at one corner",
            quantity="SupportGap",
        ),
        FaultKind(
            "E-PASTE",
            Text("Paste open for too long", "페이스트 개봉 시간 초과"),
            size=1.0,
            unit="shift",
            observable=("PasteViscosity", "SPI.VolumeMean"),
            affects=("paste", "thin"),
            source="assumed: -6 % of transfer after 8 h open, viscosity up by a quarter",
            shape="ramp",
            span=8 * 3600.0,
            quantity="PasteViscosity",
        ),
    ),
)
