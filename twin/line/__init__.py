"""What a line IS: the scenario's schema, loading with file and line in every message, checks.

    from twin.line import check, load, shipped

Names are imported when they are first used, so that a list of the scenarios does not wait for
the schema's types.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.line.index import Shipped, shipped
    from twin.line.line import Line
    from twin.line.loading import check, load
    from twin.line.published import json_schema

__all__ = ["Line", "Shipped", "check", "json_schema", "load", "shipped"]

_HOMES = {
    "Line": "twin.line.line",
    "Shipped": "twin.line.index",
    "check": "twin.line.loading",
    "json_schema": "twin.line.published",
    "load": "twin.line.loading",
    "shipped": "twin.line.index",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
