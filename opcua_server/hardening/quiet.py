"""A log that a noisy client cannot fill: some lines at once, then how many were left out."""

from __future__ import annotations

import logging
from time import monotonic

LINES_PER_S, LINES_AT_ONCE = 5.0, 50.0  # assumed


class Quiet(logging.Filter):
    """Lets lines through at a rate; the first line after a silence says how many it left out."""

    def __init__(self, rate: float = LINES_PER_S, burst: float = LINES_AT_ONCE) -> None:
        super().__init__()
        self.rate, self.burst = rate, burst
        self._tokens, self._at, self._left_out = burst, monotonic(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        now = monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens < 1.0:
            self._left_out += 1
            return False
        self._tokens -= 1.0
        if self._left_out:
            record.msg = f"{record.getMessage()} ({self._left_out} lines before it were left out)"
            record.args = ()
            self._left_out = 0
        return True
