"""A trial on disk: what a judgement rests on, so that it can be made again.

trial-1/run/          the truth: trace, journal, scenario (see twin.trace.store)
trial-1/claims/       a folder a solution, a Parquet file a claim table: the valid rows
trial-1/trial.json    dates, clock, incidents, complaints, usage
trial-1/served.parquet  the instants at which values were shown
trial-1/solutions/    what each solution wrote itself
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from twin.errors import RunDirError
from twin.i18n import _
from twin.judge.claims import ClaimSet, Complaint
from twin.judge.report.model import Tried
from twin.judge.trial import Chart, Incident, Served, Trial, Usage
from twin.kernel.run import Run
from twin.serve import recording
from twin.serve.agenda import Agenda
from twin.trace.store import open_run, save
from twin.trace.trace import Trace
from twin.trace.writer import sha256_of

RUN, CLAIMS_FOLDER, FACTS, SERVED = "run", "claims", "trial.json", "served.parquet"


def keep(trial: Trial, folder: Path, root: Path) -> Tried:
    """Write a trial into its folder; what the report says of it. `root` is the report's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    save(trial.trace, folder / RUN, force=True)
    recording.keep(
        folder / RUN, trial.served.instants, trial.started_at, dirt=trial.dirt, level=trial.level,
        speed=trial.speed,
    )  # fmt: skip
    for name, claims in trial.claims.items():
        place = folder / CLAIMS_FOLDER / name
        place.mkdir(parents=True, exist_ok=True)
        for table, rows in claims.tables.items():
            rows.write_parquet(place / f"{table}.parquet")
    pl.DataFrame({"t": trial.served.instants, "wall": trial.served.walls}).write_parquet(
        folder / SERVED
    )
    facts = {
        "started_at": trial.started_at.isoformat(), "clock": trial.clock, "level": trial.level,
        "dirt": trial.dirt, "speed": trial.speed, "begin": trial.begin,
        "tags": list(trial.served.tags), "forced": list(trial.served.forced),
        "granted": list(trial.served.granted),
        "incidents": [asdict(one) for one in trial.incidents], "audit": list(trial.audit),
        "usage": {name: asdict(one) for name, one in trial.usage.items()},
        "feeds": dict(trial.feeds), "charts": [asdict(one) for one in trial.charts],
        "claims": {
            name: {
                "handed_in": dict(one.handed_in),
                "complaints": [asdict(said) for said in one.complaints],
            }
            for name, one in trial.claims.items()
        },
    }  # fmt: skip
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    files = [folder / FACTS, folder / SERVED, folder / RUN / "journal.jsonl"]
    files += sorted((folder / CLAIMS_FOLDER).rglob("*.parquet"))
    return Tried(
        seed=trial.seed, folder=folder.relative_to(root).as_posix(), begin=trial.begin,
        end=trial.now, trace_digest=trial.trace.digest, commands=len(trial.trace.journal),
        files={one.relative_to(folder).as_posix(): sha256_of(one) for one in files},
    )  # fmt: skip


def again(tried: Tried, root: Path) -> Trial:
    """A trial from its folder, with its trace made anew from line, seed and journal.

    Raises RunDirError when a file is missing or changed, or when the line does not come out as it
    did: then scenario, journal or product are not those of the report.
    """
    folder = root / tried.folder
    for name, digest in tried.files.items():
        path = folder / name
        if not path.is_file():
            raise RunDirError(_("{path} is missing").format(path=path))
        if sha256_of(path) != digest:
            raise RunDirError(_("{path} is not what the report was made from").format(path=path))
    kept = open_run(folder / RUN)
    trace = remade(kept, tried.end)
    if trace.digest != tried.trace_digest:
        raise RunDirError(
            _("{path}: the line does not come out as it did (digest {found}, not {wanted})").format(
                path=folder / RUN, found=trace.digest[:12], wanted=tried.trace_digest[:12]
            )
        )
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    claims = {name: _claims(folder / CLAIMS_FOLDER / name, said) for name, said in
              facts["claims"].items()}  # fmt: skip
    served = pl.read_parquet(folder / SERVED)
    return Trial(
        trace, datetime.fromisoformat(facts["started_at"]), facts["clock"], claims,
        facts["level"], facts["dirt"], facts["speed"], facts["begin"],
        Served(
            served["t"].to_numpy(), served["wall"].to_numpy(), tuple(facts["tags"]),
            tuple(facts["forced"]), tuple(facts.get("granted", ())),
        ),
        tuple(Incident(**one) for one in facts["incidents"]), tuple(facts["audit"]),
        {name: Usage(**one) for name, one in facts["usage"].items()}, facts["feeds"],
        tuple(Chart(**one) for one in facts.get("charts", ())),
    )  # fmt: skip


def remade(kept: Trace, end: float) -> Trace:
    """The trace of the same line, seed and journal, run again."""
    run, agenda = Run(kept.line, kept.seed), Agenda()
    agenda.plan(kept.journal)
    agenda.advance(run, end)
    return run.trace


def _claims(folder: Path, said: Mapping[str, Any]) -> ClaimSet:
    tables = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    complaints = tuple(Complaint(**one) for one in said["complaints"])
    return ClaimSet(tables, complaints, said["handed_in"])
