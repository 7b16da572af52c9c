"""Finite state machines of published types: ids and numbers of states, and values of an instance.

OPC 10000-16, 4.4.5: an instance shows the state of its type's StateType objects by CurrentState,
its Id and Number; LastTransition names the transition that led there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from asyncua import ua

from opcua_server.bulk import A
from opcua_server.companion.graph import Graph
from opcua_server.companion.known import Change
from opcua_server.companion.types import Types
from opcua_server.companion.values import Derived, Given, View

IDS = ua.ObjectIds
STATES = (ua.NodeId(IDS.StateType), ua.NodeId(IDS.InitialStateType))
TRANSITION = ua.NodeId(IDS.TransitionType)
FROM, TO = ua.NodeId(IDS.FromState), ua.NodeId(IDS.ToState)


class Named(NamedTuple):
    """A state or transition of a type: its node, BrowseName and number."""

    node: ua.NodeId
    name: str
    number: int


class Finite(NamedTuple):
    """States of a type by name, and its transitions by the names of the states they join."""

    states: Mapping[str, Named]
    transitions: Mapping[tuple[str, str], Named]


def finite(types: Types, kind: str) -> Finite:
    """States and transitions of a type; what a subtype overrides is the subtype's."""
    graph = types.graph
    states: dict[str, Named] = {}
    transitions: dict[tuple[str, str], Named] = {}
    for one in graph.chain(types.node(kind)):
        for reference in graph.children(one):
            node = reference.NodeId
            if graph.type_of(node) in STATES:
                named = _named(graph, node, "StateNumber")
                states.setdefault(named.name, named)
            elif graph.type_of(node) == TRANSITION:
                ends = [graph.targets(node, way) for way in (FROM, TO)]
                if all(ends):
                    pair = (_name(graph, ends[0][0]), _name(graph, ends[1][0]))
                    transitions.setdefault(pair, _named(graph, node, "TransitionNumber"))
    return Finite(states, transitions)


def _name(graph: Graph, node: ua.NodeId) -> str:
    name: str = graph.browse_name(node).Name
    return name


def _named(graph: Graph, node: ua.NodeId, number: str) -> Named:
    held = [one.NodeId for one in graph.children(node) if one.BrowseName.Name == number]
    told = graph.attribute(held[0], A.Value)  # OPC 30050 numbers no transition
    return Named(node, _name(graph, node), 0 if told is None else int(told))


def current(
    of: Finite,
    state: Callable[[View], str | None],
    tag: str = "",
    absent: int = ua.StatusCodes.BadNoData,
) -> dict[str, Given]:
    """Values of CurrentState, its Id and Number, where `state` names the present state.

    `tag` is the key of the tag it is made from, `absent` the StatusCode where there is no state.
    """

    def told(field: Callable[[Named], Any]) -> Derived:
        def value(view: View) -> Any:
            name = state(view)
            return None if name is None else field(of.states[name])

        return Derived(value, of=tag, absent=absent)

    return {
        "CurrentState": told(lambda one: ua.LocalizedText(one.name, "en")),
        "CurrentState/Id": told(lambda one: one.node),
        "CurrentState/Number": told(lambda one: one.number),
    }


def last(of: Finite, change: Callable[[View], Change | None], tag: str = "") -> dict[str, Given]:
    """Values of LastTransition, its Id, Number and TransitionTime."""

    def told(field: Callable[[View, Change, Named], Any]) -> Derived:
        def value(view: View) -> Any:
            one = change(view)
            if one is None:
                return None
            return field(view, one, of.transitions[one.before, one.after])

        return Derived(value, of=tag)

    def moment(view: View, one: Change, _named: Named) -> Any:
        return view.session.started_at + timedelta(seconds=one.t)

    return {
        "LastTransition": told(lambda _view, _one, way: ua.LocalizedText(way.name, "en")),
        "LastTransition/Id": told(lambda _view, _one, way: way.node),
        "LastTransition/Number": told(lambda _view, _one, way: way.number),
        "LastTransition/TransitionTime": told(moment),
    }


def under(path: str, values: Mapping[str, Given]) -> dict[str, Given]:
    """The same values for a member at `path`."""
    return {f"{path}/{name}": value for name, value in values.items()}
