"""`python -m examples.solutions.mes`, with the environment of the judge."""

import asyncio
import logging

from examples.solutions.gateway.gateway import Settings
from examples.solutions.mes.recorder import Recorder
from examples.solutions.mes.report import Reporter

logging.getLogger("asyncua").setLevel(logging.ERROR)
recorder = Recorder(Settings.from_environment())
asyncio.run(recorder.run())
Reporter(recorder.path).write()
