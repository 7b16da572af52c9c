"""Time cut into stretches with labels: the shift, hour, order or product each belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def summed(labels: Ints, weights: Floats | None, count: int) -> Floats:
    """Sum of the weights of each of `count` labels; without weights, how often each comes."""
    return np.asarray(np.bincount(labels, weights, count), dtype=np.float64)


@dataclass(frozen=True)
class Partition:
    """Stretch j is [borders[j], borders[j + 1]) and has labels[j]; together they are [0, now)."""

    borders: Floats
    labels: Ints

    def at(self, t: Floats) -> Ints:
        """Label in force at each instant."""
        rows = np.searchsorted(self.borders, t, side="right") - 1
        return self.labels[np.clip(rows, 0, len(self.labels) - 1)]

    def sums(self, clock: Callable[[Floats], Floats], count: int) -> Floats:
        """How far a clock runs under each of `count` labels."""
        return summed(self.labels, np.diff(clock(self.borders)), count)

    def cut(self, t: Floats) -> tuple[Floats, Floats]:
        """Begins and ends of the pieces that the instants `t` and the borders make of [0, now)."""
        begins = np.unique(np.concatenate([t, self.borders[:-1]]))
        begins = begins[begins < self.borders[-1]]
        return begins, np.append(begins[1:], self.borders[-1])


@dataclass(frozen=True)
class Slot:
    """What a label stands for, and from when to when it reaches (s)."""

    key: str
    title: str
    begin: float
    end: float


@dataclass(frozen=True)
class Split:
    """A cut of the line's time, and when parts decide (orders, products) the label of each part."""

    slots: tuple[Slot, ...]
    line: Partition
    of_part: Ints | None = None

    def label(self, partition: Partition, t: Floats, part: Ints) -> Ints:
        """Label of happenings at `t` to parts (-1: to none)."""
        by_time = partition.at(t)
        if self.of_part is None:
            return by_time
        if not len(self.of_part):
            return by_time
        return np.where(part >= 0, self.of_part[np.maximum(part, 0)], by_time)

    def count(
        self, partition: Partition, t: Floats, part: Ints, weights: Floats | None = None
    ) -> Floats:
        """Happenings under each label, or the sum of their weights."""
        return summed(self.label(partition, t, part), weights, len(self.slots))


def partition(begins: Floats, labels: Ints, now: float) -> Partition:
    """Stretches that begin at rising instants and last until the next; the first begins at 0."""
    keep = np.append(np.diff(begins) > 0.0, True) & (begins < now)
    begins, labels = begins[keep], labels[keep]
    fresh = np.append(True, labels[1:] != labels[:-1])
    begins, labels = begins[fresh], labels[fresh]
    return Partition(np.concatenate([[0.0], begins[1:], [now]]), labels)
