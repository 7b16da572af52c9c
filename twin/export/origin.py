"""Where a data set comes from, to the last bit: with this sheet anybody can make its run again.

That makes it truth: it lies in a file of its own, and whoever hides faults keeps it back.
"""

from __future__ import annotations

from twin.export.sheet import table
from twin.trace.trace import Trace
from twin.units import clock
from twin.version import __version__


def origin(trace: Trace) -> str:
    """Scenario, seed and every command of the run, as Markdown."""
    line = trace.line
    about = [
        ("Scenario", f"`{line.id}`, version {line.version}"),
        ("Scenario digest (SHA-256)", f"`{line.digest}`"),
        ("Seed", str(trace.seed)),
        ("Made by", f"twin {__version__}"),
    ]
    text = f"# How to make it again\n\n{table(('', ''), about)}"
    if not trace.journal:
        return text + "\nNobody did anything on the line.\n"
    rows = [
        (
            clock(one.t or 0.0), one.kind, one.target,
            "" if one.value is None else f"{one.value:g}", one.role,
        )
        for one in trace.journal
    ]  # fmt: skip
    return text + "\n" + table(("At", "Command", "Target", "Value", "Role"), rows)
