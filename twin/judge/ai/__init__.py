"""Checks of an AI solution."""

from twin.judge.ai import detection, honesty, value
from twin.judge.checks import Check

CHECKS: tuple[Check, ...] = (*detection.CHECKS, *value.CHECKS, *honesty.CHECKS)
EXHIBITS = (value.exhibits,)
