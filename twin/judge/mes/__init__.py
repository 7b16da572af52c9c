"""Checks of an MES (MES-01 to MES-12)."""

from twin.judge.checks import Check

CHECKS: tuple[Check, ...] = ()
