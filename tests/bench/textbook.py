"""The benchmark line as a SimPy textbook has it: a process a station, a `Store` a buffer."""

from __future__ import annotations

import random

import simpy


def textbook(
    until: float, *, failures: bool, seed: int = 1, stations: int = 5, room: int = 5
) -> int:
    """Parts that leave a line of exponential stations (mean 1 s) in `until` seconds.

    With `failures` a station stops after an exponential working time of mean 100 s, for 5 s.
    """
    env, rng = simpy.Environment(), random.Random(seed)
    buffers = [simpy.Store(env, room) for _ in range(stations - 1)]
    out = 0

    def station(i: int):
        nonlocal out
        to_failure, part = rng.expovariate(1 / 100), 0
        while True:
            if i:
                part = yield buffers[i - 1].get()
            else:
                part += 1
            work = rng.expovariate(1.0)
            if failures:
                while work >= to_failure:
                    yield env.timeout(to_failure)
                    work -= to_failure
                    yield env.timeout(rng.expovariate(1 / 5))
                    to_failure = rng.expovariate(1 / 100)
                to_failure -= work
            yield env.timeout(work)
            if i < stations - 1:
                yield buffers[i].put(part)
            else:
                out += 1

    for i in range(stations):
        env.process(station(i))
    env.run(until=until)
    return out
