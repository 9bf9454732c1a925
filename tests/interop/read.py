"""Reads what kpi-extract wrote with programs that its authors did not write, and compares the cells.

read.py CHECK FOLDER: FOLDER holds `rows.jsonl`, the rows as they should be, and the same rows in the other formats, all
with all columns. Prints what was compared; `skipped: REASON` where the program is not there. An assertion that fails is
an error.
"""

import csv
import decimal
import glob
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal

FOLDER = sys.argv[2] if len(sys.argv) > 2 else "."
NUMBERS = ["value", "high"]
INTEGERS = ["line", "start", "end", "byte_start", "byte_end", "group"]
TRIGGERS = "=+-@＝＋－＠\t\r\n"
decimal.getcontext().prec = 60


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(0)


def path(name):
    return os.path.join(FOLDER, name)


def expected():
    with open(path("rows.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


ROWS = expected()
COLUMNS = list(ROWS[0])


def defused(text):
    return "'" + text if text[:1] and text[0] in TRIGGERS else text


def sums():
    return {name: sum(Decimal(row[name]) for row in ROWS if row[name] is not None) for name in NUMBERS}


def same_text(name, cells):
    told = [row[name] for row in ROWS]
    assert cells == told, next((name, i, a, b) for i, (a, b) in enumerate(zip(cells, told)) if a != b)


def as_cell(name, value):
    """What stands in a table of text."""
    if name == "damaged":
        return "damaged" if value else ""
    if value is None:
        return ""
    return str(value) if name in NUMBERS + INTEGERS else defused(value)


def check_csv():
    for name, delimiter in [("rows.csv", ","), ("rows.tsv", "\t")]:
        with open(path(name), encoding="utf-8", newline="") as file:
            records = list(csv.reader(file, delimiter=delimiter))
        assert records[0] == COLUMNS
        for record, row in zip(records[1:], ROWS, strict=True):
            assert record == [as_cell(column, row[column]) for column in COLUMNS], (record, row)


def check_pandas():
    try:
        import pandas
    except ImportError as error:
        skip(error)
    for name, options in [("rows.csv", {}), ("bom.csv", {}), ("rows.tsv", {"sep": "\t"})]:
        frame = pandas.read_csv(path(name), **options)
        assert list(frame.columns) == COLUMNS, list(frame.columns)
        assert len(frame) == len(ROWS)
        for column in NUMBERS + INTEGERS:
            assert frame[column].dtype.kind in "if", (column, frame[column].dtype)
        told = float(sums()["value"])
        assert abs(frame["value"].sum() - told) <= abs(told) * 1e-12
        same_text("unit", frame["unit"].fillna("").tolist())


def check_polars():
    try:
        import polars
    except ImportError as error:
        skip(error)
    # Polars guesses types from a hundred rows unless it is told to look at all: a year is a number, 2021/2025 is none.
    whole = {"infer_schema_length": None}
    frames = [polars.read_csv(path(name), **whole) for name in ["rows.csv", "bom.csv"]]
    frames.append(polars.read_csv(path("rows.tsv"), separator="\t", **whole))
    for frame in frames:
        assert frame.columns == COLUMNS, frame.columns
        assert frame.height == len(ROWS)
        told = float(sums()["value"])
        assert abs(frame["value"].sum() - told) <= abs(told) * 1e-12
        same_text("unit", frame["unit"].fill_null("").to_list())
    frame = polars.read_parquet(path("rows.parquet"))
    for name, told in sums().items():
        assert frame.schema[name] == polars.Decimal(38, 10), frame.schema
        values = [value for value in frame[name].to_list() if value is not None]
        assert sum(values, Decimal(0)) == told
    for name in COLUMNS:
        if name not in NUMBERS:
            same_text(name, frame[name].to_list())


def check_pyarrow():
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        skip(error)
    table = pyarrow.parquet.read_table(path("rows.parquet"))
    assert table.column_names == COLUMNS
    for field in table.schema:
        if field.name in NUMBERS:
            told = pyarrow.decimal128(38, 10)
        elif field.name in INTEGERS:
            told = pyarrow.int64()
        else:
            told = pyarrow.bool_() if field.name == "damaged" else pyarrow.string()
        assert field.type == told, field
    for name in COLUMNS:
        cells = table[name].to_pylist()
        if name in NUMBERS:
            assert cells == [None if row[name] is None else Decimal(row[name]) for row in ROWS]
        else:
            same_text(name, cells)
    encodings = pyarrow.parquet.ParquetFile(path("rows.parquet")).metadata.row_group(0).column(0).encodings
    assert "RLE_DICTIONARY" in encodings or "PLAIN_DICTIONARY" in encodings, encodings


def check_duckdb():
    try:
        import duckdb
    except ImportError as error:
        skip(error)
    told = sums()
    connection = duckdb.connect()

    def types(name):
        described = connection.execute(f"DESCRIBE SELECT * FROM '{path(name)}'").fetchall()
        return {row[0]: row[1] for row in described}

    for name in ["rows.csv", "bom.csv", "rows.tsv"]:
        query = f"SELECT count(*), sum(CAST(value AS DECIMAL(38, 10))), sum(CAST(high AS DECIMAL(38, 10))) FROM '{path(name)}'"
        count, value, high = connection.execute(query).fetchone()
        assert count == len(ROWS), (name, count)
        assert abs(value - told["value"]) <= abs(told["value"]) * Decimal("1e-12"), (name, value)
        assert abs(high - told["high"]) <= abs(told["high"]) * Decimal("1e-12"), (name, high)
        assert types(name)["value"] in ("DOUBLE", "BIGINT") or types(name)["value"].startswith("DECIMAL"), types(name)
        assert types(name)["line"] == "BIGINT", types(name)
    query = f"SELECT count(*), sum(value), sum(high) FROM '{path('rows.parquet')}'"
    assert connection.execute(query).fetchone() == (len(ROWS), told["value"], told["high"])
    assert types("rows.parquet")["value"] == "DECIMAL(38,10)", types("rows.parquet")


def check_sqlite3():
    import sqlite3

    connection = sqlite3.connect(path("rows.db"))
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    cursor = connection.execute("SELECT * FROM rows ORDER BY rowid")
    assert [column[0] for column in cursor.description] == COLUMNS
    for cells, row in zip(cursor.fetchall(), ROWS, strict=True):
        for name, cell in zip(COLUMNS, cells):
            if name in NUMBERS:
                assert (cell is None) == (row[name] is None), (name, cell, row)
                assert cell is None or Decimal(str(cell)) == Decimal(row[name]), (name, cell, row)
            else:
                assert cell == row[name], (name, cell, row)
    command = shutil.which("sqlite3")
    if command:
        told = subprocess.run(
            [command, path("rows.db"), "SELECT count(*) FROM rows"], capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == str(len(ROWS)), told


def decoded(text):
    """The text of a cell: a workbook has control characters as _xHHHH_."""
    import re

    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def check_openpyxl():
    try:
        import openpyxl
    except ImportError as error:
        skip(error)
    book = openpyxl.load_workbook(path("rows.xlsx"))
    assert book.sheetnames == ["rows", "rules and documents"], book.sheetnames
    sheet = book["rows"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(len(COLUMNS))}{len(ROWS) + 1}"
    lines = list(sheet.iter_rows())
    assert [cell.value for cell in lines[0]] == COLUMNS
    for cells, row in zip(lines[1:], ROWS, strict=True):
        for name, cell in zip(COLUMNS, cells):
            told = row[name]
            assert cell.data_type != "f", (name, cell.value)
            if name in NUMBERS + INTEGERS and told is not None:
                digits = sum(c.isdigit() for c in str(told).lstrip("-0."))
                if digits > 15:
                    assert cell.value == told, (name, cell.value, told)
                else:
                    assert cell.data_type == "n", (name, cell.value)
                    assert Decimal(str(cell.value)) == Decimal(str(told)), (name, cell.value, told)
            else:
                text = decoded(cell.value) if cell.value is not None else ""
                assert text == as_cell(name, told), (name, text, told)
    shown = {row["raw"]: cells[COLUMNS.index("value")] for cells, row in zip(lines[1:], ROWS)}
    assert shown["97.220%"].number_format == "0.000", shown["97.220%"].number_format
    assert shown["1.50亿元"].number_format == "0", shown["1.50亿元"].number_format
    letter = openpyxl.utils.get_column_letter(COLUMNS.index("district") + 1)
    widest = max(len(row["district"]) for row in ROWS)
    assert sheet.column_dimensions[letter].width >= 2 * widest, sheet.column_dimensions[letter].width
    sources = list(book["rules and documents"].iter_rows(min_row=2, values_only=True))
    rules = {line[1]: line[2] for line in sources if line[0] == "rule"}
    documents = {line[1]: line[2] for line in sources if line[0] == "document"}
    assert sum(rules.values()) == sum(documents.values()) == len(ROWS)
    assert set(rules) == {row["rule"] for row in ROWS}
    assert {decoded(name) for name in documents} == {defused(row["document"]) for row in ROWS}
    assert all(line[6] for line in sources if line[0] == "rule"), "a rule without its pattern"
    wide = openpyxl.load_workbook(path("wide.xlsx"))["table"]
    assert wide.freeze_panes == "C2"


def check_libreoffice():
    try:
        import openpyxl
    except ImportError as error:
        skip(error)
    office = shutil.which("soffice") or shutil.which("libreoffice")
    office = office or next(iter(glob.glob("/usr/lib/libreoffice/program/soffice")), None)
    if not office:
        skip("no soffice")
    # Comma, quotation marks, UTF-8, from line 1, cells as text in the file and not as shown.
    export = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    home = os.path.join(os.path.abspath(FOLDER), "office")
    arguments = [office, f"-env:UserInstallation=file://{home}", "--headless", "--convert-to"]
    for book, line in [("rows.xlsx", as_cell), ("rows.csv", as_cell)]:
        out = path("office-" + book)
        arguments_of = arguments + [export, "--outdir", out, path(book)]
        if book.endswith(".csv"):
            # A CSV file is first opened as a workbook; its own export would prove nothing.
            arguments_of = arguments + ["xlsx", "--outdir", out, "--infilter=CSV:44,34,76,1", path(book)]
        subprocess.run(arguments_of, capture_output=True, check=True, timeout=300)
        if book.endswith(".csv"):
            sheet = openpyxl.load_workbook(os.path.join(out, "rows.xlsx")).active
            records = [[cell.value for cell in record] for record in sheet.iter_rows()]
            assert all(cell.data_type != "f" for record in sheet.iter_rows() for cell in record)
        else:
            (made,) = glob.glob(os.path.join(out, "*.csv"))
            with open(made, encoding="utf-8", newline="") as file:
                records = list(csv.reader(file))
        assert records[0] == COLUMNS, records[0]
        for record, row in zip(records[1:], ROWS, strict=True):
            for name, cell in zip(COLUMNS, record):
                told = line(name, row[name])
                if name in NUMBERS + INTEGERS and told:
                    digits = sum(c.isdigit() for c in told.lstrip("-0."))
                    if digits <= 15:
                        assert Decimal(str(cell)) == Decimal(told), (name, cell, told)
                elif name in ("indicator", "unit", "district", "raw"):
                    # LibreOffice takes a cell of a CSV file for a number or a date where it looks like one.
                    assert book.endswith(".csv") or cell == told, (name, cell, told)


def check_xan():
    xan = shutil.which("xan")
    if not xan:
        skip("no xan")
    told = subprocess.run([xan, "count", path("rows.csv")], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(len(ROWS)), told
    told = subprocess.run([xan, "headers", "-j", path("bom.csv")], capture_output=True, text=True, check=True)
    assert told.stdout.split() == COLUMNS, told


globals()["check_" + sys.argv[1]]()
print(f"{sys.argv[1]}: {len(ROWS)} rows alike")
