"""What a sensor would show: pure functions of a trace."""

from twin.signals.sample import sample, select, stream

__all__ = ["sample", "select", "stream"]
