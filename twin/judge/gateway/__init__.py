"""Checks of a gateway or historian (GW-01 to GW-12)."""

from twin.judge.checks import Check

CHECKS: tuple[Check, ...] = ()
