"""A trial without a clock: the line runs free, and a solution gets a data set of what was shown."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from twin.export import export
from twin.export.dataset import epoch_of
from twin.judge.collect import collect
from twin.judge.drive import SOLUTIONS, commands_of, exits
from twin.judge.plan import Plan
from twin.judge.sources.inbox import Inbox
from twin.judge.trial import Incident, Trial, Usage
from twin.judge.workers import READY, STOP, Worker
from twin.kernel.run import Run
from twin.line.line import Line
from twin.serve.agenda import Agenda

READINGS = "readings.parquet"


def drive_batch(plan: Plan, line: Line, seed: int, folder: Path, place: Path) -> Trial:
    """Run the line to the end of the plan, then each solution on the data set of it.

    The data set is the tags as sensors showed them; its companions with the truth are deleted
    before a solution starts.
    """
    run, agenda = Run(line, seed), Agenda()
    agenda.plan(commands_of(plan))
    begin = plan.head_start
    agenda.advance(run, begin + plan.duration)
    trace = run.trace
    private, data = folder / "private", folder / "data"
    private.mkdir(parents=True, exist_ok=True)
    data.mkdir(exist_ok=True)
    epoch = epoch_of(trace)
    export(trace, plan.step, private / READINGS, start=begin, stop=run.now, force=True)
    (private / READINGS).replace(data / READINGS)
    shutil.rmtree(private)
    workers: list[Worker] = []
    for one in plan.solutions:
        own = (folder / SOLUTIONS / one.name).resolve()
        environment = {
            "TWIN_LINE": line.id, "TWIN_DATA_DIR": str(data), "TWIN_CLAIMS_DIR": str(own),
            "TWIN_READY_FILE": str(own / READY), "TWIN_STOP_FILE": str(own / STOP),
        }  # fmt: skip
        worker = Worker.start(one.name, one.command, own, place, environment)
        workers.append(worker)
        try:
            asyncio.run(worker.ended(plan.wait))
        finally:
            worker.kill()
    incidents: list[Incident] = exits(workers, run.now)
    inbox = Inbox()
    claims = {
        one.name: collect(one, folder / SOLUTIONS / one.name, inbox, epoch, run.now)
        for one in plan.solutions
    }
    return Trial(
        trace, epoch, "batch", claims, plan.level, plan.dirt, begin=begin,
        incidents=incidents,
        usage={one.name: one.usage or Usage(0.0, 0, None) for one in workers},
        feeds={one.name: one.feeds for one in plan.solutions},
    )  # fmt: skip
