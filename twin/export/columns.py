"""Columns of a data set and the two file formats; both formats hold the same values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from twin.equipment.tag import Tag

Format = Literal["parquet", "csv"]
TIME = pa.timestamp("us", tz="UTC")
LABEL = pa.dictionary(pa.int8(), pa.string())
NAME = pa.dictionary(pa.int32(), pa.string())  # where there may be more than 127 of them
TAG_TYPES = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "enum": LABEL}
_MICROSECOND = 1e6
_ISO = "%Y-%m-%dT%H:%M:%SZ"


def dates(t: NDArray[np.float64], epoch: datetime) -> Any:
    """Simulated seconds as UTC timestamps, to the microsecond."""
    zero = round((epoch - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * _MICROSECOND)
    return pa.array(np.rint(t * _MICROSECOND).astype(np.int64) + zero).cast(TIME)


def tag_column(tag: Tag, values: NDArray[np.float64]) -> Any:
    """What a tag showed, in its own type."""
    if tag.kind == "float":
        return pa.array(values)
    if tag.kind == "int":
        return pa.array(np.rint(values).astype(np.int64))
    if tag.kind == "bool":
        return pa.array(values != 0.0)
    return labelled(np.rint(values), tag.labels)


def labelled(codes: NDArray[Any], labels: tuple[str, ...]) -> Any:
    """Codes as texts, stored once each."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(labels))


class TableFile:
    """A file that takes its rows in pieces: Parquet, or CSV with the same values as texts."""

    def __init__(self, path: Path, schema: Any, form: Format) -> None:
        self._schema, self._form = schema, form
        self._file = path.open("wb")
        try:
            if form == "parquet":
                labels = [field.name for field in schema if field.type in (LABEL, NAME)]
                self._writer: Any = pyarrow.parquet.ParquetWriter(
                    self._file, schema, compression="zstd", use_dictionary=labels
                )
            else:
                self._writer = pyarrow.csv.CSVWriter(
                    self._file,
                    pa.schema([(field.name, _as_text_type(field.type)) for field in schema]),
                    write_options=pyarrow.csv.WriteOptions(quoting_style="needed"),
                )
        except BaseException:
            self._file.close()
            raise

    def write(self, columns: Mapping[str, Any]) -> None:
        """Append rows given as Arrow columns."""
        arrays = [columns[field.name] for field in self._schema]
        if self._form == "csv":
            arrays = [_as_text(column) for column in arrays]
            self._writer.write_table(pa.table(arrays, names=self._schema.names))
        elif len(arrays[0]):
            table = pa.table(arrays, schema=self._schema)
            self._writer.write_table(table, row_group_size=max(1, len(arrays[0])))

    def __enter__(self) -> TableFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        try:
            self._writer.close()
            self._file.close()
        except (OSError, pa.ArrowException):
            if kind is None:  # else: the reason is already on its way
                raise
        finally:
            self._file.close()


def _as_text_type(kind: Any) -> Any:
    return pa.string() if kind in (LABEL, NAME, TIME) else kind


def _as_text(column: Any) -> Any:
    if column.type in (LABEL, NAME):
        return column.cast(pa.string())
    if column.type == TIME:  # without its zone: naming one needs the system's zone files
        return pc.strftime(column.cast(pa.int64()).cast(pa.timestamp("us")), format=_ISO)
    return column
