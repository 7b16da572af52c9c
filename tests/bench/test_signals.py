"""How fast and how small `sample` and `stream` are."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

import twin

DAY = 86_400.0


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(twin.load("electronics/smt-v1"), "48h", 1)


def rate(trace: twin.Trace, tag: str, ticks: np.ndarray, rounds: int = 15) -> float:
    """Values a processor second, best of several."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        twin.sample(trace, [tag], ticks)
        best = min(best, time.process_time() - begin)
    return len(ticks) / best


@pytest.mark.parametrize(
    ("tag", "what"),
    [
        ("RFL.Zone8Temp", "thermal law with noise"),
        ("RFL.Power", "power by state with noise"),
        ("PRN.SqueegeePressure", "stroke with noise"),
        ("PNP1.Energy", "energy, an integral"),
        ("SPI.VolumeMean", "reading of the last board"),
        ("SPI.Passed", "counter"),
        ("SPI.Queue", "level"),
    ],
)
def test_values_a_second(trace, benchmark, figure, tag: str, what: str):
    ticks = np.arange(0.0, 2 * DAY)
    benchmark.pedantic(twin.sample, (trace, [tag], ticks), rounds=3)
    found = rate(trace, tag, ticks)
    benchmark.extra_info["values_per_second"] = found
    figure(f"sample {tag} ({what}): {found / 1e6:.1f} M values/s")


def test_a_thermal_tag_after_a_step(benchmark, figure):
    """The worst case of a law: a zone that follows its set point all the time."""
    line = twin.load("electronics/smt-v1")
    journal = [
        twin.Command("set", "RFL.Zone8Set", 248.0 + 5.0 * (i % 2), "engineer", "bench", 100.0 * i)
        for i in range(1, 850)
    ]
    trace = twin.run(line, "24h", 1, journal)
    ticks = np.arange(0.0, DAY)
    benchmark.pedantic(twin.sample, (trace, ["RFL.Zone8Temp"], ticks), rounds=3)
    figure(f"sample RFL.Zone8Temp, set point moved every 100 s: "
           f"{rate(trace, 'RFL.Zone8Temp', ticks) / 1e6:.1f} M values/s")  # fmt: skip


def test_a_tag_year_at_one_hertz(figure):
    """31.5 million values, one chunk in memory at a time, from a trace that holds the whole year.

    The line stands still after a day (its states of one year are another bench's matter).
    """
    line = twin.load("electronics/smt-v1")
    year = 365 * DAY
    run = twin.Run(line, 1)
    run.advance(DAY)
    run.apply(twin.Command("stop", "", role="operator"))
    run.advance(year)
    tracemalloc.start()
    begin, total, count = time.process_time(), 0.0, 0
    for _ticks, values in twin.stream(run.trace, ["RFL.Zone7Temp"], 0.0, year, 1.0):
        total += float(values.sum())
        count += values.size
    seconds = time.process_time() - begin
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    figure(f"one tag-year at 1 Hz: {count:,} values in {seconds:.1f} s, peak {peak:.1f} MiB")
    assert count == 31_536_000
    assert peak < 40.0  # of it 20 are disturbances that several tags share
    assert total / count == pytest.approx(228.0, abs=0.1)
