"""`python -m examples.solutions.mes`, with the environment of the judge."""

import asyncio
import logging

from examples.solutions.mes import run

logging.getLogger("asyncua").setLevel(logging.ERROR)
asyncio.run(run())
