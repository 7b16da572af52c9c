"""Doors by which claims come: real files, a real database, a real broker, a real server."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import httpx
import polars as pl
import pytest

from twin.judge.asking import Asking
from twin.judge.collect import collect
from twin.judge.plan import ClaimSource, Solution
from twin.judge.sources.desk import ClaimDesk
from twin.judge.sources.files import read_files
from twin.judge.sources.inbox import Inbox
from twin.judge.sources.mqtt import listen
from twin.judge.sources.sql import read_sql

ROWS = [{"t": 1.0, "asset": "SAW", "score": 0.5}, {"t": 2.0, "asset": "SAW", "score": 0.9}]
BROKER = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_files_of_three_kinds_hold_the_same_rows(tmp_path: Path, ending: str) -> None:
    frame, path = pl.DataFrame(ROWS), tmp_path / f"claims.{ending}"
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "jsonl": frame.write_ndjson}[ending](
        path
    )
    found, told = read_files("predictions", tmp_path, "claims.*")
    assert told == []
    assert [float(x) for x in found["score"]] == [0.5, 0.9]


def test_a_broken_file_is_said_and_the_others_count(tmp_path: Path) -> None:
    pl.DataFrame(ROWS).write_csv(tmp_path / "a.csv")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 this is none")
    (tmp_path / "c.xlsx").write_bytes(b"")
    (tmp_path / "d.csv").write_bytes(b"")
    found, told = read_files("predictions", tmp_path, "*")
    assert found.height == 2
    assert {one.column for one in told} == {"b.parquet", "c.xlsx"}


def test_a_pattern_does_not_leave_the_folder(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    pl.DataFrame(ROWS).write_csv(tmp_path / "others.csv")
    (own / "link.csv").symlink_to(tmp_path / "others.csv")
    found, told = read_files("predictions", own, "*.csv")
    assert found.is_empty()
    assert "outside" in told[0].what


def test_rows_of_a_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "own.db") as db:
        db.execute("create table said (t real, asset text, score real)")
        db.executemany("insert into said values (:t, :asset, :score)", ROWS)
    db.close()
    url = f"sqlite:///{tmp_path}/own.db"
    found, told = read_sql("predictions", url, "select * from said order by t")
    assert (found.to_dicts(), told) == (ROWS, [])
    found, told = read_sql("predictions", url, "select * from unsaid")
    assert found.is_empty()
    assert "no such table" in told[0].what


def test_words_and_columns_of_the_solution_become_ours(tmp_path: Path) -> None:
    with (tmp_path / "states.csv").open("w") as file:
        file.write("machine,from,to,status\nSAW,0,60,RUN\nSAW,60,90,FAULT\n")
    source = ClaimSource.model_validate(
        {
            "table": "states", "file": "states.csv", "epoch": "simulated",
            "columns": {"station": "machine", "start": "from", "end": "to", "state": "status"},
            "words": {"state": {"RUN": "WORKING", "FAULT": "DOWN"}},
        }
    )  # fmt: skip
    solution = Solution(name="mes", kind="mes", claims=[source])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    found = collect(solution, tmp_path, Inbox(), start, 3600.0)
    assert found.complaints == ()
    assert found.table("states")["state"].to_list() == ["WORKING", "DOWN"]


async def test_rows_by_rest_need_the_solutions_own_key() -> None:
    inbox = Inbox()
    desk = ClaimDesk(inbox, ["mine", "other"], Asking([], [], [], 0.0, lambda t: datetime.now(UTC)))
    await desk.server.start()
    try:
        async with httpx.AsyncClient(base_url=desk.url) as client:
            place, key = "/claims/predictions", {"Authorization": f"Bearer {desk.key_of('mine')}"}
            assert (await client.post(place, json=ROWS)).status_code == 401
            assert (await client.post("/claims/nothing", json=ROWS, headers=key)).status_code == 404
            assert (await client.post(place, json=ROWS, headers=key)).json() == {"kept": 2}
            lines = "\n".join(map(json.dumps, ROWS)) + "\nnot json\n"
            assert (await client.post(place, content=lines, headers=key)).json() == {"kept": 2}
            csv = pl.DataFrame(ROWS).write_csv()
            typed = {**key, "Content-Type": "text/csv"}
            assert (await client.post(place, content=csv, headers=typed)).json() == {"kept": 2}
    finally:
        await desk.server.stop()
    found, told = inbox.table("mine", "predictions")
    assert found.height == 6
    assert [(one.what, one.rows) for one in told] == [("not JSON", 1)]
    assert inbox.table("other", "predictions")[0].is_empty()


async def test_rows_by_mqtt_come_through_a_real_broker() -> None:
    assert BROKER, "set-up installs the broker: scripts/setup.sh test"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    broker = subprocess.Popen([BROKER, "-p", str(port)], stderr=subprocess.DEVNULL)
    inbox, ready = Inbox(), asyncio.Event()
    url = f"mqtt://127.0.0.1:{port}/plant/claims"
    task = asyncio.create_task(listen(url, "mine", "predictions", inbox, ready))
    try:
        await asyncio.wait_for(ready.wait(), 20.0)
        async with aiomqtt.Client("127.0.0.1", port) as client:
            for row in ROWS:
                await client.publish("plant/claims", json.dumps(row), qos=1)
            await client.publish("plant/claims", "{", qos=1)
        for _ in range(200):
            if inbox.complaints:
                break
            await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        broker.terminate()
        broker.wait(10.0)
    found, told = inbox.table("mine", "predictions")
    assert found.to_dicts() == ROWS
    assert [one.what for one in told] == ["not JSON"]
