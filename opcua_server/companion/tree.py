"""An address space as a tree of text."""

from __future__ import annotations

from collections.abc import Iterator

from asyncua import ua
from asyncua.ua.uaprotocol_auto import Argument  # what decoding makes; ua's is a subclass

from opcua_server.companion.snapshot import A, C, Seen, Snapshot

IDS = ua.ObjectIds
TYPE, SUBTYPE = ua.NodeId(IDS.HasTypeDefinition), ua.NodeId(IDS.HasSubtype)
SHOWN = (C.Object, C.Variable, C.Method)
DOWN = {
    ua.NodeId(number)
    for number in (
        *(IDS.Organizes, IDS.HasComponent, IDS.HasProperty, IDS.HasOrderedComponent),
        *(IDS.HasAddIn, IDS.HasNotifier, IDS.HasEventSource),
    )
}
LONGEST = 60  # characters of a value


def tree(seen: Snapshot, root: ua.NodeId, depth: int) -> Iterator[str]:
    """The nodes below `root`, as deep as `depth`; one met before is named again, not opened."""
    met: set[ua.NodeId] = set()

    def below(node: Seen, level: int) -> Iterator[str]:
        met.add(node.node)
        for child in children(seen, node):
            if level == 0 and child.node.NamespaceIndex == 0:
                continue  # Server, Aliases …: every server has them
            again = child.node in met
            yield "  " * level + line_of(seen, child) + (" …" if again else "")
            if not again and level + 1 < depth:
                yield from below(child, level + 1)

    yield from below(seen[root], 0)


def children(seen: Snapshot, node: Seen) -> Iterator[Seen]:
    """Members of an instance, in the order of their references."""
    for one in node.references:
        if not (one.forward and one.target in seen and seen[one.target].node_class in SHOWN):
            continue
        if one.kind in DOWN or is_below(seen, one.kind):
            yield seen[one.target]


def is_below(seen: Snapshot, kind: ua.NodeId) -> bool:
    """Whether a reference type is a subtype of one that leads down."""
    while kind not in DOWN:
        above = seen[kind].targets(SUBTYPE, forward=False) if kind in seen else []
        if not above:
            return False
        kind = above[0]
    return True


def line_of(seen: Snapshot, node: Seen) -> str:
    """A node in one line: name, type, value, id."""
    index, name = node.name
    types = node.targets(TYPE)
    of = f" : {seen[types[0]].name[1]}" if types and types[0] in seen else ""
    if node.node_class == C.Method:
        of = " ()"
    return f"{index}:{name}{of}{value_of(node)}  [{node.node.to_string()}]"


def value_of(node: Seen) -> str:
    """The value of a variable, cut where it is long."""
    held = node.attributes.get(A.Value)
    if held is None or held.Value is None or held.Value.Value is None:
        return ""
    value = held.Value.Value
    texts = [shown(one) for one in value] if isinstance(value, list) else [shown(value)]
    text = ", ".join(texts)
    return f" = {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}"


def shown(value: object) -> str:
    """A single value."""
    if isinstance(value, ua.LocalizedText):
        return value.Text or ""
    if isinstance(value, ua.NodeId):
        return value.to_string()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, ua.EUInformation):
        return value.DisplayName.Text or ""
    if isinstance(value, Argument):
        return value.Name or ""
    if isinstance(value, ua.EnumValueType):
        return value.DisplayName.Text or ""
    if isinstance(value, ua.Range):
        return f"{value.Low:g} … {value.High:g}"
    return str(value)
