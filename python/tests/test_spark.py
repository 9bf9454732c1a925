"""Spark for real: two threads, and a cluster of two executors, one of which is killed."""

import glob
import json
import os
import signal
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("pyspark")
import reports
from pyspark.sql import SparkSession, functions

import kpi_extract
import kpi_extract.spark

pytestmark = pytest.mark.spark
COUNT = 20_000


def session(master, **more):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(master).appName("kpi-extract").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "4").config("spark.driver.host", "127.0.0.1")
    # Spark holds a large cell several times over; 1 GiB, which is usual, is not enough for 100 MB.
    builder = builder.config("spark.driver.memory", "3g")
    for key, value in more.items():
        builder = builder.config(key.replace("_", "."), value)
    return builder.getOrCreate()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "reports.jsonl"
    reports.write(path, reports.documents(COUNT, lines=1))
    return path


@pytest.fixture(scope="module")
def expected(corpus):
    """The lines of the program, sorted."""
    import subprocess

    from conftest import PROGRAM

    ran = subprocess.run([PROGRAM, "-q", "-f", "jsonl", str(corpus)], capture_output=True)
    lines = sorted(ran.stdout.decode().splitlines())
    assert ran.returncode == 0 and len(lines) > COUNT, ran.stderr
    return lines


@pytest.fixture(scope="module")
def spark():
    started = session("local[2]")
    yield started
    started.stop()


def lines_of(table):
    """Rows of an Arrow table as the program writes them, sorted."""

    def shown(value):
        if isinstance(value, Decimal):
            text = f"{value:f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
        return value

    assert table["error"].null_count == table.num_rows
    rows = table.drop_columns(["error"]).to_pylist()
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    return sorted(dump({name: shown(value) for name, value in row.items()}) for row in rows)


def frame(spark, *documents):
    return spark.createDataFrame(list(documents), "id string, text string")


def found(df, *columns):
    return sorted(tuple(row) for row in df.select(*columns).collect())


def test_partitioned_parquet_has_the_rows_of_the_program_and_rules_are_compiled_once_a_worker(
    spark, corpus, expected, tmp_path
):
    import duckdb
    import pyarrow as pa
    import pyarrow.dataset as ds

    df = spark.read.schema("id string, text string").json(str(corpus)).repartition(12)
    rows = kpi_extract.spark.extract(df).withColumn("part", functions.col("district_code"))
    rows.write.partitionBy("part").parquet(str(tmp_path / "rows"))
    assert len(glob.glob(str(tmp_path / "rows/part=*"))) >= 4
    assert lines_of(ds.dataset(tmp_path / "rows").to_table()) == expected
    query = f"select count(*), sum(value) from read_parquet('{tmp_path}/rows/**/*.parquet', hive_partitioning=true)"
    values = [Decimal(json.loads(line)["value"]) for line in expected]
    assert duckdb.sql(query).fetchall() == [(len(values), sum(values))]

    def probe(batches):
        info = kpi_extract._restored.cache_info()
        for batch in batches:
            told = [[number] * batch.num_rows for number in (os.getpid(), info.misses, info.hits)]
            yield pa.record_batch([pa.array(it, pa.int64()) for it in told], names=["pid", "compiled", "reused"])

    probed = spark.range(64).repartition(16).mapInArrow(probe, "pid long, compiled long, reused long")
    used = {tuple(row) for row in probed.collect() if row.compiled > 0}
    assert used and all(compiled == 1 for _, compiled, _ in used) and sum(reused for *_, reused in used) >= 4


def test_the_schema_is_declared_and_no_task_runs_before_it_must(spark, broken):
    bad = frame(spark, ("a", "新建公园3处。"))
    df = kpi_extract.spark.extract(bad)
    assert df.columns == [*kpi_extract.extract([]).columns, "error"]
    assert dict(df.dtypes)["value"] == "decimal(38,10)"
    tracker = spark.sparkContext.statusTracker()
    jobs = len(tracker.getJobIdsForGroup())
    with pytest.raises(kpi_extract.RuleError, match="aera"):
        kpi_extract.spark.extract(bad, rules={"broken.toml": broken})
    with pytest.raises(ValueError, match="no column `body`: there are id, text"):
        kpi_extract.spark.extract(bad, text="body")
    with pytest.raises(ValueError, match="no column `key`"):
        kpi_extract.spark.extract(bad, id="key")
    with pytest.raises(TypeError, match="`text` is bigint"):
        kpi_extract.spark.extract(spark.range(3).selectExpr("id", "id as text"))
    with pytest.raises(TypeError, match="`id` is array<int>"):
        kpi_extract.spark.extract(spark.sql("select array(1) as id, '' as text"))
    assert len(tracker.getJobIdsForGroup()) == jobs


def test_bad_documents_are_rows_with_an_error(spark):
    df = frame(spark, ("a", "新建公园3处。"), ("null", None), ("empty", ""), (None, "新建公园5处。"),
               ("long", "新建公园7处，销售额0.12345678901元。"))
    rows = kpi_extract.spark.extract(df.repartition(1)).collect()
    errors = {row.document: row.error for row in rows if row.error}
    assert set(errors) == {"null", "long"} and errors["null"] == "no text: None"
    assert "does not fit decimal128(38, 10)" in errors["long"]
    assert sorted((row.document, int(row.value)) for row in rows if not row.error) == [("", 5), ("a", 3)]
    assert all(row.indicator is None and row.line is None for row in rows if row.error)
    # Bytes that are no UTF-8 are text for Spark.
    df = spark.sql("select 'gbk' as id, cast(unhex('C2FAD2E2C2CA') as string) as text union all select 'b', '新建公园3处'")
    assert [(d, bool(e)) for d, e in found(kpi_extract.spark.extract(df), "document", "error")] == [("b", False), ("gbk", True)]


def test_null_and_empty_partitions(spark):
    nulls = frame(spark, *[(str(at), None) for at in range(10)]).repartition(3)
    assert kpi_extract.spark.extract(nulls).where("error = 'no text: None'").count() == 10
    empty = frame(spark, ("a", "新建公园3处。")).repartition(8)
    assert kpi_extract.spark.extract(empty).count() == 1
    assert kpi_extract.spark.extract(frame(spark, ("a", "b")).limit(0)).count() == 0


def test_a_cell_of_a_hundred_megabytes(spark):
    line = "没有数字的一行文字，说的是别的事情。\n"
    times = 100 * 2**20 // len(line.encode()) + 1
    df = spark.sql(f"select 'large' as id, concat('新建公园3处。\\n', repeat('{line.strip()}\\n', {times}), '新建公园5处。') as text "
                   "union all select 'small', '新建公园7处。'").coalesce(1)
    assert df.selectExpr("max(octet_length(text)) > 100 * 1024 * 1024").collect()[0][0]
    assert found(kpi_extract.spark.extract(df), "document", "raw", "line") == [
        ("large", "3处", 1), ("large", "5处", times + 2), ("small", "7处", 1)]


def test_rules_and_options_travel(spark, rule):
    df = spark.createDataFrame([(1, "茶园5亩。"), (2, "茶园7亩。")], "`my.id` int, body string")
    df = kpi_extract.spark.extract(df, text="body", id="my.id", rules={"tea.toml": rule}, district="北京市朝阳区", period="2023")
    assert found(df, "document", "rule", "district", "period") == [
        (name, "tea-gardens", "北京市朝阳区", "2023") for name in ("1", "2")]


def test_files_as_bytes_and_as_text(spark, tmp_path):
    (tmp_path / "a.txt").write_bytes("新建公园3处。".encode("gb18030"))
    (tmp_path / "b.html").write_text("<!DOCTYPE html><p>新建公园5处。</p>", encoding="utf-8")
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 nothing")
    df = spark.read.format("binaryFile").load(str(tmp_path))
    rows = kpi_extract.spark.extract(df, text="content", id="path").collect()
    told = sorted((os.path.basename(row.document), row.raw, row.error is None) for row in rows)
    assert told == [("a.txt", "3处", True), ("b.html", "5处", True), ("c.pdf", None, False)]
    (tmp_path / "d.txt").write_text("新建公园5处。\n新建公园7处。\n", encoding="utf-8")
    lines = spark.read.text(str(tmp_path / "d.txt"), wholetext=True).selectExpr("value", "input_file_name() as name")
    assert [row.raw for row in kpi_extract.spark.extract(lines, text="value", id="name").collect()] == ["5处", "7处"]


def test_a_stream(spark, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    stream = spark.readStream.schema("id string, text string").json(str(source))
    rows = kpi_extract.spark.extract(stream)
    assert rows.isStreaming

    def run():
        query = rows.writeStream.format("parquet").option("path", str(tmp_path / "out")).option(
            "checkpointLocation", str(tmp_path / "checkpoint")).trigger(availableNow=True).start()
        query.awaitTermination(120)
        assert query.exception() is None
        return found(spark.read.parquet(str(tmp_path / "out")), "document", "raw")

    reports.write(source / "1.jsonl", [("a", "新建公园3处。")])
    assert run() == [("a", "3处")]
    reports.write(source / "2.jsonl", [("b", "新建公园5处。"), ("c", "没有。")])
    assert run() == [("a", "3处"), ("b", "5处")]


def test_a_worker_without_the_package_says_what_to_install(tmp_path):
    running = SparkSession.getActiveSession()
    if running is not None:
        running.stop()
    hidden = tmp_path / "kpi_extract"
    hidden.mkdir()
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'kpi_extract'\")")
    started = session("local[1]", spark_executorEnv_PYTHONPATH=str(tmp_path), spark_task_maxFailures="1")
    try:
        with pytest.raises(Exception, match=r"pip install 'kpi-extract\[spark\]'"):
            kpi_extract.spark.extract(frame(started, ("a", "新建公园3处。"))).collect()
    finally:
        started.stop()


def executors(application):
    """The processes of this application's executors."""
    found = {}
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            words = Path(path).read_bytes().split(b"\0")
        except OSError:
            continue
        if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and application.encode() in words:
            found[int(path.split("/")[2])] = words
    return found


def test_a_killed_executor_costs_nothing(corpus, expected):
    running = SparkSession.getActiveSession()
    if running is not None:
        running.stop()
    spark = session("local-cluster[2,1,1024]", spark_executor_memory="1024m")
    try:
        df = spark.read.schema("id string, text string").json(str(corpus)).repartition(40)
        assert found(kpi_extract.spark.extract(frame(spark, ("a", "新建公园3处。"))), "raw") == [("3处",)]
        result = {}

        def run():
            result["table"] = kpi_extract.spark.extract(df).toArrow()

        before = executors(spark.sparkContext.applicationId)
        assert len(before) == 2
        job = threading.Thread(target=run)
        job.start()
        tracker, half = spark.sparkContext.statusTracker(), False
        for _ in range(6000):
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            half = any(it and it.numTasks == 40 and 12 <= it.numCompletedTasks <= 28 for it in stages)
            if half or not job.is_alive():
                break
            time.sleep(0.01)
        assert half, "the job was over before it was half-way"
        os.kill(min(before), signal.SIGKILL)
        job.join(300)
        assert lines_of(result["table"]) == expected
        assert min(before) not in executors(spark.sparkContext.applicationId)
    finally:
        spark.stop()
