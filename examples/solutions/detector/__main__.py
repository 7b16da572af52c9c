"""`python -m examples.solutions.detector`: on a data set, or live over OPC UA.

With TWIN_DATA_DIR it learns from the set's training trials and scores the others. With
TWIN_OPCUA_URL as well it listens to a line instead, until the file TWIN_STOP_FILE appears. Claims
go to TWIN_CLAIMS_DIR.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from examples.solutions.detector import files


def main() -> None:
    """Run as the environment says."""
    data, out = Path(os.environ["TWIN_DATA_DIR"]), Path(os.environ["TWIN_CLAIMS_DIR"])
    if "TWIN_OPCUA_URL" in os.environ:
        from examples.solutions.detector.live import listen

        asyncio.run(listen(os.environ, data, out))
    elif (data / "test").is_dir():
        files.run(data, out)
    else:
        sys.exit(f"{data} is not a data set of the judge: it has no folder test/")


main()
