"""Disturbances of the server on purpose, planned from a seed, so that a client's failure repeats.

What happens on the line is never touched: the trace of a run with chaos is the trace without.

    actions.py   what can be done, as a table
    profiles.py  how often and how hard, as a table
    plan.py      seed and profile -> steps, a pure function
    script.py    steps from a YAML file
    runner.py    does the steps when their time comes, and keeps the log
    acts.py      what each action does to a server
    weather.py   what connections of a server suffer for a while
"""

from __future__ import annotations

from opcua_server.chaos.plan import Planned, Scripted, plan_of
from opcua_server.chaos.runner import CHAOS_LOG, Chaos

__all__ = ["CHAOS_LOG", "Chaos", "Planned", "Scripted", "plan_of"]
