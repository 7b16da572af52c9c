"""What units of batch plants share: phases of fixed length, and remembering that one has begun."""

from __future__ import annotations

from collections.abc import Iterable

from twin.equipment.model import Bench, Course, Parameters, Quantity
from twin.equipment.tag import Text

MINUTE = 60.0
BEGUN = Quantity("Begun", "1", -1.0, hidden=True)  # the phase whose beginning was treated
WAIT = 600.0  # s until an empty tank is asked again, assumed


def sampled(first: tuple[Text, ...], again: Text, rounds: int) -> tuple[Text, ...]:
    """Phases of a unit that samples, puts right and samples again, so many times at most."""
    rows = [*first, Text("sample", "시료")]
    for i in range(1, rounds + 1):
        rows += [Text(f"{again.en} {i}", f"{again.ko} {i}"), Text(f"sample {i}", f"재시료 {i}")]
    return tuple(rows)


def begins(bench: Bench) -> bool:
    """Whether the phase under way is asked about for the first time; say so once only."""
    if bench.step < 0 or bench.value("Begun") == bench.step:
        return False
    bench.put("Begun", float(bench.step))
    return True


def new_batch(p: Parameters, bench: Bench, nominal: float) -> float:
    """A batch comes: none of its phases has begun."""
    bench.put("Begun", -1.0)
    return nominal


def still(bench: Bench, names: Iterable[str], left: float | None = None) -> Course:
    """Everything stays as it is."""
    return Course((0.0,), {n: (bench.value(n),) for n in names}, left=left, again=False)


def straight(bench: Bench, targets: dict[str, float], seconds: float) -> Course:
    """Quantities go straight to their targets within the rest of the phase, `seconds`."""
    if seconds <= 0.0:
        return Course((0.0,), {n: (x,) for n, x in targets.items()}, left=0.0, again=False)
    ways = {n: (bench.value(n), x) for n, x in targets.items()}
    return Course((0.0, seconds), ways, left=seconds, again=False)
