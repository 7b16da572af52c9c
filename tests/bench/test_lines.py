"""Four simulated weeks of every shipped line, and a line-week at 1 Hz as a Parquet file."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import twin
from twin.line.index import shipped

WEEK = 7 * 86_400.0
NAMES = [entry.id for entry in shipped() if not entry.id.startswith("examples/")]


@pytest.mark.parametrize("name", NAMES)
def test_four_weeks_with_full_trace(name: str, figure):
    line = twin.load(name)
    begin = time.process_time()
    trace = twin.run(line, 4 * WEEK, 1)
    seconds = time.process_time() - begin
    stays = int(np.count_nonzero(trace.log.part >= 0))
    rows = {table: len(trace.table(table)) for table in ("log", "tracks", "readings", "events")}
    size = sum(column.nbytes for table in rows for column in trace.table(table).as_dict().values())
    figure(
        f"{name}: four weeks in {seconds:.1f} s ({4 * WEEK / seconds:,.0f} x real time), "
        f"{stays / seconds:,.0f} parts x places/s, {size / 2**20:.0f} MiB of trace "
        f"({size / sum(rows.values()):.0f} bytes a row), "
        + ", ".join(f"{count:,} {table}" for table, count in rows.items())
    )
    assert trace.now == 4 * WEEK


@pytest.mark.parametrize("name", NAMES)
def test_memory_is_flat_where_a_consumer_takes_the_rows(name: str, figure):
    line = twin.load(name)
    tracemalloc.start()
    twin.run(line, WEEK, 1, consume=lambda chunk, now: None)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    figure(f"{name}: a week with a consumer, peak {peak:.1f} MiB")
    assert peak < 64.0


@pytest.mark.parametrize("name", NAMES)
def test_export_of_a_line_week_against_a_plain_writer(name: str, tmp_path: Path, figure):
    """The floor writes random numbers of the same shape with numpy and pyarrow, nothing else."""
    from twin.export.dataset import export

    trace = twin.run(twin.load(name), WEEK, 1)
    tags = [tag.key for tag in trace.line.tags.values() if tag.kind == "float"]
    begin = time.process_time()
    export(trace, 1.0, tmp_path / "ours.parquet", tags)
    ours = time.process_time() - begin
    begin = time.process_time()
    _plain(tmp_path / "plain.parquet", len(tags), int(WEEK))
    floor = time.process_time() - begin
    count = len(tags) * int(WEEK)
    figure(
        f"{name}: export of a week at 1 Hz, {count:,} values in {ours:.1f} s "
        f"({count / ours / 1e6:.1f} M values/s); plain numpy + pyarrow {floor:.1f} s, "
        f"ratio {ours / floor:.2f}"
    )
    assert pq.read_metadata(tmp_path / "ours.parquet").num_rows == int(WEEK)


def _plain(path: Path, columns: int, rows: int, chunk: int = 1 << 16) -> None:
    rng = np.random.default_rng(1)
    names = ["t", *(f"c{i}" for i in range(columns))]
    schema = pa.schema([(name, pa.float64()) for name in names])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for begin in range(0, rows, chunk):
            n = min(chunk, rows - begin)
            data = [np.arange(begin, begin + n, dtype=float)]
            data += [np.round(rng.normal(100.0, 1.0, n), 1) for _ in range(columns)]
            writer.write_table(pa.table(data, schema=schema))
