"""Columns that grow and branch, and the recorder that feeds them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.trace.tables import STATES, TABLES, Growing, Recorder, State, Table

CHUNKS = st.lists(st.lists(st.floats(allow_nan=False), max_size=50), max_size=12)


@given(CHUNKS)
def test_a_column_is_what_was_appended(chunks):
    column, views = Growing("f8"), []
    for chunk in chunks:
        column.extend(np.array(chunk, dtype=float))
        views.append((column.values, column.values.copy()))
    assert column.values.tolist() == [x for chunk in chunks for x in chunk]
    for view, copy in views:
        assert np.array_equal(view, copy), "a view stays as it was"


@given(CHUNKS, CHUNKS, CHUNKS)
def test_branches_share_the_past_and_nothing_else(past, left, right):
    trunk = Growing("f8")
    for chunk in past:
        trunk.extend(np.array(chunk, dtype=float))
    common = trunk.values.tolist()
    one, two = trunk.branch(), trunk.branch()
    twig = one.branch()
    for a, b in zip(left, right, strict=False):
        one.extend(np.array(a, dtype=float))
        two.extend(np.array(b, dtype=float))
        trunk.extend(np.array(b[:1], dtype=float))
    n = min(len(left), len(right))
    assert one.values.tolist() == common + [x for chunk in left[:n] for x in chunk]
    assert two.values.tolist() == common + [x for chunk in right[:n] for x in chunk]
    assert trunk.values.tolist() == common + [x for chunk in right[:n] for x in chunk[:1]]
    assert twig.values.tolist() == common


def test_the_recorder_gives_columns_of_the_right_types_and_is_empty_after():
    recorder = Recorder()
    recorder.log += (1.5, 3 * STATES + State.DOWN, -1, 2.5, 4 * STATES + State.WORKING, 7)
    recorder.parts += (0.25, 1)
    recorder.events += (1.0, 3, 2, 5, 0.0)
    log = recorder.log
    chunk = recorder.drain()
    for name, columns in TABLES.items():
        assert {c: v.dtype.str[1:] for c, v in chunk[name].items()} == columns
    assert chunk["log"]["place"].tolist() == [3, 4]
    assert chunk["log"]["state"].tolist() == [State.DOWN, State.WORKING]
    assert chunk["log"]["part"].tolist() == [-1, 7]
    assert recorder.log is log
    assert not log
    assert all(not len(v) for table in recorder.drain().values() for v in table.values())


def test_part_numbers_survive_beyond_32_bits():
    recorder = Recorder()
    recorder.log += (0.0, 0, 2**52 + 1)
    assert recorder.drain()["log"]["part"].tolist() == [2**52 + 1]


def test_a_table_has_its_columns_as_attributes():
    table = Table(TABLES["parts"])
    table.extend({"t": np.array([1.0]), "product": np.array([2])})
    branch = table.branch()
    branch.extend({"t": np.array([3.0]), "product": np.array([4])})
    assert len(table) == 1
    assert branch.as_dict()["t"].tolist() == [1.0, 3.0]
    assert table.product.tolist() == [2]
