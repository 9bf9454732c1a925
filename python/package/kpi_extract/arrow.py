"""Rows of columns of documents, batch by batch: what engines that hand on Arrow (Spark, Daft, DuckDB) run on a worker.

The columns are those of `kpi_extract.Rows` and a last one, `error`: a document that cannot be read is a row with nothing but
`document` and `error`, so that no document costs those beside it anything. Needs pyarrow.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator

import pyarrow as pa

from . import Extractor

__all__ = ["SCHEMA", "TURN", "batches", "schema"]

#: Documents whose rows are in memory at a time.
TURN = 64


def schema() -> pa.Schema:
    """The columns with their types.

    >>> schema().field("value").type, schema().names[-1]
    (Decimal128Type(decimal128(38, 10)), 'error')
    """
    rows = pa.schema(Extractor().extract([]))
    return pa.schema([field.with_nullable(True) for field in rows] + [pa.field("error", pa.string())])


SCHEMA = schema()


def batches(
    extractor: Extractor, documents: Iterable[pa.RecordBatch], text: str = "text", id: str = "id"
) -> Iterator[pa.RecordBatch]:
    """The rows of the documents in the columns `text` (text, or bytes of files) and `id` (text) of each batch.

    >>> documents = pa.record_batch({"id": ["a", "b"], "text": ["新建公园3处。", None]})
    >>> for batch in batches(Extractor(), [documents]):
    ...     print(batch.select(["document", "indicator", "error"]).to_pylist())
    [{'document': 'a', 'indicator': '新建公园', 'error': None}]
    [{'document': 'b', 'indicator': None, 'error': 'no text: None'}]
    """
    for batch in documents:
        contents, names = batch.column(text), batch.column(id)
        is_text = pa.types.is_string(contents.type) or pa.types.is_large_string(contents.type)
        if is_text:
            # Of anything that an engine takes for text: bytes that are none would cost the whole batch.
            contents = contents.cast(pa.large_binary())
        for start in range(0, batch.num_rows, TURN):
            taken = slice(start, start + TURN)
            yield from _turn(extractor, contents[taken].to_pylist(), names[taken].to_pylist(), is_text)


def _turn(
    extractor: Extractor, contents: list[bytes | None], names: list[str | None], is_text: bool
) -> Iterator[pa.RecordBatch]:
    named: list[str] = []
    documents: list[Any] = []
    failures: list[tuple[str, str]] = []
    for name, content in zip((name or "" for name in names), contents):
        try:
            documents.append(content.decode() if is_text and content is not None else content)
        except UnicodeDecodeError as error:
            failures.append((name, f"no UTF-8 at byte {error.start}: read the files as binary, in any encoding"))
        else:
            named.append(name)
    rows, table = extractor.extract(documents, names=named, errors="keep"), None
    failures += rows.failures
    try:
        table = pa.table(rows)
    except ValueError as error:
        if len(names) > 1:
            # A number that is too long for a decimal costs its own document alone.
            for place in range(len(names)):
                one = slice(place, place + 1)
                yield from _turn(extractor, contents[one], names[one], is_text)
            return
        failures.append((named[0], str(error)))
    if table is not None and table.num_rows > 0:
        none = pa.nulls(table.num_rows, pa.string())
        yield from table.append_column("error", none).cast(SCHEMA).to_batches()
    if failures:
        known = {"document": [name for name, _ in failures], "error": [cause for _, cause in failures]}
        columns = [pa.array(known.get(field.name, [None] * len(failures)), field.type) for field in SCHEMA]
        yield pa.record_batch(columns, schema=SCHEMA)

