"""Tables of other libraries: exact, typed, without copies."""

from decimal import Decimal

import pytest

import kpi_extract

TEXTS = ["新桥街道2023年工作总结\n全年新建公园3处，满意率97.220%。", "车位费3至5元/平方米，同比下降4.5%。"]


@pytest.fixture
def rows():
    return kpi_extract.extract(TEXTS)


def test_arrow(rows):
    import pyarrow as pa

    table = rows.to_arrow()
    assert table.column_names == rows.columns
    for name, held in {"value": pa.decimal128(38, 10), "high": pa.decimal128(38, 10), "line": pa.int64(),
                       "byte_start": pa.int64(), "damaged": pa.bool_(), "unit": pa.string()}.items():
        assert table.schema.field(name).type == held
    assert table.to_pylist() == list(rows)
    table.validate(full=True)
    assert pa.schema(rows) == table.schema
    assert pa.RecordBatchReader.from_stream(rows).read_all().equals(table)


def test_arrow_is_that_of_the_parquet_that_the_program_writes(program, samples, tmp_path):
    import pyarrow.parquet as pq

    assert program("-q", "-o", tmp_path / "rows.parquet", samples)[0] == 0
    written = pq.read_table(tmp_path / "rows.parquet")
    table = kpi_extract.extract_files(samples).to_arrow()
    assert written.schema.names == table.schema.names and written.schema.types == table.schema.types
    assert written.to_pylist() == table.to_pylist()


def test_conversions_do_not_copy(rows):
    import pyarrow as pa

    table = rows.to_arrow()
    frame = rows.to_pandas()
    before = pa.total_allocated_bytes()
    large = kpi_extract.extract([TEXTS[0]] * 20_000)
    arrow = large.to_arrow()
    pandas = large.to_pandas()
    # The memory is Rust's, which pyarrow's pool knows nothing of, and pandas' columns are the Arrow arrays themselves.
    assert arrow.nbytes > 5_000_000 and pa.total_allocated_bytes() - before < arrow.nbytes // 20
    column = pandas["sentence"].array._pa_array
    assert column.nbytes > 0 and frame.shape == (table.num_rows, table.num_columns)


def test_pandas(rows):
    frame = rows.to_pandas()
    assert list(frame["value"]) == [row["value"] for row in rows]
    assert isinstance(frame["value"][0], Decimal)
    assert {name: str(held) for name, held in frame.dtypes.items() if name in ("value", "line", "unit", "damaged")} == {
        "value": "decimal128(38, 10)[pyarrow]", "line": "int64[pyarrow]", "unit": "string[pyarrow]",
        "damaged": "bool[pyarrow]"}
    assert frame["value"].sum() == sum(row["value"] for row in rows)


def test_polars(rows):
    import polars as pl

    frame = rows.to_polars()
    assert frame.schema["value"] == pl.Decimal(38, 10) and frame.schema["unit"] == pl.String
    assert frame.to_dicts() == list(rows)
    assert frame["value"].sum() == sum(row["value"] for row in rows)


def test_duckdb(rows, program, samples, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    figures = rows.to_arrow()
    assert figures.num_rows == 4
    assert duckdb.sql("select sum(value) from figures").fetchall() == [(sum(row["value"] for row in rows),)]
    program("-q", "-o", tmp_path / "rows.parquet", samples)
    program("-q", "-o", tmp_path / "rows.db", samples)
    query = "select count(*) from '{}' where indicator = '粮食产量'"
    found = duckdb.sql(query.format(tmp_path / "rows.parquet")).fetchall()[0][0]
    import sqlite3

    told = sqlite3.connect(tmp_path / "rows.db").execute("select count(*) from rows where indicator = '粮食产量'")
    expected = sum(row["indicator"] == "粮食产量" for row in kpi_extract.extract_files(samples))
    assert found == told.fetchone()[0] == expected > 0


def test_listings_are_tables_too():
    listed = kpi_extract.quantities("受理1.3万余件，居第2位。", guarded=True).to_polars()
    assert listed["value"].to_list() == [13000, 2] and listed["dimension"].to_list() == ["count", "ordinal"]
    places = kpi_extract.places("河南淅川县").to_arrow()
    assert places["home"].to_pylist() == [True] and places["district_code"].to_pylist() == ["411326"]
