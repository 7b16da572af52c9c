"""A line that stands in for a real one in somebody's tests: servers, a clock to turn, the truth.

The line lives in a thread of its own with its own event loop, so tests may be written with or
without asyncio. Every port is free when it is taken: any number of lines run side by side.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from twin.errors import UsageError
from twin.i18n import _
from twin.line.line import Line
from twin.line.loading import load
from twin.metrics import Kpis
from twin.serve.session import Clock, Session
from twin.serve.site import Account, Doors, Site, account
from twin.trace.journal import ROLES, Command, Role
from twin.trace.tables import State
from twin.trace.trace import Trace
from twin.units import clock as spoken
from twin.units import seconds

T = TypeVar("T")
Fault = str | tuple[str, str | float]  # a fault's id, or with the time at which it begins
START = 60.0  # s of wall clock within which a line must be up


@dataclass(frozen=True)
class Truth:
    """What happened on a line, perfectly known. Times are simulated seconds."""

    trace: Trace
    kpis: Kpis
    values: Callable[[str, float | None], float]

    def state(self, station: str, t: float | None = None) -> str:
        """State of a station at an instant, or now, as the State tag names it."""
        states = self.trace.state_at(_before(self.trace.now) if t is None else t)
        return State(states[station]).name

    def value(self, tag: str, t: float | None = None) -> float:
        """What a tag showed at an instant, or now; NaN where it showed nothing."""
        return self.values(tag, t)

    def kpi(self, station: str, key: str) -> float | None:
        """A key figure of a station, or of the "line", since the start (ratios 0 to 1)."""
        return self.kpis.line[key] if station == "line" else self.kpis.stations[station][key]


def _before(t: float) -> float:
    return max(math.nextafter(t, 0.0), 0.0)


class VirtualLine:
    """A line with its servers up. Use it as a context manager, or call `close`.

    >>> from twin.serve.virtual import VirtualLine
    >>> with VirtualLine("examples/three-stations-v1", seed=1) as line:
    ...     line.advance("10min")
    ...     line.opcua_url.split("://")[0]
    600.0
    'opc.tcp'
    """

    def __init__(
        self, line: str | Line, *, seed: int = 0, clock: Clock = "stepped", speed: float = 1.0,
        level: int | None = None, dirt: str = "clean", faults: Iterable[Fault] = (),
        head_start: str | float = 0.0, opcua: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.line = load(line) if isinstance(line, str) else line
        self.accounts = {role: account(role, role) for role in ROLES}
        self._session = Session(self.line, seed, clock, speed, level=level, dirt=dirt)
        self._session.agenda.plan(self._command(one) for one in faults)
        if head := seconds(head_start):
            self._session.agenda.advance(self._session.run, head)
        doors = Doors(opcua={"allow_none": True, "auto_trust": True, **(opcua or {})})
        self._site = Site(self._session, doors, tuple(self.accounts.values()))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name=f"line {self.line.id}", daemon=True
        )
        self._thread.start()
        try:
            self._wait(self._site.open(), START)
        except BaseException:
            self._end()
            raise

    def _command(self, fault: Fault) -> Command:
        name, at = (fault, 0.0) if isinstance(fault, str) else fault
        known = [one.id for one in self.line.faults]
        if name not in known:
            raise UsageError(
                _("no fault {name!r} on {line}; faults are {known}").format(
                    name=name, line=self.line.id, known=", ".join(known)
                )
            )
        return Command("fault", name, None, "instructor", "test", seconds(at))

    # ---- where to connect

    @property
    def opcua_url(self) -> str:
        """OPC UA endpoint; without a login a client is an observer."""
        return self._site.opcua_url

    @property
    def rest_url(self) -> str:
        """REST address, without a slash at the end."""
        return self._site.rest_url

    def login(self, role: Role = "operator") -> Account:
        """User and password with the rights of a role."""
        return self.accounts[role]

    # ---- time

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return self._session.now

    @property
    def date(self) -> datetime:
        """The date that clients see now."""
        return self._session.wall(self._session.now)

    def advance(self, time: str | float, every: str | float | None = None) -> float:
        """Let a stepped line go on by "10min" or seconds; the new now, s.

        With `every`, subscribers are shown each such instant on the way and are waited for.
        Raises CommandError on a paced line.
        """
        shown = None if every is None else seconds(every)
        return self._wait(self._session.step(seconds(time), shown))

    async def advance_async(self, time: str | float, every: str | float | None = None) -> float:
        """The same inside a coroutine: its own clients go on meanwhile."""
        shown = None if every is None else seconds(every)
        step = self._session.step(seconds(time), shown)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(step, self._loop))

    def command(self, command: Command) -> None:
        """Do something to the line as its instructor. Raises UsageError when it is refused."""
        receipt = self._wait(self._session.submit(command))
        if not receipt.ok:
            raise UsageError(receipt.reason)

    # ---- the truth, and claims about it

    @property
    def truth(self) -> Truth:
        """What happened up to now."""
        session = self._session

        def value(tag: str, t: float | None) -> float:
            at = _before(session.now) if t is None else t
            return float(session.sample(tag, [at])[0, 0])

        return self._wait(self._told(lambda: Truth(session.trace, session.kpis, value)))

    def assert_value(
        self, tag: str, claimed: float, *, at: float | None = None, within: float = 0.0
    ) -> None:
        """A tag showed what somebody claims, to within an absolute tolerance in its unit."""
        true = self.truth.value(tag, at)
        both_nothing = math.isnan(true) and math.isnan(claimed)
        if not both_nothing and not abs(claimed - true) <= within:
            unit = self.line.tags[tag].unit
            self._differs(tag, f"{claimed:g} {unit}", f"{true:g} {unit}", at, f"within {within:g}")

    def assert_state(self, station: str, claimed: str, *, at: float | None = None) -> None:
        """A station was in the state somebody claims, whatever its letters' case."""
        true = self.truth.state(station, at)
        if claimed.upper() != true:
            self._differs(f"state of {station}", claimed, true, at)

    def assert_count(
        self, station: str, *, passed: int | None = None, rejected: int | None = None
    ) -> None:
        """A station's counters are what somebody claims."""
        claims = {"Passed": passed, "Rejected": rejected}
        for name, claimed in claims.items():
            if claimed is not None:
                self.assert_value(f"{station}.{name}", float(claimed))

    def assert_kpi(self, station: str, key: str, claimed: float, *, within: float = 0.005) -> None:
        """A key figure since the start is what somebody claims, to within a tolerance."""
        true = self.truth.kpi(station, key)
        if true is None:
            self._differs(f"{key} of {station}", f"{claimed:g}", "nothing to divide by", None)
        elif not abs(claimed - true) <= within:
            self._differs(
                f"{key} of {station}", f"{claimed:.4f}", f"{true:.4f}", None, f"within {within:g}"
            )

    def _differs(
        self, what: str, claimed: str, true: str, at: float | None, tolerance: str = ""
    ) -> None:
        when = self.now if at is None else at
        text = f"{what} at {spoken(when)} ({when:g} s): claimed {claimed}, in truth {true}"
        seed = self._session.trace.seed
        raise AssertionError(
            f"{text}{f' ({tolerance})' if tolerance else ''}; {self.line.id}, seed {seed}"
        )

    # ---- the end

    def close(self) -> None:
        """Stop the servers and free the ports."""
        if self._thread.is_alive():
            try:
                self._wait(self._site.close())
            finally:
                self._end()

    def __enter__(self) -> VirtualLine:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _wait(self, work: Coroutine[Any, Any, T], limit: float | None = None) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(limit)

    async def _told(self, ask: Callable[[], T]) -> T:
        return ask()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10.0)
        self._loop.close()
