"""What is no text, and what is too much of it."""

import pathlib

import pytest

import kpi_extract
from kpi_extract import DocumentError


def test_a_path_is_no_text():
    for paths in (pathlib.Path("a.txt"), [pathlib.Path("a.txt")], ["text", pathlib.Path("a.txt")]):
        for errors in ("raise", "keep"):
            with pytest.raises(TypeError, match="extract_files reads files"):
                kpi_extract.extract(paths, errors=errors)


def test_a_string_that_names_a_file_is_a_text(samples):
    assert len(kpi_extract.extract(str(samples / "street-annual-2023.txt"))) == 0


def test_a_file_that_is_made_to_look_like_a_text_is_not_opened(monkeypatch):
    # Nothing but the strings is needed: with every way of opening a file barred the rows are the same.
    expected = list(kpi_extract.extract("新建公园3处。"))
    monkeypatch.setattr("builtins.open", None)
    monkeypatch.setattr("os.open", None)
    assert list(kpi_extract.extract("新建公园3处。")) == expected != []


@pytest.mark.parametrize("thing", [None, 3, 2.5, float("nan"), object(), ["nested"], {"text": "a"}])
def test_what_is_no_text_is_told_with_its_place(thing):
    with pytest.raises(TypeError, match="document 1: no text: "):
        kpi_extract.extract(["新建公园3处。", thing])
    kept = kpi_extract.extract(["新建公园3处。", thing, "新建公园5处。"], errors="keep")
    assert [row["document"] for row in kept] == ["0", "2"]
    assert [name for name, _ in kept.failures] == ["1"]


def test_nothing_and_numbers_alone_are_no_document():
    for thing in (None, 3):
        with pytest.raises(TypeError):
            kpi_extract.extract(thing)


def test_lone_surrogates_are_no_text():
    with pytest.raises(ValueError, match="document b: no text: a lone surrogate at 2"):
        kpi_extract.extract(["新建公园3处。", "新建\ud800公园"], names=["a", "b"])
    kept = kpi_extract.extract(["\udfff", "新建公园3处。"], errors="keep")
    assert len(kept) == 1 and kept.failures == [("0", "no text: a lone surrogate at 0")]
    with pytest.raises(UnicodeEncodeError):
        kpi_extract.extract("新建公园3处。", names="\ud800")


def test_empty_texts_have_no_rows():
    for empty in ("", [""], [], ["", " ", "\n"], b"", [b""], "\0", "\ufeff"):
        rows = kpi_extract.extract(empty)
        assert (len(rows), rows.failures) == (0, [])
        assert rows.to_arrow().num_rows == 0 and rows.to_arrow().column_names == rows.columns


def test_bytes_are_read_as_what_they_are():
    text = "新建公园3处，满意率97.22%。"
    for document in (text.encode("gb18030"), text.encode("utf-16"), bytearray(text.encode()), memoryview(text.encode()),
                     f"<!DOCTYPE html><p>{text}</p>".encode()):
        assert [row["raw"] for row in kpi_extract.extract(document)] == ["3处", "97.22%"]
    with pytest.raises(DocumentError, match="a.zip: "):
        kpi_extract.extract(b"PK\x03\x04....", names="a.zip")


def test_a_list_of_many_is_an_error_of_few_words():
    with pytest.raises(DocumentError) as error:
        kpi_extract.extract([b"%PDF-1.7"] * 1000)
    assert len(error.value.failures) == 1000 and str(error.value).endswith("and 980 more")


def test_a_number_that_no_decimal_holds_is_told_and_still_a_row():
    rows = kpi_extract.extract(["新建公园3处。", "销售额0.12345678901元。"], names=["a", "b"])
    assert str(rows[1]["value"]) == "0.12345678901"
    for convert in (rows.to_arrow, rows.to_pandas, rows.to_polars):
        with pytest.raises(ValueError, match=r"row 2 \(b:1, 0.12345678901元\): value 0.12345678901 does not fit"):
            convert()


def test_wrong_options_are_told():
    with pytest.raises(ValueError, match="errors='ignore'"):
        kpi_extract.extract("", errors="ignore")
    with pytest.raises(TypeError):
        kpi_extract.extract("", rules=3)


def test_a_hundred_megabytes_are_one_document():
    line = "全年新建公园3处，满意率97.22%。\n"
    filler = "没有数字的一行文字，说的是别的事情。\n"
    text = line + filler * (100 * 2**20 // len(filler.encode())) + line
    rows = kpi_extract.extract(text)
    assert len(text.encode()) > 100 * 2**20 - 100 and len(rows) == 4
    assert text[rows[3]["start"]:rows[3]["end"]] == "97.22%"
    large = "文" * (90 * 2**20)
    with pytest.raises(DocumentError, match="too large: the limit is 268435456 bytes"):
        kpi_extract.extract(large)
