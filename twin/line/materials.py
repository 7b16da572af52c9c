"""Materials as a scenario file says them: lots, what varies from lot to lot, and who uses how much.

A lot is what is put in at once and can be told apart: a reel, a jar, a pack, a pallet of caps.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag

from twin.i18n import _
from twin.line.values import Name, Record, Time, Title, refusal

Amount = Annotated[float, Field(gt=0, le=1_000_000_000)]


class PropertySpec(Record):
    """A hidden property of a lot: normal about `mean` with standard deviation `sd`."""

    mean: float
    sd: Annotated[float, Field(ge=0)] = 0.0


class MaterialSpec(Record):
    """Something that comes in lots of `lot` units; `unit` is of the material, "1" for pieces."""

    title: Title | None = None
    lot: Amount
    unit: Annotated[str, Field(max_length=8)] = "1"
    properties: dict[Name, PropertySpec] = {}


class RefillSpec(Record):
    """Putting the next lot in: the station waits for it, people are needed for this time only."""

    time: Time
    crew: Name | None = None


Amounts = Annotated[
    Annotated[Amount, Tag("<amount>")]
    | Annotated[dict[Name, Amount], Field(min_length=1), Tag("<table>")],
    Discriminator(lambda value: "<table>" if isinstance(value, dict) else "<amount>"),
]
"""One quantity for every product, or a table by product; a product not in it takes none."""


class UseSpec(Record):
    """How much of a material a part takes; without `refill` a new lot costs no time."""

    quantity: Amounts
    refill: RefillSpec | None = None

    def of(self, product: str) -> float:
        """Units of the material a part of a product takes; 0 when it takes none."""
        if isinstance(self.quantity, dict):
            return self.quantity.get(product, 0.0)
        return self.quantity


def _use(value: object) -> object:
    if isinstance(value, dict | UseSpec):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"quantity": value}
    wanted = _("a quantity for each part, or {{quantity: ..., refill: {{time: ..., crew: ...}}}}")
    raise refusal(wanted.format())


Using = Annotated[UseSpec, BeforeValidator(_use, json_schema_input_type=Amount | UseSpec)]
