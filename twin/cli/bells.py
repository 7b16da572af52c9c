"""The command `alarms`: the alarms of a line, or what they did in a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from twin.cli.lookup import print_table, show
from twin.i18n import _, language
from twin.units import clock

if TYPE_CHECKING:
    from twin.line import Line

SHOWN = 40  # changes a person is shown; all of them are in --json


def alarms(name: str, as_json: bool) -> None:
    """Alarms of a line as it is built, or of a run: figures and the latest changes."""
    from twin.line import load

    if Path(name).is_dir():
        _of_run(Path(name), as_json)
    else:
        _of_line(load(name), as_json)


def _of_line(line: Line, as_json: bool) -> None:
    lang = language()
    rows = [
        (alarm.key, alarm.priority, str(alarm.severity), alarm.title.in_language(lang),
         alarm.cause.in_language(lang))
        for alarm in line.alarms.values()
    ]  # fmt: skip
    if as_json:
        keys = ("alarm", "priority", "severity", "title", "cause")
        show(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], ensure_ascii=False))
        return
    print_table((_("Alarm"), _("Priority"), _("Severity"), _("Title"), _("Cause")), rows)


def _of_run(folder: Path, as_json: bool) -> None:
    from twin.alarms import alarm_states, figures, floods, shown
    from twin.alarms import alarms as changes_of
    from twin.trace.store import open_run

    trace = open_run(folder)
    line, changes = trace.line, changes_of(trace)
    keys = list(line.alarms)
    states = alarm_states(line, changes, trace.journal, trace.now)
    changes = shown(line, changes, trace.journal)
    if as_json:
        rows = [{"t": r.t, "alarm": keys[r.alarm], "state": r.state.name.lower()} for r in states]
        show(json.dumps(rows))
        return
    lang = language()
    print_table(
        (_("Alarm"), _("Priority"), _("Came"), _("Stood, s"), _("Chatters"), _("Title")),
        [
            (row.key, line.alarms[row.key].priority, str(row.came), f"{row.median:.1f}",
             _("yes") if row.chatters else "", line.alarms[row.key].title.in_language(lang))
            for row in figures(line, changes, trace.now)
        ],
    )  # fmt: skip
    hours = trace.now / 3600.0
    came = sum(change.active for change in changes)
    text = _("{count} alarms, {rate:.1f} an hour, {floods} floods. The latest:")
    show("\n" + text.format(count=came, rate=came / hours, floods=floods(changes)))
    print_table(
        (_("Time"), _("Alarm"), _("State")),
        [(clock(r.t), keys[r.alarm], r.state.name.lower()) for r in states[-SHOWN:]],
    )
