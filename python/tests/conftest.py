"""What the tests share: the project's samples, and the program that the package must agree with."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
PROGRAM = os.environ.get("KPI_EXTRACT", str(ROOT / "target/debug/kpi-extract"))

RULE = """
[[rule]]
id        = "tea-gardens"
indicator = "茶园"
pattern   = '茶园{area}'
examples  = [{ text = "茶园5亩", rows = [{ indicator = "茶园", value = "5", unit = "亩" }] }]
refuses   = ["茶园很多"]
"""
BROKEN = RULE.replace("{area}", "{aera}")


@pytest.fixture
def samples():
    return SAMPLES


@pytest.fixture
def rule():
    return RULE


@pytest.fixture
def broken():
    return BROKEN


@pytest.fixture
def program():
    """Runs the executable: its status, standard output and standard error."""

    def run(*args, cwd=ROOT, stdin=b""):
        done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, cwd=cwd)
        return done.returncode, done.stdout, done.stderr

    return run
