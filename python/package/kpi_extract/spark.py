"""Rows of Spark data frames of documents, batch or streaming, on `mapInArrow`. Needs PySpark.

    rows = kpi_extract.spark.extract(spark.read.json("reports.jsonl"), text="text", id="id")
    rows.where("error is null").write.partitionBy("period").parquet("rows")
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Iterator

from . import Extractor, Files
from .arrow import SCHEMA

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["DDL", "extract"]

_TYPES = {"string": "string", "int64": "bigint", "bool": "boolean", "decimal128(38, 10)": "decimal(38,10)"}
#: The columns of the rows with their types, as Spark writes them.
DDL = ", ".join(f"`{field.name}` {_TYPES[str(field.type)]}" for field in SCHEMA)


def extract(
    df: DataFrame,
    text: str = "text",
    id: str = "id",
    *,
    rules: Files = (),
    gazetteer: Files = (),
    builtin_rules: bool = True,
    district: str | None = None,
    period: str | None = None,
) -> DataFrame:
    """The rows of the documents in the columns `text` and `id`: those of `kpi_extract.Rows` and `error`.

    `text` is a column of texts, or of the bytes of files (`binaryFile` has `content`); `id` of any type becomes
    `document`. A document that cannot be read is one row with `document` and `error` and nothing else; it fails no task.

    Columns that are not there and rules that do not compile raise here, on the driver, before any task starts. Rules are
    compiled here and once in each Python worker; they travel once as a broadcast.
    """
    from pyspark.sql import functions, types

    columns = {field.name: field.dataType for field in df.schema}
    for name in (text, id):
        if name not in columns:
            raise ValueError(f"no column `{name}`: there are {', '.join(columns)}")
    if not isinstance(columns[text], (types.StringType, types.BinaryType)):
        raise TypeError(f"the column `{text}` is {columns[text].simpleString()}: texts or bytes of files are read")
    if isinstance(columns[id], (types.ArrayType, types.MapType, types.StructType, types.BinaryType)):
        raise TypeError(f"the column `{id}` is {columns[id].simpleString()}: it has to name documents")
    extractor = Extractor(
        rules, builtin_rules=builtin_rules, gazetteer=gazetteer, district=district, period=period
    )
    state = _shared(df, pickle.dumps(extractor))

    def read(documents: Iterator[Any]) -> Iterator[Any]:
        # Of all that stands outside only `state` travels, so that a worker without the package can say so.
        import sys

        try:
            import pickle

            from kpi_extract.arrow import batches
        except ImportError as error:
            message = f"this worker ({sys.executable}) lacks what it needs: pip install 'kpi-extract[spark]' ({error})"
            raise ImportError(message) from None
        carried = state if isinstance(state, bytes) else state.value
        yield from batches(pickle.loads(carried), documents)

    documents = df.select(
        functions.col(f"`{id}`").cast("string").alias("id"), functions.col(f"`{text}`").alias("text")
    )
    return documents.mapInArrow(read, DDL)


def _shared(df: DataFrame, state: bytes) -> Any:
    """A broadcast, or what travels with the function where there is none: on Spark Connect."""
    try:
        return df.sparkSession.sparkContext.broadcast(state)
    except (AttributeError, NotImplementedError):
        return state
