"""Bytes of a message, with lengths from the wire checked before anything is made from them."""

from __future__ import annotations

from typing import Any

from asyncua.common.utils import Buffer, NotEnoughData
from asyncua.ua import ua_binary

from opcua_server.hardening.limits import EMPTY_ELEMENTS, RESHAPED


class GuardedBuffer(Buffer):
    """A message's bytes; lengths from the wire are checked before anything is made from them."""

    def __init__(self, data: bytes, start_pos: int = 0, size: int = -1) -> None:
        super().__init__(data, start_pos, size)
        self.empty = [0]  # elements without bytes so far, shared with the copies

    @classmethod
    def over(cls, buffer: Buffer) -> GuardedBuffer:
        """A guarded view of an ordinary buffer."""
        return cls(buffer._data, buffer._cur_pos, buffer._size)

    def read(self, size: int) -> bytes:
        """Next `size` bytes; a negative size would move backwards and never end."""
        if size < 0:
            raise NotEnoughData(f"a length of {size} was announced")
        return super().read(size)

    def skip(self, size: int) -> None:
        """Pass over `size` bytes."""
        if size < 0:
            raise NotEnoughData(f"a length of {size} was announced")
        super().skip(size)

    def copy(self, size: int = -1) -> GuardedBuffer:
        """A view of the next `size` bytes, all that are left for -1."""
        if size < -1:
            raise NotEnoughData(f"a length of {size} was announced")
        size = self._size if size == -1 else min(size, self._size)
        view = GuardedBuffer(self._data, self._cur_pos, size)
        view.empty = self.empty
        return view

    def count_empty(self) -> None:
        """Account for an array element that takes no bytes, of which any number could be told."""
        self.empty[0] += 1
        if self.empty[0] > EMPTY_ELEMENTS:
            raise NotEnoughData("too many array elements without content were announced")


class CountedNull:
    """asyncua's codec of Null, which reads nothing, made to count what it hands out."""

    @staticmethod
    def pack(data: Any) -> bytes:
        """Bytes of a Null: none."""
        return b""

    @staticmethod
    def unpack(data: Any) -> None:
        """One Null."""
        if isinstance(data, GuardedBuffer):
            data.count_empty()


def bound_decoding() -> None:
    """Put the two bounds in place that a buffer alone cannot hold. Harmless to clients."""
    ua_binary.MAX_RESHAPE_ELEMENTS = RESHAPED
    ua_binary.Primitives.Null = CountedNull()
    ua_binary._create_uatype_deserializer.cache_clear()
    ua_binary._create_uatype_array_deserializer.cache_clear()
