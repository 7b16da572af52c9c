"""What is tried with every client, and what counts as right: one table, whoever the client is.

A client program tells facts; the judge here compares them with the session, and yields what is
wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from opcua_server.pki import APPLICATION_URI
from tests.e2e.clients.stage import Stage, play

Found = Any
Judge = Callable[[Found, Stage], Iterator[str]]

POLICIES = {
    f"{policy} {mode}": "Good"
    for policy in ("Basic256Sha256", "Aes256_Sha256_RsaPss")
    for mode in ("Sign", "SignAndEncrypt")
}
TAG = "RFL.Zone8Temp"


def differs(what: str, found: Found, expected: Found) -> Iterator[str]:
    """A sentence when the two are not the same."""
    if found != expected:
        shown = found if len(str(found)) < 80 else f"{str(found)[:80]}..."
        yield f"{what}: {shown}" if isinstance(found, str) else f"{what} is {shown}"


def discovery(found: Found, stage: Stage) -> Iterator[str]:
    secure = {name for name in found["endpoints"] if not name.startswith("None")}
    yield from differs("secured endpoints", sorted(secure), sorted(POLICIES))
    if APPLICATION_URI not in found["servers"]:
        yield "FindServers does not name the server"


def policies(found: Found, stage: Stage) -> Iterator[str]:
    yield from differs("policies", found, POLICIES)


def certificate(found: Found, stage: Stage) -> Iterator[str]:
    yield from differs("login", found["login"], "Good")
    yield from differs("an operator's write", found["write"], "Good")


def refused(found: Found, stage: Stage) -> Iterator[str]:
    if found["login"] not in ("BadUserAccessDenied", "BadIdentityTokenRejected"):
        yield f"login: {found['login']}"


def observer(found: Found, stage: Stage) -> Iterator[str]:
    yield from differs("read", found["read"], "Good")
    for act in ("write", "inject"):
        yield from differs(act, found[act], "BadUserAccessDenied")


def browse(found: Found, stage: Stage) -> Iterator[str]:
    missing = stage.reachable() - set(found["nodes"])
    if missing:
        yield f"{len(missing)} nodes not found, such as {min(missing)}"
    if found["pages"] < 10:
        yield "BrowseNext was not needed"


def paths(found: Found, stage: Stage) -> Iterator[str]:
    yield from differs("path", found, f"ns=2;s={TAG}")


def read(found: Found, stage: Stage) -> Iterator[str]:
    tag = stage.session.line.tags[TAG]
    yield from differs("status", found["status"], "Good")
    yield from differs("range", found["range"], [tag.low, tag.high])
    yield from differs("unit", found["unit"], ["°C", 4408652])
    yield from _as_sampled([[found["time"], found["value"]]], stage)


def read_many(found: Found, stage: Stage) -> Iterator[str]:
    yield from differs("values", found["statuses"], {"Good": len(stage.session.shown.tags)})


def korean(found: Found, stage: Stage) -> Iterator[str]:
    station = next(one for one in stage.session.line.stations if one.id == "RFL")
    if station.title.ko not in found:
        yield f"name is {found}"


def subscribe(found: Found, stage: Stage) -> Iterator[str]:
    yield from _in_order(found, 8)
    yield from _as_sampled(found, stage)


def deadband(found: Found, stage: Stage) -> Iterator[str]:
    """A band of 0.45 °C; values have one digit after the point."""
    values = [row[1] for row in found]
    if len(values) < 2:
        yield "no change was told"
    if any(abs(after - before) <= 0.45 for before, after in pairwise(values)):
        yield "changes within the band were told"


def write(found: Found, stage: Stage) -> Iterator[str]:
    yield from differs("write", found["right"], "Good")
    yield from differs("value read back", found["back"], 240.0)
    yield from differs("write out of range", found["wrong"], "BadOutOfRange")
    yield from differs("write of a measured value", found["measured"], "BadNotWritable")


def methods(found: Found, stage: Stage) -> Iterator[str]:
    for name in ("stop", "start", "inject", "repair"):
        yield from differs(name, found[name], "Good")
    yield from differs("a fault that is not there", found["unknown"], "BadInvalidArgument")
    kinds = [command.kind for command in stage.session.trace.journal]
    if not {"stop", "start", "fault", "repair"} <= set(kinds):
        yield "the journal lacks commands"


def machines(found: Found, stage: Stage) -> Iterator[str]:
    """Every station is a machine with a serial number of its own."""
    missing = {station.id for station in stage.session.line.stations} - set(found)
    if missing:
        yield f"machines not found: {sorted(missing)}"
    if len({serial for serial in found.values() if serial}) != len(found):
        yield "serial numbers are missing or not unique"


def alarms(found: Found, stage: Stage) -> Iterator[str]:
    yield from differs("ConditionRefresh", found["refresh"], "Good")
    yield from differs("told again by ConditionRefresh", found["again"], True)
    yield from differs("Acknowledge", found["acknowledge"], "Good")
    yield from differs("acknowledged state told", found["acked"], True)
    if not 1 <= found["severity"] <= 1000 or found["source"] != "RFL":
        yield f"severity {found['severity']}, source {found['source']}"


def events(found: Found, stage: Stage) -> Iterator[str]:
    """The alarm that rang, and that somebody acknowledged it."""
    yield from differs("states [active, acknowledged]", found, [[True, False], [True, True]])


def history(found: Found, stage: Stage) -> Iterator[str]:
    """The first minute, one value a second, in pages of 25."""
    yield from differs("number of values", len(found["rows"]), 60)
    yield from _in_order(found["rows"], 60)
    yield from _as_sampled(found["rows"], stage)
    yield from differs("pages", found["pages"], 3)


def at_time(found: Found, stage: Stage) -> Iterator[str]:
    """At 10 s, 20.25 s and 30.5 s of a value sampled every second."""
    around = stage.session.sample([TAG], [10, 20, 21, 30, 31])[0]
    expected = [around[0], around[1] * 0.75 + around[2] * 0.25, around[3:].mean()]
    values = [row[1] for row in found]
    if len(values) != 3 or not np.allclose(values, expected):
        yield f"values are {values}"


def processed(found: Found, stage: Stage) -> Iterator[str]:
    """Averages of ten seconds over the first minute."""
    values = stage.session.sample([TAG], range(60))[0].reshape(6, 10)
    for name, expected in (
        ("Average", values.mean(axis=1)),
        ("Minimum", values.min(axis=1)),
        ("Maximum", values.max(axis=1)),
        ("Count", np.full(6, 10.0)),
    ):
        rows = found[name]
        if isinstance(rows, str):
            yield f"{name}: {rows}"
        elif len(rows) != 6 or not np.allclose([row[1] for row in rows], expected):
            yield f"{name} is {[row[1] for row in rows]}"


def connection(found: Found, stage: Stage) -> Iterator[str]:
    if stage.sessions_since():
        yield "another session"
    yield from _goes_on(found)


def restart(found: Found, stage: Stage) -> Iterator[str]:
    yield from _goes_on(found)


def _goes_on(found: Found) -> Iterator[str]:
    if not found["before"] or not found["after"]:
        yield "no values afterwards"
    if found["by"] != "library":
        yield "yes, where the program connects and subscribes again"


def _in_order(rows: Found, least: int) -> Iterator[str]:
    times = [row[0] for row in rows]
    if len(times) < least:
        yield f"only {len(times)} values"
    if any(after <= before for before, after in pairwise(times)):
        yield "values out of order"
    if {row[2] for row in rows} - {"Good"}:
        yield "values with a bad status"


def _as_sampled(rows: Found, stage: Stage) -> Iterator[str]:
    """Values are those of the session at the times they bear."""
    session = stage.session
    ticks = [
        round((datetime.fromisoformat(row[0]) - session.started_at).total_seconds()) for row in rows
    ]
    expected = session.sample([TAG], ticks)[0].tolist()
    if [row[1] for row in rows] != expected:
        yield "values differ from those of the line"


@dataclass(frozen=True)
class Feature:
    """What clients are tried with: `name` is the function in each client's program."""

    name: str
    title: str
    judge: Judge


FEATURES: tuple[Feature, ...] = (
    Feature("discovery", "GetEndpoints, FindServers", discovery),
    Feature("policies", "Basic256Sha256, Aes256_Sha256_RsaPss; Sign, Sign & Encrypt", policies),
    Feature("certificate", "login by X.509 user certificate", certificate),
    Feature("refused", "a wrong password is refused", refused),
    Feature("observer", "None, anonymous: reads, and may do nothing else", observer),
    Feature("browse", "browse every node, with BrowseNext", browse),
    Feature("paths", "browse path to NodeId", paths),
    Feature("read", "read a value, its range and unit", read),
    Feature("read_many", "read every tag in one request", read_many),
    Feature("korean", "names in the client's language", korean),
    Feature("subscribe", "subscribe, every change in order", subscribe),
    Feature("deadband", "absolute deadband", deadband),
    Feature("write", "write; what is refused says why", write),
    Feature("methods", "methods with arguments", methods),
    Feature("machines", "machines and their identification, knowing only OPC 40001-1", machines),
    Feature("alarms", "alarms: events, ConditionRefresh, acknowledge", alarms),
    Feature("events", "history of events", events),
    Feature("history", "history, raw, with continuation points", history),
    Feature("at_time", "history, at times between samples", at_time),
    Feature("processed", "history, aggregates", processed),
    Feature("connection", "connection lost: same session, subscription goes on", connection),
    Feature("restart", "server restarted: subscription goes on", restart),
)


def verdict(feature: Feature, said: dict[str, Any], stage: Stage) -> str:
    """ "yes", "not in the client", or what is wrong."""
    if "missing" in said:
        return "not in the client"
    if "error" in said:
        return str(said["error"])
    return next(feature.judge(said["found"], stage), "yes")


async def column(stage: Stage, command: list[str]) -> dict[str, str]:
    """The verdict on each feature for one client program."""
    verdicts = {feature.name: "the client ended before" for feature in FEATURES}

    def hear(said: dict[str, Any]) -> None:
        feature = next(one for one in FEATURES if one.name == said["feature"])
        verdicts[feature.name] = verdict(feature, said, stage)

    await play(stage, command, verdicts, hear)
    return verdicts
