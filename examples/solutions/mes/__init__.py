"""A small MES: states and counters by OPC UA into SQLite, hourly reports after ISO 22400."""

from __future__ import annotations

import os

from examples.solutions.gateway.gateway import Settings
from examples.solutions.mes.master import Master
from examples.solutions.mes.recorder import Recorder
from examples.solutions.mes.report import Reporter


async def run(recorder: type[Recorder] = Recorder, reporter: type[Reporter] = Reporter) -> None:
    """Record until the judge says stop, then report."""
    settings = Settings.from_environment()
    one = recorder(settings)
    await one.run()
    master = Master(os.environ["TWIN_LINE"])
    reporter(settings.folder / one.database, one.words, master).write()
