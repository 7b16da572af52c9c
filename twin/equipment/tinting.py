"""Tinting TNT with its laboratory loop: sample, wait, add pastes, until the colour is right.

A batch is tinted too pale on purpose, as pastes can only be added: so the first correction always
comes. Afterwards what is left is the error of the additions and of the laboratory.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import (
    Bench,
    Course,
    Equipment,
    FaultKind,
    Item,
    Parameters,
    Quantity,
    Setting,
)
from twin.equipment.phased import BEGUN, MINUTE, begins, new_batch, sampled, still
from twin.equipment.tag import Reading, Tag, Text, Track
from twin.physics import coating
from twin.physics.laws import Floats

AXES = ("L", "A", "B")
LAB = 0.15 / 3**0.5  # dE on each axis: 0.15 in all
STRANGE = 1.9  # dE of a first sample that the usual chance does not give (99.9 %): computed
CREEP = 0.7  # share of a further correction that is added, so as not to go past; assumed
MOST = 6  # corrections before the batch is given up
PALE = np.array([-0.45, -0.30, -0.35, -0.30, -0.20])  # % of each paste held back; assumed
DARK = np.array([-1.0, 0.1, 0.05])  # direction of a carried-over darker colour in CIELAB; assumed


class TintingParameters(Parameters):
    """The laboratory and the pastes."""

    limit: float = Field(0.5, gt=0, description="dE accepted")
    sample_low: float = Field(1200.0, ge=0, description="s, shortest wait for the laboratory")
    sample_high: float = Field(2400.0, gt=0, description="s, longest wait")
    add: float = Field(0.3, ge=0, description="sd of an addition, share of it")
    paste: float = Field(0.05, ge=0, description="sd of the pastes of a batch, %")


def recipe(p: TintingParameters) -> tuple[Setting, ...]:
    return (
        Setting("TintTime", Text("First tinting", "초기 조색"), "min", 10, 60, 20),
        Setting("CorrectTime", Text("A correction with mixing", "보정·혼합"), "min", 5, 40, 12),
    )


def _lab(bench: Bench) -> Floats:
    return np.array([bench.value(f"True{axis}") for axis in AXES])


def _put(bench: Bench, lab: Floats) -> None:
    for axis, value in zip(AXES, lab, strict=True):
        bench.put(f"True{axis}", float(value))


def _begin(p: TintingParameters, bench: Bench) -> None:
    """What happens at the beginning of a phase: a sample is sent, its result is acted on."""
    step = bench.step
    if step % 2 == 1:
        wide = p.sample_high - p.sample_low
        bench.put("Wait", p.sample_low + wide * bench.uniform("laboratory"))
        error = LAB * np.array([bench.normal(f"lab {axis}") for axis in AXES])
        found = _lab(bench) + error
        size = float(np.linalg.norm(found))
        bias = bench.severity("C-LAB")
        found = found * (1.0 + bias / max(size, 1e-6))
        for axis, value in zip(AXES, found, strict=True):
            bench.put(f"Read{axis}", float(value))
    elif step > 0:
        found = np.array([bench.value(f"Read{axis}") for axis in AXES])
        size = float(np.linalg.norm(found))
        bench.put("DeltaE", size)
        if step == 2:
            bench.put("First", size)
        if size > p.limit:
            bench.put("Corrections", float(step // 2))
            pastes = coating.correction(found) * (1.0 if step == 2 else CREEP)
            errors = np.array([bench.normal(f"add {i}") for i in range(len(pastes))])
            _put(bench, _lab(bench) + coating.TINT @ (pastes * (1.0 + p.add * errors)))


def course(p: TintingParameters, bench: Bench) -> Course:
    """Tint, then sample and correct in turn; the result decides whether it goes on."""
    step = bench.step
    if begins(bench):
        _begin(p, bench)
    if step < 0 or not bench.working:
        return still(bench, ())
    if step % 2 == 1:
        return still(bench, (), max(bench.value("Wait") - bench.into, 0.0))
    if step > 0 and (bench.value("DeltaE") <= p.limit or step > 2 * MOST):
        return Course(done=True)
    minutes = bench.recipe["TintTime" if step == 0 else "CorrectTime"]
    return still(bench, (), max(minutes * MINUTE - bench.into, 0.0))


def cycle(p: TintingParameters, bench: Bench, nominal: float) -> float:
    """The colour a batch comes with: held back, its own error, and what went wrong before."""
    chance = p.paste * np.array([bench.normal(f"paste {i}") for i in range(len(PALE))])
    off = bench.hidden("dose error") + bench.hidden("pale") - bench.hidden("pigment error")
    lab = coating.TINT @ (PALE + chance) + 30.0 * off * np.array([0.8, 0.3, 0.5])
    bench.put("Corrections", 0.0)
    _put(bench, lab - bench.hidden("carried") * DARK * 3.0)
    return new_batch(p, bench, nominal)


def work(p: TintingParameters, bench: Bench, part: Item) -> bool:
    """Colour, gloss and density of the batch as the laboratory gives them."""
    lab, found = _lab(bench), bench.value("DeltaE")
    part.x["colour"] = float(np.linalg.norm(lab))
    part.x["corrections"] = bench.value("Corrections")
    bench.read("Colour", found)
    bench.read("Gloss", 88.0 - 1.5 * max(part.x.get("fineness", 25.0) - 25.0, 0.0) / 5.0
               + 0.6 * bench.normal("gloss"))  # fmt: skip
    bench.read("Density", 1.22 + 0.004 * bench.normal("density"))
    bench.read("Shots", bench.value("Corrections"))
    many = bench.value("Corrections")
    if bench.value("First") > STRANGE or many >= 3.0:
        for fault in ("C-DOSE", "C-XCON"):
            bench.witness(fault)
        bench.fail("C-XCON")
    if bench.severity("C-LAB") > 0.0:
        bench.mark("C-LAB")
        if many >= 3.0:
            bench.witness("C-LAB")
            bench.fail("C-LAB")
    good = found <= p.limit
    if not good:
        part.defects.setdefault("colour", "C-LAB" if bench.severity("C-LAB") else "process")
    return good


TINTING = Equipment(
    "tinting",
    Text("Tinting", "조색"),
    TintingParameters,
    lambda p: (
        Tag("DeltaE", Text("Colour difference, last sample", "최근 시료 색차"), "1", 0, 20,
            Track("DeltaE"), resolution=0.01),
        Tag("Corrections", Text("Corrections of this batch", "배치 보정 횟수"), "1", 0, 20,
            Track("Corrections"), kind="int"),
        Tag("Gloss", Text("Gloss at 60°", "광택 60°"), "GU", 0, 120, Reading("Gloss", 88.0),
            resolution=0.1),
        Tag("Density", Text("Density", "밀도"), "kg/L", 0.5, 2, Reading("Density", 1.22),
            resolution=0.001),
    ),
    quantities=lambda p: (
        BEGUN,
        Quantity("DeltaE", "1"),
        Quantity("Corrections", "1"),
        Quantity("First", "1", hidden=True),
        Quantity("Wait", "s", hidden=True),
        *(Quantity(f"True{axis}", "1", hidden=True) for axis in AXES),
        *(Quantity(f"Read{axis}", "1", hidden=True) for axis in AXES),
    ),
    readings=lambda p: (
        Quantity("Colour", "1"),
        Quantity("Gloss", "GU"),
        Quantity("Density", "kg/L"),
        Quantity("Shots", "1", hidden=True),
    ),
    cycle=cycle,
    course=course,
    phases=lambda p: sampled((Text("tint", "조색"),), Text("correct", "보정"), MOST),
    recipe=recipe,
    work=work,
    judges=True,
    alarms=lambda p: (
        Alarm("ColourOff", Text("Colour far off", "색차 과다"), MEDIUM,
              Text("Dosing, carry-over or the laboratory.", "계량·혼입·측정 오류."),
              Beyond("DeltaE", high=3.0, deadband=0.2), while_on=False),
    ),
    faults=(
        FaultKind("C-LAB", Text("Laboratory reads too much", "시험실 색차계 편향"), 0.3, "1",
                  ("DeltaE", "Corrections"), ("corrections",), "+0.3 dE; assumed"),
    ),
)  # fmt: skip
