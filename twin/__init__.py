"""A digital twin of small production lines: run one, read what happened, see what sensors show.

>>> import twin
>>> line = twin.load("examples/three-stations-v1")
>>> trace = twin.run(line, "1h", seed=1)
>>> twin.sample(trace, ["Line.Finished"], [0.0, 3599.0]).shape
(1, 2)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from twin.version import __version__ as __version__

if TYPE_CHECKING:
    from twin.errors import TwinError
    from twin.kernel.run import Run, run
    from twin.kernel.snapshot import Snapshot, resume, snapshot
    from twin.line import Line, check, load
    from twin.metrics import kpi
    from twin.signals import sample, stream
    from twin.trace import Command, Trace
    from twin.trace.store import open_run, save

_HOMES = {
    "Command": "twin.trace",
    "Line": "twin.line",
    "Run": "twin.kernel.run",
    "Snapshot": "twin.kernel.snapshot",
    "Trace": "twin.trace",
    "TwinError": "twin.errors",
    "check": "twin.line",
    "kpi": "twin.metrics",
    "load": "twin.line",
    "open_run": "twin.trace.store",
    "resume": "twin.kernel.snapshot",
    "run": "twin.kernel.run",
    "sample": "twin.signals",
    "save": "twin.trace.store",
    "snapshot": "twin.kernel.snapshot",
    "stream": "twin.signals",
}

__all__ = [
    "Command",
    "Line",
    "Run",
    "Snapshot",
    "Trace",
    "TwinError",
    "check",
    "kpi",
    "load",
    "open_run",
    "resume",
    "run",
    "sample",
    "save",
    "snapshot",
    "stream",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the command line must feel instant."""
    if name not in _HOMES:
        raise AttributeError(f"module 'twin' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
