"""The detector on a live line: subscribe, make a row each half minute of source time, score it."""

from __future__ import annotations

import asyncio
import csv
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import polars as pl
from asyncua import Client, ua

from examples.solutions.detector.files import BLAMED, TOLD, trained
from examples.solutions.detector.model import Detector, Scores

PUBLISHING = 200.0  # ms
LOOK = 0.05  # s between two looks for the stop file


class Listener:
    """Values as they come, by tag; a row whenever source time passes a border of the grid."""

    def __init__(self, detector: Detector, out: Path) -> None:
        self.detector, self.now = detector, datetime.min.replace(tzinfo=UTC)
        self.values: dict[str, float | str | None] = {}
        self.labels: dict[str, list[str]] = {}
        self._border: datetime | None = None
        self._told: dict[str, datetime] = {}
        self._files: list[TextIO] = []
        self.predictions = self._table(out / "predictions.csv", ("t", "asset", "score"))
        self.causes = self._table(out / "causes.csv", ("t", "asset", "tag", "rank"))

    def _table(self, path: Path, columns: tuple[str, ...]) -> Any:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", newline="", encoding="utf-8")
        self._files.append(file)
        table = csv.writer(file)
        table.writerow(columns)
        return table

    def datachange_notification(self, node: object, value: object, data: Any) -> None:
        """A value came: rows that end before it are scored first."""
        told = data.monitored_item.Value
        key = str(data.subscription_data.node.nodeid.Identifier)
        if told.SourceTimestamp is None:
            return
        at = told.SourceTimestamp.replace(tzinfo=UTC)
        every = timedelta(seconds=self.detector.every)
        if self._border is None:
            self._border = at + every
        while at >= self._border:
            self._row(self._border)
            self._border += every
        labels = self.labels.get(key)
        if labels is not None:
            self.values[key] = labels[int(told.Value.Value)]
        else:
            number = told.Value.Value
            good = told.StatusCode is None or not told.StatusCode.is_bad()
            self.values[key] = float(number) if good and isinstance(number, int | float) else None

    def _row(self, at: datetime) -> None:
        wanted = [
            c for chart in self.detector.charts for c in (*chart.tags, f"{chart.asset}.State")
        ]
        if any(name not in self.values for name in wanted):
            return  # not everything has been told yet
        frame = pl.DataFrame({name: [self.values[name]] for name in dict.fromkeys(wanted)})
        for scores in self.detector.score(frame):
            self._say(at, scores)

    def _say(self, at: datetime, scores: Scores) -> None:
        if not len(scores.score):
            return
        score, before = float(scores.score[0]), self._told.get(scores.asset)
        if score < 0.4 and before is not None and at < before + timedelta(seconds=TOLD):
            return
        self._told[scores.asset] = at
        self.predictions.writerow((at.isoformat(), scores.asset, score))
        if score >= 0.5:
            ranked = sorted(zip(scores.ratios[0], scores.tags, strict=True), reverse=True)
            for rank, (ratio, tag) in enumerate(ranked[:BLAMED], 1):
                if not math.isnan(ratio):
                    self.causes.writerow((at.isoformat(), scores.asset, tag, rank))

    def close(self) -> None:
        """Hand in."""
        for file in self._files:
            file.close()


async def listen(environment: Mapping[str, str], data: Path, out: Path) -> None:
    """Learn from a data set, then listen to the line until the stop file appears."""
    listener = Listener(trained(data), out)
    client = Client(environment["TWIN_OPCUA_URL"], timeout=10.0)
    if environment.get("TWIN_USER"):
        client.set_user(environment["TWIN_USER"])
        client.set_password(environment["TWIN_PASSWORD"])
    stop = Path(environment["TWIN_STOP_FILE"])
    async with client:
        line = (await client.get_namespace_array())[2]
        index = await client.get_namespace_index(line)
        charts = listener.detector.charts
        keys = dict.fromkeys(c for chart in charts for c in (*chart.tags, f"{chart.asset}.State"))
        nodes = [client.get_node(ua.NodeId(key, index)) for key in keys]
        for key, node in zip(keys, nodes, strict=True):
            if key.endswith(".State"):
                names = await node.get_child("0:EnumStrings")
                listener.labels[key] = [text.Text for text in await names.read_value()]
        subscription = await client.create_subscription(PUBLISHING, listener)
        await subscription.subscribe_data_change(nodes, queuesize=100)
        Path(environment["TWIN_READY_FILE"]).touch()
        while not stop.exists():
            await asyncio.sleep(LOOK)
    listener.close()
