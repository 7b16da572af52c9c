"""Where the value of an instance's variable comes from, and how it is written on the wire.

A constant, a row of the tag table (`Row`), or a function of the session's state (`Derived`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.bulk import T
from opcua_server.companion.structures import builtin
from opcua_server.store import LiveStore
from twin.equipment.tag import Text

ABSTRACT = (ua.ObjectIds.BaseDataType, 26, 27, 28)  # BaseDataType, Number, Integer, UInteger
GUESSED: tuple[tuple[type, ua.VariantType], ...] = (
    (bool, T.Boolean),
    (int, T.Int64),
    (float, T.Double),
    (str, T.String),
    (datetime, T.DateTime),
    (ua.LocalizedText, T.LocalizedText),
    (Text, T.LocalizedText),
    (ua.NodeId, T.NodeId),
    (ua.QualifiedName, T.QualifiedName),
    (bytes, T.ByteString),
)


@dataclass(frozen=True)
class Row:
    """The live value and history of the tag with this key."""

    key: str


@dataclass(frozen=True)
class Derived:
    """A value computed from the state of the session; None stands for no value.

    `kind` is its type on the wire where the declared one is abstract (a Number). `of` is the key of
    the tag it is made from: it is as old and as certain as that. `absent` is its StatusCode where
    it has no value.
    """

    compute: Callable[[View], Any]
    kind: ua.VariantType | None = None
    of: str = ""
    absent: int = ua.StatusCodes.BadNoData


Given = Any  # a constant, Row or Derived


class View:
    """What a derived value is computed from.

    `session` is the live session; `value` gives the present value of a tag.
    """

    def __init__(self, session: Any, store: LiveStore, rows: Mapping[str, int]) -> None:
        self.session = session
        self._store = store
        self._rows = rows

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return float(self.session.now)

    @property
    def moment(self) -> datetime:
        """Simulated time as date and time of day (UTC)."""
        started: datetime = self.session.started_at
        return (started + timedelta(seconds=self.now)).astimezone(UTC)

    def value(self, key: str, default: Any = None) -> Any:
        """Present value of a tag; `default` where it has none or is not shown."""
        told = self.told(key)
        held = None if told is None else told.Value
        return default if held is None or held.Value is None else held.Value

    def told(self, key: str) -> ua.DataValue | None:
        """What clients are told of a tag, here or by its own server; None when it is not shown."""
        row = self._rows.get(key)
        if row is not None:
            return self._store.data_value(row)
        beside = getattr(self.session, "told_beside", None)
        found: ua.DataValue | None = None if beside is None else beside(key)
        return found

    def stamp(self, key: str) -> float | None:
        """Simulated second of a tag's present value; None where it has none or is not shown."""
        row = self._rows.get(key)
        return None if row is None else self._store.stamp(row)


def declared_type(space: AddressSpace, data_type: ua.NodeId) -> ua.VariantType | None:
    """Variant type of all values of a data type; None for an abstract one such as Number."""
    base = int(builtin(space, data_type).Identifier)
    if base == ua.ObjectIds.Structure:
        return T.ExtensionObject
    if base == ua.ObjectIds.Enumeration:
        return T.Int32
    return None if base in ABSTRACT else T(base)


WHOLE = {27: T.Int64, 28: T.UInt32}  # Integer, UInteger: what a Python int is sent as


def guessed(value: Any, base: int = 0) -> ua.VariantType:
    """Variant type of a value whose data type (going back to the built-in `base`) is abstract."""
    if isinstance(value, ua.Variant):
        return value.VariantType
    one = value[0] if isinstance(value, list | tuple) and value else value
    if isinstance(one, int) and base in WHOLE:
        return WHOLE[base]
    return next((wire for kind, wire in GUESSED if isinstance(one, kind)), T.ExtensionObject)


def variant(kind: ua.VariantType, value: Any, array: bool) -> ua.Variant:
    """A value as a Variant of that type; None is no value."""
    if isinstance(value, ua.Variant):
        return value
    if value is None:
        return ua.Variant()
    if array:
        return ua.Variant([plain(kind, one) for one in value], kind, is_array=True)
    return ua.Variant(plain(kind, value), kind)


def plain(kind: ua.VariantType, value: Any) -> Any:
    """A single value in the Python type that asyncua writes."""
    if kind == T.LocalizedText and isinstance(value, Text):
        return ua.LocalizedText(value.en, "en")
    if kind == T.LocalizedText and isinstance(value, str):
        return ua.LocalizedText(value)
    if kind == T.QualifiedName and isinstance(value, str):
        return ua.QualifiedName(value)
    if kind in (T.Float, T.Double):
        return float(value)
    if T.SByte.value <= kind.value <= T.UInt64.value:
        return int(value)
    return value
