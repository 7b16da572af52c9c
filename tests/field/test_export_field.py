"""Data sets of a plant network and shift sheets: files, truth apart, and what the sheet says."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

import twin
from twin import cli
from twin.errors import RunDirError, UsageError
from twin.export import export_records, export_sheet
from twin.field import PROFILES, QUALITIES, records


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(twin.load("electronics/smt-v1"), "3h", seed=8)


@pytest.fixture(scope="module")
def folder(trace: twin.Trace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("data")
    for name in ("a.parquet", "a2.csv"):
        export_records(trace, place / name, ["RFL.*", "Line.*"], "5min", "2h30min",
                       dirt="hostile", level=3)  # fmt: skip
    return place


def test_the_rows_are_the_records_in_order_of_arrival(trace, folder):
    table = pyarrow.parquet.read_table(folder / "a.parquet")
    rows = records(trace, ["RFL.*", "Line.*"], 300.0, 9000.0, "hostile", 3).records
    assert table.column_names == ["time", "arrival", "tag", "value", "quality"]
    assert len(table) == len(rows)
    arrival = table["arrival"].to_numpy().astype("datetime64[us]").astype(float)
    assert (np.diff(arrival) >= 0).all()
    assert sorted(table["tag"].to_pylist()) == sorted(rows.names[i] for i in rows.tag)
    assert np.nansum(table["value"].to_numpy()) == pytest.approx(np.nansum(rows.value))
    assert table["quality"].to_pylist().count("Bad") == (rows.quality == 2).sum()
    assert set(table["quality"].to_pylist()) <= set(QUALITIES)


def test_both_formats_hold_the_same(folder):
    parquet = pyarrow.parquet.read_table(folder / "a.parquet")
    text = pyarrow.csv.read_csv(folder / "a2.csv")
    assert text["tag"].to_pylist() == parquet["tag"].to_pylist()
    assert np.array_equal(text["value"].to_numpy(), parquet["value"].to_numpy(), equal_nan=True)


def test_the_truth_is_in_files_of_its_own(trace, folder):
    with (folder / "a.dirt.csv").open() as file:
        told = list(csv.DictReader(file))
    truth = records(trace, ["RFL.*", "Line.*"], 300.0, 9000.0, "hostile", 3).truth
    assert [(row["class"], row["tag"], float(row["from_s"])) for row in told] == [
        (deed.kind, deed.tag, deed.begin) for deed in truth
    ]
    assert {path.name for path in folder.glob("a.*")} == {
        "a.parquet", "a.md", "a.dirt.csv", "a.faults.csv", "a.parts.parquet", "a.origin.md"
    }  # fmt: skip


def test_the_data_sheet_names_profile_and_level(folder):
    text = (folder / "a.md").read_text()
    assert "`hostile`" in text
    assert "| Level of digitalisation | 3:" in text
    assert "`a.dirt.csv`" in text
    assert "RFL.Queue" not in text


def test_what_is_there_is_not_overwritten_unless_asked(trace, folder):
    with pytest.raises(RunDirError):
        export_records(trace, folder / "a.parquet", dirt="nist")
    before = (folder / "a.md").read_text()
    copy = folder / "copy"
    shutil.copytree(folder, copy)
    export_records(trace, copy / "a.parquet", "RFL.State", dirt="nist", force=True)
    assert "`nist`" in (copy / "a.md").read_text()
    assert (folder / "a.md").read_text() == before


def test_a_sheet_has_its_truth_beside_it(trace, tmp_path):
    with pytest.raises(UsageError, match="no shift has ended"):
        export_sheet(twin.run(trace.line, "1h", 1), tmp_path / "s.csv")
    assert not list(tmp_path.iterdir())
    day = twin.run(trace.line, "1d", seed=8)
    with pytest.raises(UsageError, match=r"ends in \.csv"):
        export_sheet(day, tmp_path / "s.parquet")
    export_sheet(day, tmp_path / "s.csv")
    with (tmp_path / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "s.truth.csv").open() as file:
        truth = list(csv.DictReader(file))
    assert len(rows) == sum(row["written"] == "yes" for row in truth) > 3
    assert {row["entry"] for row in rows} >= {"good", "stop"}
    stops = [row for row in rows if row["entry"] == "stop"]
    assert all(row["from"].endswith("0") and row["to"].endswith("0") for row in stops)


def command(*words: str) -> str:
    result = CliRunner().invoke(cli.build(), list(words), prog_name="twin")
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_write_records_and_sheets(tmp_path):
    line = "examples/three-stations-v1"
    command("export", line, "--for", "20min", "--dirt", "nist", "--level", "2", "--records",
            "--out", str(tmp_path / "a.csv"))  # fmt: skip
    assert "saw.State" in (tmp_path / "a.csv").read_text()
    command("export", line, "--for", "16h", "--level", "0", "--out", str(tmp_path / "b.csv"))
    command("sheet", line, "--for", "16h", "--out", str(tmp_path / "c.csv"))
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()


def test_the_commands_list_profiles_and_levels():
    said = command("dirt")
    assert all(f"{name}: " in said for name in PROFILES)
    assert said.count("Source: ") == len(PROFILES)
    said = command("levels")
    assert all(f"\n{number}  " in said for number in range(6))
    counted = command("levels", "electronics/smt-v1").splitlines()[-1].split()
    assert counted[:2] == ["5", str(len(twin.load("electronics/smt-v1").tags))]
