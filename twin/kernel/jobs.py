"""Job orders that came from outside: their states, and which of them the line makes next.

States and what leads from one to another are those of OPC 10031-4, 6.2.1.2. Every change of state
is an event of the trace, so that the order book can be read from trace and journal alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import NamedTuple

from twin.errors import CommandError
from twin.i18n import _
from twin.kernel.calendar import Calendar, Wake
from twin.kernel.part import Orders
from twin.trace.job import JobOrder, JobState
from twin.trace.journal import Command
from twin.trace.tables import EventKind, Recorder

MOST_JOBS = 100  # in the list at once; assumed
MOST_PARTS = 1_000_000_000  # of one order; assumed
MOST_TEXT = 200  # characters of an id; assumed
S = JobState
NEW, READY, RUN, BREAK = S.NOT_ALLOWED_TO_START, S.ALLOWED_TO_START, S.RUNNING, S.INTERRUPTED


class Deed(NamedTuple):
    """What a command does to an order: from these states to that one (None: the same)."""

    before: tuple[JobState, ...]
    after: JobState | None


DEEDS: Mapping[str, Deed] = {
    "job-store": Deed((), NEW),
    "job-store-and-start": Deed((), READY),
    "job-update": Deed((NEW, READY), None),
    "job-start": Deed((NEW,), READY),
    "job-revoke-start": Deed((READY,), NEW),
    "job-pause": Deed((RUN,), BREAK),
    "job-resume": Deed((BREAK,), RUN),
    "job-stop": Deed((RUN, BREAK), S.ENDED),
    "job-cancel": Deed((NEW, READY), S.GONE),
    "job-abort": Deed((NEW, READY, RUN, BREAK), S.ABORTED),
    "job-clear": Deed((S.ENDED, S.ABORTED), S.GONE),
}


class Job:
    """One order in the list: parts still to begin (`left`), and those begun and not yet out."""

    def __init__(self, number: int, order: JobOrder, product: int) -> None:
        self.number = number
        self.order = order
        self.product = product
        self.state = NEW
        self.left = order.quantity
        self.inside = 0

    @property
    def rank(self) -> tuple[bool, int, float, int]:
        """What comes first sorts first: begun, urgent, due, stored earlier."""
        due = inf if self.order.due is None else self.order.due
        return (self.state != RUN, -self.order.priority, due, self.number)


class Jobs:
    """The list of job orders of a line."""

    def __init__(
        self,
        calendar: Calendar,
        recorder: Recorder,
        orders: Orders,
        products: Sequence[str],
        makes_parts: bool,
    ) -> None:
        self._calendar = calendar
        self._recorder = recorder
        self._orders = orders
        self._products = list(products)
        self._makes_parts = makes_parts
        self._jobs: dict[str, Job] = {}
        self._stored = 0  # job orders ever stored
        self._starts: list[int] = []  # first part of each stretch of parts …
        self._owners: list[Job | None] = []  # … and the order they are of
        self._wake = Wake(calendar, self._look)
        orders.jobs = self

    # ---- commands

    def apply(self, command: Command) -> None:
        """Carry out a command. Raises CommandError where the order's state does not allow it."""
        deed = DEEDS[command.kind]
        job = self._jobs.get(command.target)
        if command.kind in ("job-store", "job-store-and-start"):
            job = self._store(command)
        elif job is None:
            raise CommandError(
                _("no job order {id!r} in the list").format(id=command.target[:MOST_TEXT])
            )
        elif job.state not in deed.before:
            raise CommandError(
                _("job order {id!r} is {state}; {deed} needs {states}").format(
                    id=job.order.id,
                    state=_words(job.state),
                    deed=command.kind.removeprefix("job-"),
                    states=_(" or ").join(_words(state) for state in deed.before),
                )
            )
        elif command.kind == "job-update":
            order, product = self._checked(command)
            job.order, job.product, job.left = order, product, order.quantity
        if deed.after is not None:
            self._to(job, deed.after)
        if deed.after == S.GONE:
            del self._jobs[job.order.id]
        self._look()

    def _store(self, command: Command) -> Job:
        if command.target in self._jobs:
            raise CommandError(
                _("there is a job order {id!r} in the list already").format(id=command.target)
            )
        if len(self._jobs) >= MOST_JOBS:
            raise CommandError(_("the list is full: {most} job orders").format(most=MOST_JOBS))
        order, product = self._checked(command)
        job = self._jobs[order.id] = Job(self._stored, order, product)
        self._stored += 1
        return job

    def _checked(self, command: Command) -> tuple[JobOrder, int]:
        order = command.job
        if order is None or order.id != command.target or not 0 < len(order.id) <= MOST_TEXT:
            raise CommandError(_("a job order needs an id and what is to be made"))
        if not self._makes_parts:
            raise CommandError(_("this line makes no parts that could be counted for an order"))
        if order.product not in self._products:
            raise CommandError(
                _("no product {name!r}; products are {known}").format(
                    name=order.product[:MOST_TEXT], known=", ".join(self._products)
                )
            )
        if not 0 < order.quantity <= MOST_PARTS:
            raise CommandError(
                _("a quantity is from 1 to {most}, got {found}").format(
                    most=MOST_PARTS, found=order.quantity
                )
            )
        if not all(t is None or -inf < t < inf for t in (order.start, order.due)):
            raise CommandError(_("the times of a job order must be numbers"))
        return order, self._products.index(order.product)

    # ---- what is made

    def due(self) -> list[Job]:
        """Orders that may be worked on now, the next one first."""
        now = self._calendar._now
        return sorted(
            (
                job
                for job in self._jobs.values()
                if job.left
                and (job.state == RUN or (job.state == READY and (job.order.start or 0.0) <= now))
            ),
            key=lambda job: job.rank,
        )

    def best(self) -> Job | None:
        """The order to be under way: the one that is while it can, else the next."""
        present = self._orders.job
        if present is not None and present.state == RUN and present.left:
            return present
        return next(iter(self.due()), None)

    def take(self) -> Job | None:
        """The order that comes under way; it is running from now on."""
        if not self._jobs:
            return None
        job = self.best()
        if job is not None and job.state != RUN:
            self._to(job, RUN)
        return job

    def begin(self, part: int, job: Job | None) -> None:
        """Parts from this one on are of the order."""
        if not self._stored:
            return
        self._starts.append(part)
        self._owners.append(job)
        events = self._recorder.events
        number = -1 if job is None else job.number
        events += (self._calendar._now, EventKind.JOB_PARTS, -1, part, number)

    def gone(self, part: int) -> None:
        """A part left the line; with its last one an order ends."""
        stretch = bisect_right(self._starts, part) - 1
        job = self._owners[stretch] if stretch >= 0 else None
        if job is None:
            return
        job.inside -= 1
        if not job.inside and not job.left and job.state in (RUN, BREAK):
            self._to(job, S.ENDED)

    def _to(self, job: Job, state: JobState) -> None:
        job.state = state
        events = self._recorder.events
        events += (self._calendar._now, EventKind.JOB, -1, job.number, state)

    def _look(self) -> None:
        self._orders.look()
        now = self._calendar._now
        later = [
            job.order.start
            for job in self._jobs.values()
            if job.state == READY and job.order.start is not None and job.order.start > now
        ]
        if later:
            self._calendar.wake(self._wake, min(later) - now)
        else:
            self._wake.cancel()


WORDS: Mapping[JobState, Callable[[], str]] = {
    NEW: lambda: _("not allowed to start"),
    READY: lambda: _("allowed to start"),
    RUN: lambda: _("running"),
    BREAK: lambda: _("interrupted"),
    S.ENDED: lambda: _("ended"),
    S.ABORTED: lambda: _("aborted"),
}


def _words(state: JobState) -> str:
    return WORDS[state]()
