"""Checks of an AI solution."""

from twin.judge.ai import detection, honesty
from twin.judge.checks import Check

CHECKS: tuple[Check, ...] = (*detection.CHECKS, *honesty.CHECKS)
