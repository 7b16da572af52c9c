"""Orders of the ERP to the line, as job orders of ISA-95, and their status back; recall drills."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import Client, ua

ISA95 = "http://opcfoundation.org/UA/ISA95-JOBCONTROL_V2/"
JOBS = "MachineryBuildingBlocks.JobManagement"
STATUS = {"Running": "running", "Interrupted": "running", "Ended": "ended", "Aborted": "aborted"}
TABLES = """
create table if not exists erp ("order" text primary key, text text);
create table if not exists orders ("order" text, status text, t text, arrived text, good real,
                                   primary key ("order", status));
create table if not exists recalls (question text, item text, answered text);
"""
Rows = list[dict[str, Any]]
Answer = Callable[[dict[str, Any]], list[str]]


class Office:
    """Looks what the ERP wants, gives it to the line, and writes down what became of it."""

    def __init__(self, path: Path, line: str, answer: Answer) -> None:
        self.db = sqlite3.connect(path, timeout=30.0)
        self.db.executescript(TABLES)
        self.line, self.answer = line, answer
        self.answered: set[str] = set()

    async def look(self, client: Client, index: int, now: datetime) -> None:
        """Once round: new orders, their states, questions. `now` is the newest recorded time."""
        known = {row[0] for row in self.db.execute('select "order" from erp')}
        for order in await asyncio.to_thread(asked, "orders"):
            if order["order"] not in known:
                await self.take(client, index, order, now)
        if known:
            await self.follow(client, index)
        for question in await asyncio.to_thread(asked, "questions"):
            name = question["question"]
            if name not in self.answered and datetime.fromisoformat(question["asked"]) < now:
                self.answered.add(name)
                items = await asyncio.to_thread(self.answer, question)
                self.add("recalls", *((name, item, _now()) for item in items))

    # ---- orders

    async def take(self, client: Client, index: int, order: dict[str, Any], now: datetime) -> None:
        """A new order: it goes to the line, unless the line cannot make it. It is known only when
        that is done: what a cut interrupts is tried again."""
        wrong = await self.wrong(client, index, order)
        if not wrong and order["parameters"]:
            await self.load(client, index, order)
        status = "rejected" if wrong else await self.give(client, index, order)
        self.add("orders", (order["order"], status, now.isoformat(), _now(), None))
        self.add("erp", (order["order"], json.dumps(order)))

    async def wrong(self, client: Client, index: int, order: dict[str, Any]) -> bool:
        """Whether the line cannot make it, by its master data and the ranges of its recipes."""
        masters = await self.node(client, index, "WorkMaster").read_value()
        if order["quantity"] < 1 or order["product"] not in [one.ID for one in masters]:
            return True
        for name, value in order["parameters"].items():
            try:
                node = client.get_node(ua.NodeId(f"Recipes.{order['product']}.{name}", index))
                limits = await (await node.get_child("0:EURange")).read_value()
            except ua.UaError:
                return True
            if not limits.Low <= value <= limits.High:
                return True
        return False

    async def load(self, client: Client, index: int, order: dict[str, Any]) -> None:
        """Parameters of its recipe, all at once."""
        recipes = client.get_node(ua.NodeId("Recipes", index))
        names, values = zip(*order["parameters"].items(), strict=True)
        await recipes.call_method(
            ua.QualifiedName("DownloadRecipe", index), order["product"],
            ua.Variant(list(names), ua.VariantType.String),
            ua.Variant([float(value) for value in values], ua.VariantType.Double),
        )  # fmt: skip

    async def give(self, client: Client, index: int, order: dict[str, Any]) -> str:
        """StoreAndStart, unless the line has it already: an answer may have been lost in a cut."""
        there = await self.node(client, index, "JobOrderList").read_value()
        if order["order"] in [one.JobOrder.JobOrderID for one in there or ()]:
            return "accepted"
        control = client.get_node(ua.NodeId(f"{self.line}.{JOBS}.JobOrderControl", index))
        job = ua.ISA95JobOrderDataType(
            JobOrderID=order["order"],
            WorkMasterID=[ua.ISA95WorkMasterDataType(ID=order["product"])],
            MaterialRequirements=[ua.ISA95MaterialDataType(Quantity=str(order["quantity"]))],
        )
        nothing = ua.Variant([], ua.VariantType.LocalizedText, is_array=True)
        method = ua.QualifiedName("StoreAndStart", await client.get_namespace_index(ISA95))
        status = await control.call_method(method, job, nothing)
        return "accepted" if status == 1 else "rejected"

    async def follow(self, client: Client, index: int) -> None:
        """States of all orders of the line, with the times that the line gives them."""
        mine = {row[0] for row in self.db.execute('select "order" from erp')}
        for response in await self.responses(client, index):
            if response.JobOrderID in mine:
                self.add("orders", *self.told(response))

    async def responses(self, client: Client, index: int) -> list[Any]:
        """What the line says of its job orders."""
        node = client.get_node(ua.NodeId(f"{self.line}.{JOBS}.JobOrderResults", index))
        names = await client.get_namespace_index(ISA95)
        child = await node.get_child(ua.QualifiedName("JobOrderResponseList", names))
        return list(await child.read_value())

    def told(self, response: Any) -> Iterator[tuple[object, ...]]:
        """Rows of `orders` that a response gives."""
        order, counts = response.JobOrderID, counts_of(response)
        state = STATUS.get(response.JobState[0].StateText.Text)
        if state is not None:
            yield order, "running", _iso(response.StartTime), _now(), None
        if state in ("ended", "aborted"):
            yield order, state, _iso(response.EndTime), _now(), counts.get("Good")

    def node(self, client: Client, index: int, name: str) -> Any:
        """A child of the receiver, by its documented NodeId."""
        return client.get_node(ua.NodeId(f"{self.line}.{JOBS}.JobOrderControl.{name}", index))

    def add(self, table: str, *rows: tuple[object, ...]) -> None:
        """Write rows down; those that are there stay."""
        with self.db:
            for row in rows:
                marks = ", ".join("?" * len(row))
                self.db.execute(f"insert or ignore into {table} values ({marks})", row)


def counts_of(response: Any) -> dict[str, float]:
    """Counters of a job response."""
    return {one.ID: float(getattr(one.Value, "Value", one.Value))
            for one in response.JobResponseData or []}  # fmt: skip


def asked(what: str) -> Rows:
    """What the ERP wants ("orders"), what a customer asks ("questions"), so far; or "charts"."""
    request = urllib.request.Request(
        f"{os.environ['TWIN_CLAIMS_URL']}/{what}",
        headers={"Authorization": f"Bearer {os.environ['TWIN_CLAIMS_KEY']}"},
    )
    with urllib.request.urlopen(request, timeout=10.0) as answer:
        rows: Rows = json.load(answer)
    return rows


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _iso(stamp: datetime) -> str:
    return stamp.replace(tzinfo=UTC).isoformat()
