"""`python -m examples.solutions.rul`: learn from train/, predict test/, write predictions."""

from __future__ import annotations

import os
from pathlib import Path

from examples.solutions.rul.files import run

run(Path(os.environ["TWIN_DATA_DIR"]), Path(os.environ["TWIN_CLAIMS_DIR"]))
