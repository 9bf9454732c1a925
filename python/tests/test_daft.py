"""Daft for real, against the program."""

import json
import subprocess
from decimal import Decimal

import pytest

daft = pytest.importorskip("daft")
import reports
from conftest import PROGRAM

import kpi_extract
import kpi_extract.daft


def test_rows_are_those_of_the_program(tmp_path):
    path = tmp_path / "reports.jsonl"
    reports.write(path, reports.documents(1000, lines=1))
    ran = subprocess.run([PROGRAM, "-q", "-f", "jsonl", str(path)], capture_output=True, check=True)
    expected = [json.loads(line) for line in ran.stdout.splitlines()]
    df = kpi_extract.daft.extract(daft.read_json(str(path)).into_partitions(4))
    assert df.column_names == [*kpi_extract.extract([]).columns, "error"]
    rows = df.to_arrow().to_pylist()
    assert len(rows) > 1000 and all(row.pop("error") is None for row in rows)

    def key(row):
        return row["document"], row["start"], row["end"], row["indicator"], row["rule"]

    def exact(row):
        number = lambda value: None if value is None else Decimal(value)
        return {**row, "value": number(row["value"]), "high": number(row["high"])}

    assert sorted(map(exact, rows), key=key) == sorted(map(exact, expected), key=key)


def test_bad_documents_are_rows_with_an_error(rule):
    df = daft.from_pydict({"n": [1, 2, 3, 1], "t": ["茶园5亩。", None, "", "茶园7亩。"]})
    rows = kpi_extract.daft.extract(df, "t", "n", rules={"tea.toml": rule}, period="2023").to_pylist()
    assert sorted((row["document"], row["raw"] or "", row["period"], row["error"]) for row in rows) == [
        ("1", "5亩", "2023", None), ("1", "7亩", "2023", None), ("2", "", None, "no text: None")]
    none = daft.from_pydict({"id": ["a"], "text": ["没有。"]})
    assert kpi_extract.daft.extract(none).to_pylist() == []
    binary = daft.from_pydict({"id": ["a"], "text": ["新建公园3处。".encode("gb18030")]})
    assert [row["raw"] for row in kpi_extract.daft.extract(binary).to_pylist()] == ["3处"]


def test_what_makes_no_sense_raises_at_once(broken):
    df = daft.from_pydict({"id": ["a"], "text": ["新建公园3处。"], "n": [1]})
    with pytest.raises(kpi_extract.RuleError, match="aera"):
        kpi_extract.daft.extract(df, rules={"broken.toml": broken})
    with pytest.raises(ValueError, match="no column `body`: there are id, text, n"):
        kpi_extract.daft.extract(df, text="body")
    with pytest.raises(TypeError, match="the column `n` is Int64"):
        kpi_extract.daft.extract(df, text="n")
