"""A live session: one run, a clock, an inbox of commands, and adapters that show it.

The kernel never runs ahead of the session's now. Commands wait in the inbox and take effect at
the next slice border, where they are journalled; so a session's journal replays to the same trace.

Clocks: *paced* follows the wall clock times `speed`; *stepped* moves only by `step`.

A session of a recording shows a past run: its commands take effect at their times, its values are
shown at the same instants, clients only look, and time ends where the recording does.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.alarms import Book
from twin.errors import CommandError, UsageError
from twin.field import Records, exposure, network
from twin.field.network import shown_by
from twin.i18n import _
from twin.kernel.run import Run
from twin.line.line import Line
from twin.metrics import Kpis, Tally, summarise
from twin.serve.adapter import Adapter, Block, ClaimDoor
from twin.serve.agenda import Agenda
from twin.serve.front import Front
from twin.serve.recording import Recording
from twin.signals import sample
from twin.trace.journal import Command
from twin.trace.tables import Column
from twin.trace.trace import Trace

log = logging.getLogger("twin.serve")

BEAT = 0.2  # s of wall clock between two advances of a paced session
SLICE = 900.0  # s of simulated time at once, so that clients get their turn
LONGEST_STEP = 366 * 86400.0  # s
FASTEST = 1e6  # simulated s a second
Clock = Literal["paced", "stepped"]


def possible_speed(speed: float) -> bool:
    """Whether a paced clock can run at this speed."""
    return math.isfinite(speed) and 0.0 < speed <= FASTEST


def _impossible_speed(speed: float) -> str:
    return _("the speed must be above 0 and at most {most:g}, got {speed}").format(
        most=FASTEST, speed=speed
    )


def _start_of(line: Line, clock: Clock) -> datetime:
    """Date of simulated 0: now, or when a stepped line's calendar starts."""
    if clock == "stepped" and line.calendar is not None:
        return line.calendar.start.astimezone(UTC)
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Receipt:
    """Answer to a command: whether it took effect, why not, and when (simulated s)."""

    ok: bool
    reason: str = ""
    t: float | None = None


class Session:
    """A line under way for clients to look at and to act on."""

    def __init__(
        self,
        line: Line,
        seed: int = 0,
        clock: Clock = "paced",
        speed: float = 1.0,
        *,
        started_at: datetime | None = None,
        instructor_token: str | None = None,
        dirt: str = "clean",
        level: int | None = None,
        recording: Recording | None = None,
    ) -> None:
        if not possible_speed(speed):
            raise UsageError(_impossible_speed(speed))
        if level == 0:
            raise UsageError(_("level 0 is paper and cannot be served: write it by `twin sheet`"))
        self.line = line
        self.clock: Clock = clock
        self.speed = speed
        self.run_state: Literal["running", "paused"] = "running"
        self.started_at = started_at or _start_of(line, clock)
        self.instructor_token = instructor_token
        self.run = Run(line, seed, consume=self._take)
        self.claims: ClaimDoor | None = None
        self._tally = Tally(line)
        self.alarms = Book(self.run.trace)
        self.agenda = Agenda()
        self.recording = recording
        if recording is not None:
            self.agenda.plan(recording.journal)
        self.front = (
            None if dirt == "clean" and level is None else Front(network(line, seed, dirt, level))
        )
        self.shown = exposure(line) if self.front is None else shown_by(self.front.network)
        self._names = tuple(self.shown.tags)
        self._values: NDArray[np.float64] | None = None
        self._inbox: list[tuple[Command, asyncio.Future[Receipt]]] = []
        self._adapters: list[Adapter] = []
        self._pacer: asyncio.Task[None] | None = None
        self._moving = asyncio.Lock()
        self._anchor = (0.0, 0.0)  # an instant of the wall clock, and where time stood then, s

    # ---- what is known

    @property
    def now(self) -> float:
        """Simulated time, s; everything before it is known."""
        return self.run.now

    @property
    def end(self) -> float:
        """Where time ends, s: infinite unless this is a recording."""
        return math.inf if self.recording is None else self.recording.end

    @property
    def trace(self) -> Trace:
        """All that happened so far."""
        return self.run.trace

    @property
    def kpis(self) -> Kpis:
        """Key figures up to now, kept as the session goes."""
        return summarise(self._tally)

    def sample(self, tags: str | Sequence[str], ticks: ArrayLike) -> NDArray[np.float64]:
        """`twin.sample` of the trace so far; FutureError at or after now."""
        return sample(self.trace, tags, ticks)

    def wall(self, t: float) -> datetime:
        """The date of a simulated instant."""
        return self.started_at + timedelta(seconds=t)

    @property
    def keeps_history(self) -> bool:
        """Whether the past is to be had as the sensors showed it."""
        undisturbed = self.front is None or self.front.network.profile.clean
        return undisturbed and self.shown.level.history

    def received(self, tag: str, start: float, stop: float) -> Records:
        """Rows of one tag that were sent in [start, stop), s, and have arrived by now."""
        front = self.front
        net = network(self.line, self.run.trace.seed) if front is None else front.network
        mine = [one for one in net.gateways if one.station == net.tags[tag].station]
        rows = net.received(self.trace, start, stop, mine).records.of(tag)
        return rows.take(rows.arrival < self.now)

    def block(self) -> Block:
        """What every tag shows just before now."""
        return next(iter(self.blocks([self.now])))

    def blocks(self, instants: Sequence[float]) -> Iterator[Block]:
        """What every tag shows just before each instant (s), in order, up to now.

        What a plant network brings comes once, at the last of them.
        """
        before = [max(float(np.nextafter(t, 0.0)), 0.0) for t in instants]
        if self.front is not None:
            yield self._arrived(self.front, before[-1])
            return
        for t, values in zip(instants, self.sample(self._names, before).T, strict=True):
            changed = (
                np.ones(len(values), dtype=np.bool_)
                if self._values is None
                else values != self._values
            )
            self._values = values
            yield Block(t, self.wall(t), self._names, values, changed)

    def _arrived(self, front: Front, before: float) -> Block:
        front.follow(self.trace, self.now)
        rows = front.news()
        changed = np.zeros(len(self._names), dtype=np.bool_)
        changed[rows.tag] = True
        return Block(
            self.now, self.wall(self.now), self._names, front.values.copy(), changed, rows,
            front.reachable(before),
        )  # fmt: skip

    # ---- adapters

    async def start(self, *adapters: Adapter) -> None:
        """Make the first values known, start the adapters, and let the clock run.

        When an adapter cannot start, those before it are stopped again.
        """
        if not self.now:
            # what happens at 0 has happened
            self.agenda.advance(self.run, float(np.nextafter(0.0, 1.0)))
        for adapter in adapters:
            try:
                await adapter.start(self)
            except BaseException:
                await self.stop()
                raise
            self._adapters.append(adapter)
        await self._publish()
        if self.clock == "paced":
            self._pacer = asyncio.create_task(self._pace(), name="pacer")

    async def stop(self) -> None:
        """Stop the clock and the adapters, last started first."""
        if self._pacer is not None:
            self._pacer.cancel()
            await asyncio.gather(self._pacer, return_exceptions=True)
            self._pacer = None
        for _command, answer in self._inbox:
            if not answer.done():
                answer.set_result(Receipt(False, _("the session has ended")))
        self._inbox.clear()
        while self._adapters:
            adapter = self._adapters.pop()
            try:
                await adapter.stop()
            except Exception:
                log.exception("adapter %s did not stop cleanly", type(adapter).__name__)

    async def wait(self) -> None:
        """Wait until the clock stops by itself: only when it broke, with its error."""
        if self._pacer is not None:
            await asyncio.shield(self._pacer)

    # ---- commands and the clock

    async def submit(self, command: Command) -> Receipt:
        """Put a command into the inbox and wait until it took effect or was refused."""
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._inbox.append((command, answer))
        if self._pacer is None or self.run_state == "paused":
            async with self._moving:
                self._serve_inbox()
        return await answer

    async def step(self, seconds: float, every: float | None = None) -> float:
        """Advance a stepped session and show the new values; the new now, s.

        With `every` (s) the values of each such instant on the way are shown, one after the other,
        and listeners are waited for in between: who watches misses nothing. Commands that come
        meanwhile take effect at the end of the step.
        """
        if self.clock != "stepped":
            raise CommandError(_("only a stepped session advances by steps; this one is paced"))
        if not 0.0 < seconds <= LONGEST_STEP:
            raise CommandError(
                _("a step must be above 0 s and at most {most:g} s, got {found:g}").format(
                    most=LONGEST_STEP, found=seconds
                )
            )
        async with self._moving:
            before = self.now
            if before >= self.end:
                raise CommandError(_("the recording is over"))
            if every is None:
                await self._go(before + seconds)
            else:
                await self._move(before + seconds)
                await self._replay(before, every)
        return self.now

    async def _replay(self, before: float, every: float) -> None:
        """Show every instant since `before` (s) that is a multiple of `every`, and now."""
        first, last = math.floor(before / every) + 1, math.ceil(self.now / every)
        instants = [k * every for k in range(first, last)] + [self.now]
        for block in self.blocks(instants):
            await self._show(block)
            await self._settle(block.t)

    async def _settle(self, t: float) -> None:
        """Wait until listeners have what was shown at `t`, s."""
        for adapter in self._adapters:
            settle = getattr(adapter, "settle", None)
            if settle is not None:
                await settle(t)

    async def _go(self, target: float) -> None:
        """Move to `target` (s) and show it; of a recording each instant that was shown."""
        if self.recording is None:
            await self._move(target)
            await self._publish()
            return
        target = min(target, self.end)
        stops = self.recording.between(self.now, target)
        if self.clock == "stepped" or not len(self.recording.instants):
            stops = sorted({*stops, target} - {self.now})
        for stop in stops:
            await self._move(stop)
            await self._publish()
            if self.clock == "stepped":
                await self._settle(stop)

    def set_speed(self, speed: float) -> None:
        """Change the speed of a paced session; its past is not touched."""
        if not possible_speed(speed):
            raise CommandError(_impossible_speed(speed))
        self._follow_clock()
        self.speed = speed

    def pause(self) -> None:
        """Let a paced session stand still."""
        self.run_state = "paused"

    def resume(self) -> None:
        """Let a paused session go on."""
        if self.run_state == "paused":
            self.run_state = "running"
            self._anchor = (time.monotonic(), self.now)

    def _follow_clock(self) -> float:
        """Where the wall clock says a paced session should be (s); the speed may change there."""
        begin, base = self._anchor
        now = time.monotonic()
        target = base + self.speed * (now - begin)
        self._anchor = (now, target)
        return target

    async def _pace(self) -> None:
        self._anchor = (time.monotonic(), self.now)
        while True:
            await asyncio.sleep(BEAT)
            async with self._moving:
                if self.run_state == "paused":
                    self._serve_inbox()
                    continue
                await self._go(self._follow_clock())

    async def _move(self, target: float) -> None:
        self._serve_inbox()
        target = min(target, self.end)
        while self.now < target:
            self.agenda.advance(self.run, min(target, self.now + SLICE))
            await asyncio.sleep(0)
            self._serve_inbox()

    def _serve_inbox(self) -> None:
        waiting, self._inbox = self._inbox, []
        for command, answer in waiting:
            if answer.done():  # who asked waits no longer, and was told so
                continue
            if self.recording is not None:
                reason = _("this is a recording: one can look at it, not act on it")
                answer.set_result(Receipt(False, reason))
                continue
            try:
                done = self.run.apply(command)
                receipt = Receipt(True, t=done.t)
            except CommandError as error:
                receipt = Receipt(False, error.message)
            answer.set_result(receipt)

    def _take(self, chunk: Mapping[str, Mapping[str, Column]], now: float) -> None:
        self.run.trace.absorb(chunk, now)
        self._tally.feed(chunk, now)

    async def _publish(self) -> None:
        if self._adapters:
            await self._show(self.block())

    async def _show(self, block: Block) -> None:
        for adapter in self._adapters:
            try:
                await adapter.publish(block)
            except Exception:
                log.exception("adapter %s could not publish", type(adapter).__name__)
