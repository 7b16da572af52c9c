"""A small session that keeps the contract of twin.serve.session without a simulation behind it.

Every tag shows `1000 * row + k` at its grid instant k (enum and bool tags k modulo their labels),
so a test knows each value by heart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np

from twin.equipment.model import Setting
from twin.equipment.standard import STATES
from twin.equipment.tag import StateCode, Tag, Text
from twin.errors import FutureError
from twin.field import Exposure
from twin.field.levels import FULL
from twin.trace.journal import Command

STARTED = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SOURCE = StateCode()


def tag(station: str, name: str, unit: str = "", **named: object) -> Tag:
    row: dict[str, object] = {"low": 0.0, "high": 300.0, "source": SOURCE, "period": 1.0} | named
    return Tag(name, Text(name, f"{name} 값"), unit, station=station, **row)  # type: ignore[arg-type]


SMALL = (
    tag("Line", "Finished", kind="int", high=100_000.0),
    tag("RFL", "State", kind="enum", labels=STATES, low=0.0, high=9.0),
    tag("RFL", "Zone8Temp", "°C", period=0.5),
    tag("RFL", "BeltSpeed", "cm/min", low=40.0, high=140.0, setting="BeltSpeed"),
    tag("RFL", "DoorOpen", kind="bool", low=0.0, high=1.0),
    tag("PRN", "SqueegeeForce", "kgf", high=20.0, period=2.0),
)


def make_line(tags: tuple[Tag, ...] = SMALL) -> SimpleNamespace:
    stations = dict.fromkeys(t.station for t in tags if t.station != "Line")
    titles = {"RFL": Text("Reflow oven", "리플로 오븐"), "PRN": Text("Printer", "프린터")}
    return SimpleNamespace(
        id="test/line-v1",
        title=Text("Test line", "시험 라인"),
        tags={t.key: t for t in tags},
        stations=tuple(SimpleNamespace(id=s, title=titles.get(s, Text(s, s))) for s in stations),
        settings={
            "RFL.BeltSpeed": Setting("BeltSpeed", Text("Belt", "벨트"), "cm/min", 50.0, 120.0, 85.0)
        },
        faults=(SimpleNamespace(id="E-Z8"),),
        alarms={},
    )


@dataclass(frozen=True)
class Block:
    t: float
    wall: datetime
    names: tuple[str, ...]
    values: np.ndarray
    changed: np.ndarray


@dataclass
class StandInSession:
    line: SimpleNamespace = field(default_factory=make_line)
    clock: str = "stepped"
    now: float = 0.0
    speed: float = 1.0
    started_at: datetime = STARTED
    run_state: str = "running"
    commands: list[Command] = field(default_factory=list)
    refuse: str = ""
    adapter: object = None
    forced: dict[str, float] = field(default_factory=dict)
    keeps_history: bool = True
    claims: None = None
    _last: np.ndarray | None = None

    @property
    def shown(self) -> Exposure:
        return Exposure(FULL, self.line.tags, self.line.settings)

    def begin_again(self) -> None:
        """Back to second 0, as if nothing had happened."""
        self.now, self.refuse, self._last = 0.0, "", None
        self.commands.clear()
        self.forced.clear()

    def sample(self, tags: list[str], ticks: np.ndarray) -> np.ndarray:
        ticks = np.atleast_1d(np.asarray(ticks, dtype=float))
        if len(ticks) and ticks.max() >= self.now:
            raise FutureError("not yet", t=float(ticks.max()), now=self.now)
        rows = list(self.line.tags)
        out = np.empty((len(tags), len(ticks)))
        for place, name in enumerate(tags):
            row, one = rows.index(name), self.line.tags[name]
            k = np.floor(ticks / one.period + 1e-9)
            out[place] = {"enum": k % 8, "bool": k % 2}.get(one.kind, 1000.0 * row + k)
            if name in self.forced:
                out[place] = self.forced[name]
        return out

    def block(self) -> Block:
        names = tuple(self.line.tags)
        last_known = max(0.0, np.nextafter(self.now, 0.0))
        values = self.sample(list(names), np.array([last_known]))[:, 0]
        changed = np.ones(len(names), bool) if self._last is None else values != self._last
        self._last = values
        return Block(last_known, STARTED + timedelta(seconds=last_known), names, values, changed)

    async def step(self, seconds: float) -> None:
        self.now += seconds
        if self.adapter is not None:
            await self.adapter.publish(self.block())

    async def submit(self, command: Command) -> SimpleNamespace:
        if self.refuse:
            return SimpleNamespace(ok=False, reason=self.refuse)
        self.commands.append(command.at(self.now))
        if command.kind == "set":
            self.forced[command.target] = command.value
        return SimpleNamespace(ok=True, reason="")
