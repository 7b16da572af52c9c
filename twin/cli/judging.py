"""`twin judge`: a plan, a run, a replay of a report."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.guard import say
from twin.cli.lookup import show
from twin.errors import TwinError, UsageError
from twin.i18n import _

if TYPE_CHECKING:
    from twin.judge.report.model import Report


class JudgeAction(StrEnum):
    """What `twin judge` does."""

    INIT = "init"
    RUN = "run"
    REPLAY = "replay"
    CLAIMS = "claims"
    SCHEMA = "schema"


class SolutionKind(StrEnum):
    """Kinds of solutions."""

    GATEWAY = "gateway"
    MES = "mes"
    AI = "ai"


def _judge(
    action: Annotated[
        JudgeAction,
        typer.Argument(
            help=_("init: write a plan; run: judge; replay: make a report's numbers again; "
                   "claims: tables to hand in; schema: of report.json.")
        ),
    ],
    file: Annotated[
        Path | None, typer.Argument(metavar="[PLAN|REPORT]", help=_("run, replay: the file."))
    ] = None,
    kind: Annotated[
        SolutionKind, typer.Option("--kind", help=_("init: what is judged."))
    ] = SolutionKind.GATEWAY,
    line: Annotated[
        str, typer.Option("--line", metavar="LINE", help=_("init: on which line."))
    ] = "electronics/smt-v1",
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help=_("run: where the report goes."))
    ] = Path("judgement"),
    force: Annotated[
        bool, typer.Option("--force", help=_("run: into a folder that is not empty."))
    ] = False,
) -> None:  # fmt: skip
    if action is JudgeAction.INIT:
        from twin.judge.init import plan_text

        typer.echo(plan_text(kind.value, line), nl=False)
    elif action is JudgeAction.CLAIMS:
        _claims()
    elif action is JudgeAction.SCHEMA:
        _schema()
    elif file is None:
        raise UsageError(_("{action}: expected a file").format(action=action.value))
    elif action is JudgeAction.RUN:
        _run(file, out, force)
    else:
        _replay(file)


@contextmanager
def judging() -> Iterator[None]:
    """Every error in here means that nothing could be judged: exit status 2."""
    try:
        yield
    except TwinError as error:
        error.exit_status = 2
        raise


def _run(file: Path, out: Path, force: bool) -> None:
    from twin.judge.report.model import exit_status
    from twin.judge.run import PAGE, run_plan

    with judging():
        report = run_plan(file, out, say, force=force)
    _table(report)
    show(_("The report is in {file}").format(file=out / PAGE))
    sys.exit(exit_status(report))


def _replay(file: Path) -> None:
    from twin.judge.report.model import exit_status
    from twin.judge.run import replay

    with judging():
        report, differences = replay(file)
    _table(report)
    for one in differences:
        show(one)
    if differences:
        sys.exit(2)
    show(_("Every number came out the same."))
    sys.exit(exit_status(report))


def _table(report: Report) -> None:
    from twin.cli.lookup import print_table
    from twin.judge.report.html import figure, spoken, words

    rows = []
    for one in report.tests:
        sign = "≤" if one.better == "low" else "≥"
        cause = _("caused by {name}").format(name=one.cause) if one.cause else one.note
        rows.append(
            (one.solution, one.id, words(one.title), figure(one.value, one.unit),
             f"{sign} {figure(one.threshold, one.unit)}", spoken(one.verdict), cause)
        )  # fmt: skip
    print_table(
        (_("Solution"), _("Test"), _("Measure"), _("Value"), _("Required"), _("Verdict"), ""), rows
    )
    for complaint in report.complaints[:10]:
        say(f"{complaint.solution}: {complaint.table}.{complaint.column}: {complaint.what} "
            f"({complaint.rows})")  # fmt: skip
    for incident in report.incidents:
        if incident.kind == "solution-late":
            say(
                _("{name} did not end within the grace and was stopped").format(
                    name=incident.detail["solution"]
                )
            )
        elif incident.kind == "solution-failed":
            say(_("{name} ended with status {status}: {said}").format(
                name=incident.detail["solution"], status=incident.detail["status"],
                said=str(incident.detail["said"]).splitlines()[-1:],
            ))  # fmt: skip
    show("")
    show(_("Verdict: {verdict}").format(verdict=spoken(report.verdict)))


def _claims() -> None:
    from twin.i18n import language
    from twin.judge.claims import CLAIMS

    for one in CLAIMS.values():
        show(f"{one.name} ({one.kind}): {one.meaning.in_language(language())}")
        for column in one.columns:
            mark = "*" if column.required else " "
            unit = f" [{column.unit}]" if column.unit else ""
            meaning = column.meaning.in_language(language())
            show(f"  {mark} {column.name:<14}{column.type:<12}{meaning}{unit}")


def _schema() -> None:
    import json

    from twin.judge.report.model import Report

    typer.echo(json.dumps(Report.model_json_schema(), indent=1, ensure_ascii=False))
