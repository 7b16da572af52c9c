"""Every defect is in the truth, and everything in the truth is a defect."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from tagaudit import series

import twin
from twin.equipment.tag import Tag
from twin.field import PROFILES, QUALITIES, Received, Records, records
from twin.field.spoil import measured
from twin.field.table import PLAIN, TWICE

HOURS = 12
ALTERING = ("drift", "stuck", "spike", "zero", "nan")


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(twin.load("electronics/smt-v1"), f"{HOURS}h", seed=5)


@pytest.fixture(scope="module")
def hostile(trace: twin.Trace) -> Received:
    return records(trace, "RFL.*", 0.0, trace.now, "hostile")


def covered(got: Received, kinds: tuple[str, ...], by: str = "t") -> np.ndarray:
    """Which records a deed of these kinds touched."""
    table, out = got.records, np.zeros(len(got.records), dtype=bool)
    at = getattr(table, by)
    for deed in got.truth:
        if deed.kind in kinds:
            mine = np.ones(len(table), dtype=bool)
            if not deed.tag.endswith("*"):
                mine = table.tag == table.names.index(deed.tag)
            out |= mine & (at >= deed.begin) & (at < deed.end)
    return out


@pytest.mark.parametrize("dirt", [name for name in PROFILES if name != "clean"])
def test_every_class_of_a_profile_happens(trace, dirt):
    got = records(trace, "*", 0.0, trace.now, dirt)
    touched = {deed.kind for deed in got.truth if deed.records}
    assert touched == set(PROFILES[dirt].classes)


def test_a_value_differs_from_the_signal_only_where_the_truth_says_so(trace, hostile):
    table = hostile.records
    told = covered(hostile, ALTERING)
    differs = np.zeros(len(table), dtype=bool)
    for number, name in enumerate(table.names):
        if name.endswith(".Condition"):
            continue
        mine = np.flatnonzero(table.tag == number)
        shown = twin.sample(trace, name, table.t[mine])[0]
        differs[mine] = ~np.isclose(table.value[mine], shown, equal_nan=True)
    assert not (differs & ~told).any()
    assert differs.sum() > 1000


def test_what_the_truth_tells_of_a_value_is_so(trace, hostile):
    table = hostile.records
    for deed in hostile.truth:
        if deed.kind not in ALTERING or not deed.records:
            continue
        mine = table.take(
            (table.tag == table.names.index(deed.tag))
            & (table.t >= deed.begin) & (table.t < deed.end) & (table.how != TWICE)
        )  # fmt: skip
        assert len(mine) <= deed.records
        others = [d for d in hostile.truth if d.tag == deed.tag and d.kind in ALTERING
                  and d is not deed and d.begin < deed.end and d.end > deed.begin]  # fmt: skip
        if others:
            continue
        if deed.kind == "nan":
            assert np.isnan(mine.value).all()
            assert (mine.quality == QUALITIES.index("Bad")).all()
        elif deed.kind == "zero":
            assert (mine.value == 0.0).all()
            assert (mine.quality == QUALITIES.index("Good")).all()
        elif deed.kind == "stuck":
            assert len(set(mine.value.tolist())) == 1
        elif deed.kind == "spike":
            shown = twin.sample(trace, deed.tag, mine.t)[0]
            step = trace.line.tags[deed.tag].resolution
            assert mine.value - shown == pytest.approx(deed.size, abs=step + 1e-6)


def test_timestamps_are_off_only_by_the_clock_and_its_jumps(hostile):
    table, stamps = hostile.records, PROFILES["hostile"].stamps
    drift = stamps.offset + stamps.ppm * 1e-6 * table.t
    off = np.abs(table.stamp - table.t - drift) > 1.0
    told = covered(hostile, ("clock",))
    assert (off == told).mean() > 0.9999
    assert told.any()


def test_rows_late_or_twice_are_each_told_once(hostile):
    table = hostile.records
    assert len([d for d in hostile.truth if d.kind == "late"]) == (table.how == 1).sum()
    assert len([d for d in hostile.truth if d.kind == "duplicate"]) == (table.how == TWICE).sum()
    plain = table.take(table.how == PLAIN)
    assert (plain.arrival - plain.t).max() < 1.0


def test_the_truth_of_windows_is_the_truth_of_the_whole(trace):
    whole = records(trace, "RFL.*", 0.0, 20_000.0, "hostile").truth
    parts = [records(trace, "RFL.*", *window, "hostile").truth
             for window in ((0.0, 7000.0), (7000.0, 20_000.0))]  # fmt: skip
    told = {deed._replace(records=0) for part in parts for deed in part}
    assert told == {deed._replace(records=0) for deed in whole}
    assert sum(deed.records for part in parts for deed in part) == sum(d.records for d in whole)


def as_export(table: Records) -> str:
    """Records as a historian's export, in order of arrival."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(("timestamp", "tag", "value", "quality"))
    rows = zip(table.stamp.tolist(), table.tag.tolist(), table.value.tolist(),
               table.quality.tolist(), strict=True)  # fmt: skip
    write.writerows(
        (f"{1e9 + stamp:.3f}", table.names[tag], repr(value), QUALITIES[quality])
        for stamp, tag, value, quality in rows
    )
    return out.getvalue()


def limits(tag: Tag) -> dict[str, object]:
    """A tag's engineering range, wider by what its noise may add at rest."""
    spare = 6.0 * tag.noise
    return {"name": tag.key, "minimum": tag.low - spare, "maximum": tag.high + spare}


def findings(trace: twin.Trace, names: list[str], dirt: str) -> dict[str, int]:
    """What a public checker of industrial tag data says: reasons and how often."""
    profile = {
        "schema": "tagaudit.profile.v1",
        "quality_encoding": "quality_words",
        "max_gap_seconds": 40,
        "max_repeats": 5,
        "input": {"format": "long", "timestamp": "timestamp", "tag": "tag", "value": "value",
                  "quality": "quality", "timestamp_format": "epoch_s"},
        "tags": [limits(trace.line.tags[name]) for name in names],
    }  # fmt: skip
    text = as_export(records(trace, names, 0.0, trace.now, dirt).records)
    report = series.audit_series(profile, io.StringIO(text))
    return dict(report["summary"]["reason_counts"])


def lively(trace: twin.Trace, name: str) -> bool:
    """Whether a measured tag is never silent for 40 s, so that a longer silence is a defect."""
    if not measured(trace.line.tags[name]):
        return False
    t = records(trace, name, 0.0, trace.now).records.t
    return bool(np.diff(np.append(t, trace.now)).max() < 40.0)


def test_a_public_checker_finds_each_visible_class_in_dirty_data_and_nothing_in_clean(trace):
    names = [name for name in trace.line.tags if lively(trace, name)]
    assert len(names) > 5
    assert findings(trace, names, "clean") == {}
    assert {
        "gap_exceeds_limit",  # outages
        "timestamp_went_backwards",  # late rows, clock jumps
        "duplicate_timestamp",
        "stuck_value",
        "outside_engineering_range",  # spikes, zero codes, drift
        "nonfinite_or_nonnumeric_value",
        "quality_bad",
        "quality_uncertain",
    } <= set(findings(trace, names, "hostile"))
    assert {"gap_exceeds_limit", "timestamp_went_backwards"} <= set(findings(trace, names, "nist"))
