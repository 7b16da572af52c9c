"""`python -m examples.solutions.gateway`, with the environment of the judge."""

import asyncio
import logging

from examples.solutions.gateway.gateway import Gateway, Settings

logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
logging.getLogger("asyncua").setLevel(logging.ERROR)
asyncio.run(Gateway(Settings.from_environment()).run())
