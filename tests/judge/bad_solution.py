"""A small MES that counts right, and then hands its counts in as the first argument says.

It reads the counters at the end of the hour from REST, so all that is wrong is how it hands in.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

HERE = Path(os.environ["TWIN_CLAIMS_DIR"])
REST = os.environ["TWIN_REST_URL"]
ROWS = 1_000_000


def get(path: str) -> Any:
    with urllib.request.urlopen(REST + path, timeout=60) as answer:
        return json.load(answer)


def counts() -> list[dict[str, Any]]:
    values = get("/api/tags?names=*.Passed,*.Rejected")["values"]
    stations = sorted({key.split(".")[0] for key in values})
    return [
        {
            "station": one, "start": 0, "end": 3600,
            "good": values[f"{one}.Passed"], "scrap": values.get(f"{one}.Rejected", 0),
        }
        for one in stations
        if f"{one}.Passed" in values
    ]  # fmt: skip


def jsonl(rows: list[Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def in_zone(rows: list[dict[str, Any]], hours: float, offset: bool) -> list[dict[str, Any]]:
    """The same rows, their times as dates of a zone."""
    state = get("/api/state")
    begin = datetime.fromisoformat(state["wall"]) - timedelta(seconds=round(state["t"], 3))
    zone = timezone(timedelta(hours=hours))

    def date(t: float) -> str:
        text = (begin.astimezone(UTC) + timedelta(seconds=t)).astimezone(zone).isoformat()
        return text if offset else text[:-6]

    return [{**row, "start": date(row["start"]), "end": date(row["end"])} for row in rows]


def post(rows: str) -> None:
    request = urllib.request.Request(
        os.environ["TWIN_CLAIMS_URL"] + "/claims/counts", rows.encode(),
        {"Authorization": f"Bearer {os.environ['TWIN_CLAIMS_KEY']}"},
    )  # fmt: skip
    urllib.request.urlopen(request, timeout=120).read()


def main(case: str) -> None:
    Path(os.environ["TWIN_READY_FILE"]).touch()
    if case == "crashes":
        while get("/api/state")["t"] < 600:
            time.sleep(0.02)
        raise SystemExit("out of disk space")
    while not Path(os.environ["TWIN_STOP_FILE"]).exists():
        time.sleep(0.02)
    rows = counts()
    if case == "late":
        time.sleep(3600)
    nonsense = [{**rows[0], "good": float("nan")}, {**rows[0], "good": "many"}, [1], {"x": 1}]
    odd = [{**rows[0], "good": [1, 2]}, {**rows[0], "good": 10**400}, {**rows[0], "start": "soon"}]
    extra = [{"station": "nowhere", "start": 0, "end": 3600, "good": 1}] * ROWS
    written: dict[str, str] = {
        "good": jsonl(rows),
        "twice": jsonl(rows + rows),
        "seoul": jsonl(in_zone(rows, 9, offset=False)),
        "offset": jsonl(in_zone(rows, 5.5, offset=True)),
        "utc-for-seoul": jsonl(in_zone(rows, 0, offset=False)),
        "silent": "",
    }
    posted = {"posted": rows, "nonsense": rows + nonsense + odd, "million": rows + extra}
    if case in written:
        (HERE / "counts.jsonl").write_text(written[case])
    elif case == "broken":
        (HERE / "counts.jsonl").write_text('{"station": "saw", "start"')
    elif case in posted:
        post(jsonl(posted[case]))


main(sys.argv[1])
