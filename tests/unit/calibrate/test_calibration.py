"""A factory unlike the reference line: its records bring the scenario to it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import twin
from twin import cli
from twin.calibrate import calibrate, read_table
from twin.calibrate.example import write_examples
from twin.errors import UsageError
from twin.line.loading import parse

PLANT = """
schema: 1
id: tests/plant-v1
title: A plant
products: {{small: {{}}, large: {{}}}}
orders: [{{product: small, quantity: 40}}, {{product: large, quantity: 20}}]
stations:
  CUT:   # the saw
    cycle: {cut}
    failures:
      - {{id: jam, after: {jam}, repair: {repair}, minor: true}}
      - {{id: rare, after: {{kind: exponential, mean: 900 h}}, repair: 20 min}}
    setup: {{time: 5 min}}
    to: BEND
  BEND: {{cycle: {bend}, buffer: 20, to: PACK}}
  PACK: {{cycle: 10 s, buffer: 20}}   # by hand
"""
REFERENCE = PLANT.format(
    cut="{kind: automatic, mean: 30 s}",
    jam="{kind: exponential, mean: 60 min}",
    repair="{kind: lognormal, mean: 3 min}",
    bend="{kind: automatic, mean: 25 s}",
)
TRUE = PLANT.format(
    cut="{small: {kind: normal, mean: 34 s, sd: 1.5 s}, "
    "large: {kind: normal, mean: 52 s, sd: 2 s}}",
    jam="{kind: bursts, mean: 20 min, share: 0.4, close: 2 min}",
    repair="{kind: lognormal, mean: 90 s, sigma: 0.7, memory: 0.4}",
    bend="{kind: automatic, mean: 27.5 s}",
)


@pytest.fixture(scope="module")
def records(tmp_path_factory) -> list[Path]:
    trace = twin.run(parse(TRUE), "300h", seed=8)
    return write_examples(trace, tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def fitted(records):
    tables = [read_table(path) for path in records]
    return calibrate(parse(REFERENCE), tables, name="my/plant-v1", today=date(2026, 3, 2))


def test_records_bring_the_reference_to_the_plant(fitted):
    spec = fitted.line.scenario.stations["CUT"]
    assert set(spec.cycle) == {"small", "large"}
    assert spec.cycle["small"].kind == "normal"
    assert spec.cycle["small"].mean == pytest.approx(34.0, abs=0.1)
    assert spec.cycle["small"].sd == pytest.approx(1.5, rel=0.1)
    assert spec.cycle["large"].mean == pytest.approx(52.0, abs=0.2)
    jam = spec.failures[0]
    assert jam.after.kind == "bursts"
    assert jam.after.mean == pytest.approx(20 * 60, rel=0.15)
    assert jam.after.close == pytest.approx(120.0, rel=0.3)
    assert jam.repair.mean == pytest.approx(90.0, rel=0.1)
    assert jam.repair.memory == pytest.approx(0.4, abs=0.1)
    bend = fitted.line.scenario.stations["BEND"].cycle["small"]
    assert (bend.kind, bend.mean) == ("automatic", pytest.approx(27.5, abs=0.02))


def test_the_true_mean_is_within_the_stated_interval(fitted):
    intervals = {fit.path[1:]: fit.fitted.interval for fit in fitted.fits}
    low, high = intervals["CUT", "failures", 0, "repair"]
    assert low < 90.0 < high
    low, high = intervals["CUT", "cycle", "large"]
    assert low - 0.05 < 52.0 < high + 0.05


def test_the_calibrated_twin_shows_the_times_of_the_records(fitted):
    for fit in fitted.fits:
        if len(fit.shown) and fit.path[-1] != "repair":
            assert fit.shown.mean() == pytest.approx(fit.sample.mean(), rel=0.02), fit.what
        assert fit.fitted.close, fit.what


def test_what_was_not_fitted_is_named_and_left_as_it_was(fitted):
    why = {one.what: one.why for one in fitted.unfits}
    assert "CUT: rare" in why
    assert fitted.line.scenario.stations["CUT"].failures[1].after.mean == 900 * 3600.0


def test_only_what_was_fitted_changes_in_the_text(fitted):
    assert "  CUT:   # the saw" in fitted.text
    assert "# by hand" in fitted.text
    assert "cycles.csv, n = " in fitted.text
    assert "calibrated on 2026-03-02" in fitted.text.splitlines()[0]


def test_own_names_are_mapped_and_unknown_ones_named(tmp_path, records):
    rows = records[0].read_text().replace("CUT", "톱 1호기").replace("BEND", "bender")
    path = tmp_path / "cycles.csv"
    path.write_text(rows, encoding="utf-8")
    names = {"톱 1호기": "CUT"}
    found = calibrate(parse(REFERENCE), [read_table(path)], names=names)
    assert {fit.path[1] for fit in found.fits} == {"CUT", "PACK"}
    assert "bender" in {one.what for one in found.unfits}


def test_waits_in_records_are_left_out_and_said(tmp_path):
    generator = np.random.default_rng(1)
    path = tmp_path / "c.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["station", "cycle time (s)"])
        for i, x in enumerate(generator.normal(30.0, 1.0, 300)):
            writer.writerow(["BEND", 900.0 if i % 30 == 0 else round(x, 2)])
    (fit,) = calibrate(parse(REFERENCE), [read_table(path)]).fits
    assert fit.fitted.mean == pytest.approx(30.0, abs=0.3)
    assert "10 of 300 records left out" in fit.notes[0]


def test_two_products_in_one_column_are_noticed(tmp_path):
    generator = np.random.default_rng(1)
    path = tmp_path / "c.csv"
    x = np.concatenate([generator.normal(30.0, 0.5, 150), generator.normal(45.0, 0.5, 150)])
    generator.shuffle(x)
    rows = "".join(f"BEND,{value:.2f}\n" for value in x)
    path.write_text("station,cycle time (s)\n" + rows)
    (fit,) = calibrate(parse(REFERENCE), [read_table(path)]).fits
    assert "two groups" in " ".join(fit.notes)
    assert not fit.fitted.close


def test_tables_of_which_nothing_fits_are_refused(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("station,cycle time (s)\nBEND,1\nBEND,2\n")
    with pytest.raises(UsageError, match="2 usable records"):
        calibrate(parse(REFERENCE), [read_table(path)])


def test_the_command_writes_a_scenario_that_runs_and_a_report(tmp_path, records, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("plant.yaml").write_text(REFERENCE)
    words = ["calibrate", "plant.yaml", "--out", "mine.yaml", "--report", "fit.html"]
    words += ["--data", f"cycles={records[0]}", "--data", str(records[1])]
    done = CliRunner().invoke(cli.build(), words, prog_name="twin")
    assert done.exit_code == 0, done.output
    assert "CUT: jam, repair" in done.output
    assert "CUT: rare" in done.output
    assert twin.check("mine.yaml") == []
    report = Path("fit.html").read_text(encoding="utf-8")
    assert report.count("data:image/png;base64,") == report.count("<section>") >= 6
    again = CliRunner().invoke(cli.build(), words, prog_name="twin")
    assert again.exit_code != 0
