#!/usr/bin/env python3
"""Documents per second of each engine, with one worker and with two; docs/scale.md is made of what it prints.

    python python/scale.py --program target/release/kpi-extract [--documents 2000] [--lines 20] [--rounds 3]

Runs with the Python that has the wheel, pyarrow and, where they are to be measured, PySpark and Daft. Reports are made of the
project's samples (tests/reports.py). What counts is the median of the rounds after one that only warms up (starts sessions
and workers); CPU seconds are user and system of all processes, wall seconds depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import functools
import importlib.util
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "tests"))
import reports

import kpi_extract


def tree(roots: list[int]) -> float:
    """CPU seconds of processes that are still there, and of all below them."""
    seconds, tick = 0.0, os.sysconf("SC_CLK_TCK")
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            # Of the ended children, too, that have been waited for.
            parents[int(entry.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / tick)
    below = set(roots)
    while True:
        more = {pid for pid, (parent, _) in parents.items() if parent in below} - below
        if not more:
            break
        below |= more
    for pid in below:
        seconds += parents.get(pid, (0, 0.0))[1]
    return seconds


def wheel(part: list[tuple[str, str]]) -> int:
    names, texts = zip(*part)
    return kpi_extract.Extractor().extract(texts, names=names).to_arrow().num_rows


def parts(documents: list[tuple[str, str]], size: int = 64) -> list[list[tuple[str, str]]]:
    return [documents[at : at + size] for at in range(0, len(documents), size)]


@functools.lru_cache(maxsize=None)
def runner(workers: int) -> None:
    import daft

    daft.set_runner_native(num_threads=workers)


def on_daft(corpus: str, workers: int) -> int:
    import daft

    import kpi_extract.daft

    runner(workers)
    rows = kpi_extract.daft.extract(daft.read_json(corpus).into_partitions(8))
    return rows.count_rows()


def wanted(options: argparse.Namespace, engine: str) -> bool:
    return not options.engine or engine in options.engine


def engines(options: argparse.Namespace, folder: Path, documents: list[tuple[str, str]]):
    """What is measured: engine, workers, and what runs it and gives the number of rows."""
    corpus = folder / "reports.jsonl"
    reports.write(corpus, documents)
    pools = {}

    def program(workers: int) -> int:
        command = [options.program, "-q", "-j", str(workers), str(corpus), "-o", str(folder / "rows.parquet")]
        subprocess.run(command, check=True)
        import pyarrow.parquet

        return pyarrow.parquet.read_metadata(folder / "rows.parquet").num_rows

    def bare(workers: int) -> int:
        if workers == 1:
            return sum(map(wheel, parts(documents)))
        return sum(pools[workers].map(wheel, parts(documents)))

    for workers in (1, 2):
        pools[workers] = concurrent.futures.ProcessPoolExecutor(workers)
        yield "program", workers, lambda workers=workers: program(workers)
        yield "wheel", workers, lambda workers=workers: bare(workers)
    if importlib.util.find_spec("daft") and wanted(options, "daft"):
        for workers in (1, 2):
            # A process of its own, in which Daft has so many threads.
            context = multiprocessing.get_context("spawn")
            pools["daft", workers] = concurrent.futures.ProcessPoolExecutor(1, mp_context=context)
            yield "daft", workers, lambda workers=workers: (
                pools["daft", workers].submit(on_daft, str(corpus), workers).result()
            )
    if not (importlib.util.find_spec("pyspark") and wanted(options, "spark")):
        return
    import kpi_extract.spark
    from pyspark.sql import SparkSession

    def spark(workers: int, identity: bool) -> int:
        os.environ["PYSPARK_PYTHON"] = sys.executable
        session = pools.get(("spark", workers))
        if session is None:
            running = SparkSession.getActiveSession()
            if running is not None:
                running.stop()
            started = time.monotonic()
            builder = SparkSession.builder.master(f"local[{workers}]").config("spark.ui.enabled", "false")
            session = pools["spark", workers] = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
            session.sparkContext.setLogLevel("ERROR")
            print(f"spark: a session of local[{workers}] in {time.monotonic() - started:.1f} s", file=sys.stderr)
        df = session.read.schema("id string, text string").json(str(corpus)).repartition(8)
        if identity:
            df.mapInArrow(lambda batches: batches, df.schema).write.format("noop").mode("overwrite").save()
            return 0
        kpi_extract.spark.extract(df).write.format("noop").mode("overwrite").save()
        return 0

    for workers in (1, 2):
        yield "spark, nothing done", workers, lambda workers=workers: spark(workers, True)
        yield "spark", workers, lambda workers=workers: spark(workers, False)


def facts(documents: list[tuple[str, str]], folder: Path) -> None:
    """What plans are made of: rows and their bytes, the start of a worker, its memory, one very large document."""
    import pickle
    import resource

    import pyarrow.parquet

    names, texts = zip(*documents)
    table = kpi_extract.extract(texts, names=names).to_arrow()
    pyarrow.parquet.write_table(table, folder / "facts.parquet")
    size = (folder / "facts.parquet").stat().st_size
    print(f"rows a document: {table.num_rows / len(documents):.1f}")
    print(f"bytes a row: {table.nbytes / table.num_rows:.0f} in memory, {size / table.num_rows:.0f} as Parquet")
    code = "import time; a = time.perf_counter(); import kpi_extract; kpi_extract.extract('新建公园3处。'); print(time.perf_counter() - a)"
    starts = [float(subprocess.run([sys.executable, "-c", code], capture_output=True).stdout) for _ in range(5)]
    print(f"import and first document: {statistics.median(starts):.3f} s")
    print(f"a pickled extractor with the built-in rules: {len(pickle.dumps(kpi_extract.Extractor()))} bytes")
    large = "\n".join(texts * (100 * 2**20 // sum(len(text.encode()) for text in texts) + 1))
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    rows = kpi_extract.extract(large)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"one document of {len(large.encode()) / 2**20:.0f} MiB, {len(rows):,} rows: "
          f"{time.monotonic() - started:.0f} s, {grown:,.0f} MiB more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the executable, built for release")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--lines", type=int, default=20, help="lines of each document")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", action="append", help="only this one beside program and wheel: daft, spark")
    parser.add_argument("--facts", action="store_true", help="what plans are made of, in place of the engines")
    options = parser.parse_args()
    documents = list(reports.documents(options.documents, options.lines))
    size = sum(len(text.encode()) for _, text in documents)
    print(f"{len(documents)} documents, {size / len(documents):,.0f} bytes each, {os.cpu_count()} cores")
    if not options.facts:
        print("| engine | workers | documents/s | CPU s | wall s |\n|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        if options.facts:
            facts(documents, Path(folder))
            return
        for name, workers, run in engines(options, Path(folder), documents):
            run()  # Warms up: sessions, workers, the cache of files.
            walls, seconds = [], []
            for _ in range(options.rounds):
                wall, used = time.monotonic(), tree([os.getpid()])
                run()
                walls.append(time.monotonic() - wall)
                seconds.append(tree([os.getpid()]) - used)
            wall = statistics.median(walls)
            print(f"| {name} | {workers} | {len(documents) / wall:,.0f} | {statistics.median(seconds):.2f} | {wall:.2f} |", flush=True)


if __name__ == "__main__":
    main()
