"""Checks of an AI solution."""

from twin.judge.ai import detection, honesty, policy, rul, value
from twin.judge.checks import Check

CHECKS: tuple[Check, ...] = (
    *detection.CHECKS,
    *value.CHECKS,
    *rul.CHECKS,
    *policy.CHECKS,
    *honesty.CHECKS,
)
EXHIBITS = (value.exhibits, policy.exhibits)
