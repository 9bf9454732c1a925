#!/usr/bin/env python3
"""How long the program takes to start beside `rg --version`: docs/performance.md has its table.

    benches/start.py [PROGRAM [ROUNDS]]      (target/release/kpi-extract 40)

CPU milliseconds, user and system, of a whole process, the least and the median. The commands run in turn, round by round,
so that a machine that slows down slows them all; only the ratios mean anything elsewhere. The report is the
first lines of our samples, 3.4 KB of them.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

SIZE = 3400


def report(samples: pathlib.Path) -> bytes:
    """Whole lines of the samples, up to SIZE bytes."""
    kept = b""
    for path in sorted(samples.glob("*.txt")):
        for line in path.read_bytes().splitlines(keepends=True):
            if len(kept) + len(line) <= SIZE:
                kept += line
    return kept


def taken(command: list[str]) -> float:
    """CPU milliseconds of a command."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)}: ended with {child.returncode}")
    return 1000 * (used.ru_utime + used.ru_stime)


def main() -> None:
    root = pathlib.Path(__file__).resolve().parent.parent
    program = sys.argv[1] if len(sys.argv) > 1 else str(root / "target/release/kpi-extract")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory() as folder:
        files = {name: pathlib.Path(folder) / f"{name}.txt" for name in ("empty", "figure", "small")}
        files["empty"].write_bytes(b"")
        files["figure"].write_text("受理热线工单137件。\n", encoding="utf-8")
        files["small"].write_bytes(report(root / "samples"))
        commands = {
            "kpi-extract --version": [program, "--version"],
            "kpi-extract quantities` over a file of one figure`": [program, "quantities", str(files["figure"])],
            "kpi-extract` over an empty file`": [program, str(files["empty"])],
            "kpi-extract` over a report of 3.4 KB`": [program, str(files["small"])],
        }
        if shutil.which("rg"):
            commands = {"rg --version": ["rg", "--version"], **commands}
        times: dict[str, list[float]] = {name: [] for name in commands}
        # The first round only warms up.
        for turn in range(rounds + 1):
            for name, command in commands.items():
                spent = taken(command)
                if turn:
                    times[name].append(spent)
    beside = statistics.median(times.get("rg --version", [float("nan")]))
    print("| what | least, ms | median, ms | × `rg --version` |\n|---|--:|--:|--:|")
    for name, spent in times.items():
        middle = statistics.median(spent)
        shown = f"`{name}`".replace("``", "")
        print(f"| {shown} | {min(spent):.1f} | {middle:.1f} | {middle / beside:.1f} |")


if __name__ == "__main__":
    main()
