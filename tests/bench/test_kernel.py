"""The kernel beside a textbook SimPy model of the same line, in the same minute on the same core.

Ratios are what counts: both are run in turn, several times, by processor time. No bench asserts a
time; exactness and memory are asserted.
"""

from __future__ import annotations

import time
import tracemalloc
from statistics import median

import numpy as np
import pytest

import twin
from tests.bench.textbook import textbook
from tests.theory.replications import exponential, finished, series_line, shares
from twin.trace import State

ROUNDS = 7
SECONDS = 20_000.0
EXACT = {False: 0.7933674, True: 0.7124073}  # parts a second, Markov chain of the whole line
FAILURES = [{"id": "stop", "after": exponential(100.0), "repair": exponential(5.0)}]


def line(failures: bool) -> twin.Line:
    """Benchmark line A, or B with failures."""
    return series_line(5, 5, failures=FAILURES if failures else None)


def run_and_judge(plan: twin.Line, seconds: float, seed: int) -> twin.Trace:
    """A run with its full trace, and its KPIs."""
    trace = twin.run(plan, seconds, seed)
    twin.kpi(trace)
    return trace


def cost(work, *arguments, **named) -> tuple[float, object]:
    """Processor seconds of a call, and its result."""
    begin = time.process_time()
    result = work(*arguments, **named)
    return time.process_time() - begin, result


@pytest.mark.parametrize("failures", [False, True], ids=["A", "B"])
def test_kernel_beside_textbook(failures: bool, benchmark, figure):
    plan, ours, theirs = line(failures), [], []
    twin.run(plan, 100.0, 1)
    for seed in range(ROUNDS):
        seconds, parts = cost(textbook, SECONDS / 2, failures=failures, seed=seed)
        theirs.append(parts / seconds)
        seconds, trace = cost(run_and_judge, plan, SECONDS, seed)
        ours.append(len(trace.index.arrivals(plan.place("out"))) / seconds)
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    benchmark.extra_info.update(parts_per_second=max(ours), textbook=max(theirs), ratio=ratio)
    benchmark.pedantic(run_and_judge, (plan, SECONDS, 1), rounds=3)
    name = "B (failures)" if failures else "A"
    figure(
        f"line {name}: {max(ours):,.0f} parts/s with full trace and KPIs, textbook SimPy "
        f"{max(theirs):,.0f}; ratio {ratio:.2f} (median of {ROUNDS}), "
        f"{max(ours) / max(theirs):.2f} (best of each)"
    )


@pytest.mark.parametrize("failures", [False, True], ids=["A", "B"])
def test_throughput_and_states_are_within_three_standard_errors(failures: bool, figure):
    plan = line(failures)
    traces = [twin.run(plan, 40_000.0, seed) for seed in range(200, 210)]
    rows = {"throughput": ([finished(t, 1000.0) for t in traces], EXACT[failures])}
    if failures:
        first = [shares(t, "m1", 1000.0) for t in traces]
        third = [shares(t, "m3", 1000.0) for t in traces]
        rows |= {
            "m1 working": ([s[State.WORKING] for s in first], 0.712407),
            "m1 blocked": ([s[State.BLOCKED] for s in first], 0.251972),
            "m1 down": ([s[State.DOWN] for s in first], 0.035620),
            "m3 starved": ([s[State.STARVED] for s in third], 0.123209),
            "m3 blocked": ([s[State.BLOCKED] for s in third], 0.128763),
        }
    for what, (values, exact) in rows.items():
        mean, error = np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))
        off = (mean - exact) / error
        figure(
            f"line {'B' if failures else 'A'}, {what}: {mean:.5f}, "
            f"exact {exact:.5f} ({off:+.1f} se)"
        )
        assert abs(off) < 3.0


def test_memory_is_flat_over_time(figure):
    """With a consumer the rows go away; ten times the time must not take more memory."""
    peaks = []
    for seconds in (20_000.0, 200_000.0):
        rows = 0

        def consume(chunk, now):
            nonlocal rows
            rows += len(chunk["log"]["t"])

        tracemalloc.start()
        twin.run(line(True), seconds, 1, consume=consume)
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
        assert rows > 5 * seconds
    figure(
        f"memory of line B, peak: {peaks[0]:.1f} MiB for 20,000 s, {peaks[1]:.1f} MiB for 200,000 s"
    )
    assert peaks[1] < 1.3 * peaks[0] + 1.0


def test_the_surface_mount_line(benchmark, figure):
    plan = twin.load("electronics/smt-v1")
    trace = twin.run(plan, "24h", 1)
    benchmark.pedantic(twin.run, (plan, "24h", 1), rounds=5)
    seconds = min(cost(twin.run, plan, "24h", 1)[0] for _ in range(3))
    figure(
        f"electronics/smt-v1: one day in {seconds:.2f} s ({86400 / seconds:,.0f} x real time), "
        f"{len(trace.log):,} rows of states, {len(trace.readings):,} readings"
    )


def test_snapshot_and_resume(benchmark, figure):
    run = twin.Run(twin.load("electronics/smt-v1"), 1)
    run.advance(8 * 3600.0)
    snapshot = twin.snapshot(run)
    benchmark(twin.snapshot, run)
    freeze = min(cost(twin.snapshot, run)[0] for _ in range(20))
    thaw = min(cost(twin.resume, snapshot)[0] for _ in range(20))
    figure(
        f"snapshot of electronics/smt-v1: {1e3 * freeze:.1f} ms, "
        f"{len(snapshot.data) / 1024:.0f} KiB; resume {1e3 * thaw:.1f} ms"
    )
