"""Values a scenario file may hold: texts with units, distributions, texts in two languages."""

from __future__ import annotations

import re
from itertools import pairwise
from math import log
from statistics import fmean
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from twin import units
from twin.equipment.tag import Text
from twin.i18n import N_, _


class Record(BaseModel):
    """Base of every part of a scenario: frozen, strict, and unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
    )


Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]


def refusal(expected: str, fix: str = "") -> PydanticCustomError:
    """An error of a validator, in the words that the reader of the scenario will see."""
    return PydanticCustomError("twin", "{expected}", {"expected": expected, "fix": fix})


def _reader(dimension: str, wanted: str) -> BeforeValidator:
    def convert(value: object) -> float:
        if isinstance(value, str):
            try:
                return units.parse(value, dimension)
            except ValueError:
                pass  # said below, in the reader's language
        known = _("Known units: {units}.").format(units=units.examples(dimension))
        raise refusal(_(wanted), known)

    return BeforeValidator(convert)


def _written(dimension: str, example: str) -> WithJsonSchema:
    known = "|".join(map(re.escape, units.examples(dimension).split(", ")))
    number = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
    pattern = rf"^\s*({number}\s*({known})\s*)+$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


def _title(value: object) -> object:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(value, value)
    if isinstance(value, dict) and set(value) == {"en", "ko"}:
        en, ko = value["en"], value["ko"]
        if isinstance(en, str) and isinstance(ko, str):
            return Text(en, ko)
    raise refusal(_('a text, or {{en: "...", ko: "..."}}').format())


Seconds = Annotated[
    float, _reader("time", N_("a time with its unit, such as 28 s")), _written("time", "28 s")
]
Kilowatts = Annotated[
    float,
    _reader("power", N_("a power with its unit, such as 2.5 kW")),
    _written("power", "2.5 kW"),
]
# Upper bounds, assumed, keep sums of times and energies finite: a century, a large power station.
PositiveSeconds = Annotated[Seconds, Field(gt=0, le=3.2e9)]
UnitsPerSecond = Annotated[
    float,
    _reader("rate", N_("a rate with its unit, such as 12000 /h")),
    _written("rate", "12000 /h"),
]
PositiveRate = Annotated[UnitsPerSecond, Field(gt=0, le=1e6)]
GasFlow = Annotated[
    float,
    _reader("gas flow", N_("a flow of gas with its unit, such as 12 Nm³/h")),
    _written("gas flow", "12 Nm³/h"),
    Field(ge=0, le=1e7),
]
MassFlow = Annotated[
    float,
    _reader("mass flow", N_("a mass flow with its unit, such as 80 kg/h")),
    _written("mass flow", "80 kg/h"),
    Field(ge=0, le=1e9),
]
NonNegativeSeconds = Annotated[Seconds, Field(ge=0, le=3.2e9)]
NonNegativeKilowatts = Annotated[Kilowatts, Field(ge=0, le=1e7)]
Title = Annotated[
    Text,
    BeforeValidator(_title),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {"en": {"type": "string"}, "ko": {"type": "string"}},
                    "required": ["en", "ko"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class Fixed(Record):
    """Always the same time."""

    kind: Literal["fixed"] = "fixed"
    mean: NonNegativeSeconds


NO_TIME = Fixed.model_validate({"mean": "0 s"})


class Exponential(Record):
    """Exponential time with this mean."""

    kind: Literal["exponential"]
    mean: PositiveSeconds


class Uniform(Record):
    """Uniform between low and high."""

    kind: Literal["uniform"]
    low: NonNegativeSeconds
    high: PositiveSeconds


class Triangular(Record):
    """Triangular between low and high with its peak at mode."""

    kind: Literal["triangular"]
    low: NonNegativeSeconds
    mode: NonNegativeSeconds
    high: PositiveSeconds


class Normal(Record):
    """Normal, drawn again in effect below zero: negative values count as 0."""

    kind: Literal["normal"]
    mean: PositiveSeconds
    sd: NonNegativeSeconds


class Lognormal(Record):
    """Lognormal with this mean; `sigma` is the standard deviation of the logarithm.

    `memory` is the correlation of the logarithm with that of the draw before: real stops have
    0.1 to 0.5 of it.
    """

    kind: Literal["lognormal"]
    mean: PositiveSeconds
    sigma: Annotated[float, Field(gt=0, le=5)] = 1.0
    memory: Annotated[float, Field(ge=0, le=0.9)] = 0.0


class Weibull(Record):
    """Weibull with this mean; `shape` above 1 wears out, 1 is exponential."""

    kind: Literal["weibull"]
    mean: PositiveSeconds
    shape: Annotated[float, Field(ge=0.1, le=100)] = 1.0


class Erlang(Record):
    """Sum of `phases` exponential times with this mean in all."""

    kind: Literal["erlang"]
    mean: PositiveSeconds
    phases: Annotated[int, Field(ge=1, le=1000)] = 2


class Automatic(Record):
    """An automatic cycle: tight (0.2 %) around its nominal time, 1 in 200 cycles a little long.

    The coefficient of variation is about 0.5 % and the skew large, as in recorded cycles of
    automatic machines; the mixture itself is assumed.
    """

    kind: Literal["automatic"]
    mean: PositiveSeconds


class Bursts(Record):
    """Times between stops that come in bursts: a `share` of them follows after the mean `close`.

    Both the close and the wide gaps are exponential; the wide ones are as long as it takes for
    the mean of all to be `mean`.
    """

    kind: Literal["bursts"]
    mean: PositiveSeconds
    share: Annotated[float, Field(gt=0, le=0.95)]
    close: PositiveSeconds

    @property
    def wide(self) -> float:
        """Mean of the gaps between bursts, s."""
        return (self.mean - self.share * self.close) / (1.0 - self.share)


class Measured(Record):
    """As recorded: equally likely `times` in order, straight lines between their logarithms.

    `memory` is the correlation of the normal score of a draw with that of the draw before.
    """

    kind: Literal["measured"]
    times: Annotated[list[PositiveSeconds], Field(min_length=2, max_length=200)]
    memory: Annotated[float, Field(ge=0, le=0.9)] = 0.0

    @property
    def mean(self) -> float:
        """Mean of the time, s: of the exponential of each straight line."""
        return fmean(
            low if high == low else (high - low) / log(high / low)
            for low, high in pairwise(self.times)
        )


Drawn = (
    Fixed
    | Exponential
    | Uniform
    | Triangular
    | Normal
    | Lognormal
    | Weibull
    | Erlang
    | Automatic
    | Bursts
    | Measured
)
_FORMS = set().union(*(kind.model_fields for kind in Drawn.__args__))


def _time(value: object) -> object:
    if isinstance(value, str):
        return {"kind": "fixed", "mean": value}
    if isinstance(value, dict | Record):
        return value
    raise refusal(_("a time with its unit, such as 28 s, or {{kind: ..., mean: ...}}").format())


Time = Annotated[
    Annotated[Drawn, Field(discriminator="kind")],
    BeforeValidator(_time, json_schema_input_type=NonNegativeSeconds | Drawn),
]
"""A fixed time as text ("28 s") or a distribution ({kind: exponential, mean: 28 s})."""


def _cycle_form(value: object) -> str:
    if not isinstance(value, dict) or "kind" in value or (value and _FORMS.issuperset(value)):
        return "<time>"
    return "<table>"


class _Table:
    """Tells a reader of the JSON Schema that what has a `kind` is a distribution."""

    @staticmethod
    def __get_pydantic_json_schema__(
        schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"not": {"required": ["kind"]}}


# The form is chosen before it is validated, so a mistake gives one message and not one a form.
# pydantic puts a form's name among the keys of an error's place; in brackets it is not one of them.
Cycle = Annotated[
    Annotated[Time, Tag("<time>")]
    | Annotated[dict[str, Time], Field(min_length=1), _Table, Tag("<table>")],
    Discriminator(_cycle_form),
]
"""One time for every product, or a table of times by product."""


Rate = Annotated[
    Annotated[PositiveRate, Tag("<rate>")]
    | Annotated[dict[str, PositiveRate], Field(min_length=1), Tag("<table>")],
    Discriminator(lambda value: "<table>" if isinstance(value, dict) else "<rate>"),
]
"""One rate for every product, or a table of rates by product; inside, units a second."""


def _capacity(value: object) -> object:
    if value == "unlimited":
        return -1
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_CAPACITY:
        return value
    raise refusal(_("a whole number from 0 to {most}, or unlimited").format(most=MAX_CAPACITY))


MAX_CAPACITY = 1_000_000  # assumed: beyond it, `unlimited` is meant
Capacity = Annotated[
    int,
    BeforeValidator(_capacity),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MAX_CAPACITY},
                {"const": "unlimited"},
            ]
        }
    ),
]
"""Room for this many parts; -1 when it is unlimited."""


def mean_of(time: Drawn) -> float:
    """Mean of a time, s."""
    if isinstance(time, Uniform):
        return (time.low + time.high) / 2.0
    if isinstance(time, Triangular):
        return (time.low + time.mode + time.high) / 3.0
    return time.mean
