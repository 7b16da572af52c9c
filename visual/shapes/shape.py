"""A finished shape: what a machine looks like and where a part, a lamp and a label go on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visual.mesh import Mesh
from visual.shapes.fittings import BELT

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """Local coordinates: middle of the floor space at the origin, flow along +x, front at -y.

    `size` is length, depth and height (m); parts come in at x = -length/2 and go out at
    +length/2. `bench` is where a part lies while it is worked on, `lamp` the stack light's foot.
    """

    drawing: Mapping[str, Mesh]
    size: tuple[float, float, float]
    lamp: tuple[float, float, float]
    bench: tuple[float, float, float] = (0.0, 0.0, BELT)
