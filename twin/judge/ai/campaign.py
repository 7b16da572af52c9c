"""`clock: batch` with `options: {ai: ...}`: all trials as one data set, a solution runs once on it.

options:
  ai:
    faults: [E-Z8, E-O2, E-WARP, E-NOZ]   # scripted; what a verdict on recall is about
    per_trial: 6        # of them in each trial
    hold: 75 min        # until somebody ends one that nobody has found
    fresh: 20           # trials with seeds that nobody knows
    secret: 4711        # from which those seeds are drawn
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from twin.errors import UsageError
from twin.i18n import _
from twin.judge.ai.batch import Batch, BatchPlan, hand_out, prepare, trial_of
from twin.judge.ai.decoy import watched
from twin.judge.ai.folder import SLICES
from twin.judge.collect import collect
from twin.judge.drive import SOLUTIONS, Say, exits
from twin.judge.plan import Plan
from twin.judge.sources.inbox import Inbox
from twin.judge.trial import Incident, Trial, Usage
from twin.judge.workers import READY, STOP, Worker
from twin.line.line import Line
from twin.line.values import PositiveSeconds, Record

Count = Annotated[int, Field(ge=0, le=1000)]


class AiOptions(Record):
    """The key `ai` of a plan's options; counts are of trials."""

    faults: Annotated[list[str], Field(min_length=1)]
    per_trial: Annotated[int, Field(ge=1, le=100)] = 4
    hold: PositiveSeconds = 4500.0
    every: PositiveSeconds = 30.0
    train: Count = 3
    healthy: Count = 3
    fresh: Annotated[int, Field(ge=1, le=1000)] = 8
    published: Count = 2
    quiet: Count = 4
    cut: Count = 1
    per_slice: Annotated[int, Field(ge=1, le=1000)] = 3
    slices: list[str] = Field(default=["missing", "season"])
    tags: list[str] = Field(default=["*"])
    severities: list[Annotated[float, Field(gt=0, le=10)]] = Field(default=[1.0], min_length=1)
    secret: Annotated[int, Field(ge=0, lt=2**63)] = 0


def batch_plan(plan: Plan, line: Line) -> BatchPlan:
    """What the plan's options say. Raises UsageError with everything wrong in them."""
    try:
        options = AiOptions.model_validate(plan.options["ai"])
    except ValidationError as error:
        wrong = "; ".join(
            f"options.ai.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
        )
        raise UsageError(wrong) from None
    known = [fault.id for fault in line.faults]
    for name in options.faults:
        if name not in known:
            raise UsageError(
                _("options.ai.faults: no fault {name!r} on this line; faults are {known}").format(
                    name=name, known=", ".join(known)
                )
            )
    for name in options.slices:
        if name not in SLICES:
            raise UsageError(
                _("options.ai.slices: no slice {name!r}; slices are {known}").format(
                    name=name, known=", ".join(SLICES)
                )
            )
    facts = options.model_dump(exclude={"faults", "slices", "tags", "severities"})
    return BatchPlan(
        line, tuple(options.faults), plan.duration,
        slices=tuple(options.slices), tags=tuple(options.tags),
        severities=tuple(options.severities), **facts,
    )  # fmt: skip


def run_campaign(
    plan: Plan, line: Line, out: Path, place: Path, say: Say
) -> list[tuple[Trial, Path]]:
    """Run all trials, then every solution on the data set; each trial with its folder."""
    wanted = batch_plan(plan, line)
    say(_("Running the trials"))
    batch = prepare(wanted)
    desk = (out / "ai").resolve()
    hand_out(batch, desk / "data")
    workers: list[Worker] = []
    audit: list[dict[str, Any]] = []
    for one in plan.solutions:
        say(_("{name} gets its data").format(name=one.name))
        own = desk / SOLUTIONS / one.name
        environment = {
            "TWIN_LINE": line.id, "TWIN_DATA_DIR": str(desk / "data"),
            "TWIN_CLAIMS_DIR": str(own), "TWIN_READY_FILE": str(own / READY),
            "TWIN_STOP_FILE": str(own / STOP),
        }  # fmt: skip
        with watched(desk, one.name) as told:
            worker = Worker.start(one.name, one.command, own, place, environment)
            workers.append(worker)
            try:
                if not asyncio.run(worker.ended(plan.wait)):
                    say(_("{name} did not end in time").format(name=one.name))
            finally:
                worker.kill()
        audit += told
    return list(_trials(plan, batch, desk, workers, audit, out))


def _trials(
    plan: Plan, batch: Batch, desk: Path, workers: Sequence[Worker],
    audit: Sequence[dict[str, Any]], out: Path,
) -> list[tuple[Trial, Path]]:  # fmt: skip
    found, inbox = [], Inbox()
    for number, one in enumerate(batch.test):
        empty = trial_of(one, {}, audit if number == 0 else ())
        claims = {
            s.name: collect(
                s, desk / SOLUTIONS / s.name / one.name, inbox, empty.started_at, one.until
            )
            for s in plan.solutions
        }
        more = [Incident("money", 0.0, 0.0, plan.money)] if plan.money else []
        more += exits(workers, one.until) if number == 0 else []
        trial = replace(
            empty,
            claims=claims,
            incidents=(*empty.incidents, *more),
            usage={w.name: w.usage or Usage(0.0, 0, None) for w in workers},
            feeds={s.name: s.feeds for s in plan.solutions},
        )
        found.append((trial, (out / f"trial-{number + 1}").resolve()))
    return found
