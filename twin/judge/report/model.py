"""The report object: everything a judgement says, in one JSON document with a published schema."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

REPORT_VERSION = 1


class Part(BaseModel):
    """Base of the report's parts: frozen, no unknown keys; NaN and infinity become null."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="null")


class Words(Part):
    """A text in both languages."""

    en: str
    ko: str


class Judged(Part):
    """A solution that was judged. `verdict` is that of all its tests together."""

    name: str
    kind: Literal["gateway", "mes", "ai"]
    command: str
    feeds: str
    verdict: str
    handed_in: dict[str, int] = Field(description="rows by claim table, over all trials")


class Test(Part):
    """One measure of one test: value, 95 % interval, threshold, verdict, and rows that show why.

    `value` is null when the test could not be made; `note` says why. `basis` is how well the
    threshold is founded: A assumed, V from a public document, P the plan's own.
    """

    id: str
    test: str
    part: str
    solution: str
    title: Words
    standard_ref: str
    unit: str
    value: float | None
    ci95: tuple[float, float] | None
    n: int
    threshold: float
    better: Literal["low", "high"]
    basis: Literal["A", "V", "P"]
    verdict: str
    cause: str = Field(description="the solution that caused a failure, if it was another one")
    note: str
    evidence: list[dict[str, Any]]


class Shown(Part):
    """A figure without a verdict: a baseline, or a warning exhibit (`struck`)."""

    solution: str
    title: Words
    unit: str
    values: dict[str, float | None]
    struck: bool
    note: str
    tests: list[str]


class Complained(Part):
    """Rows of claims that were left out, and why."""

    solution: str
    seed: int
    table: str
    column: str
    what: str
    rows: int
    first: int
    found: str


class Happened(Part):
    """A disturbance as it took place, simulated s."""

    seed: int
    kind: str
    start: float
    stop: float
    detail: dict[str, Any]


class Scenario(Part):
    """The line that ran."""

    id: str
    title: Words
    sha256: str


class Tried(Part):
    """One trial: its folder beside the report, and what proves that it is unchanged."""

    seed: int
    folder: str
    begin: float
    end: float
    trace_digest: str
    commands: int
    files: dict[str, str]


class Report(Part):
    """A judgement. Two compare only if scenario hash, seeds, level, dirt and clock agree."""

    report_version: Literal[1] = 1
    title: str
    stage: str
    made_at: str
    twin: dict[str, str]
    environment: dict[str, str]
    plan: dict[str, Any]
    scenario: Scenario
    seeds: list[int]
    level: int | None
    dirt: str
    clock: str
    solutions: list[Judged]
    tests: list[Test]
    exhibits: list[Shown]
    complaints: list[Complained]
    incidents: list[Happened]
    limits: list[str]
    trials: list[Tried]
    verdict: str
    truth_sha256: str
    signature: str = Field(
        default="", description="SHA-256 of this document in canonical JSON, without this field"
    )

    def signed(self) -> Report:
        """The same with its digest."""
        return self.model_copy(update={"signature": self.digest()})

    def digest(self) -> str:
        """SHA-256 of all fields but the signature."""
        plain = json.loads(self.model_dump_json(exclude={"signature"}))
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


EXIT = {"PASS": 0, "FAIL": 1}


def exit_status(report: Report) -> int:
    """0 when everything passed, 1 when something failed, 2 when it could not be judged."""
    return EXIT.get(report.verdict, 2)
