"""MES in a factory of level 1 that do not say what they cannot know."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

from examples.solutions.gateway.gateway import Settings
from examples.solutions.mes.recorder import Recorder


@dataclass(frozen=True)
class Mutant:
    """A broken MES, what it does to its tables, and the checks it must fail."""

    fails: frozenset[str]
    broken: str
    steps: str


MUTANTS = {
    "sells-what-it-has-not": Mutant(
        frozenset({"MES-11.declared"}), "What it would need it tells nobody.",
        "delete from missing",
    ),
    "always-complains": Mutant(
        frozenset({"MES-11.declared"}), "It also asks for counters, which it has.",
        "insert into missing values ('counters', 'everything')",
    ),
    "works-all-day": Mutant(
        frozenset({"MES-11.invented"}), "A machine without a state is taken to be working.",
        'insert into spells select station, start, "end", \'WORKING\' from counts',
    ),
    "typical-oee": Mutant(
        frozenset({"MES-11.invented"}), "Where nothing is known, OEE is the industry's usual 60 %.",
        'insert into kpis select station, start, "end", 0.7, 0.9, 0.95, 0.6 from counts',
    ),
}  # fmt: skip


async def run(name: str) -> None:
    """Record once, report as it should be, and write for all that do not."""
    assert name == "reports"
    settings = Settings.from_environment()
    one = Recorder(settings, os.environ["TWIN_LINE"])
    await one.run()
    one.report()
    one.office.db.execute("pragma wal_checkpoint(truncate)")  # all of it into the one file
    for other, mutant in MUTANTS.items():
        path = settings.folder.parent / other / one.database
        shutil.copy(one.path, path)
        one.reporter(path=path).db.executescript(mutant.steps)
