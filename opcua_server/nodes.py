"""The address space of a line, from its tag table: Objects / line / station / tag.

Every tag is a variable, made by `tag_nodes` when somebody asks; every station and the line have
their methods. Identifiers are the tag table's keys, so they are the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.bulk import A, SpaceBuilder, T, attribute
from opcua_server.lazy import LazyNodes
from opcua_server.methods import METHODS, Method
from opcua_server.store import LiveStore
from opcua_server.tag_nodes import HISTORY, READ, WRITE, TagNodes
from twin.equipment.tag import Tag, Text
from twin.field import Exposure
from twin.line.line import Line

IDS = ua.ObjectIds
CONTROLS = ("start", "stop", "reset")  # commands of the methods that control jobs
LINE_STATION = "Line"  # the "station" of the tags of the line itself
LAST_REJECTION = "LastRejection"


@dataclass
class Space:
    """What was built: which node is which tag, method or text."""

    line: ua.NodeId
    rejection: ua.NodeId
    variables: TagNodes  # of each row, made when asked for
    tags: dict[ua.NodeId, int] = field(default_factory=dict)
    methods: dict[ua.NodeId, tuple[Any, ua.NodeId, str]] = field(default_factory=dict)
    inherited: dict[tuple[ua.NodeId, ua.NodeId], ua.NodeId] = field(default_factory=dict)
    korean: dict[ua.NodeId, tuple[ua.LocalizedText, ua.LocalizedText]] = field(default_factory=dict)
    private: dict[ua.NodeId, Any] = field(default_factory=dict)  # nodes of one user; see `claims`
    subscriptions: Callable[[], Iterable[Any]] = tuple  # of all clients, for who has events to tell


def namespace_uri(line: Line) -> str:
    """Namespace of a line's nodes."""
    return f"urn:twin:line:{line.id}"


def build(
    address_space: AddressSpace,
    namespace: int,
    line: Line,
    store: LiveStore,
    stepped: bool,
    shown: Exposure,
    history: bool,
    whole_line: bool = True,
) -> Space:
    """Add the line below Objects, with what is `shown` of it.

    `stepped` adds the method that advances time; `history` lets clients read the past;
    the server of a single machine has none of the `whole_line`'s methods.
    """
    builder = SpaceBuilder(address_space, namespace)
    texts = _Texts(builder)
    line_id = builder.node_id(line.id)
    objects = ua.NodeId(IDS.ObjectsFolder)
    builder.object(line_id, line.id, objects, IDS.Organizes, **texts.of(line_id, line.title))
    parents = {LINE_STATION: line_id}
    for station in line.stations:
        node_id = parents[station.id] = builder.node_id(station.id)
        named = texts.of(node_id, station.title)
        builder.object(node_id, station.id, line_id, IDS.HasComponent, **named)

    def access(tag: Tag) -> int:
        written = f"{tag.station}.{tag.setting}" in shown.settings
        return READ | HISTORY * history | WRITE * written

    tags = TagNodes(builder, tuple(shown.tags.values()), dict(parents), store, access)
    address_space._nodes = LazyNodes(address_space._nodes, tags)
    tags.hang()
    space = Space(line_id, builder.node_id(LAST_REJECTION), tags, korean=texts.korean)
    space.tags |= {node: row for row, node in enumerate(tags.nodes)}
    offered = [
        method
        for method in METHODS
        if (stepped or not method.stepped_only)
        and (shown.level.control or method.command not in CONTROLS)
    ]
    if not whole_line:
        del parents[LINE_STATION]
    _add_methods(builder, texts, space, parents, line_id, offered)
    _add_rejection(builder, texts, space)
    return space


class _Texts:
    """English texts as attributes, and the Korean ones beside them for clients that ask."""

    def __init__(self, builder: SpaceBuilder) -> None:
        self.builder = builder
        self.korean: dict[ua.NodeId, tuple[ua.LocalizedText, ua.LocalizedText]] = {}

    def of(
        self, node_id: ua.NodeId, title: Text, description: Text | None = None
    ) -> dict[str, Any]:
        """DisplayName and Description of a node."""
        told = description or title
        self.korean[node_id] = (ua.LocalizedText(title.ko, "ko"), ua.LocalizedText(told.ko, "ko"))
        return {
            "display": ua.LocalizedText(title.en, "en"),
            "description": ua.LocalizedText(told.en, "en"),
        }


def _add_methods(
    builder: SpaceBuilder,
    texts: _Texts,
    space: Space,
    parents: Mapping[str, ua.NodeId],
    line_id: ua.NodeId,
    offered: Iterable[Method],
) -> None:
    for station, owner in parents.items():
        on_line = owner == line_id
        for method in offered:
            if method.line_only and not on_line:
                continue
            node_id = builder.node_id(f"{owner.Identifier}.{method.name}()")
            builder.method(
                node_id,
                method.name,
                owner,
                tuple(argument.describe() for argument in method.inputs),
                tuple(argument.describe() for argument in method.outputs),
                **texts.of(node_id, method.title, method.description),
            )
            space.methods[node_id] = (method, owner, "" if on_line else station)


def _add_rejection(builder: SpaceBuilder, texts: _Texts, space: Space) -> None:
    title = Text("Last rejected command", "마지막으로 거부된 명령")
    told = Text(
        "Why the latest write or method call on this line was refused",
        "이 라인에 대한 마지막 쓰기 또는 메서드 호출이 거부된 이유",
    )
    builder.variable(
        space.rejection,
        LAST_REJECTION,
        space.line,
        IDS.BaseDataVariableType,
        IDS.String,
        attribute("", T.String),
        **texts.of(space.rejection, title, told),
    )


def korean_text(space: Space, node: ua.NodeId, attribute_id: int) -> ua.LocalizedText | None:
    """Korean DisplayName or Description of one of our nodes."""
    texts = space.korean.get(node) or space.variables.korean(node)
    if texts is None:
        return None
    return texts[0] if attribute_id == A.DisplayName else texts[1]
