"""Every check there is, in the order of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from twin.judge import attempts
from twin.judge.checks import Check, Exhibit
from twin.judge.trial import Trial

AREAS = ("gateway", "mes", "ai")
Exhibitor = Callable[[Sequence[Trial], str], list[Exhibit]]


@cache
def all_checks() -> tuple[Check, ...]:
    """All checks; each area's package says its own."""
    return tuple(check for area in AREAS for check in import_module(f"twin.judge.{area}").CHECKS)


def checks_of(kind: str) -> tuple[Check, ...]:
    """The checks of one kind of solution."""
    return tuple(one for one in all_checks() if one.kind == kind)


def exhibits_of(kind: str) -> tuple[Exhibitor, ...]:
    """What makes the figures that a report of this kind shows beside its verdicts."""
    found: tuple[Exhibitor, ...] = getattr(import_module(f"twin.judge.{kind}"), "EXHIBITS", ())
    return (*found, attempts.exhibits)
