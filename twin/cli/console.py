"""Output: tables that are readable in a terminal and in a pipe, numbers, progress."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from twin.cli.guard import colours, say
from twin.errors import UsageError
from twin.i18n import _
from twin.units import clock, seconds

Progress = Callable[[float, float], None]
PLAIN_EVERY = 5.0  # s between two lines of progress without a terminal
BAR_AFTER = 0.5  # s of work before a bar is worth showing


def span(text: str, option: str) -> float:
    """Seconds of an option's text. Raises UsageError that names the option."""
    try:
        return seconds(text)
    except ValueError as error:
        raise UsageError(
            _("{option}: expected {problem}").format(option=option, problem=error), found=text
        ) from None


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Columns of text two spaces apart, those in `right` flush right; bold head in a terminal.

    A line break in a heading makes the head several lines high.
    """
    cells = [title.split("\n") for title in head]
    height = max(map(len, cells))
    heads = list(zip(*([""] * (height - len(cell)) + cell for cell in cells), strict=True))
    everything = [*heads, *rows]
    widths = [max(width(row[i]) for row in everything) for i in range(len(head))]
    lines = []
    for row in everything:
        padded = [
            " " * (widths[i] - width(cell)) + cell
            if i in right
            else cell + " " * (widths[i] - width(cell))
            for i, cell in enumerate(row)
        ]
        lines.append("  ".join(padded).rstrip())
    if sys.stdout.isatty() and colours():
        lines[:height] = [f"\x1b[1m{line}\x1b[0m" for line in lines[:height]]
    return "\n".join(lines)


def width(text: str) -> int:
    """Terminal columns a text takes: Korean letters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def number(value: float | None, unit: str) -> str:
    """A key figure as people read it; ratios in percent, an em dash where there is none."""
    if value is None:
        return "–"
    if unit == "%":
        return f"{100.0 * value:.1f}"
    if unit == "1":
        return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    if unit == "¤":
        return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:,.2f}"
    return f"{value:,.2f}"


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A function to call with (done, end): a bar with time left, or plain lines in a pipe."""
    if sys.stderr.isatty():
        with _bar(title) as update:
            yield update
    else:
        yield _plain(title)


def _plain(title: str) -> Progress:
    begin = last = time.monotonic()

    def update(now: float, end: float) -> None:
        nonlocal last
        wall = time.monotonic()
        if wall - last < PLAIN_EVERY or now >= end or now <= 0.0:
            return
        last = wall
        left = (wall - begin) * (end - now) / now
        say(
            _("{title}: {percent:.0f} %, {left} left").format(
                title=title, percent=100.0 * now / end, left=clock(left)
            )
        )

    return update


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    """rich's bar, imported and shown only when the work takes long enough to look at one."""
    begin, shown = time.monotonic(), None

    def update(now: float, end: float) -> None:
        nonlocal shown
        if shown is None and time.monotonic() - begin > BAR_AFTER:
            shown = _start_bar(title, end)
        if shown is not None:
            shown.update(shown.task_ids[0], completed=now, total=end)

    try:
        yield update
    finally:
        if shown is not None:
            shown.stop()


def _start_bar(title: str, end: float):  # type: ignore[no-untyped-def]
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn(_("left")),
        console=Console(stderr=True),
        transient=True,
    )
    bar.add_task(title, total=end)
    bar.start()
    return bar
