"""The data sheet beside a data set: where it comes from, and what each column means.

It says how labels are defined, never what they are, and nothing with which the run could be made
again: that is truth, and in a sheet of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from twin.equipment.tag import Tag
from twin.trace.trace import Trace
from twin.units import clock
from twin.version import __version__


@dataclass(frozen=True)
class Facts:
    """What a data sheet says about its data set as a whole; times in s."""

    name: str
    every: float
    start: float
    stop: float
    rows: int
    epoch: datetime
    licence: str
    companions: Sequence[tuple[str, str]]  # file name, what is in it


LABELS = """
The truth is in files of its own, so that the telemetry can be handed to whoever is to find the
faults, with this sheet. The seed is among the truth: with it anybody can make the run again.
A fault has four label times:

- **onset**: its cause begins
- **observable**: a measured value first differs by three standard deviations of its noise
- **failure**: it first spoils a part
- **repair**: its cause is gone

From onset to repair a fault is *active*; its *phase* is the latest of onset, observable and failure
that it has reached, in that order. A row is labelled by what is true at its own instant.
"""


def sheet(trace: Trace, tags: Sequence[Tag], facts: Facts) -> str:
    """The data sheet as Markdown."""
    line = trace.line
    window = f"[{facts.start:g} s, {facts.stop:g} s) = {clock(facts.start)} to {clock(facts.stop)}"
    about = [
        ("Line", f"{line.title.en} ({line.title.ko})"),
        ("Scenario", f"`{line.id}`, version {line.version}"),
        ("Scenario digest (SHA-256)", f"`{line.digest}`"),
        ("Made by", f"twin {__version__}: simulated, not measured"),
        ("Simulated time", window),
        ("Time 0 is", facts.epoch.isoformat().replace("+00:00", "Z")),
        ("Rows", f"{facts.rows}, one every {facts.every:g} s"),
        ("Licence", facts.licence),
    ]
    text = f"# {facts.name}\n\n" + table(("", ""), about)
    text += f"\n## Columns of `{facts.name}`\n\n"
    text += table(HEAD, [*FIXED, *map(tag_row, tags)])
    text += (
        "\nA sensor looks at its own instants, the multiples of its period, and holds what it saw. "
    )
    text += (
        "Its noise is normal with the given standard deviation; the value is then rounded to the "
    )
    text += "resolution.\n"
    text += f"\n## Labels\n{LABELS}\n## Other files\n\n"
    return text + table(
        ("File", "Content"), [(f"`{name}`", what) for name, what in facts.companions]
    )


HEAD = (
    "Column", "Title", "이름", "Type", "Unit", "Range", "Sensor period", "Noise (1 σ)",
    "Resolution",
)  # fmt: skip
FIXED = (
    ("`t`", "Simulated time", "시뮬레이션 시간", "float", "s", "", "", "", ""),
    ("`time`", "Date and time, UTC", "날짜와 시각 (UTC)", "timestamp", "", "", "", "", ""),
)


def tag_row(tag: Tag) -> tuple[str, ...]:
    """A tag in the columns of HEAD."""
    scale = ", ".join(tag.labels) if tag.kind == "enum" else f"{tag.low:g} to {tag.high:g}"
    return (
        f"`{tag.key}`",
        tag.title.en,
        tag.title.ko,
        tag.kind,
        tag.unit,
        scale,
        f"{tag.period:g} s",
        f"{tag.noise:g}" if tag.noise else "",
        f"{tag.resolution:g}" if tag.resolution else "",
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )
