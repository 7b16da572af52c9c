"""What a station announces by itself: alarms, as rows of data.

An alarm watches what the machine's own control would see: a measured value with its noise, or a
stop of a failure mode. So it can come late, chatter round its limit, or stay silent under a
sensor that lies. Severity is that of OPC UA (OPC 10000-5, 1 to 1000); ISA-18.2 asks for few
priorities, so three values are used.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.equipment.tag import Text

LOW, MEDIUM, HIGH = 200, 500, 800


@dataclass(frozen=True, slots=True)
class Beyond:
    """A measured value outside its limits, in the tag's unit.

    `of` names a set point's tag whose value is taken off first: a deviation alarm. The alarm goes
    when the value is `deadband` inside the limits again (ISA-18.2 5.5).
    """

    tag: str
    low: float | None = None
    high: float | None = None
    deadband: float = 0.0
    of: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A stop of one failure mode, by its number at the station, from failure to repair."""

    mode: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """A condition of a station that somebody should act on.

    `cause` says what is usually behind it. The condition must hold for `on_delay` s before the
    alarm comes and be gone for `off_delay` s before it goes. For `chatter` s after a stop its
    contact bounces. One with `while_on` is suppressed by
    design while the station is stopped, not planned or under maintenance.
    """

    id: str
    title: Text
    severity: int
    cause: Text
    when: Beyond | Failed
    on_delay: float = 0.0
    off_delay: float = 0.0
    chatter: float = 0.0
    while_on: bool = True
    station: str = ""

    @property
    def key(self) -> str:
        """Name in the line: "RFL.Zone8Deviation"."""
        return f"{self.station}.{self.id}"

    @property
    def priority(self) -> str:
        """One of "low", "medium" or "high", as ISA-18.2 wants few."""
        return "high" if self.severity >= HIGH else "medium" if self.severity >= MEDIUM else "low"
