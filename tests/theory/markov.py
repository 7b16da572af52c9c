"""Exact values from continuous-time Markov chains, built by walking their states."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

Moves = Callable[[Hashable], Iterable[tuple[float, Hashable]]]


def stationary(start: Hashable, moves: Moves) -> dict[Hashable, float]:
    """Stationary probabilities of the states reached from `start`; `moves` gives (rate, state)."""
    states: dict[Hashable, int] = {start: 0}
    todo, rates = [start], []
    while todo:
        state = todo.pop()
        for rate, following in moves(state):
            if following not in states:
                states[following] = len(states)
                todo.append(following)
            rates.append((states[state], states[following], rate))
    n = len(states)
    q: NDArray[np.float64] = np.zeros((n, n))
    for i, j, rate in rates:
        q[i, j] += rate
        q[i, i] -= rate
    system = np.vstack([q.T, np.ones(n)])
    solution = np.linalg.lstsq(system, np.r_[np.zeros(n), 1.0], rcond=None)[0]
    return {state: float(solution[i]) for state, i in states.items()}


def two_unreliable_machines(
    mu: tuple[float, float], fail: tuple[float, float], fix: tuple[float, float], capacity: int
) -> dict[str, float]:
    """Throughput and state shares of two machines with a buffer between, first always supplied.

    Blocking after service, failures only while working, interrupted parts resume (memoryless, so
    the chain needs no ages). State: parts in the buffer and at machine 2, first machine's and
    second machine's condition.
    """

    def moves(state: tuple[int, str, str]) -> Iterable[tuple[float, Hashable]]:
        n, first, second = state  # n: buffered parts; first W(orking) B(locked) D; second W S D
        if first == "W":
            yield fail[0], (n, "D", second)
            if second == "S":
                yield mu[0], (n, "W", "W")
            elif n < capacity:
                yield mu[0], (n + 1, "W", second)
            else:
                yield mu[0], (n, "B", second)
        if first == "D":
            yield fix[0], (n, "W", second)
        if second == "W":
            yield fail[1], (n, first, "D")
            if first == "B":
                yield mu[1], (n, "W", "W")
            elif n:
                yield mu[1], (n - 1, first, "W")
            else:
                yield mu[1], (n, first, "S")
        if second == "D":
            yield fix[1], (n, first, "W")

    p = stationary((0, "W", "S"), moves)
    share = {f"first {c}": sum(v for s, v in p.items() if s[1] == c) for c in "WBD"}
    share |= {f"second {c}": sum(v for s, v in p.items() if s[2] == c) for c in "WSD"}
    share["buffered"] = sum(v * s[0] for s, v in p.items())
    share["throughput"] = mu[1] * share["second W"]
    return share


def machine_repair(machines: int, repairers: int, fail: float, fix: float) -> dict[str, float]:
    """N machines that always have work, R repairers: shares of machines working and waiting."""

    def moves(down: int) -> Iterable[tuple[float, Hashable]]:
        if down < machines:
            yield (machines - down) * fail, down + 1
        if down:
            yield min(down, repairers) * fix, down - 1

    p = stationary(0, moves)
    return {
        "working": sum(v * (machines - d) for d, v in p.items()) / machines,
        "down": sum(v * d for d, v in p.items()) / machines,
    }
