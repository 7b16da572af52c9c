"""Claims that solutions hand in at the line's own OPC UA server."""

from __future__ import annotations

from collections.abc import Mapping

from twin.i18n import _
from twin.judge.plan import Plan
from twin.judge.sources.inbox import Inbox


class Told:
    """The door `opcua: true` of a plan: each solution's tables, into the inbox of all doors."""

    def __init__(self, inbox: Inbox, tables: Mapping[str, tuple[str, ...]]) -> None:
        self.inbox, self.tables = inbox, tables

    @classmethod
    def of(cls, plan: Plan, inbox: Inbox) -> Told | None:
        """The door of a plan; None where nobody uses it."""
        tables = {
            one.name: tuple(dict.fromkeys(claim.table for claim in one.claims if claim.opcua))
            for one in plan.solutions
        }
        used = {name: mine for name, mine in tables.items() if mine}
        return cls(inbox, used) if used else None

    def take(self, user: str, table: str, text: str) -> tuple[int, str]:
        """Keep rows written as JSON; how many were kept, and why it is none."""
        mine = self.tables.get(user, ())
        if table not in mine:
            return 0, _("no table {table!r}; known: {known}").format(
                table=table[:60], known=", ".join(mine)
            )
        self.inbox.latest = ""
        kept = self.inbox.take_text(user, table, text)
        return kept, "" if kept else self.inbox.latest or _("no rows")
