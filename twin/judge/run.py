"""What `twin judge run` and `twin judge replay` do."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twin.errors import RunDirError, UsageError
from twin.i18n import _
from twin.judge.ai.campaign import run_campaign
from twin.judge.batch import drive_batch
from twin.judge.drive import Say, drive
from twin.judge.plan import Plan, read_plan
from twin.judge.records import again, keep
from twin.judge.report.build import build
from twin.judge.report.html import page
from twin.judge.report.junit import junit
from twin.judge.report.model import Report, Tried
from twin.judge.trial import Trial

REPORT, PAGE, JUNIT = "report.json", "report.html", "junit.xml"


def run_plan(path: Path, out: Path, say: Say, *, force: bool = False) -> Report:
    """Run every trial of a plan, judge it, and write the report into a new folder."""
    plan, line, written = read_plan(path)
    if out.exists() and any(out.iterdir()) and not force:
        raise RunDirError(
            _("{path} is not empty; choose another folder, or --force").format(path=out)
        )
    trials: list[Trial] = []
    records: list[Tried] = []
    if plan.clock == "batch" and "ai" in plan.options:
        for trial, folder in run_campaign(plan, line, out, path.parent.resolve(), say):
            trials.append(trial)
            records.append(keep(trial, folder, out.resolve()))
    for number, seed in enumerate([] if trials else plan.seeds, 1):
        say(_("Trial {number} of {count}").format(number=number, count=len(plan.seeds)))
        folder = (out / f"trial-{number}").resolve()
        if folder.exists():  # of an earlier run, as --force allows
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        if plan.clock == "batch":
            trial = drive_batch(plan, line, seed, folder, path.parent.resolve())
        else:
            trial = asyncio.run(drive(plan, line, seed, folder, path.parent.resolve(), say))
        trials.append(trial)
        records.append(keep(trial, folder, out.resolve()))
    report = build(plan, written, trials, records, _truth(records))
    write(report, out)
    return report


def write(report: Report, out: Path) -> None:
    """The report in all its forms."""
    text = report.model_dump_json(indent=1)
    (out / REPORT).write_text(text + "\n", encoding="utf-8")
    (out / PAGE).write_text(page(report), encoding="utf-8")
    (out / JUNIT).write_bytes(junit(report))


def read_report(path: Path) -> Report:
    """A report from its JSON. Raises UsageError when it is none."""
    try:
        return Report.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror)
        ) from error
    except (ValueError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise UsageError(
            _("{file} is not a report of the judge: {reason}").format(file=path, reason=first)
        ) from error


def replay(path: Path) -> tuple[Report, list[str]]:
    """Make a judgement again from line, seeds, journals and claims; and every number that differs.

    Raises RunDirError when what it was made from is missing or changed.
    """
    before = read_report(path)
    told = []
    if before.digest() != before.signature:
        told.append(_("the report was changed after it was made: its digest does not fit"))
    trials = [again(one, path.parent) for one in before.trials]
    plan = Plan.model_validate(before.plan)
    after = build(plan, before.plan, trials, before.trials, _truth(before.trials))
    told += list(_differences(before, after))
    return after, told


def _truth(records: Sequence[Tried]) -> str:
    """One digest of all traces."""
    return hashlib.sha256("".join(one.trace_digest for one in records).encode()).hexdigest()


def _differences(before: Report, after: Report) -> list[str]:
    def rows(report: Report) -> dict[tuple[str, str], dict[str, Any]]:
        return {
            (one.solution, one.id): {
                "value": one.value, "ci95": one.ci95, "verdict": one.verdict,
                "threshold": one.threshold,
            }
            for one in report.tests
        }  # fmt: skip

    old, new = rows(before), rows(after)
    told = [
        _("{solution} {test}: the report says {old}, again it is {new}").format(
            solution=key[0], test=key[1], old=old.get(key), new=new.get(key)
        )
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]
    if before.truth_sha256 != after.truth_sha256:
        told.append(_("the truth differs"))
    return told
