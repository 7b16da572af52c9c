"""What can be done to a server, as a table. Adding an action is a row here and a function in acts.

An action either happens at an instant or lasts. What lasts and concerns connections lasts by the
wall clock whatever clock the plan follows: a client that cannot connect cannot advance a stepped
line either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.equipment.tag import Text

Aim = Literal["clients", "tags", "server"]  # what a step's target and share choose from


@dataclass(frozen=True)
class Action:
    """One kind of disturbance.

    `aim` is what is hit: clients (a share of the sessions), tags (by key or station) or the
    whole server. `lasts`: whether a step has a length. `on_wall`: whether the length is by the
    wall clock. `value` is what a step's value means, `default` the value where none is given.
    """

    name: str
    text: Text
    aim: Aim
    lasts: bool = False
    on_wall: bool = True
    value: Literal["", "s", "status"] = ""
    default: float | str = ""


ACTIONS: dict[str, Action] = {
    row.name: row
    for row in (
        Action(
            "close-sessions",
            Text(
                "Sessions end; their Publish requests are answered BadSessionClosed, "
                "anything after it BadSessionIdInvalid",
                "세션 종료: 대기 중 Publish는 BadSessionClosed, 이후는 BadSessionIdInvalid",
            ),
            "clients",
        ),
        Action(
            "close-connections",
            Text("Connections are reset, without a word", "연결을 예고 없이 끊음"),
            "clients",
        ),
        Action(
            "drop-subscriptions",
            Text(
                "Subscriptions end with StatusChange BadTimeout, as when their lifetime ran out",
                "구독이 수명 만료처럼 StatusChange BadTimeout으로 끝남",
            ),
            "clients",
        ),
        Action(
            "delay-publishes",
            Text(
                "No notification leaves; queues fill, and overflow where they are short",
                "알림이 나가지 않고 큐가 차며 짧은 큐는 넘침",
            ),
            "server",
            lasts=True,
        ),
        Action(
            "slow-answers",
            Text("Every answer comes later, by the value", "모든 응답이 값만큼 늦어짐"),
            "server",
            lasts=True,
            value="s",
            default=1.0,
        ),
        Action(
            "refuse-connections",
            Text(
                "New connections are reset at once; those there are stay",
                "새 연결은 즉시 거부, 기존 연결은 유지",
            ),
            "server",
            lasts=True,
        ),
        Action(
            "service-faults",
            Text(
                "Requests are answered by a fault with the status of the value; the target names "
                "one service, such as Read",
                "요청에 오류 상태로 응답; 대상은 Read 같은 서비스 이름",
            ),
            "server",
            lasts=True,
            value="status",
            default="BadServerTooBusy",
        ),
        Action(
            "bad-values",
            Text(
                "Tags lose their value and have the status of the value",
                "태그 값이 사라지고 Bad 상태가 됨",
            ),
            "tags",
            lasts=True,
            on_wall=False,
            value="status",
            default="BadCommunicationError",
        ),
        Action(
            "uncertain-values",
            Text(
                "Tags keep their value with the status of the value",
                "태그 값은 그대로이나 Uncertain 상태가 됨",
            ),
            "tags",
            lasts=True,
            on_wall=False,
            value="status",
            default="UncertainLastUsableValue",
        ),
        Action(
            "jump-clock",
            Text(
                "The server's clock is wrong by the value: source and server timestamps, "
                "CurrentTime, response headers",
                "서버 시계가 값만큼 틀림: 소스·서버 타임스탬프, CurrentTime, 응답 헤더",
            ),
            "server",
            lasts=True,
            on_wall=False,
            value="s",
            default=3600.0,
        ),
        Action(
            "restart",
            Text("The server stops, is gone for a while and starts again", "서버 재시작"),
            "server",
            lasts=True,
        ),
        Action(
            "shift-namespaces",
            Text(
                "A restart after which the line's namespace has another index",
                "재시작 후 라인 네임스페이스의 인덱스가 바뀜",
            ),
            "server",
            lasts=True,
        ),
        Action(
            "change-certificate",
            Text(
                "A restart after which the server has a new key and certificate",
                "재시작 후 서버의 키와 인증서가 새것으로 바뀜",
            ),
            "server",
            lasts=True,
        ),
    )
}
