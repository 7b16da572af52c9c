"""The picture of a line as the page needs it; who draws it is passed in, never imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any


class Scene:
    """Geometry and places of a line, made when first asked for and then kept.

    `glb` makes the binary glTF (y up, metres, node name = station id); `data` makes the paths,
    tunnels and colours that the hello message carries.
    """

    def __init__(self, glb: Callable[[], bytes], data: Callable[[], Mapping[str, Any]]) -> None:
        self._make_glb = glb
        self._make_data = data

    @cached_property
    def glb(self) -> bytes:
        """The geometry."""
        return self._make_glb()

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """Paths, tunnels and colours."""
        return self._make_data()
