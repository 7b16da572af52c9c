"""Bounds on what a message may announce, tried on the decoder itself."""

from __future__ import annotations

import struct

import pytest
from asyncua import ua
from asyncua.common.utils import NotEnoughData

from opcua_server.hardening import GuardedBuffer, bound_decoding
from opcua_server.hardening.limits import EMPTY_ELEMENTS

NULLS = bytes([0x80 | 0x00]) + struct.pack("<i", 64 * 2**20)  # a variant: 64 Mi times Null
BACKWARDS = bytes([0x80 | 0x0C]) + struct.pack("<ii", 2**31 - 1, -4)  # strings of length -4
DEEP = (bytes([0x80 | 24]) + struct.pack("<i", 1)) * 10_000  # a variant in a variant in a ...
MATRIX = bytes([0xC0 | 0x06]) + struct.pack("<iiiii", 1, 5, 2, 1000, 1000)
BROKEN = {"nulls": NULLS, "backwards": BACKWARDS, "deep": DEEP, "matrix": MATRIX}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_variant_is_refused_by_the_decoder(name: str) -> None:
    bound_decoding()
    with pytest.raises((NotEnoughData, RecursionError, ua.UaError)):
        ua.ua_binary.variant_from_binary(GuardedBuffer(BROKEN[name]))


def test_a_negative_length_reads_nothing() -> None:
    buffer = GuardedBuffer(b"0123456789")
    for act in (buffer.read, buffer.skip, buffer.copy):
        with pytest.raises(NotEnoughData):
            act(-4)
    assert buffer.read(4) == b"0123"


def test_elements_without_bytes_are_counted_over_all_views() -> None:
    bound_decoding()
    buffer = GuardedBuffer(b"abc")
    for _ in range(EMPTY_ELEMENTS):
        ua.ua_binary.Primitives.Null.unpack(buffer.copy())
    with pytest.raises(NotEnoughData):
        ua.ua_binary.Primitives.Null.unpack(buffer)
