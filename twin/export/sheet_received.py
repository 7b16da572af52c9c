"""The data sheet beside records of a plant network: which profile and level, and each tag."""

from __future__ import annotations

from collections.abc import Sequence

from twin.equipment.tag import Tag
from twin.export.sheet import HEAD, LABELS, Facts, table, tag_row
from twin.field import Network
from twin.trace.trace import Trace
from twin.units import clock
from twin.version import __version__

COLUMNS = (
    ("`time`", "Timestamp the value carries, UTC; a gateway's clock gives it"),
    ("`arrival`", "When the receiver got it, UTC; the rows are in this order"),
    ("`tag`", "Which tag, see below"),
    ("`value`", "The value as it arrived; the number of its label where there are some"),
    ("`quality`", "Good, Uncertain or Bad, as the gateway called it"),
)
DIRT = """
`from_s` and `to_s` are true simulated seconds, `records` is how many rows it touched (for an outage
or a missed scan: how many it took away). `size` is by class: outage, its length in s; late and
duplicate, s until the row came; clock, s added to the timestamps; drift and spike, in the tag's
unit; chatter, 1 a warning and 2 a fault. A tag such as `RFL.*` is all of a station.
"""


def received_sheet(trace: Trace, tags: Sequence[Tag], net: Network, facts: Facts) -> str:
    """The data sheet as Markdown."""
    line, level = trace.line, net.exposure.level
    window = f"[{facts.start:g} s, {facts.stop:g} s) = {clock(facts.start)} to {clock(facts.stop)}"
    shown = "everything" if level.number < 0 else f"{level.number}: {level.title.en}"
    about = [
        ("Line", f"{line.title.en} ({line.title.ko})"),
        ("Scenario", f"`{line.id}`, version {line.version}"),
        ("Scenario digest (SHA-256)", f"`{line.digest}`"),
        ("Dirt profile", f"`{net.profile.id}`: {net.profile.title.en} ({net.profile.source})"),
        ("Level of digitalisation", shown),
        ("Made by", f"twin {__version__}: simulated, not measured"),
        ("Simulated time of the looks", window),
        ("Time 0 is", facts.epoch.isoformat().replace("+00:00", "Z")),
        ("Rows", f"{facts.rows}, one a value that arrived"),
        ("Licence", facts.licence),
    ]
    text = f"# {facts.name}\n\n" + table(("", ""), about)
    text += f"\n## Columns of `{facts.name}`\n\n" + table(("Column", "What it is"), COLUMNS)
    text += "\nA value is sent when it differs from the look before; what did not change is not"
    text += " sent again but after a break"
    text += f", and every {net.profile.integrity:g} s" if net.profile.integrity else ""
    text += ".\n\n## Tags\n\n" + table(("Tag", *HEAD[1:]), [tag_row(tag) for tag in tags])
    text += f"\n## Labels\n{LABELS}\n## Truth of the dirt\n{DIRT}\n## Other files\n\n"
    rows = [(f"`{name}`", what) for name, what in facts.companions]
    return text + table(("File", "Content"), rows)
