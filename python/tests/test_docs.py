"""Documents that show Python are right: their cells run in their order and print what stands below them.

`PYTHON_ACCEPT=1` writes what they print.
"""

import contextlib
import io
import os
import re
import warnings

import pytest
from conftest import ROOT

CELL = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)


@pytest.mark.parametrize("name", ["docs/notebook.md", "docs/python.md", "python/README.md"])
def test_cells_print_what_is_shown(name, tmp_path, monkeypatch):
    document = ROOT / name
    if name == "docs/notebook.md":
        pytest.importorskip("matplotlib").use("svg")
        pytest.importorskip("duckdb")
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    text = document.read_text(encoding="utf-8")
    names = {"__name__": "__main__"}
    shown = []

    def run(cell):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph")
            warnings.filterwarnings("ignore", "findfont")
            exec(compile(cell[1], name, "exec"), names)
        shown.append(out.getvalue())
        assert bool(shown[-1]) == (cell[2] is not None), f"what this prints is not shown:\n{cell[1]}{shown[-1]}"
        return f"```python\n{cell[1]}```\n" + (f"\n```text\n{shown[-1]}```\n" if shown[-1] else "")

    new = CELL.sub(run, text)
    assert shown
    if os.environ.get("PYTHON_ACCEPT"):
        document.write_text(new, encoding="utf-8")
    else:
        assert new == text
    if name == "docs/notebook.md":
        chart = (tmp_path / "income.svg").read_text(encoding="utf-8")
        assert "农村居民人均可支配收入" in chart and chart.count("<path") > 5
