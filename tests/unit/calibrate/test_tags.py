"""Telemetry of a plant unlike the reference: its tags come to look alike, and still answer."""

from __future__ import annotations

import csv
from datetime import date

import numpy as np
import pytest

import twin
from twin.calibrate import calibrate, read_table
from twin.errors import UsageError
from twin.line.loading import parse

OVEN = """
schema: 1
id: tests/oven-v1
title: An oven
stations:
  PRN: {kind: printer, cycle: 18 s, to: RFL}
  RFL: {kind: reflow, cycle: 20 s, buffer: {capacity: 5, transport: 5 s}}
"""
N = 7200


def recorded(n: int = N) -> np.ndarray:
    """A zone of another make: 0.5 K steps, memory, holds, and a slow swing of 2 K."""
    generator = np.random.default_rng(5)
    noise = np.zeros(n)
    for i in range(1, n):
        noise[i] = 0.8 * noise[i - 1] + 0.6 * generator.standard_normal()
    swing = 2.0 * np.sin(np.arange(n) / 700.0)
    x = np.round((168.0 + swing + 0.7 * noise) / 0.5) * 0.5
    held = generator.random(n) < 0.3
    for i in np.flatnonzero(held[1:]) + 1:
        x[i] = x[i - 1]
    return x


def write(path, **columns):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["t", *columns])
        writer.writerows(
            zip(range(len(next(iter(columns.values())))), *columns.values(), strict=False)
        )
    return read_table(path)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    pressure = np.tile(np.repeat([0.0, 6.0], [12, 6]), N // 18)
    pressure = pressure + np.where(
        pressure > 0.0, 0.2 * np.random.default_rng(2).standard_normal(N), 0.0
    )
    table = write(
        tmp_path_factory.mktemp("telemetry") / "telemetry.csv",
        **{
            "Z2_PV": recorded(),
            "PRN.SqueegeePressure": np.round(pressure, 2),
            "RFL.Zone3Temp": np.full(N, 180.0),
            "RFL.Nonsense": recorded(),
            "RFL.State": np.ones(N),
        },
    )
    names = {"Z2_PV": "RFL.Zone2Temp"}
    return calibrate(parse(OVEN), [table], names=names, today=date(2026, 3, 2))


def test_a_tag_that_stands_still_in_the_model_plays_its_record(fitted):
    zone = next(one for one in fitted.tags if one.what == "RFL.Zone2Temp")
    assert zone.fitted.resolution == pytest.approx(0.5)
    assert zone.again.resolution == pytest.approx(0.5)
    assert zone.again.noise == pytest.approx(zone.fitted.noise, rel=0.3)
    assert zone.again.memory == pytest.approx(zone.fitted.memory, abs=0.2)
    assert "record" in zone.value


def test_it_still_follows_its_set_point(fitted):
    line = fitted.line
    set_point = line.settings["RFL.Zone2Set"].default
    journal = [twin.trace.Command("set", "RFL.Zone2Set", set_point + 10.0, t=3600.0)]
    t = np.arange(3000.0, 7000.0, 10.0)
    still, moved = (
        twin.sample(twin.run(line, "2h", 1, steps), ["RFL.Zone2Temp"], t)[0]
        for steps in ([], journal)
    )
    assert np.abs(still - moved)[t < 3600.0].max() == 0.0
    assert (moved - still)[t > 6000.0].mean() == pytest.approx(10.0, abs=0.6)


def test_a_tag_that_moves_with_the_machine_takes_noise_only(fitted):
    pressure = next(one for one in fitted.tags if one.what == "PRN.SqueegeePressure")
    assert set(pressure.value) == {"resolution", "noise"}
    assert pressure.value["noise"] == pytest.approx(0.2, rel=0.3)
    assert "moves with the machine" in pressure.notes[0]


def test_what_has_no_texture_is_named(fitted):
    why = {one.what: one.why for one in fitted.unfits}
    assert "never moves" in why["RFL.Zone3Temp"]
    assert "no such tag" in why["RFL.Nonsense"]
    assert "no instrument" in why["RFL.State"]


def test_a_short_record_is_refused(tmp_path):
    table = write(tmp_path / "t.csv", **{"RFL.Zone2Temp": recorded(100)})
    with pytest.raises(UsageError, match="100 usable records"):
        calibrate(parse(OVEN), [table])


def test_a_record_kept_faster_than_the_tag_looks_is_thinned(tmp_path):
    table = write(tmp_path / "t.csv", **{"PRN.Humidity": np.repeat(recorded(1000), 10)})
    (tag,) = calibrate(parse(OVEN), [table]).tags
    assert tag.fitted.n == 1000
    assert tag.fitted.period == 10.0
