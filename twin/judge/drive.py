"""One trial as it happens: the line is opened, solutions run beside it, claims are collected."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from twin.i18n import _
from twin.judge.asking import Asking
from twin.judge.collect import collect
from twin.judge.plan import Plan, Solution
from twin.judge.sources.desk import ClaimDesk
from twin.judge.sources.inbox import Inbox
from twin.judge.sources.mqtt import listen
from twin.judge.sources.told import Told
from twin.judge.trial import Chart, Incident, Served, Trial, Usage
from twin.judge.workers import READY, STOP, Worker
from twin.line.line import Line
from twin.serve.recording import Witness
from twin.serve.session import Session
from twin.serve.site import Account, Doors, Site, account
from twin.trace.journal import Command, Role
from twin.units import seconds

Say = Callable[[str], None]
ROLE: Mapping[str, Role] = {"gateway": "observer", "mes": "operator", "ai": "operator"}
SOLUTIONS, AUDIT = "solutions", "audit.jsonl"


async def drive(plan: Plan, line: Line, seed: int, folder: Path, place: Path, say: Say) -> Trial:
    """Run one trial of a plan in a new folder; relative commands start in `place`.

    Solutions see their own folders and the line's servers; the truth is written by the caller,
    after they have ended.
    """
    started_at = _started_at(plan, line)
    session = Session(
        line, seed, "paced" if plan.clock == "paced" else "stepped", plan.speed,
        started_at=started_at, dirt=plan.dirt, level=plan.level,
    )  # fmt: skip
    session.agenda.plan(commands_of(plan))
    if plan.head_start:
        session.agenda.advance(session.run, plan.head_start)
    accounts = {one.name: account(one.name, one.role or ROLE[one.kind]) for one in plan.solutions}
    doors = Doors(opcua={
        "chaos": _chaos(plan, folder), "pki": folder / "pki", "audit": folder / AUDIT,
        "allow_none": True, "auto_trust": True,
        "anonymous_role": "observer" if plan.options.get("anonymous", True) else None,
    })  # fmt: skip
    witness, inbox = Witness(), Inbox()
    session.claims = Told.of(plan, inbox)
    asking = Asking(plan.orders, plan.drills, plan.charts, plan.head_start, session.wall)
    desk = ClaimDesk(inbox, [one.name for one in plan.solutions], asking)
    site = Site(session, doors, tuple(accounts.values()), others=(witness,))
    incidents: list[Incident] = []
    async with AsyncExitStack() as stack:
        await desk.server.start()
        stack.push_async_callback(desk.server.stop)
        await _listen(plan, inbox, stack)
        session.pause()  # until all are there
        await stack.enter_async_context(site)
        workers = _start(plan, site, desk, accounts, folder, place, say)
        for worker in workers:
            stack.callback(worker.kill)
        await _ready(workers, plan.wait, say)
        begin = session.now
        session.resume()
        await _run(plan, session, asking, workers)
        if any(one.by_hand for one in workers):
            say(_("The run is over; {seconds:g} s to hand in.").format(seconds=plan.grace))
            await asyncio.sleep(plan.grace)
        granted = tuple(getattr(site.opcua, "granted", list)())
        await asyncio.gather(*(one.stop(plan.grace) for one in workers))
        incidents += exits(workers, session.now)
        incidents += _chaos_incidents(site, session.now) + asking.incidents
    claims = {
        one.name: collect(one, folder / SOLUTIONS / one.name, inbox, started_at, session.now)
        for one in plan.solutions
    }
    served = Served(
        np.array(witness.instants),
        np.array(witness.walls),
        witness.tags,
        _forced(incidents),
        granted,
    )
    return Trial(
        session.trace, started_at, plan.clock, claims, plan.level, plan.dirt, plan.speed, begin,
        served, sorted(incidents, key=lambda one: one.start), _audit(folder),
        {one.name: one.usage or Usage(0.0, 0, None) for one in workers},
        {one.name: one.feeds for one in plan.solutions},
        tuple(Chart(**chart) for chart in asking.charts),
    )  # fmt: skip


def commands_of(plan: Plan) -> list[Command]:
    """Faults and commands of a plan, with their times."""
    shift = plan.head_start
    faults = [
        Command("fault", one.fault, one.severity, "instructor", "judge", one.at + shift)
        for one in plan.faults
    ]
    return faults + [
        Command(one.do, one.target, one.value, "instructor", "judge", one.at + shift)
        for one in plan.commands
    ]


def _started_at(plan: Plan, line: Line) -> datetime:
    """The date of simulated 0: the calendar's own unless the clock is the wall's."""
    if plan.clock != "paced" and line.calendar is not None:
        return line.calendar.start.astimezone(UTC)
    now = datetime.now(UTC).replace(microsecond=0)
    return now - timedelta(seconds=plan.head_start)


def _chaos(plan: Plan, folder: Path) -> str:
    """The name of a chaos profile, or a script written from the plan's own steps."""
    if not plan.disturbances:
        return plan.chaos
    path = folder / "disturbances.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    steps = [{**one, "at": seconds(one["at"]) + plan.head_start} for one in plan.disturbances]
    steps = [{**one, "at": f"{one['at']:g} s"} for one in steps]
    YAML(typ="safe").dump({"chaos": 1, "clock": "simulated", "steps": steps}, path)
    return str(path)


async def _listen(plan: Plan, inbox: Inbox, stack: AsyncExitStack) -> None:
    """Subscribe to every topic by which claims come."""
    for solution in plan.solutions:
        for claim in solution.claims:
            if claim.mqtt:
                ready = asyncio.Event()
                task = asyncio.create_task(
                    listen(claim.mqtt, solution.name, claim.table, inbox, ready)
                )
                stack.push_async_callback(_cancelled, task)
                await asyncio.wait(
                    [task, asyncio.ensure_future(ready.wait())],
                    timeout=plan.wait,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if task.done():
                    task.result()


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _start(
    plan: Plan, site: Site, desk: ClaimDesk, accounts: Mapping[str, Account], folder: Path,
    place: Path, say: Say,
) -> list[Worker]:  # fmt: skip
    workers = []
    for one in plan.solutions:
        own = (folder / SOLUTIONS / one.name).resolve()
        environment = environment_of(one, site, desk, accounts[one.name], own)
        if not one.command:
            say(_("Start {name} now, with:").format(name=one.name))
            for key, value in environment.items():
                say(f"  {key}={value}")
        workers.append(Worker.start(one.name, one.command, own, place, environment))
    return workers


def environment_of(
    solution: Solution, site: Site, desk: ClaimDesk, user: Account, own: Path
) -> dict[str, str]:
    """What a solution is told: where to connect, as whom, and where claims go."""
    return {
        "TWIN_LINE": site.session.line.id,
        "TWIN_OPCUA_URL": site.opcua_url,
        "TWIN_REST_URL": site.rest_url,
        "TWIN_USER": user.user,
        "TWIN_PASSWORD": user.password,
        "TWIN_CLAIMS_URL": desk.url,
        "TWIN_CLAIMS_KEY": desk.key_of(solution.name),
        "TWIN_CLAIMS_DIR": str(own),
        "TWIN_READY_FILE": str(own / READY),
        "TWIN_STOP_FILE": str(own / STOP),
    }


async def _ready(workers: Iterable[Worker], wait: float, say: Say) -> None:
    """Wait until each solution says that it listens, or has ended, or `wait` s have passed."""
    until = asyncio.get_running_loop().time() + wait
    while asyncio.get_running_loop().time() < until:
        waiting = [one for one in workers if not one.ready and (one.by_hand or one.poll())]
        if not waiting:
            return
        await asyncio.sleep(0.05)
    for one in waiting:
        say(_("{name} has not said that it listens; the line starts now.").format(name=one.name))


async def _run(plan: Plan, session: Session, asking: Asking, workers: list[Worker]) -> None:
    """Let the plan's time pass, and ask what it asks."""
    end = session.now + plan.duration
    if plan.clock == "paced":
        while session.now < end:
            asking.ask(session.trace)
            await asyncio.sleep(min(0.1, max(0.0, (end - session.now) / plan.speed)))
            _look(workers, session.now)
        session.pause()
        return
    while session.now < end:
        asking.ask(session.trace)
        slice_ = min(plan.slice, end - session.now, asking.wait(session.now))
        await session.step(slice_, plan.step)
        _look(workers, session.now)


def _look(workers: Iterable[Worker], now: float) -> None:
    """Note who has ended by simulated time `now`, s."""
    for one in workers:
        if not one.by_hand and not one.poll() and one.ended_at is None:
            one.ended_at = now


def exits(workers: Iterable[Worker], now: float) -> list[Incident]:
    """Solutions that ended with an error, or did not end within the grace."""
    return [
        Incident(
            "solution-late" if one.overdue else "solution-failed",
            now if one.ended_at is None else one.ended_at, now,
            {"solution": one.name, "status": one.status, "said": one.last_words()},
        )
        for one in workers
        if one.overdue or one.status not in (None, 0)
    ]  # fmt: skip


def _chaos_incidents(site: Site, now: float) -> list[Incident]:
    """What chaos did, from its log."""
    chaos = getattr(site.opcua, "chaos", None)
    open_: dict[str, Incident] = {}
    done = []
    for row in [] if chaos is None else chaos.rows[1:]:
        detail = {k: v for k, v in row.items() if k not in ("phase", "wall", "now")}
        key = json.dumps([row["t"], row["action"], row["target"]])
        if row["phase"] == "begin":
            open_[key] = Incident(row["action"], row["now"], row["now"], detail)
        elif key in open_:
            begun = open_.pop(key)
            done.append(Incident(begun.kind, begun.start, row["now"], begun.detail))
    lasting = [
        Incident(one.kind, one.start, now if one.detail["seconds"] else one.stop, one.detail)
        for one in open_.values()
    ]
    return done + lasting


def _forced(incidents: Iterable[Incident]) -> tuple[Mapping[str, Any], ...]:
    """Tags whose status was not the line's own, and when."""
    return tuple(
        {"tag": tag, "start": one.start, "stop": one.stop, "status": one.detail["value"]}
        for one in incidents
        if one.kind in ("bad-values", "uncertain-values")
        for tag in one.detail["hit"]
    )


def _audit(folder: Path) -> tuple[Mapping[str, Any], ...]:
    path = folder / AUDIT
    if not path.is_file():
        return ()
    return tuple(json.loads(row) for row in path.read_text(encoding="utf-8").splitlines())
