"""Rows of Daft data frames of documents, on one node without Java. Needs daft.

    rows = kpi_extract.daft.extract(daft.read_json("reports.jsonl"), text="text", id="id")
    rows.where(rows["error"].is_null()).write_parquet("rows", partition_cols=[rows["period"]])
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from . import Extractor, Files

if TYPE_CHECKING:
    from daft import DataFrame

__all__ = ["extract"]


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

    All is as with `kpi_extract.spark.extract`: what cannot be read is a row with `document` and `error`, and columns that
    are not there and rules that do not compile raise here.
    """
    import daft

    for name in (text, id):
        if name not in df.column_names:
            raise ValueError(f"no column `{name}`: there are {', '.join(df.column_names)}")
    held = df.schema()[text].dtype
    if held not in (daft.DataType.string(), daft.DataType.binary(), daft.DataType.null()):
        raise TypeError(f"the column `{text}` is {held}: texts or bytes of files are read")
    carried = pickle.dumps(
        Extractor(rules, builtin_rules=builtin_rules, gazetteer=gazetteer, district=district, period=period)
    )

    import pyarrow as pa

    from .arrow import SCHEMA

    @daft.func.batch(return_dtype=daft.DataType.from_arrow_type(pa.list_(pa.struct(list(SCHEMA)))))
    def read(names: Any, contents: Any) -> Any:
        import pyarrow as pa

        from kpi_extract.arrow import SCHEMA, batches

        extractor = pickle.loads(carried)
        names, contents = names.to_arrow().cast(pa.string()), contents.to_arrow()
        found, ends = [], [0]
        for place in range(len(names)):
            # One by one, for which rows are of which document is told by nothing else.
            document = pa.record_batch([names.slice(place, 1), contents.slice(place, 1)], names=["id", "text"])
            rows = list(batches(extractor, [document]))
            found += rows
            ends.append(ends[-1] + sum(batch.num_rows for batch in rows))
        table = pa.Table.from_batches(found, SCHEMA).combine_chunks()
        structs = table.to_struct_array().combine_chunks()
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), structs)

    listed = df.select(read(df[id].cast(daft.DataType.string()), df[text]).alias("row"))
    listed = listed.where(listed["row"].length() > 0).explode("row")
    return listed.select(*(listed["row"].get(field.name).alias(field.name) for field in SCHEMA))
