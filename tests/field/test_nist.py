"""The profile `nist` shows what was measured on real machine tools."""

from __future__ import annotations

import twin
from tests.field import measure


def test_nist_reproduces_the_measured_table_within_a_fifth():
    trace = twin.run(twin.load("machine-parts/shaft-v1"), "36h", seed=2)
    rows = measure.table(trace, "LTH1", 0.0, trace.now)
    assert len(rows) == 20
    assert not [row for row in rows if not row.within]
