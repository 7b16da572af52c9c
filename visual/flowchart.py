"""A line's way of parts as a drawing: stations, buffers with their room, ways out. SVG text.

Stations stand in columns by how far they lie from the beginning; a way back runs below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from twin.line.line import OUT, SCRAP, SINKS, Line, Station
from twin.line.values import mean_of

WIDE, HIGH, GAP_X, GAP_Y, MARGIN = 118, 54, 58, 34, 20
STYLE = (
    "text{font-family:'Noto Sans KR','Noto Sans CJK KR',sans-serif;fill:#1c2a33}"
    ".id{font-size:14px;font-weight:700}.note{font-size:10.5px;fill:#55606a}"
    ".box{fill:#f4f7f9;stroke:#55606a}.sink{fill:#fff;stroke:#8b949c}"
    ".way{fill:none;stroke:#55606a;stroke-width:1.4}"
    ".bad{stroke:#c8192e;stroke-dasharray:5 3}"
)


@dataclass(frozen=True)
class Way:
    """From one node to another: the text at it, and whether only rejected parts take it."""

    source: str
    target: str
    note: str
    rejected: bool


def ways(line: Line) -> Iterator[Way]:
    """Every way between stations and sinks; buffers are texts on them."""
    for station in line.stations:
        for outlet in station.outlets:
            rejected = outlet.when == "rejected"
            note = "" if outlet.share is None else f"{outlet.share:.0%}"
            if outlet.place in SINKS:
                if outlet.place == OUT:
                    yield Way(station.id, OUT, note, rejected)
                continue
            buffer = line.buffer_by_id[outlet.place]
            room = "∞" if buffer.capacity < 0 else f"{buffer.capacity}"
            for taker in buffer.takers:
                yield Way(station.id, taker, f"{note} [{room}]".strip(), rejected)


def scraps(station: Station) -> bool:
    """Whether parts a station rejects may leave the line there."""
    judges = station.equipment.judges
    return any(way.place == SCRAP and (way.when != "rejected" or judges) for way in station.outlets)


def columns(names: list[str], found: list[Way]) -> dict[str, int]:
    """Column of each node: one behind the farthest node before it, ways back left out."""
    order = {name: i for i, name in enumerate([*names, OUT])}
    column = dict.fromkeys(order, 0)
    for _ in order:
        for way in found:
            if order[way.target] > order[way.source]:
                column[way.target] = max(column[way.target], column[way.source] + 1)
    return column


def places(line: Line, found: list[Way]) -> dict[str, tuple[float, float]]:
    """Upper left corner of each node, px."""
    used = {way.target for way in found}
    column = columns([s.id for s in line.stations], found)
    usual = {way.target for way in found if not way.rejected}
    nodes = [*(s.id for s in line.stations), *({OUT} & used)]
    rows: dict[int, int] = {}
    at: dict[str, tuple[float, float]] = {}
    # what only rejected parts come to stands below
    for name in sorted(nodes, key=lambda name: name in used - usual):
        row = rows[column[name]] = rows.get(column[name], -1) + 1
        at[name] = (
            MARGIN + column[name] * (WIDE + GAP_X),
            MARGIN + 24 + row * (HIGH + GAP_Y),
        )
    return at


def flowchart(line: Line, language: str = "en") -> str:
    """The drawing as SVG; `language` is "en" or "ko"."""
    found = list(dict.fromkeys(ways(line)))
    at = places(line, found)
    width = max(x for x, _ in at.values()) + WIDE + MARGIN
    bottom = max(y for _, y in at.values()) + HIGH
    height = bottom + 56
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><style>{STYLE}</style>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#55606a"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    back = 0
    for way in found:
        back += at[way.target][0] <= at[way.source][0]
        parts.append(_way(way, at, bottom + 10 + 7 * (back % 5)))
    stations = {station.id: station for station in line.stations}
    parts += [_node(name, stations.get(name), at[name], language) for name in at]
    return "\n".join([*parts, "</svg>\n"])


def _way(way: Way, at: dict[str, tuple[float, float]], below: float) -> str:
    (x0, y0), (x1, y1) = at[way.source], at[way.target]
    kind = "way bad" if way.rejected else "way"
    if x1 > x0 + WIDE + GAP_X and y1 == y0:  # over what stands between
        a, b = (x0 + WIDE * 0.8, y0), (x1 + WIDE * 0.2, y1 - 1)
        path = f"M{a[0]} {a[1]}V{y0 - 16}H{b[0]}V{b[1]}"
        text = ((a[0] + b[0]) / 2, y0 - 19)
    elif x1 > x0:
        a, b = (x0 + WIDE, y0 + HIGH / 2), (x1 - 1, y1 + HIGH / 2)
        middle = b[0] - GAP_X / 2
        path = (
            f"M{a[0]} {a[1]}H{middle}V{b[1]}H{b[0]}" if a[1] != b[1] else f"M{a[0]} {a[1]}H{b[0]}"
        )
        text = (b[0] - GAP_X / 2, b[1] - 5)
    else:
        a, b = (x0 + WIDE * 0.7, y0 + HIGH), (x1 + WIDE * 0.3, y1 + HIGH + 1)
        path = f"M{a[0]} {a[1]}V{below}H{b[0]}V{b[1]}"
        text = ((a[0] + b[0]) / 2, below - 3)
    note = ""
    if way.note:
        note = f'<text class="note" x="{text[0]}" y="{text[1]}" text-anchor="middle">'
        note += f"{escape(way.note)}</text>"
    return f'<path class="{kind}" d="{path}" marker-end="url(#tip)"/>{note}'


def _node(name: str, station: Station | None, at: tuple[float, float], language: str) -> str:
    x, y = at
    kind = "sink" if station is None else "box"
    middle = y + (19 if station is not None else HIGH / 2 + 5)
    lines = [(f'<text class="id" x="{x + WIDE / 2}" y="{middle}" text-anchor="middle">'
              f"{escape(name)}</text>")]  # fmt: skip
    notes = [] if station is None else [station.title.in_language(language), _pace(station)]
    for i, note in enumerate(notes):
        shown = note if len(note) <= 21 else note[:20] + "…"
        lines.append(
            f'<text class="note" x="{x + WIDE / 2}" y="{y + 33 + 13 * i}" text-anchor="middle">'
            f"{escape(shown)}</text>"
        )
    radius = 14 if station is None else 4
    box = f'<rect class="{kind}" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="{radius}"/>'
    if station is not None and scraps(station):
        left, top = x + WIDE * 0.5, y + HIGH
        lines.append(f'<path class="way bad" d="M{left} {top}v16" marker-end="url(#tip)"/>')
        lines.append(f'<text class="note" x="{left + 7}" y="{top + 15}">{SCRAP}</text>')
    return box + "".join(lines)


def _pace(station: Station) -> str:
    """Cycle of a station, shortest to longest mean over its products."""
    cycle = station.spec.cycle
    laws = list(cycle.values()) if isinstance(cycle, dict) else [cycle]
    means = sorted({mean_of(law) for law in laws})
    return " – ".join(_span(mean) for mean in dict.fromkeys((means[0], means[-1])))


def _span(seconds: float) -> str:
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return (
                f"{seconds / size:g} {unit}"
                if seconds % size == 0
                else f"{seconds / size:.1f} {unit}"
            )
    return f"{seconds:g} s"
