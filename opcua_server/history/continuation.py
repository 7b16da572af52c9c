"""Continuation points of HistoryRead: they hold all that is needed to go on, so none is kept."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError

from twin.equipment.tag import Tag

CHECK = struct.Struct("<I")


def written(layout: struct.Struct, *fields: Any) -> bytes:
    """A continuation point of these fields, with a checksum.

    That is against accidents; a forged one reads no more than any.
    """
    head = layout.pack(*fields)
    return head + CHECK.pack(zlib.crc32(head))


def read(layout: struct.Struct, point: bytes) -> tuple[Any, ...]:
    """The fields of a continuation point. Raises ServiceError for one that is not ours."""
    head = point[: layout.size]
    if point != head + CHECK.pack(zlib.crc32(head)) or len(head) != layout.size:
        raise invalid()
    return layout.unpack(head)


def invalid() -> ServiceError:
    """The error for a continuation point of something else."""
    return ServiceError(ua.StatusCodes.BadContinuationPointInvalid)


def mark(tag: Tag) -> int:
    """A number that stands for a tag in a continuation point."""
    return zlib.crc32(tag.key.encode())
