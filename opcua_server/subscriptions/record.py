"""Notifications as records: the body of a DataChangeNotification straight from numpy columns.

A record holds every field a MonitoredItemNotification with a plain number can have; those that
its encoding mask leaves out are cut from the bytes (OPC 10000-6, 5.2.2.17 DataValue, 5.2.2.16
Variant; OPC 10000-4, 7.25.2 DataChangeNotification).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from asyncua import ua
from numpy.typing import NDArray

from opcua_server.store import EPOCH, from_filetime

RECORD = np.dtype(
    [
        ("handle", "<u4"),  # the client's
        ("mask", "u1"),  # which of the fields below are there
        ("type", "u1"),  # of the Variant
        ("value", "<u8"),  # its bits, the low bytes first
        ("status", "<u4"),
        ("source", "<i8"),  # FILETIME
        ("server", "<i8"),
    ]
)
VALUE, STATUS, SOURCE, SERVER = 1, 2, 4, 8  # bits of the mask
T = ua.VariantType
WIDTHS = {T.Boolean: 1, T.UInt32: 4, T.Int64: 8, T.Double: 8}  # bytes of a value
BODY_TYPE = ua.NodeId(ua.ObjectIds.DataChangeNotification_Encoding_DefaultBinary)
NO_DIAGNOSTICS = (-1).to_bytes(4, "little", signed=True)
Records = NDArray[np.void]


def _kept() -> NDArray[np.bool_]:
    """Which bytes of a record are sent, for every mask and type."""
    offsets = {name: RECORD.fields[name][1] for name in RECORD.names or ()}  # type: ignore[index]
    kept = np.zeros((16, max(WIDTHS) + 1, RECORD.itemsize), dtype=np.bool_)
    kept[:, :, : offsets["type"]] = True
    for mask in range(16):
        for kind, width in WIDTHS.items():
            if mask & VALUE:
                kept[mask, kind, offsets["type"] : offsets["value"] + width] = True
            if mask & STATUS:
                kept[mask, kind, offsets["status"] : offsets["source"]] = True
            if mask & SOURCE:
                kept[mask, kind, offsets["source"] : offsets["server"]] = True
            if mask & SERVER:
                kept[mask, kind, offsets["server"] :] = True
    return kept


KEPT = _kept()


def body(records: Records) -> bytes:
    """The bytes of a DataChangeNotification with these records, in their order."""
    count = len(records)
    kinds = records["mask"].astype(np.intp) * KEPT.shape[1] + records["type"]
    kept = KEPT.reshape(-1, RECORD.itemsize)
    octets = np.ascontiguousarray(records).view(np.uint8).reshape(count, RECORD.itemsize)
    if (kinds == kinds[0]).all():  # most often: Good values of one type
        told = np.ascontiguousarray(octets[:, kept[kinds[0]]])
    else:
        told = octets[kept[kinds]]
    return count.to_bytes(4, "little") + told.tobytes() + NO_DIAGNOSTICS


def notification(records: Records) -> ua.ExtensionObject:
    """A DataChangeNotification that is encoded already."""
    return ua.ExtensionObject(BODY_TYPE, body(records))


def bits_of(values: NDArray[np.float64], kind: ua.VariantType) -> NDArray[np.uint64]:
    """The bits of finite numbers as values of a type; halves go to the even, as Python rounds."""
    if kind == T.Double:
        return (values + 0.0).view(np.uint64)  # no -0.0: it equals 0.0
    if kind == T.Boolean:
        return (values != 0.0).astype(np.uint64)
    return np.rint(values).astype(np.int64).view(np.uint64)


def data_value(record: np.void) -> ua.DataValue:
    """A record as asyncua's DataValue."""
    mask, kind = int(record["mask"]), T(int(record["type"]))
    variant = None
    if mask & VALUE:
        bits = np.array([record["value"]], dtype="<u8")
        if kind == T.Double:
            variant = ua.Variant(float(bits.view("<f8")[0]), kind)
        else:
            number = int(bits.view("<i8")[0])
            variant = ua.Variant(bool(number) if kind == T.Boolean else number, kind)
    return ua.DataValue(
        variant,
        ua.StatusCode(int(record["status"])),
        _moment(record["source"]) if mask & SOURCE else None,
        _moment(record["server"]) if mask & SERVER else None,
    )


def _moment(ticks: np.int64) -> datetime:
    return from_filetime(int(ticks)) if ticks else EPOCH
