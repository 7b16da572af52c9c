"""Parts of values: the NumericRange of OPC 10000-4, 7.27, on arrays and strings."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from asyncua import ua

ONE = re.compile(r"(\d{1,9})(?::(\d{1,9}))?")
T, Codes = ua.VariantType, ua.StatusCodes
TEXTS = (T.String, T.ByteString)


def parse(text: str) -> list[slice] | None:
    """The slices of a range, one a dimension; None when it is none."""
    found = [ONE.fullmatch(part) for part in text.split(",")]
    slices = []
    for match in found:
        if match is None:
            return None
        low = int(match[1])
        high = low if match[2] is None else int(match[2])
        if match[2] is not None and high <= low:
            return None
        slices.append(slice(low, high + 1))
    return slices


def ranged(value: ua.DataValue, text: str) -> ua.DataValue:
    """The part of a value that a range names, or the StatusCode of why there is none."""
    slices = parse(text)
    if slices is None:
        return _without(value, Codes.BadIndexRangeInvalid)
    variant = value.Value
    if variant is None or variant.Value is None:
        return value
    held = variant.Value
    if isinstance(held, list) or variant.VariantType in TEXTS:
        part = _cut(held, slices)
        if part:
            new = ua.Variant(part, variant.VariantType, is_array=isinstance(held, list))
            return dataclasses.replace(value, Value=new)
    return _without(value, Codes.BadIndexRangeNoData)


def _cut(held: Any, slices: list[slice]) -> Any:
    """The part of an array, or of each text in one; empty when there is nothing."""
    part = held[slices[0]]
    if len(slices) == 1 or not part:
        return part
    if not isinstance(held, list):
        return None
    inner = [_cut(one, slices[1:]) if isinstance(one, list | str | bytes) else None for one in part]
    return inner if all(inner) else None


def _without(value: ua.DataValue, code: int) -> ua.DataValue:
    return dataclasses.replace(value, Value=ua.Variant(), StatusCode=ua.StatusCode(code))
