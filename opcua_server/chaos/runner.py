"""Does the steps of a plan when their time comes, and keeps a log of what was done to whom."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from opcua_server.chaos.actions import ACTIONS
from opcua_server.chaos.acts import ACTS, Site
from opcua_server.chaos.plan import Plan, Step

log = logging.getLogger("opcua_server.chaos")

CHAOS_LOG = "chaos.jsonl"
TICK = 0.05  # s of wall clock between two looks at the plan
AGAIN = 1.0  # s until a server tries again to come back to a port that is taken; assumed
Phase = Literal["begin", "end"]
SitesOf = Callable[[str], Mapping[str, Site]]  # servers that a target means, by their station


class Chaos:
    """A plan under way.

    By the wall clock its time counts from the start; by simulated time it is the session's, and
    a step is done before the values of its instant are shown.
    """

    def __init__(self, plan: Plan, seed: int, session: Any, sites_of: SitesOf) -> None:
        self.plan, self.session, self.sites_of = plan, session, sites_of
        self.clock = plan.clock or ("simulated" if session.clock == "stepped" else "wall")
        self.rows: list[dict[str, Any]] = [
            {"chaos": 1, "plan": plan.name, "seed": seed, "clock": self.clock}
        ]
        self._agenda: list[tuple[float, int, Phase, Step]] = []
        self._order = itertools.count()
        self._planned_to = 0.0
        self._began = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy = asyncio.Lock()
        log.setLevel(logging.INFO)

    @property
    def now(self) -> float:
        """Where the plan's clock stands, s."""
        if self.clock == "simulated":
            return float(self.session.now)
        return time.monotonic() - self._began

    def start(self) -> None:
        """Begin; what a plan by simulated time had before now is left out."""
        self._began = time.monotonic()
        self._planned_to = self.now
        for site in self.sites_of("").values():
            if site.weather is not None:
                site.weather.trigger = self.trigger
        if self.clock == "wall":
            self._keep(asyncio.create_task(self._tick(), name="chaos"))

    async def stop(self) -> None:
        """Do nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def follow(self) -> None:
        """Do what is due by simulated time; called before new values are shown.

        In a task of its own: a client that advances time may lose its connection by it.
        """
        if self.clock == "simulated":
            task = asyncio.create_task(self._do_due())
            self._keep(task)
            await asyncio.shield(task)

    def trigger(self, step: Step) -> None:
        """Do a step in a moment: who asks for it by OPC UA gets an answer before it happens."""
        self._keep(asyncio.create_task(self._begin_soon(step)))

    async def _begin_soon(self, step: Step) -> None:
        await asyncio.sleep(TICK)
        async with self._busy:
            await self._carry_out("begin", replace(step, t=round(self.now, 3)))

    async def _tick(self) -> None:
        while True:
            await self._do_due()
            await asyncio.sleep(TICK)

    async def _do_due(self) -> None:
        async with self._busy:
            now = self.now
            for step in self.plan.steps(self._planned_to, now):
                self._enter(step.t, "begin", step)
            self._planned_to = max(self._planned_to, now)
            while self._agenda and self._agenda[0][0] <= now:
                _t, _order, phase, step = heapq.heappop(self._agenda)
                await self._carry_out(phase, step)

    def _enter(self, t: float, phase: Phase, step: Step) -> None:
        heapq.heappush(self._agenda, (t, next(self._order), phase, step))

    async def _carry_out(self, phase: Phase, step: Step) -> None:
        action = ACTIONS[step.action]
        begin, end = ACTS[step.action]
        act = begin if phase == "begin" else end
        hit: list[str] = []
        problem = ""
        for name, site in self.sites_of(step.target).items():
            try:
                found = await act(site, step) if act is not None else []
            except Exception as error:  # noqa: BLE001 - one server's trouble is not the others'
                problem = f"{type(error).__name__}: {error}"
                log.warning("%s of %s: %s", step.action, name or "the server", problem)
            else:
                hit += [f"{name}: {one}" if name else one for one in found]
        self._note(phase, step, hit, problem)
        if phase == "begin" and end is not None:
            if action.on_wall:
                self._keep(asyncio.create_task(self._end_after(step)))
            else:
                self._enter(step.t + step.seconds, "end", step)
        elif phase == "end" and problem and action.name in RESTARTS:
            self._keep(asyncio.create_task(self._end_after(replace(step, seconds=AGAIN))))

    async def _end_after(self, step: Step) -> None:
        await asyncio.sleep(step.seconds)
        async with self._busy:
            await self._carry_out("end", step)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, phase: Phase, step: Step, hit: list[str], problem: str) -> None:
        row: dict[str, Any] = {
            "phase": phase,
            "wall": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "now": round(float(self.session.now), 3),
            **step.as_dict(),
            "hit": hit,
        }
        if problem:
            row["problem"] = problem
        self.rows.append(row)
        log.info(
            "%s %s%s%s%s: %s",
            phase,
            step.action,
            f" of {step.target}" if step.target else "",
            f" for {step.seconds:g} s" if step.seconds else "",
            f" ({step.value})" if ACTIONS[step.action].value else "",
            ", ".join(hit[:3]) + (f" and {len(hit) - 3} more" if len(hit) > 3 else "") or "-",
        )

    def keep(self, folder: Path) -> None:
        """Write the log into a run's folder."""
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows)
        (folder / CHAOS_LOG).write_text(text, encoding="utf-8")


RESTARTS = ("restart", "shift-namespaces", "change-certificate")
