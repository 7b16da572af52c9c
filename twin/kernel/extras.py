"""What happens before and after a cycle at a station that is more than a plain machine.

In order: changeover when the product is another (people for it first), refills of materials and
loading (people or a robot for them first), an operator when the work needs one, then the cycle
with the equipment's own time; after it the equipment's work on the part and its verdict, and the
operator goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from twin.kernel.batch import Batch
from twin.kernel.calendar import Wake
from twin.kernel.crew import Crew
from twin.kernel.draws import Draws
from twin.kernel.part import Part
from twin.kernel.rig import Rig
from twin.kernel.stock import Stock
from twin.trace.tables import EventKind, State

if TYPE_CHECKING:
    from twin.kernel.machine import Machine


class Changeover:
    """Time and people a change of product takes; `pairs` have times of their own."""

    def __init__(
        self, time: Draws, crew: Crew | None, pairs: Mapping[tuple[int, int], Draws]
    ) -> None:
        self._time, self.crew, self._pairs = time, crew, dict(pairs)

    def between(self, old: int, new: int) -> float:
        """Seconds that the change from one product to another takes this time."""
        return self._pairs.get((old, new), self._time).pop()


class Loading:
    """Time and people, or a robot, that putting a part or a lot of material (`stock`) in takes."""

    def __init__(self, time: Draws, crew: Crew | None, stock: Stock | None = None) -> None:
        self.time, self.crew, self.stock = time, crew, stock


class Extras:
    """Steps around a machine's cycle: `stage` 0 waits for set-up people, 1 sets up, 2 waits for
    an operator, 3 works, 4 waits for an operator to go on with interrupted work, 5 waits for
    somebody to load, 6 is loaded."""

    def __init__(
        self,
        machine: Machine,
        rig: Rig,
        product: int,
        cycles: Mapping[int, Draws],
        changeover: Changeover | None,
        operator: Crew | None,
        loading: Loading | None = None,
        batch: Batch | None = None,
        *,
        tunnel: bool,
    ) -> None:
        self._machine = machine
        self.rig = rig
        self.product = product
        self._cycles = dict(cycles)
        self._changeover = changeover
        self._operator = operator
        self._loading = loading
        self._loads: list[Loading] = []  # still to be done before the work, the next one last
        self._refills = [
            Loading(stock.time, stock.crew, stock) for stock in rig.stocks if stock.time is not None
        ]
        self._batch = batch
        self._tunnel = tunnel
        self._target = product  # product being set up for
        self._ahead = False  # setting up before a part of it is here
        self.stage = 3
        self._left = 0.0
        self._since = 0.0
        self._wake = Wake(machine.calendar, self._set_up)
        self._loaded = Wake(machine.calendar, self._load_ends)
        self._follows = rig.equipment.drive is not None or rig.equipment.course is not None
        self._phased = bool(rig.equipment.phases(rig.parameters))
        if self._phased:
            machine.when_worked(self._phase_over)

    def prepare(self) -> None:
        """A part came: make ready for it."""
        part = self._machine.part
        if part.product == self.product:
            self._make_ready()
        elif self._changeover is not None:
            self._change_to(part.product)
        else:
            self._take_product(part.product)
            self._make_ready()

    def announce(self, product: int) -> None:
        """The line is cleared for another product: set up now when idle."""
        if self._changeover is None or product == self.product:
            return
        if self._machine.called_away():
            self._ahead = True
            self._change_to(product)

    def resume(self) -> None:
        """Go on at the present stage."""
        change = self._changeover
        if self.stage == 0 and change is not None:
            if change.crew is None or change.crew.request(self._people_came):
                self._people_came()
            else:
                self._show(State.HELD)
        elif self.stage == 1:
            self._since = self._machine.calendar._now
            self._show(State.SETUP)
            self._machine.calendar.wake(self._wake, self._left)
        elif self.stage >= 5:
            self._load()
        elif self._operator is None or self._operator.request(self._operator_came):
            self._operator_came()
        else:
            self._show(State.HELD)

    def suspend(self) -> None:
        """Stand still: stop waiting for people, or keep the rest of the set-up for later."""
        if self.stage == 0 and self._changeover is not None and self._changeover.crew is not None:
            self._changeover.crew.withdraw(self._people_came)
        elif self.stage == 1:
            self._wake.cancel()
            self._left = max(self._left - (self._machine.calendar._now - self._since), 0.0)
            self.stage = 0  # its people go, and are asked for again
            if self._changeover is not None and self._changeover.crew is not None:
                self._changeover.crew.release()
        elif self.stage >= 5:
            self._stop_loading()
        elif self._operator is not None:
            self._operator.withdraw(self._operator_came)

    def interrupt(self) -> bool:
        """The work stands still; whether it must be made ready again, as its operator goes.

        Nobody stays at a station that stands still: two who wait for each other's people, or one
        whose operator is also the fitter, would wait for ever.
        """
        if self._operator is None:
            return False
        self.stage = 4
        self._operator.release()
        return True

    def stand(self) -> None:
        """The machine went to work or stands still: its physics follows."""
        if self._follows:
            self.rig.changed()

    def _phase_over(self) -> None:
        machine = self._machine
        machine.worked += machine.left
        machine.begin_work()
        if self.rig.begin_phase(self.rig.step + 1):
            machine.go_on(machine.left)
        else:
            machine.left = 0.0
            machine.finish()

    def finish(self) -> bool | None:
        """The cycle ended: treat the part, let the operator go, give the verdict."""
        if self._operator is not None:
            self._operator.release()
        elsewhere = self._tunnel or self._batch is not None  # where the parts are treated
        return None if elsewhere else self.rig.work(self._machine.part)

    def _make_ready(self) -> None:
        """Set up for the part: have it loaded, then work."""
        self._loads = [] if self._loading is None else [self._loading]
        for refill in reversed(self._refills):
            assert refill.stock is not None
            self._loads += [refill] * refill.stock.missing(self._parts)
        self._next_load()

    @property
    def _parts(self) -> Sequence[Part]:
        """The parts of the cycle that is being made ready."""
        return [self._machine.part] if self._batch is None else self._batch.parts

    def _next_load(self) -> None:
        self.stage = 2
        if self._loads:
            self.stage, self._left = 5, self._loads[-1].time.pop()
        self.resume()

    def _load(self) -> None:
        crew = self._loads[-1].crew
        if self.stage == 5 and crew is not None and not crew.request(self._loader_came):
            self._show(State.HELD)
        else:
            self._loader_came()

    def _loader_came(self) -> None:
        self.stage, self._since = 6, self._machine.calendar._now
        self._show(State.LOADING)
        self._machine.calendar.wake(self._loaded, self._left)

    def _stop_loading(self) -> None:
        """Whoever loads goes, and is asked for again for the rest."""
        crew = self._loads[-1].crew
        if self.stage == 6:
            self._loaded.cancel()
            self._left = max(self._left - (self._machine.calendar._now - self._since), 0.0)
            self.stage = 5
            if crew is not None:
                crew.release()
        elif crew is not None:
            crew.withdraw(self._loader_came)

    def _load_ends(self) -> None:
        done = self._loads.pop()
        if done.crew is not None:
            done.crew.release()
        if done.stock is not None:
            done.stock.renew()
        self._next_load()

    def _change_to(self, product: int) -> None:
        assert self._changeover is not None
        self._target, self.stage = product, 0
        self._left = self._changeover.between(self.product, product)
        self.resume()

    def _people_came(self) -> None:
        self.stage = 1
        self.resume()

    def _set_up(self) -> None:
        self._take_product(self._target)
        self._machine.note(EventKind.SETUP, self.product)
        if self._changeover is not None and self._changeover.crew is not None:
            self._changeover.crew.release()
        if self._ahead:
            self._ahead = False
            self._machine.seek()
        else:
            self._make_ready()

    def _take_product(self, product: int) -> None:
        self.product = product
        self.rig.load_recipe(product)

    def _operator_came(self) -> None:
        interrupted, self.stage = self.stage == 4, 3
        machine = self._machine
        self.rig.part = machine.part
        if interrupted or self._follows:
            machine.begin_work()
            self.stand()
        if interrupted:
            machine.work()
            return
        part = machine.part
        draws = self._cycles.get(part.product, self._machine.cycle)
        machine.cycle_hint = time = draws.pop()
        machine.left = self.rig.cycle(part, time)
        for stock in self.rig.stocks:
            for one in self._parts:
                stock.consume(one)
        if self._phased and not self.rig.begin_phase(0):
            machine.left = 0.0
        if self._batch is not None:
            self._batch.show_working()
        machine.work()

    def show_waiting(self) -> None:
        """Show once more that it waits for people, if it does."""
        if self.stage not in (1, 3, 6):
            self._show(State.HELD)

    def _show(self, state: State) -> None:
        machine = self._machine
        if state == State.HELD:
            state = machine.held
        log = machine.recorder.log
        part = -1 if self._ahead else machine.part.number
        log += (machine.calendar._now, machine.code(state), part)
        self.stand()
