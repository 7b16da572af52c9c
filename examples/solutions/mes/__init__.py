"""A small MES: states, counters, parts and lots by OPC UA into SQLite; orders to the line and back;
hourly reports after ISO 22400, genealogy, answers to recalls."""

from __future__ import annotations

import os

from examples.solutions.gateway.gateway import Settings
from examples.solutions.mes.recorder import Recorder


async def run(recorder: type[Recorder] = Recorder, **parts: type) -> None:
    """Record until the judge says stop, then report. `parts` replace those of the same name."""
    one = recorder(Settings.from_environment(), os.environ["TWIN_LINE"], **parts)
    await one.run()
    one.report()
