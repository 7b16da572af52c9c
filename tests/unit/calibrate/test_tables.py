"""Tables as factories have them: headers in two languages, code pages, units, gaps, mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from twin.calibrate import read_table
from twin.errors import ScenarioError, UsageError


def table(tmp_path, text: str, encoding: str = "utf-8", name: str = "my.csv", kind=None):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_table(path, kind)


def test_cycles_by_begin_and_end(tmp_path):
    read = table(
        tmp_path,
        "Station,Start,End,Product\n"
        "PRN,2026-03-02 06:00:00,2026-03-02 06:00:18.5,a\n"
        "PRN,2026-03-02T06:00:20+09:00,2026-03-02T06:00:39+09:00,b\n",
    )
    assert read.kind == "cycles"
    assert read.numbers["duration"].tolist() == pytest.approx([18.5, 19.0])
    assert read.texts["product"].tolist() == ["a", "b"]
    # without a zone a time is UTC: nine hours later than the same clock in Korea
    assert read.numbers["begin"][0] - read.numbers["begin"][1] == pytest.approx(9 * 3600 - 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_korean_sheet_of_stops_in_minutes(tmp_path, encoding):
    read = table(
        tmp_path,
        "설비명;시작시각;정지시간(분);정지사유\n"
        "프레스 1;2026.03.02 14:05;2,5;금형\n"
        "프레스 1;2026.03.02 15:10;;금형\n",
        encoding,
    )
    assert read.kind == "stops"
    assert read.texts["station"].tolist() == ["프레스 1", "프레스 1"]
    assert read.texts["reason"].tolist() == ["금형", "금형"]
    assert read.numbers["duration"][0] == pytest.approx(150.0)
    assert np.isnan(read.numbers["duration"][1])
    assert read.numbers["begin"][1] - read.numbers["begin"][0] == pytest.approx(65 * 60)


def test_cycle_times_alone(tmp_path):
    read = table(tmp_path, "machine\tcycle_time_ms\nA\t1200\nA\t1300\n")
    assert read.kind == "cycles"
    assert read.numbers["duration"].tolist() == pytest.approx([1.2, 1.3])


@pytest.mark.parametrize(
    "text",
    [
        "time,RFL.Zone1Temp,note\n2026-03-02 06:00:01,150.2,ok\n2026-03-02 06:00:00,150.1,\n",
        "timestamp,tag,value\n2026-03-02 06:00:01,RFL.Zone1Temp,150.2\n"
        "2026-03-02 06:00:00,RFL.Zone1Temp,150.1\n",
    ],
    ids=["a column a tag", "a row a value"],
)
def test_telemetry_comes_in_order_of_time(tmp_path, text):
    read = table(tmp_path, text)
    assert read.kind == "telemetry"
    assert list(read.signals) == ["RFL.Zone1Temp"]
    t, values = read.signals["RFL.Zone1Temp"]
    assert np.diff(t).tolist() == [1.0]
    assert values.tolist() == [150.1, 150.2]


def test_the_kind_may_be_said(tmp_path):
    read = table(tmp_path, "station,start,end\nA,0,10\nA,20,35\n", kind="stops")
    assert read.kind == "stops"
    assert read.numbers["duration"].tolist() == [10.0, 15.0]


def test_every_wrong_cell_is_named_with_its_line(tmp_path):
    with pytest.raises(ScenarioError) as error:
        table(tmp_path, "station,start,end\nA,0,1\nA,yesterday,1\nA,2,soon\n")
    assert [(p.line, p.path) for p in error.value.problems] == [(3, "start"), (4, "end")]
    with pytest.raises(ScenarioError, match=r"my.csv:3: cycle time \(s\): expected a number"):
        table(tmp_path, "station,cycle time (s)\nA,1\nA,long\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour,shape\nred,round\n", "cannot tell what this table is"),
        ("start,end\n0,1\n", "which station"),
        ("station,reason\nA,jam\n", "how long"),
        ("just words\n", "CSV table"),
        ("", "CSV table"),
    ],
)
def test_a_table_that_says_too_little_is_refused(tmp_path, text, said):
    with pytest.raises(UsageError, match=said):
        table(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.csv"):
        read_table(tmp_path / "none.csv")
