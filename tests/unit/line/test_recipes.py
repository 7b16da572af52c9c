"""Recipes and changeover tables: what their checker says."""

from __future__ import annotations

import pytest

import twin

LINE = twin.load("chemical/coating-v1").text


def problems(tmp_path, old: str, new: str) -> list[str]:
    assert old in LINE
    path = tmp_path / "coating-v1.yaml"
    path.write_text(LINE.replace(old, new, 1), encoding="utf-8")
    return [str(problem) for problem in twin.check(path)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("PMX: {Pigment: {value: 600", "PMY: {Pigment: {value: 600", "PMY"),
        ("PMX: {Pigment: {value: 600", "PMX: {Pigmint: {value: 600", "Pigmint"),
        ("Pigment: {value: 600, low: 550", "Pigment: {value: 600, low: 610", "low: 610"),
        ("Pigment: {value: 600, low: 550", "Pigment: {value: 600, low: 1", "low: 1"),
        ("Shade: 95", "Shade: bright", "number"),
        ("white: {cream: 20 min", "whyte: {cream: 20 min", "whyte"),
        ("Solvent: TF.Solvent", "Solvent: TF.Salvent", "TF.Salvent"),
        ("recipes:\n  white:", "recipes:\n  blue:", "blue"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, said):
    found = problems(tmp_path, old, new)
    assert len(found) == 1, found
    assert said in found[0]
    assert "coating-v1.yaml:" in found[0]


def test_a_recipe_is_the_units_defaults_and_what_the_product_says():
    line = twin.load("chemical/coating-v1")
    white, cream, *_ = line.recipes_of("PMX")
    assert (white["Pigment"], cream["Pigment"]) == (600.0, 580.0)
    assert white["TipSpeed"] == cream["TipSpeed"] == 20.0
    assert line.recipe_limits["white/PMX.Pigment"].low == 550.0
    assert line.recipe_limits["white/PMX.TipSpeed"].high == 25.0
