"""Checks of an AI solution."""

from twin.judge.ai import control, detection, honesty, policy, quality, rul, value
from twin.judge.checks import Check

CHECKS: tuple[Check, ...] = (
    *detection.CHECKS,
    *value.CHECKS,
    *rul.CHECKS,
    *policy.CHECKS,
    *quality.CHECKS,
    *control.CHECKS,
    *honesty.CHECKS,
)
EXHIBITS = (value.exhibits, policy.exhibits)
