"""Checks of an AI solution."""

from twin.judge.checks import Check

CHECKS: tuple[Check, ...] = ()
