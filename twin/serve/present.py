"""The line at this moment, folded from the log as it grows; shared by all who look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from twin.serve.session import Session

JSON = dict[str, Any]


class Stay(NamedTuple):
    """A part at a place: since when (s), its product, and the place it came from (-1: outside)."""

    place: int
    since: float
    product: int
    origin: int


class Present:
    """The line now, folded from the growing log: each station's latest row, each part's stay."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.rows = 0  # log rows folded so far
        self.stations: dict[int, tuple[float, int, int]] = {}  # place: t, state, part
        self.parts: dict[int, Stay] = {}
        self.finished = self.scrapped = 0

    def follow(self) -> None:
        """Fold in what the log holds beyond the rows already seen."""
        trace = self._session.trace
        log, line, end = trace.log, trace.line, len(trace.log)
        if end == self.rows:
            return
        stations, out, scrap = len(line.stations), line.place("out"), line.place("scrap")
        window = slice(self.rows, end)
        rows = zip(
            log.t[window].tolist(),
            log.place[window].tolist(),
            log.state[window].tolist(),
            log.part[window].tolist(),
            strict=True,
        )
        product = trace.parts.product
        for t, place, state, part in rows:
            if place < stations:
                self.stations[place] = (t, state, part)
            if part < 0:
                continue
            if place >= out:  # the sinks are the last places
                self.parts.pop(part, None)
                self.finished += place == out
                self.scrapped += place == scrap
                continue
            before = self.parts.get(part)
            if before is None or before.place != place:
                origin = -1 if before is None else before.place
                self.parts[part] = Stay(place, t, int(product[part]), origin)
        self.rows = end

    def message(self) -> JSON:
        """Rows [t, place, state, part] and [part, place, since, product, origin]."""
        return {
            "stations": [
                [milliseconds(t), place, *row] for place, (t, *row) in self.stations.items()
            ],
            "parts": [
                [part, stay.place, milliseconds(stay.since), stay.product, stay.origin]
                for part, stay in self.parts.items()
            ],
        }


def paces(
    session: Session, since: float, changes_only: bool = False
) -> dict[str, list[list[float]]]:
    """Seconds a part takes through each tunnel from when on, [t, seconds], from `since` (s)."""
    found = {}
    for station in session.line.stations:
        residence = station.equipment.residence
        if residence is None:
            continue
        index, trace = session.trace.index, session.trace
        laws = {
            setting: index.laws(trace.quantity_number(f"{station.id}.{setting.name}"))
            for setting in station.settings
        }
        times = {float(t) for law in laws.values() for t in law.t[law.t >= since]}
        times |= set() if changes_only else {since}
        rows = []
        for t in sorted(times):
            settings = {}
            for setting, law in laws.items():
                row = int(law.t.searchsorted(t, side="right")) - 1
                settings[setting.name] = float(law.target[row]) if row >= 0 else setting.default
            rows.append([milliseconds(t), round(residence(station.parameters, settings), 6)])
        if rows:
            found[station.id] = rows
    return found


def milliseconds(t: float) -> float:
    """A time as it is sent: finer than a millisecond nobody sees."""
    return round(t, 3)
