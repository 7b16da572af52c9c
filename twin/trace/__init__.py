"""What happened: the trace, its tables, its journal, and its store on disk."""

from twin.trace.job import JobOrder, JobState
from twin.trace.journal import ROLES, Command, Role
from twin.trace.tables import EventKind, Recorder, State
from twin.trace.trace import PartAt, Trace

__all__ = [
    "ROLES",
    "Command",
    "EventKind",
    "JobOrder",
    "JobState",
    "PartAt",
    "Recorder",
    "Role",
    "State",
    "Trace",
]
