"""A batch plan for AI: lines run free with faults at drawn times, their data handed out as files.

Beside the fresh trials there are copies of training trials (does it only know its training set?),
trials without any fault (every alarm is false), trials cut off in the middle (does it read the
future?), and slices in which the data are worse than usual (robustness). A solution cannot tell
which is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from ruamel.yaml import YAML

from twin.export.dataset import epoch_of
from twin.judge.ai.episodes import episodes_of
from twin.judge.ai.folder import describe, sliced, telemetry, write_trial
from twin.judge.claims import CLAIMS, ClaimSet, Complaint, Times, tidy
from twin.judge.trial import Incident, Trial
from twin.kernel.run import run
from twin.line.line import Line
from twin.line.loading import load
from twin.seeds import stream
from twin.trace.journal import Command
from twin.trace.trace import Trace

ROLES = ("fresh", "published", "quiet", "cut", "slice")
FIRST = 3600.0  # s at the start without scripted faults
SLOW = 4 * 3600.0  # s from first-observable to failure from which a fault is slow
FACES = ("predictions", "causes")


@dataclass(frozen=True)
class BatchPlan:
    """What to run. Seeds of training are public, all others are drawn from `secret`.

    `kinds` are the ids of the line's faults that are scripted; `severities` are factors of their
    size, drawn for each: a fault that comes as a ramp fails the sooner the larger. `per_trial`
    of them begin in a trial of `duration` s and are ended after `hold` s, if nobody has found
    them before. Rows come each `every` s. `train` trials with faults and `healthy` ones without
    are given away with their labels; the other counts are of judged trials, by role. `tags` are
    patterns of the tags that are handed out; a station's State always is. Each slice has
    `per_slice` trials.
    """

    line: Line
    kinds: tuple[str, ...]
    duration: float
    every: float = 30.0
    per_trial: int = 4
    hold: float = 4500.0
    train: int = 3
    healthy: int = 3
    fresh: int = 8
    published: int = 2
    quiet: int = 4
    cut: int = 1
    slices: tuple[str, ...] = ("missing", "season")
    per_slice: int = 3
    tags: tuple[str, ...] = ("*",)
    severities: tuple[float, ...] = (1.0,)
    secret: int = 0


@dataclass(frozen=True)
class Prepared:
    """A trial that ran: its name for the solution, its role, its trace, and where it was cut."""

    name: str
    role: str
    trace: Trace
    slice: str = ""
    stop: float | None = None
    of: str = ""  # name of the trial it is a cut copy of

    @property
    def until(self) -> float:
        """Where its data end, simulated s."""
        return self.trace.now if self.stop is None else self.stop


@dataclass(frozen=True)
class Batch:
    """All trials of a plan: those with labels, and those that are judged."""

    plan: BatchPlan
    train: tuple[Prepared, ...]
    test: tuple[Prepared, ...] = field(default=())


def schedule(plan: BatchPlan, seed: int) -> list[Command]:
    """Scripted faults of one trial: their beginnings, spread over the run, and their ends."""
    rng = stream(seed, "judge", "faults")
    kinds = list(plan.kinds)
    chosen: list[str] = []
    while len(chosen) < plan.per_trial:
        chosen += [kinds[i] for i in rng.permutation(len(kinds))]
    slot = (plan.duration - FIRST) / plan.per_trial
    spare = max(slot - plan.hold - 900.0, 0.0)
    commands = []
    for number, fault in enumerate(chosen[: plan.per_trial]):
        at = FIRST + number * slot + float(rng.uniform(0.0, spare))
        factor = plan.severities[int(rng.integers(len(plan.severities)))]
        commands.append(Command("fault", fault, factor, role="instructor", t=at))
        commands.append(
            Command("repair", fault, role="instructor", t=min(at + plan.hold, plan.duration))
        )
    return commands


def without_faults(line: Line) -> Line:
    """The same line on which no fault comes by itself."""
    yaml = YAML()
    scenario = yaml.load(line.text)
    for fault in scenario.get("faults", ()):
        fault.pop("after", None)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "quiet.yaml"
        with path.open("w", encoding="utf-8") as file:
            yaml.dump(scenario, file)
        return load(path)


def prepare(plan: BatchPlan) -> Batch:
    """Run every trial of a plan."""
    healthy = without_faults(plan.line)
    train = [
        Prepared(f"p{s:02d}", "train", run(plan.line, plan.duration, s, schedule(plan, s)))
        for s in range(1, plan.train + 1)
    ]
    known = [
        Prepared(f"p{s:02d}", "train", run(healthy, plan.duration, s))
        for s in range(plan.train + 1, plan.train + plan.healthy + 1)
    ]
    rng = stream(plan.secret, "judge", "seeds")
    secret = iter(rng.integers(1 << 20, 1 << 40, 1000).tolist())

    def fresh() -> Trace:
        seed = next(secret)
        return run(plan.line, plan.duration, seed, schedule(plan, seed))

    test = [Prepared("", "fresh", fresh()) for _ in range(plan.fresh)]
    test += [replace(one, role="published") for one in train[: plan.published]]
    test += [
        Prepared("", "quiet", run(healthy, plan.duration, next(secret))) for _ in range(plan.quiet)
    ]
    test += [Prepared("", "slice", fresh(), name) for name in plan.slices * plan.per_slice]
    names = iter([f"t{i:02d}" for i in rng.permutation(len(test) + plan.cut).tolist()])
    test = [replace(one, name=next(names)) for one in test]
    for whole in test[: min(plan.cut, plan.fresh)]:
        stop = max(_informative(whole.trace), plan.every * 10)
        test.append(Prepared(next(names), "cut", whole.trace, stop=stop, of=whole.name))
    return Batch(plan, (*train, *known), tuple(test))


def _informative(trace: Trace) -> float:
    """Where a cut would show that somebody reads ahead, s.

    Late in the life of a slow fault; else a minute before the onset nearest to the middle.
    """
    found = episodes_of(trace)
    slow = [e for e in found if e.observable + SLOW < e.failure < inf]
    if slow:
        return slow[0].observable + 0.8 * (slow[0].failure - slow[0].observable)
    middle = trace.now / 2.0
    return min((e.onset - 60.0 for e in found), key=lambda t: abs(t - middle), default=middle)


def hand_out(batch: Batch, folder: Path) -> None:
    """Write the data set of a batch to a new folder."""
    folder.mkdir(parents=True)
    every = batch.plan.every
    (folder / "line.json").write_text(describe(batch.plan.line, every), encoding="utf-8")
    for one in batch.train:
        found = [e for e in episodes_of(one.trace) if not e.trap]
        frame = telemetry(one.trace, every, tags=batch.plan.tags)
        write_trial(folder / "train" / one.name, frame, one.trace, found)
    for one in batch.test:
        frame = sliced(telemetry(one.trace, every, one.stop, batch.plan.tags), one.slice, one.trace)
        write_trial(folder / "test" / one.name, frame)


def collect(
    batch: Batch, claims: Mapping[str, Path], audit: Sequence[Mapping[str, Any]] = ()
) -> list[Trial]:
    """Trials with what each solution wrote into its folder (solution name -> folder).

    `audit` says what was seen of the solutions while they ran; it stands in the first trial.
    """
    return [
        trial_of(
            one,
            {name: _read(one, folder / one.name) for name, folder in claims.items()},
            audit if number == 0 else (),
        )
        for number, one in enumerate(batch.test)
    ]


def trial_of(
    one: Prepared, claims: Mapping[str, ClaimSet], audit: Sequence[Mapping[str, Any]] = ()
) -> Trial:
    """A trial as checks see it."""
    return Trial(
        trace=one.trace,
        started_at=epoch_of(one.trace),
        clock="batch",
        claims=claims,
        incidents=(_role(one),),
        audit=tuple(audit),
    )


def _role(one: Prepared) -> Incident:
    detail = {"name": one.name, "slice": one.slice, "of": one.of}
    return Incident(f"ai:{one.role}", 0.0, one.until, detail)


def role(trial: Trial) -> str:
    """What part a trial plays in a batch; "fresh" outside of one."""
    for incident in trial.incidents:
        if incident.kind.startswith("ai:"):
            return incident.kind.removeprefix("ai:")
    return "fresh"


def detail(trial: Trial, what: str) -> str:
    """The name, slice or original of a trial of a batch."""
    for incident in trial.incidents:
        if incident.kind.startswith("ai:"):
            return str(incident.detail[what])
    return ""


def _read(one: Prepared, folder: Path) -> ClaimSet:
    tables: dict[str, pl.DataFrame] = {}
    complaints: list[Complaint] = []
    counts: dict[str, int] = {}
    for name in FACES:
        raw = _table(folder, name)
        if raw is None:
            continue
        good, wrong = tidy(CLAIMS[name], raw, epoch_of(one.trace), one.until, Times())
        tables[name], counts[name] = good, raw.height
        complaints += wrong
    return ClaimSet(tables, tuple(complaints), counts)


def _table(folder: Path, name: str) -> pl.DataFrame | None:
    for path in (folder / f"{name}.parquet", folder / f"{name}.csv"):
        if path.exists():
            return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    return None
