"""Runs on disk: the same after as before, the same bytes always, and whole or not there at all."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import twin
from twin.errors import RunDirError
from twin.kernel.run import Run
from twin.kernel.run import run as run_line
from twin.trace import Command, writer
from twin.trace.store import check_free, new_run, open_run, read_manifest, save
from twin.trace.tables import TABLES

FILES = {"manifest.json", "line.yaml", "journal.jsonl", *(f"{name}.parquet" for name in TABLES)}


@pytest.fixture(scope="module")
def line():
    return twin.load("examples/three-stations-v1")


@pytest.fixture(scope="module")
def trace(line):
    journal = [Command("stop", "mill", t=600.0), Command("start", "mill", source="rest", t=900.5)]
    return twin.run(line, "1h", seed=4, journal=journal)


@pytest.fixture(scope="module")
def saved(trace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "a"
    save(trace, folder)
    return folder


@pytest.fixture
def copy(saved, tmp_path):
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def full_disk(monkeypatch, name):
    """Files of this name lie on a disk that is full."""
    plain = Path.open

    def on_full_disk(path, mode="r", *args, **kwargs):
        if path.name == name and "w" in mode:
            return open("/dev/full", mode)
        return plain(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", on_full_disk)


def test_an_opened_run_is_the_run_that_was_saved(trace, saved):
    same = open_run(saved)
    assert same.digest == trace.digest
    assert same.journal == trace.journal
    assert (same.now, same.seed, same.line.id) == (trace.now, trace.seed, trace.line.id)
    for name, columns in TABLES.items():
        for column, kind in columns.items():
            assert same.table(name).as_dict()[column].dtype == np.dtype(kind)
    ticks = np.arange(0.0, 3600.0, 7.0)
    assert np.array_equal(twin.sample(same, "*", ticks), twin.sample(trace, "*", ticks))


def test_a_run_of_a_machine_with_memory_and_faults_keeps_its_digest(tmp_path):
    fault = Command("fault", "E-Z8", 0.5, "instructor", t=900.0)
    trace = twin.run(twin.load("electronics/smt-v1"), "30min", seed=2, journal=[fault])
    save(trace, tmp_path / "run")
    assert open_run(tmp_path / "run").digest == trace.digest


def test_the_manifest_says_what_the_run_is(trace, saved):
    manifest = read_manifest(saved)
    assert manifest["digest"] == trace.digest
    assert manifest["scenario"] == {
        "id": trace.line.id, "version": trace.line.version, "digest": trace.line.digest
    }  # fmt: skip
    assert manifest["twin"] == twin.__version__
    assert (manifest["seed"], manifest["duration_s"], manifest["commands"]) == (4, 3600.0, 2)
    assert set(manifest["files"]) == FILES - {"manifest.json"}
    for name in TABLES:
        assert manifest["files"][f"{name}.parquet"]["rows"] == len(trace.table(name))
    assert manifest["places"] == list(trace.line.places)


def test_the_bytes_do_not_depend_on_how_a_run_was_cut(line, tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "ROW_GROUP", 100)
    save(twin.run(line, "1h", seed=4), tmp_path / "whole")
    for name, cuts in (("few", [1000.0, 3600.0]), ("many", list(np.arange(10.0, 3601.0, 10.0)))):
        with new_run(tmp_path / name, line, 4) as taker:
            run = Run(line, 4, consume=taker)
            for cut in cuts:
                run.advance(float(cut))
            taker.finish(run.now)
        assert contents(tmp_path / name) == contents(tmp_path / "whole")


def test_rows_wait_in_memory_only_until_a_row_group_is_full(line, tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "ROW_GROUP", 50)
    with new_run(tmp_path / "run", line, 1) as taker:
        run = Run(line, 1, consume=taker)
        for hour in range(1, 8):
            run.advance(hour * 3600.0)
            assert all(table._count < 50 for table in taker._tables.values())
            assert len(run.trace.log) == 0
        taker.finish(run.now)
    assert open_run(tmp_path / "run").digest == twin.run(line, "7h", seed=1).digest


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
def test_a_damaged_file_is_refused_by_name(copy, name):
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(RunDirError, match=f"damaged: {name}"):
        open_run(copy)
    (copy / name).unlink()
    with pytest.raises(RunDirError, match=f"damaged: {name}"):
        open_run(copy)


def test_a_folder_without_its_manifest_is_refused(copy):
    (copy / "manifest.json").unlink()
    with pytest.raises(RunDirError, match=r"copy is not a finished run: manifest.json is missing"):
        open_run(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "twin-run", "schema": 1}'])
def test_a_manifest_that_is_none_is_refused(copy, text):
    (copy / "manifest.json").write_text(text)
    with pytest.raises(RunDirError, match=r"damaged: manifest.json"):
        open_run(copy)


def test_a_run_in_another_format_is_refused(copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"schema": 99, "twin": "9.9"}))
    with pytest.raises(RunDirError, match=r"format twin-run 99 by twin 9.9; .* reads format .* 1"):
        open_run(copy)


def test_a_scenario_this_version_cannot_read_is_named(copy):
    text = b"schema: 1\nid: x/y-v1\nstations: {}\nno-such-key: 1\n"
    (copy / "line.yaml").write_bytes(text)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"]["line.yaml"]["sha256"] = writer.sha256_of(copy / "line.yaml")
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunDirError, match="cannot read the scenario of this run"):
        open_run(copy)


def test_no_folder_at_all_is_refused(tmp_path):
    with pytest.raises(RunDirError, match="no run folder of this name"):
        open_run(tmp_path / "nothing")


def test_a_run_is_not_overwritten_unless_forced(line, trace, copy):
    before = contents(copy)
    with pytest.raises(RunDirError, match="exists already"):
        save(trace, copy)
    assert contents(copy) == before
    save(twin.run(line, "10min", seed=5), copy, force=True)
    assert open_run(copy).seed == 5
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_force_replaces_runs_only(trace, tmp_path):
    (tmp_path / "holiday.jpg").touch()
    for force in (False, True):
        with pytest.raises(RunDirError, match="is not a run: choose another name"):
            save(trace, tmp_path, force=force)
        with pytest.raises(RunDirError, match="is not a run"):
            check_free(tmp_path / "holiday.jpg", force=force)


def test_an_empty_folder_may_become_a_run(trace, tmp_path):
    (tmp_path / "run").mkdir()
    save(trace, tmp_path / "run")
    assert open_run(tmp_path / "run").digest == trace.digest


def test_a_place_that_cannot_be_written_is_named(trace, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RunDirError, match=r"file/run: cannot be written \(Not a directory\)"):
        save(trace, tmp_path / "file" / "run")


@pytest.mark.parametrize("name", ["log.parquet", "tracks.parquet", "manifest.json"])
def test_a_full_disk_is_named_and_leaves_nothing(trace, tmp_path, monkeypatch, name):
    full_disk(monkeypatch, name)
    with pytest.raises(RunDirError, match="run: the disk is full, nothing was kept") as caught:
        save(trace, tmp_path / "run")
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_run_that_was_to_be_replaced(trace, copy, monkeypatch):
    before = contents(copy)
    full_disk(monkeypatch, "log.parquet")
    with pytest.raises(RunDirError, match="the disk is full"):
        save(trace, copy, force=True)
    assert contents(copy) == before
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_what_is_interrupted_leaves_nothing(line, tmp_path, error):
    def interrupt(now, end):
        if now > 1800.0:
            raise error

    with pytest.raises(error), new_run(tmp_path / "run", line, 1) as taker:
        run_line(line, "1h", 1, progress=interrupt, consume=taker)
    assert not list(tmp_path.iterdir())


def test_a_run_that_was_never_finished_leaves_nothing(line, tmp_path):
    with pytest.raises(RunDirError, match="not finished"), new_run(tmp_path / "run", line, 1):
        pass
    assert not list(tmp_path.iterdir())
