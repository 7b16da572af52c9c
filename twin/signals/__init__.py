"""What a sensor would show: pure functions of a trace."""

from twin.signals.sampling import sample, select, stream

__all__ = ["sample", "select", "stream"]
