"""People and changeovers of a station that material flows through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.kernel.calendar import Wake
from twin.kernel.crew import Crew
from twin.kernel.extras import Changeover
from twin.trace.tables import EventKind, State

if TYPE_CHECKING:
    from twin.kernel.fluid_station import FluidStation

# What keeps the station from running: people for the changeover, the changeover, an operator.
READY, PEOPLE, CHANGE, OPERATOR = range(4)


class FluidSetup:
    """Changeover first, when the product is another; then an operator, when one is needed.

    The operator stays while material flows or is waited for, and goes when the station stands
    still: nobody stays at a station that is down.
    """

    def __init__(
        self, station: FluidStation, changeover: Changeover | None, operator: Crew | None
    ) -> None:
        self._station = station
        self._changeover = changeover
        self._operator = operator
        self.stage = READY if operator is None else OPERATOR
        self._asked = False  # for whom the stage waits
        self._target = station.product
        self._left = 0.0
        self._since = 0.0
        self._wake = Wake(station.calendar, self._changed)

    @property
    def done(self) -> bool:
        """Whether the station may run."""
        return self.stage == READY

    @property
    def under_way(self) -> bool:
        """Whether a changeover is being done."""
        return self.stage == CHANGE

    @property
    def shows(self) -> bool:
        """Whether what is waited for, or the changeover, is what the station shows."""
        return self._asked or self.stage == CHANGE

    def announce(self, product: int) -> None:
        """The line is cleared for a product: change over to it."""
        if product == self._target:
            return
        self._target = product
        if self.stage in (PEOPLE, CHANGE):
            return  # it is being set up already, and now for this one
        if self._changeover is None:
            self._set_up()
            return
        self._leave()
        self._left = self._changeover.between(self._station.product, product)
        self.stage = PEOPLE
        self.resume()

    def resume(self) -> None:
        """Go on with what the station needs before it can run."""
        change, station = self._changeover, self._station
        if self._asked or station.holds or (station.shut and self.stage != CHANGE):
            return
        if self.stage == PEOPLE and change is not None:
            if change.crew is None or change.crew.request(self._people_came):
                self._people_came()
            else:
                self._wait()
        elif self.stage == CHANGE:
            self._since = station.calendar._now
            station.show(State.SETUP)
            station.calendar.wake(self._wake, self._left)
        elif self.stage == OPERATOR and self._operator is not None:
            if self._operator.request(self._operator_came):
                self._operator_came()
            else:
                self._wait()

    def suspend(self) -> None:
        """The station is held: wait for nobody, keep the rest of a changeover for later."""
        change = self._changeover
        if self.stage == CHANGE:
            self._wake.cancel()
            self._left = max(self._left - (self._station.calendar._now - self._since), 0.0)
            self.stage = PEOPLE  # its people go, and are asked for again
            if change is not None and change.crew is not None:
                change.crew.release()
        self.rest()

    def rest(self) -> None:
        """Wait for nobody, and let the operator go; a changeover under way is finished."""
        change = self._changeover
        if self._asked and self.stage == PEOPLE and change is not None:
            if change.crew is not None:
                change.crew.withdraw(self._people_came)
        elif self._asked and self._operator is not None:
            self._operator.withdraw(self._operator_came)
        self._asked = False
        self.stand_down()

    def stand_down(self) -> None:
        """The station stands still: its operator goes."""
        if self.stage == READY:
            self._leave()

    def _leave(self) -> None:
        if self._operator is None:
            return
        if self.stage == READY:
            self._operator.release()
        elif self._asked:
            self._operator.withdraw(self._operator_came)
        self._asked, self.stage = False, OPERATOR

    def _wait(self) -> None:
        self._asked = True
        self._station.show(self._station.held)

    def _people_came(self) -> None:
        self._asked, self.stage = False, CHANGE
        self.resume()

    def _changed(self) -> None:
        change = self._changeover
        if change is not None and change.crew is not None:
            change.crew.release()
        self._set_up()
        self.stage = READY if self._operator is None else OPERATOR
        self._station.seek()

    def _set_up(self) -> None:
        station = self._station
        station.change_product(self._target)
        station.note(EventKind.SETUP, self._target)

    def _operator_came(self) -> None:
        waited, self._asked, self.stage = self._asked, False, READY
        if waited:
            self._station.seek()
