"""`python -m examples.mutants KIND NAME`: a broken solution, started as the judge starts any."""

import asyncio
import logging
import sys
from importlib import import_module

logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
logging.getLogger("asyncua").setLevel(logging.CRITICAL)
kind, name = sys.argv[1:]
asyncio.run(import_module(f"examples.mutants.{kind}").run(name))
