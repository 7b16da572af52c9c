"""What will be done, when and to whom: a pure function of seed, profile and the tags shown.

Steps come in blocks of an hour, each from streams keyed by its number, so any hour can be planned
without those before it and a longer plan begins like a shorter one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from numpy.random import Generator

from opcua_server.chaos.actions import ACTIONS, Action
from opcua_server.chaos.profiles import PROFILES, Profile, Rate
from twin.errors import UsageError
from twin.i18n import _
from twin.seeds import stream

BLOCK = 3600.0  # s planned at once
Clock = Literal["wall", "simulated"]


@dataclass(frozen=True)
class Step:
    """One action: at `t` s of the plan's clock, to `target`, for `seconds`, with `value`.

    `target` is a tag, a station, a service, or "" for all. Of the clients the `share` is hit,
    counted from the one at `pick` (a ratio of them, the longest connected first) on.
    """

    t: float
    action: str
    target: str = ""
    seconds: float = 0.0
    value: float | str = ""
    share: float = 1.0
    pick: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Its fields by name."""
        return asdict(self)


@dataclass(frozen=True)
class Planned:
    """Steps drawn from a profile; `tags` are the keys of all tags shown ("RFL.Zone8Temp").

    `clock` None leaves it to the session: a paced one is disturbed by the wall clock, a stepped
    one by simulated time. Where every machine has a server of its own, `servers` are their
    stations, and what aims at a server or its clients hits one of them.
    """

    profile: Profile
    seed: int
    tags: tuple[str, ...]
    servers: tuple[str, ...] = ()
    clock: Clock | None = None

    @property
    def name(self) -> str:
        """The profile's id."""
        return self.profile.id

    def steps(self, start: float, stop: float) -> list[Step]:
        """Steps of the blocks that [start, stop) touches, cut to it."""
        first, last = int(start // BLOCK), int(-(-stop // BLOCK))
        found = [step for block in range(first, last) for step in self._block(block)]
        return [step for step in found if start <= step.t < stop]

    def _block(self, block: int) -> list[Step]:
        steps = []
        for rate in self.profile.rates:
            draws = stream(self.seed, f"chaos:{self.profile.id}", rate.action, block)
            count = int(draws.poisson(BLOCK / rate.every))
            steps += [self._draw(rate, block, draws) for _number in range(count)]
        return sorted(steps, key=lambda step: (step.t, step.action))

    def _draw(self, rate: Rate, block: int, draws: Generator) -> Step:
        action = ACTIONS[rate.action]
        u = draws.random(6)
        low, high = rate.seconds
        return Step(
            t=round(BLOCK * (block + float(u[0])), 3),
            action=rate.action,
            target=self._target(rate, action, float(u[1]), float(u[2])),
            seconds=round(low + (high - low) * float(u[3]), 3),
            value=rate.values[int(u[4] * len(rate.values))] if rate.values else action.default,
            share=rate.shares[int(u[4] * len(rate.shares))],
            pick=round(float(u[5]), 6),
        )

    def _target(self, rate: Rate, action: Action, which: float, how: float) -> str:
        among = self.tags if action.aim == "tags" else self.servers
        if not among:
            return ""
        one = among[int(which * len(among))]
        return one.partition(".")[0] if action.aim == "tags" and how >= rate.single else one


@dataclass(frozen=True)
class Scripted:
    """Steps that somebody wrote down."""

    name: str
    written: tuple[Step, ...]
    clock: Clock | None = None

    def steps(self, start: float, stop: float) -> list[Step]:
        """Those in [start, stop)."""
        found = [step for step in self.written if start <= step.t < stop]
        return sorted(found, key=lambda step: step.t)


Plan = Planned | Scripted


def plan_of(text: str, seed: int, tags: Iterable[str], servers: Iterable[str] = ()) -> Plan:
    """The plan that `--chaos TEXT` means: a profile's name, or a script file.

    Raises UsageError for a name that is neither, ScenarioError for a script that is wrong.
    """
    keys: Sequence[str] = tuple(tags)
    if text in PROFILES:
        return Planned(PROFILES[text], seed, tuple(keys), tuple(servers))
    path = Path(text)
    if path.suffix in (".yaml", ".yml"):
        from opcua_server.chaos.script import read_script

        return read_script(path, keys)
    known = ", ".join(PROFILES)
    raise UsageError(
        _("there is no chaos profile {name!r}: expected one of {known}, or a .yaml file").format(
            name=text, known=known
        )
    )
