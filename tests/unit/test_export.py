"""Data sets: what the sensors showed, in either format, with the truth kept apart."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import twin
from twin.errors import RunDirError, UsageError
from twin.export import dataset, export
from twin.export.truth import PHASES, episodes
from twin.trace import Command, EventKind

TAGS = ["RFL.*", "Line.*", "AOI.State"]


@pytest.fixture(scope="module")
def trace():
    journal = [
        Command("fault", "E-Z8", 1.5, role="instructor", t=600.0),
        Command("fault", "E-FDR", role="instructor", t=900.0),
        Command("repair", "E-Z8", role="instructor", t=3000.0),
    ]
    return twin.run(twin.load("electronics/smt-v1"), "1h", seed=1, journal=journal)


@pytest.fixture(scope="module")
def parquet(trace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet")
    return export(trace, "1s", folder / "oven.parquet", TAGS)


@pytest.fixture(scope="module")
def comma(trace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("csv")
    return export(trace, "1s", folder / "oven.csv", TAGS)


def table(exported, ending):
    path = next(file for file in exported.files if file.name == f"oven{ending}")
    return pq.read_table(path) if path.suffix == ".parquet" else pyarrow.csv.read_csv(path)


def read_texts(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_columns_are_what_the_tags_showed(trace, parquet):
    data = table(parquet, ".parquet")
    assert data.column_names[:2] == ["t", "time"]
    assert (parquet.rows, parquet.tags) == (data.num_rows, data.num_columns - 2) == (3600, 40)
    ticks = data["t"].to_numpy()
    assert np.array_equal(ticks, np.arange(3600.0))
    for key in data.column_names[2:]:
        tag, shown = trace.line.tags[key], twin.sample(trace, key, ticks)[0]
        if tag.kind == "enum":
            assert data[key].to_pylist() == [tag.labels[int(code)] for code in shown]
        else:
            assert np.array_equal(data[key].to_numpy(), shown)
    assert data.schema.field("RFL.Queue").type == "int64"


def test_both_formats_hold_the_same_values(parquet, comma):
    for kind in ("", ".truth", ".parts"):
        one, other = table(parquet, f"{kind}.parquet"), table(comma, f"{kind}.csv")
        assert one.column_names == other.column_names
        for name in one.column_names:
            if name == "time":
                instants = [
                    t.astype("int64") for t in (one[name].to_numpy(), other[name].to_numpy())
                ]
                assert np.array_equal(instants[0] * 1000, instants[1])
            else:
                assert one[name].to_pylist() == other[name].to_pylist(), name


def test_time_is_a_date_in_utc(trace, tmp_path):
    export(
        trace, 0.5, tmp_path / "a.csv", "Line.Wip", 10, 12, epoch=datetime(2030, 5, 1, tzinfo=UTC)
    )
    rows = read_texts(tmp_path / "a.csv")
    assert [row["t"] for row in rows] == ["10", "10.5", "11", "11.5"]
    assert [row["time"] for row in rows[:2]] == [
        "2030-05-01T00:00:10.000000Z", "2030-05-01T00:00:10.500000Z"
    ]  # fmt: skip


def test_the_truth_is_labelled_at_every_instant(trace, parquet):
    truth = table(parquet, ".truth.parquet")
    t, active = truth["t"].to_numpy(), truth["active"].to_pylist()
    zone = truth["E-Z8"].to_pylist()
    (life,) = [e for e in episodes(trace) if trace.line.faults[e.fault].id == "E-Z8"]
    assert life.onset == 600.0 < life.observable < life.failure < life.repair == 3000.0
    for row in range(len(t)):
        steps = [life.onset, life.observable, life.failure]
        reached = sum(t[row] >= step for step in steps) if t[row] < life.repair else 0
        assert zone[row] == PHASES[reached]
        names = active[row].split(";") if active[row] else []
        assert ("E-Z8" in names) == (reached > 0)
    assert "E-FDR;E-Z8" in active
    assert set(truth["E-NOZ"].to_pylist()) == {"none"}


def test_each_fault_has_its_four_label_times(trace, parquet):
    path = next(file for file in parquet.files if file.name == "oven.faults.csv")
    rows = {row["fault"]: row for row in read_texts(path)}
    assert set(rows) == {"E-Z8", "E-FDR"}
    events, index = trace.events, [f.id for f in trace.line.faults].index("E-Z8")
    for column, kind in (
        ("onset_s", EventKind.FAULT_ONSET), ("observable_s", EventKind.FAULT_OBSERVABLE),
        ("failure_s", EventKind.FAULT_FAILURE), ("repair_s", EventKind.FAULT_REPAIR),
    ):  # fmt: skip
        (t,) = events.t[(events.kind == kind) & (events.value == index)]
        assert float(rows["E-Z8"][column]) == t
    assert rows["E-FDR"]["repair_s"] == ""


def test_hidden_values_of_parts_are_in_a_file_of_their_own(trace, parquet):
    parts = table(parquet, ".parts.parquet")
    hidden = {key for key, quantity in trace.line.readings.items() if quantity.hidden}
    pairs = zip(parts["station"].to_pylist(), parts["quantity"].to_pylist(), strict=True)
    assert {f"{station}.{name}" for station, name in pairs} == hidden
    numbers = [i for i, q in enumerate(trace.line.readings.values()) if q.hidden]
    rows = np.isin(trace.readings.quantity, numbers)
    assert np.array_equal(parts["value"].to_numpy(), trace.readings.value[rows])
    done = set(parts.filter(pc.equal(parts["outcome"], "out"))["part"].to_pylist())
    out = trace.log.part[trace.log.place == trace.line.place("out")]
    assert done == set(out.tolist())


def test_telemetry_and_data_sheet_hold_no_truth(trace, parquet, comma):
    for exported in (parquet, comma):
        telemetry, sheet = exported.files[0], exported.files[1]
        assert sheet.suffix == ".md"
        words = [fault.id for fault in trace.line.faults]
        words += ["| Seed |"]
        words += [q.name for q in trace.line.readings.values() if q.hidden]
        for path in (telemetry, sheet):
            data = path.read_bytes()
            assert not [word for word in words if word.encode() in data]


def test_telemetry_is_the_same_whatever_truth_is_beside_it(trace, comma, tmp_path):
    again = export(trace, "1s", tmp_path / "oven.csv", TAGS)
    for one, other in zip(comma.files, again.files, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_with_the_origin_anybody_can_make_the_run_again(trace, parquet):
    (path,) = (path for path in parquet.files if path.name == "oven.origin.md")
    text = path.read_text()
    assert "| Seed | 1 |" in text
    assert trace.line.digest in text
    rows = [line.split(" | ") for line in text.splitlines() if "| fault |" in line]
    assert [row[2] for row in rows] == [c.target for c in trace.journal if c.kind == "fault"]
    assert rows


def test_the_data_sheet_says_what_everything_means(trace, parquet):
    text = parquet.files[1].read_text()
    for fact in (trace.line.id, trace.line.digest, twin.__version__, "CC-BY-4.0",
                 "3600, one every 1 s", "2026-03-08T21:00:00Z", "oven.truth.parquet"):  # fmt: skip
        assert fact in text
    zone = trace.line.tags["RFL.Zone8Temp"]
    row = next(line for line in text.splitlines() if "`RFL.Zone8Temp`" in line)
    assert [cell.strip() for cell in row.strip("|").split("|")][1:] == [
        zone.title.en, zone.title.ko, "float", "°C", f"{zone.low:g} to {zone.high:g}",
        f"{zone.period:g} s", f"{zone.noise:g}", f"{zone.resolution:g}",
    ]  # fmt: skip
    for name in table(parquet, ".parquet").column_names:
        assert f"| `{name}` |" in text
    for word in ("onset", "observable", "failure", "repair", "phase"):
        assert f"**{word}**" in text or f"*{word}*" in text


def test_a_window_is_a_window_of_the_whole(trace, parquet, tmp_path):
    part = export(trace, "1s", tmp_path / "oven.parquet", TAGS, "5min", "10min")
    assert part.rows == 300
    for ending in (".parquet", ".truth.parquet"):
        whole = table(parquet, ending).slice(300, 300)
        assert table(part, ending).combine_chunks() == whole.combine_chunks()
    faults = (tmp_path / "oven.faults.csv").read_text().splitlines()
    assert len(faults) == 1  # both begin later
    t = table(part, ".parts.parquet")["t"].to_numpy()
    assert len(t)
    assert t.min() >= 300.0
    assert t.max() < 600.0


def test_pieces_leave_no_mark_and_progress_is_told(trace, parquet, tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "VALUES_AT_ONCE", 0)  # the smallest pieces
    seen = []
    small = export(
        trace, "1s", tmp_path / "oven.parquet", TAGS,
        progress=lambda done, end: seen.append((done, end)),
    )  # fmt: skip
    assert table(small, ".parquet").combine_chunks() == table(parquet, ".parquet").combine_chunks()
    assert pq.ParquetFile(small.files[0]).num_row_groups == len(seen) == 15
    assert seen[-1] == (3600.0, 3600.0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"every": "0s"}, "above 0 s"),
        ({"every": "soon"}, "expected a time"),
        ({"start": "2h"}, r"must lie in \[0 s, 3600 s\)"),
        ({"stop": "61min"}, r"must lie in \[0 s, 3600 s\)"),
        ({"start": "20min", "stop": "20min"}, "must lie in"),
        ({"tags": "NO.*"}, "no tag matches"),
        ({"out": "data.xls"}, "ends in .parquet or .csv"),
        ({"out": "data.csv", "format": "parquet"}, "matching format"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_and_nothing_is_written(
    trace, tmp_path, changed, message
):
    asked = {"every": "1s", "out": "a.csv", **changed}
    asked["out"] = tmp_path / asked["out"]
    with pytest.raises(UsageError, match=message):
        export(trace, **asked)
    assert not list(tmp_path.iterdir())


def test_lots_in_parts_are_a_table_of_their_own(trace, parquet, comma):
    rows = table(parquet, ".genealogy.parquet").to_pylist()
    assert [row["t"] for row in rows] == sorted(row["t"] for row in rows)
    assert {row["item"] for row in rows} == {"panel", "paste", "resistor-10k", "capacitor-100n"}
    first = [row for row in rows if row["part"] == 0]
    assert [(row["station"], row["number"]) for row in first] == [
        ("LDR", 1), ("PRN", 2), ("PNP1", 3), ("PNP2", 4)]  # fmt: skip
    assert {row["serial"] for row in first} == {"controller-000000"}
    texts = table(comma, ".genealogy.csv").to_pylist()
    assert [row["number"] for row in texts] == [row["number"] for row in rows]
    assert "oven.genealogy.parquet" in parquet.files[1].read_text()


def test_a_line_without_material_or_assembly_has_no_such_table(tmp_path):
    line = twin.load("examples/three-stations-v1")
    done = export(twin.run(line, "10min"), "1s", tmp_path / "a.csv")
    assert len(done.files) == 6
    assert not any("genealogy" in file.name for file in done.files)
    assert "genealogy" not in done.files[1].read_text()


def test_files_are_not_overwritten_unless_forced(trace, tmp_path):
    (tmp_path / "a.truth.csv").write_text("mine")
    with pytest.raises(RunDirError, match=r"a.truth.csv exists already"):
        export(trace, "1min", tmp_path / "a.csv", "Line.*")
    assert [path.name for path in tmp_path.iterdir()] == ["a.truth.csv"]
    done = export(trace, "1min", tmp_path / "a.csv", "Line.*", force=True)
    assert all(path.exists() for path in done.files)
    assert len(list(tmp_path.iterdir())) == len(done.files) == 7


@pytest.mark.parametrize("name", ["a.parts.csv", "a.truth.csv", "a.csv"])
def test_a_full_disk_is_named_and_leaves_no_file(trace, tmp_path, monkeypatch, name):
    plain = Path.open

    def on_full_disk(path, mode="r", *args, **kwargs):
        if path.name.startswith(f".{name}.partial") and "w" in mode:
            return open("/dev/full", mode)
        return plain(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", on_full_disk)
    with pytest.raises(RunDirError, match="the disk is full"):
        export(trace, "1s", tmp_path / "a.csv", "RFL.*")
    assert not list(tmp_path.iterdir())


def test_an_interrupted_export_leaves_no_file(trace, tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "VALUES_AT_ONCE", 0)

    def interrupt(done, end):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(trace, "1s", tmp_path / "a.parquet", "RFL.*", progress=interrupt)
    assert not list(tmp_path.iterdir())


def test_a_fault_that_shows_only_after_its_end_is_exported(tmp_path):
    """A wipe may end the clog before the inspection sees the board that it spoilt."""
    line, late = twin.load("electronics/smt-v1"), 0
    for onset in range(1800, 2040, 16):
        fault = twin.Command("fault", "E-CLOG", role="instructor", t=float(onset))
        trace = twin.run(line, "40min", seed=1, journal=[fault])
        life = next(e for e in episodes(trace) if e.onset == onset)
        late += life.repair < life.observable < float("inf")
        assert life.onset < life.observable  # inf: wiped before a board was printed
    assert late > 0
    export(trace, "10s", tmp_path / "late.parquet")
