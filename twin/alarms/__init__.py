"""Alarms of a trace: when each came and went, and its ISA-18.2 states with what people did."""

from twin.alarms.book import Book
from twin.alarms.log import AlarmLog, Change, alarms
from twin.alarms.measure import AlarmFigures, figures, floods
from twin.alarms.records import Record, Standing, shown
from twin.alarms.states import AlarmState, alarm_states

__all__ = [
    "AlarmFigures",
    "AlarmLog",
    "AlarmState",
    "Book",
    "Change",
    "Record",
    "Standing",
    "alarm_states",
    "alarms",
    "figures",
    "floods",
    "shown",
]
