"""A small live session over the real kernel for tests of the HTTP face, and an SMT line for it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from twin.errors import CommandError
from twin.kernel.run import Run
from twin.line import load
from twin.signals import sample
from twin.trace import Command


@dataclass
class Receipt:
    ok: bool
    reason: str = ""


class StandIn:
    """Session whose time moves only when told to; the event loop may tell it."""

    def __init__(self, line, seed=1, clock="stepped", speed=1.0, token=None):
        self.run = Run(line, seed)
        self.clock, self.speed = clock, speed
        self.run_state = "running"
        self.started_at = datetime(2026, 1, 5, 8, tzinfo=UTC)
        self.instructor_token = token

    @property
    def line(self):
        return self.run.line

    @property
    def now(self):
        return self.run.now

    @property
    def trace(self):
        return self.run.trace

    def sample(self, tags, ticks):
        return sample(self.trace, tags, ticks)

    async def step(self, seconds):
        self.run.advance(self.now + seconds)

    async def submit(self, command: Command):
        try:
            self.run.apply(command)
        except CommandError as error:
            return Receipt(False, error.message)
        return Receipt(True)


LINE = """\
schema: 1
id: electronics/stand-in-v1
title: {en: "SMT line, stand-in", ko: "SMT 라인 (대역)"}
products: {panel-a: {}, panel-b: {}}
orders: [{product: panel-a, quantity: 20}, {product: panel-b, quantity: 20}]
buffers:
  icts: {capacity: 4, transport: 8 s}
stations:
  LDR: {kind: loader, cycle: 10 s, to: PRN, power: {working: 0.7 kW}}
  PRN: {kind: printer, cycle: 18 s, to: SPI, buffer: {capacity: 4, transport: 8 s}, power: {working: 2.5 kW, standby: 0.8 kW},
        setup: {time: 5 min},
        failures: [{id: clog, after: {kind: exponential, mean: 60 min}, repair: {kind: exponential, mean: 3 min}}]}
  SPI: {kind: spi, cycle: 18 s, to: PNP1, buffer: {capacity: 4, transport: 8 s}}
  PNP1: {kind: placer, cycle: 24 s, to: PNP2, buffer: {capacity: 4, transport: 8 s},
         failures: [{id: feeder, after: {kind: exponential, mean: 30 min}, repair: {kind: exponential, mean: 2 min}}]}
  PNP2: {kind: placer, cycle: 24 s, to: RFL, buffer: {capacity: 4, transport: 8 s}}
  RFL: {kind: reflow, cycle: 26 s, to: AOI, buffer: {capacity: 3, transport: 8 s}, power: {working: 28 kW, standby: 9 kW}}
  AOI: {kind: aoi, cycle: 20 s, buffer: {capacity: 16, transport: 12 s},
        to: [{to: RVW, when: rejected}, {to: icts}]}
  ICT1: {kind: ict, cycle: 40 s, from: icts, to: [{to: RVW, when: rejected}, {to: ULD}]}
  ICT2: {kind: ict, cycle: 40 s, from: icts, to: [{to: RVW, when: rejected}, {to: ULD}]}
  RVW: {kind: review, cycle: 120 s, to: AOI, buffer: {capacity: 20, transport: 6 s}}
  ULD: {kind: unloader, cycle: 10 s, to: out, buffer: {capacity: 4, transport: 8 s}}
faults: [{id: E-Z8, station: RFL}]
"""


def smt_line():
    """The SMT line, shortened: its real kinds of machines, few failures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stand-in.yaml")
        path.write_text(LINE, encoding="utf-8")
        return load(path)


def make(hours=0.0, **options):
    """A stand-in session some simulated hours into its run."""
    session = StandIn(smt_line(), **options)
    if hours:
        session.run.advance(hours * 3600)
    return session


def instants(*values):
    return np.array(values, dtype=float)
