"""Values as HistoryData, the body of an answer (OPC 10000-6, 5.2.2.16 and 17)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from numpy.typing import NDArray

from opcua_server.history.points import NO_SAMPLE, Point
from opcua_server.store import WIRE, from_filetime
from twin.equipment.tag import Tag

HISTORY_DATA = ua.NodeId(ua.ObjectIds.HistoryData_Encoding_DefaultBinary)
DTYPES = {"float": "<f8", "int": "<i8", "bool": "?", "enum": "<u4"}
OTHER: dict[str, tuple[ua.VariantType, Any]] = {
    "double": (ua.VariantType.Double, float),
    "int": (ua.VariantType.Int32, int),
    "status": (ua.VariantType.StatusCode, lambda value: ua.StatusCode(int(value))),
}


def answer(tag: Tag, base: int, points: Sequence[Point], stamps: Any, gives: str) -> Any:
    """Results of one node; `gives` names their type, "own" the tag's. `base` is simulated 0."""
    kind, convert = WIRE[tag.kind] if gives == "own" else OTHER[gives]
    source = stamps != ua.TimestampsToReturn.Server
    server = stamps != ua.TimestampsToReturn.Source
    rows = []
    for point in points:
        moment = from_filetime(base + point.tick)
        value = None if np.isnan(point.value) else ua.Variant(convert(point.value), kind)
        rows.append(
            ua.DataValue(
                value,
                ua.StatusCode(point.code),
                moment if source else None,
                moment if server else None,
            )
        )
    body = struct_to_binary(ua.HistoryData(rows))
    return ua.ExtensionObject(HISTORY_DATA, Body=body)


def nothing() -> ua.ExtensionObject:
    """A HistoryData without values."""
    return ua.ExtensionObject(HISTORY_DATA, Body=struct.pack("<i", 0))


def pack(tag: Tag, values: NDArray[np.float64], times: NDArray[np.int64], stamps: Any) -> bytes:
    """A HistoryData body: for each value its encoding, variant and timestamps (OPC 10000-6)."""
    good = np.isfinite(values)
    if not good.all():
        return _pack_each(tag, values, times, stamps)
    server = stamps != ua.TimestampsToReturn.Source
    source = stamps != ua.TimestampsToReturn.Server
    fields: list[tuple[str, str]] = [("mask", "u1"), ("type", "u1"), ("value", DTYPES[tag.kind])]
    fields += [("source", "<i8")] * source + [("server", "<i8")] * server
    rows = np.empty(len(values), dtype=fields)
    rows["mask"] = 0x01 | 0x04 * source | 0x08 * server
    rows["type"] = WIRE[tag.kind][0].value
    rows["value"] = values if tag.kind == "float" else np.rint(values)
    for name in [name for name, _ in fields[3:]]:
        rows[name] = times
    return struct.pack("<i", len(rows)) + rows.tobytes()


def _pack_each(
    tag: Tag, values: NDArray[np.float64], times: NDArray[np.int64], stamps: Any
) -> bytes:
    """The same where some values are missing and carry a status in their place."""
    parts: list[bytes] = [struct.pack("<i", len(values))]
    empty = struct.pack("<BI", 0x02, NO_SAMPLE)
    for value, time in zip(values, times, strict=True):
        one = pack(tag, np.array([value if np.isfinite(value) else 0.0]), np.array([time]), stamps)
        if np.isfinite(value):
            parts.append(one[4:])
        else:
            moments = one[4 + 2 + np.dtype(DTYPES[tag.kind]).itemsize :]
            mask = (one[4] & ~0x01) | 0x02
            parts.append(bytes([mask]) + empty[1:] + moments)
    return b"".join(parts)
