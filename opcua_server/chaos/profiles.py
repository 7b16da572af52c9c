"""How often and how hard: profiles of chaos as rows of a table.

The figures are assumed: no public study counts what OPC UA servers on shop floors do to clients.
They are chosen so that a gateway meets each action within a shift (gentle), an hour (field) or some
ten minutes (hostile) by the clock the plan follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.equipment.tag import Text

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class Rate:
    """How an action comes in a profile: once in `every` s on average, independent of its past.

    Its length is drawn evenly from `seconds`, its value from `values` (none: the action's
    default), the share of clients from `shares`. Where the action aims at tags it hits one tag
    with the chance `single`, else all of a station.
    """

    action: str
    every: float
    seconds: tuple[float, float] = (0.0, 0.0)
    values: tuple[float | str, ...] = ()
    shares: tuple[float, ...] = (1.0,)
    single: float = 0.5


@dataclass(frozen=True)
class Profile:
    """A named set of rates."""

    id: str
    title: Text
    rates: tuple[Rate, ...] = field(default=())


BAD = ("BadCommunicationError", "BadSensorFailure", "BadDeviceFailure", "BadNotConnected")
UNCERTAIN = ("UncertainLastUsableValue", "UncertainSensorNotAccurate", "UncertainSubNormal")
BUSY = ("BadServerTooBusy", "BadTooManyOperations", "BadInternalError", "BadTimeout")

PROFILES: dict[str, Profile] = {
    row.id: row
    for row in (
        Profile(
            "none",
            Text("Nothing by itself: only what the instructor triggers", "자동 동작 없음"),
        ),
        Profile(
            "gentle",
            Text("A server that is kept well: now and then a slow moment", "잘 관리된 서버"),
            (
                Rate("slow-answers", 2 * HOUR, (1.0, 10.0), (0.2, 0.5)),
                Rate("delay-publishes", 2 * HOUR, (1.0, 5.0)),
                Rate("bad-values", 2 * HOUR, (1.0, 20.0), BAD, single=0.9),
                Rate("uncertain-values", 2 * HOUR, (5.0, 60.0), UNCERTAIN, single=0.9),
                Rate("close-connections", 8 * HOUR, shares=(0.5,)),
                Rate("jump-clock", 8 * HOUR, (60.0, 600.0), (-2.0, 2.0)),
                Rate("restart", 8 * HOUR, (5.0, 20.0)),
            ),
        ),
        Profile(
            "field",
            Text("A shop floor on an ordinary day", "일반적인 현장"),
            (
                Rate("slow-answers", 20 * MINUTE, (2.0, 20.0), (0.2, 1.0, 3.0)),
                Rate("delay-publishes", 20 * MINUTE, (2.0, 15.0)),
                Rate("bad-values", 10 * MINUTE, (1.0, 60.0), BAD),
                Rate("uncertain-values", 15 * MINUTE, (5.0, 120.0), UNCERTAIN),
                Rate("close-sessions", HOUR, shares=(0.5, 1.0)),
                Rate("close-connections", HOUR, shares=(0.5, 1.0)),
                Rate("drop-subscriptions", HOUR, shares=(0.5, 1.0)),
                Rate("service-faults", HOUR, (1.0, 10.0), BUSY),
                Rate("refuse-connections", 2 * HOUR, (5.0, 60.0)),
                Rate("jump-clock", 2 * HOUR, (60.0, 1800.0), (-3600.0, -5.0, 5.0, 3600.0)),
                Rate("restart", 4 * HOUR, (5.0, 60.0)),
                Rate("shift-namespaces", 24 * HOUR, (5.0, 60.0)),
                Rate("change-certificate", 48 * HOUR, (5.0, 60.0)),
            ),
        ),
        Profile(
            "hostile",
            Text("Everything, and soon", "모든 장애가 짧은 간격으로"),
            (
                Rate("slow-answers", 2 * MINUTE, (2.0, 15.0), (0.5, 2.0, 5.0)),
                Rate("delay-publishes", 2 * MINUTE, (2.0, 20.0)),
                Rate("bad-values", MINUTE, (0.5, 30.0), BAD),
                Rate("uncertain-values", 2 * MINUTE, (1.0, 30.0), UNCERTAIN),
                Rate("close-sessions", 3 * MINUTE, shares=(0.3, 1.0)),
                Rate("close-connections", 3 * MINUTE, shares=(0.3, 1.0)),
                Rate("drop-subscriptions", 3 * MINUTE, shares=(0.3, 1.0)),
                Rate("service-faults", 3 * MINUTE, (1.0, 10.0), BUSY),
                Rate("refuse-connections", 5 * MINUTE, (2.0, 30.0)),
                Rate("jump-clock", 5 * MINUTE, (10.0, 120.0), (-86400.0, -3600.0, 60.0, 86400.0)),
                Rate("restart", 8 * MINUTE, (1.0, 15.0)),
                Rate("shift-namespaces", 15 * MINUTE, (1.0, 15.0)),
                Rate("change-certificate", 20 * MINUTE, (1.0, 15.0)),
            ),
        ),
    )
}
