"""The package against the promises of its documentation and against the program."""

import concurrent.futures
import copy
import doctest
import importlib
import json
import os
import pathlib
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal

import pytest

import kpi_extract
from kpi_extract import DocumentError, Extractor, RuleError

TEXT = "新桥街道2023年工作总结\n全年新建公园3处，满意率97.22%，车位费3至5元/平方米。\n"


def rows_of(stdout):
    return [json.loads(line) for line in stdout.splitlines()]


def plain(row):
    """A row as JSON has it."""
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in row.items()}


def test_the_package_is_the_installed_one_and_carries_its_types():
    folder = pathlib.Path(kpi_extract.__file__).parent
    assert "site-packages" in folder.parts
    assert (folder / "py.typed").exists() and (folder / "_native.pyi").exists()


@pytest.mark.parametrize("module", ["kpi_extract", "kpi_extract.arrow"])
def test_docstrings_show_what_happens(module):
    module = importlib.import_module(module)
    ran = doctest.testmod(module, extraglobs={"kpi_extract": kpi_extract})
    assert ran.failed == 0 and ran.attempted > 0


@pytest.mark.parametrize("module", ["kpi_extract", "kpi_extract.arrow", "kpi_extract.spark", "kpi_extract.daft",
                                    "kpi_extract._native"])
def test_everything_public_has_a_docstring(module):
    module = importlib.import_module(module)
    named = [name for name in getattr(module, "__all__", ["Rows", "RuleError"]) if not name.startswith("_")]
    things = [(name, getattr(module, name)) for name in named]
    things += [(f"{name}.{part}", getattr(it, part)) for name, it in things if isinstance(it, type)
               and it.__module__.startswith("kpi_extract") for part in vars(it) if not part.startswith("_")]
    assert things
    assert [name for name, it in things if callable(it) and not it.__doc__] == []


def test_rows_are_those_of_the_program(program, samples):
    names = [str(path) for path in sorted(samples.glob("*.txt"))]
    status, stdout, _ = program("-f", "jsonl", "-q", *names)
    expected = rows_of(stdout)
    assert status == 0 and len(expected) > 1000
    assert list(map(plain, kpi_extract.extract_files(names))) == expected
    assert list(map(plain, kpi_extract.extract_files(samples, threads=1))) != []
    read = [pathlib.Path(name).read_bytes() for name in names]
    assert list(map(plain, kpi_extract.extract(read, names=names))) == expected
    # Of a text without a byte-order mark the program says the same as of its bytes.
    plain_texts = [(name, text) for name, text in zip(names, read) if not text.startswith(b"\xef\xbb\xbf")]
    texts = [text.decode() for _, text in plain_texts]
    of_texts = kpi_extract.extract(texts, names=[name for name, _ in plain_texts])
    kept = {name for name, _ in plain_texts}
    assert list(map(plain, of_texts)) == [row for row in expected if row["document"] in kept]


def test_quantities_and_places_are_those_of_the_program(program, samples):
    name = str(samples / "lintao-agriculture-2023.txt")
    text = pathlib.Path(name).read_text(encoding="utf-8")
    _, stdout, _ = program("quantities", "--guarded", "-f", "jsonl", name)
    assert list(map(plain, kpi_extract.quantities(text, names=name, guarded=True))) == rows_of(stdout)
    _, stdout, _ = program("places", "-f", "jsonl", name)
    assert list(map(plain, kpi_extract.places(text, names=name))) == rows_of(stdout) != []


def test_spans_are_indices_of_the_string():
    text = "\ufeff😀新桥街道🏞️2023年\r\n全年𠮷新建公园３处，满意率９７.２２％。"
    rows = kpi_extract.extract(text)
    assert len(rows) == 2
    for row in rows:
        assert text[row["start"]:row["end"]] == row["raw"]
        assert text.encode()[row["byte_start"]:row["byte_end"]].decode() == row["raw"]
    for listed in (kpi_extract.quantities(text, guarded=True), kpi_extract.places("😀淅川县")):
        assert len(listed) > 0
    for row in kpi_extract.quantities(text, guarded=True):
        assert text[row["start"]:row["end"]] == row["raw"]


def test_numbers_are_exact():
    values = [row["value"] for row in kpi_extract.extract("接收工单12345678901234567件，满意率0.1000000001%。")]
    assert values == [Decimal("12345678901234567"), Decimal("0.1000000001")]
    assert all(isinstance(value, Decimal) for value in values)
    assert kpi_extract.extract("新建公园3处。")[0]["high"] is None


def test_rows_are_a_sequence():
    rows = kpi_extract.extract(TEXT)
    assert len(rows) == len(list(rows)) == 3
    assert rows[-1] == rows[2] and rows[2]["high"] == Decimal(5)
    assert rows.columns == list(rows[0])
    for beyond in (3, -4, 2**62, -(2**62)):
        with pytest.raises(IndexError, match="there are 3"):
            rows[beyond]
    assert not kpi_extract.extract([]) and "3 rows" in repr(rows)


def test_options_hold_where_the_document_does_not_say(rule, tmp_path):
    (tmp_path / "tea.toml").write_text(rule, encoding="utf-8")
    for rules in (tmp_path, tmp_path / "tea.toml", str(tmp_path), [tmp_path / "tea.toml"], {"tea.toml": rule}):
        row, = kpi_extract.extract("有茶园5亩。", rules, district="北京市朝阳区", period="2023-Q1")
        assert (row["rule"], row["district"], row["period"]) == ("tea-gardens", "北京市朝阳区", "2023-Q1")
        assert row["district_source"] == row["period_source"] == "option"
    assert [row["rule"] for row in Extractor({"t": rule}, builtin_rules=False).extract("茶园5亩，公园3处。")] == ["tea-gardens"]
    own = 'place = [{ name = "光华里社区", parent = "北京市朝阳区建外街道", code = "110105001099" }]'
    assert kpi_extract.places("光华里社区", gazetteer={"own.toml": own})[0]["district_code"] == "110105001099"


def test_names_tell_district_and_document():
    rows = kpi_extract.extract(["新建公园3处。", "新建公园5处。"])
    assert [row["document"] for row in rows] == ["0", "1"]
    row, = kpi_extract.extract("新建公园3处。", names="临洮县/2023.txt")
    assert (row["document"], row["district"]) == ("临洮县/2023.txt", "甘肃省定西市临洮县")
    with pytest.raises(ValueError, match="2 documents and 1 names"):
        kpi_extract.extract(["a", "b"], names=["a"])


def test_an_extractor_is_carried_with_its_rules(rule, tmp_path):
    file = tmp_path / "tea.toml"
    file.write_text(rule, encoding="utf-8")
    extractor = Extractor(file, district="北京市朝阳区")
    expected = list(extractor.extract("茶园5亩。"))
    file.unlink()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert list(pickle.loads(pickle.dumps(extractor, protocol)).extract("茶园5亩。")) == expected
    assert list(copy.deepcopy(extractor).extract("茶园5亩。")) == expected
    carried = pickle.dumps(extractor)
    assert pickle.loads(carried) is pickle.loads(carried), "compiled once"
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        assert pool.submit(rules_of, extractor).result() == ["tea-gardens"]


def rules_of(extractor):
    return [row["rule"] for row in extractor.extract("茶园5亩。")]


def test_threads_share_an_extractor_and_the_lock_is_released():
    extractor, text = Extractor(), TEXT * 3000
    expected = extractor.extract(text).to_arrow()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert all(rows.to_arrow().equals(expected) for rows in pool.map(extractor.extract, [text] * 4))
    # Another thread goes on meanwhile.
    done, turns = threading.Event(), 0
    thread = threading.Thread(target=lambda: (extractor.extract([text] * 4), done.set()))
    thread.start()
    while not done.is_set():
        time.sleep(0.001)
        turns += 1
    thread.join()
    assert turns > 20, turns


def test_an_interruption_is_heard_between_documents():
    code = (
        "import kpi_extract, sys\n"
        "print('ready', flush=True)\n"
        f"try: kpi_extract.extract([{TEXT!r} * 500] * 10**5)\n"
        "except KeyboardInterrupt: print('interrupted', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "interrupted\n" and process.returncode == 0


def test_rules_that_do_not_compile_raise_the_diagnostic(broken, program, tmp_path):
    file = tmp_path / "broken.toml"
    file.write_text(broken, encoding="utf-8")
    _, _, told = program("-r", file, "-", "--color", "never")
    for make in (Extractor, lambda rules: kpi_extract.extract("", rules)):
        with pytest.raises(RuleError) as error:
            make(file)
        assert str(error.value) in told.decode() and "aera" in str(error.value) and "broken.toml:5" in str(error.value)
    with pytest.raises(RuleError, match="no such file"):
        Extractor(tmp_path / "nowhere.toml")
    with pytest.raises(RuleError, match="district: .*无此区"):
        Extractor(district="无此区")
    with pytest.raises(RuleError, match="period `last year`: a period is written 2023"):
        Extractor(period="last year")
    with pytest.raises(RuleError, match="gazetteer own.toml"):
        Extractor(gazetteer={"own.toml": "place = 3"})


def test_check_is_that_of_the_program(rule, broken, program, tmp_path):
    for text, ok in ((rule, True), (broken, False)):
        (tmp_path / "tea.toml").write_text(text, encoding="utf-8")
        status, stdout, _ = program("check", "tea.toml", cwd=tmp_path)
        report = kpi_extract.check({"tea.toml": text})
        assert (str(report), report.ok) == (stdout.decode(), ok) and status == (0 if ok else 1)
        _, stdout, _ = program("check", "tea.toml", "--format", "json", cwd=tmp_path)
        assert report.found == json.loads(stdout)


@pytest.mark.parametrize("args, stdin", [
    (["samples/lintao-agriculture-2023.txt"], ""),
    (["-f", "jsonl", "-"], TEXT),
    (["--help"], ""), (["--version"], ""), (["check", "--format", "nonsense"], ""),
    (["nowhere.txt", "samples/street-annual-2023.txt"], ""),
    (["rules", "show", "no-such"], ""), (["--district", "无此区", "-"], TEXT),
])
def test_the_module_is_the_command_line(program, args, stdin):
    ran = subprocess.run([sys.executable, "-m", "kpi_extract", *args], input=stdin.encode(), capture_output=True,
                         cwd=pathlib.Path(__file__).parents[2])
    assert (ran.returncode, ran.stdout, ran.stderr) == program(*args, stdin=stdin.encode())


def test_the_command_is_installed(program):
    command = shutil.which("kpi-extract", path=os.path.dirname(sys.executable))
    ran = subprocess.run([command, "--version"], capture_output=True)
    assert (ran.returncode, ran.stdout) == program("--version")[:2]


def test_a_closed_pipe_ends_quietly():
    command = f"'{sys.executable}' -m kpi_extract -f jsonl samples | head -n 1; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=pathlib.Path(__file__).parents[2])
    assert ran.stdout.splitlines()[1:] == ["0"] and ran.stderr == ""


def test_files_are_read_by_as_many_threads_as_asked_and_failures_keep_the_rest(samples, tmp_path):
    one, two = (kpi_extract.extract_files([samples], threads=n).to_arrow() for n in (1, 2))
    assert one.equals(two) and one.num_rows > 1000
    good, bad, missing = tmp_path / "good.txt", tmp_path / "bad.docx", tmp_path / "missing.txt"
    good.write_text("新建公园3处。", encoding="utf-8")
    bad.write_text("no document")
    with pytest.raises(DocumentError) as error:
        kpi_extract.extract_files([bad, good, missing])
    assert [name for name, _ in error.value.failures] == [str(bad), str(missing)]
    assert len(error.value.rows) == 1 and "no such file" in str(error.value)
    kept = kpi_extract.extract_files([bad, good, missing], errors="keep")
    assert kept.failures == error.value.failures and kept[0]["document"] == str(good)
    flawed = tmp_path / "flawed.txt"
    flawed.write_bytes(("全年新建公园3处。\n" * 50 + "满意率97%\udcff。").encode("utf-8", "surrogateescape"))
    kept = kpi_extract.extract_files(str(flawed), errors="keep")
    assert len(kept) == 51 and len(kept.failures) == 1 and "U+FFFD" in kept.failures[0][1]
    with pytest.raises(ValueError, match="threads=0"):
        kpi_extract.extract_files(good, threads=0)
    assert kpi_extract.extract_files([]).failures == []
