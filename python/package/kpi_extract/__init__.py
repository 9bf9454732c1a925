r"""Figures of Chinese government reports as a table: indicator, value, unit, district, period.

>>> import kpi_extract
>>> text = "新桥街道2023年工作总结\n全年新建公园3处，满意率97.22%。"
>>> [(row["indicator"], row["value"], row["unit"]) for row in kpi_extract.extract(text)]
[('新建公园', Decimal('3'), '处'), ('满意率', Decimal('97.22'), '%')]

The same engine as the command line gives the same rows. Numbers are `decimal.Decimal`, never floats; `start` and `end`
are indices of the Python string:

>>> row = kpi_extract.extract(text)[1]
>>> text[row["start"]:row["end"]] == row["raw"]
True

Rows become tables of pyarrow, pandas and polars by the Arrow C data interface, without copies. The interpreter's lock
is released while documents are read, so that threads help.
"""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass
from typing import Any, Iterable, Literal, Mapping, Sequence, Union

from ._native import Engine, RuleError, Rows, __version__, check_rules, read_sources

__all__ = [
    "DocumentError", "Extractor", "Report", "RuleError", "Rows", "__version__",
    "check", "extract", "extract_files", "places", "quantities",
]

#: A document: its text, or the bytes of its file.
Document = Union[str, bytes]
#: Rule or gazetteer files: paths of files and folders, or texts by name.
Files = Union[str, "os.PathLike[str]", Iterable[Union[str, "os.PathLike[str]"]], Mapping[str, str]]
#: What becomes of documents that cannot be read.
Errors = Literal["raise", "keep"]


class DocumentError(ValueError):
    """Documents that could not be read, or not wholly. What was read of all of them is in `rows`.

    >>> try:
    ...     kpi_extract.extract([b"%PDF-1.7", "新建公园3处。"], names=["a.pdf", "b"])
    ... except kpi_extract.DocumentError as error:
    ...     print([name for name, cause in error.failures], len(error.rows))
    ['a.pdf'] 1
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.failures = rows.failures
        shown = [f"{name}: {cause}" for name, cause in self.failures[:20]]
        more = len(self.failures) - len(shown)
        super().__init__("\n".join(shown + ([f"and {more} more"] if more else [])))

    def __reduce__(self) -> Any:
        # Rows stay where they were made; the message travels.
        return (ValueError, (str(self),))


@dataclass(frozen=True)
class Report:
    """What `check` found. `str()` of it is what the command line prints."""

    #: Whether there is no error.
    ok: bool
    #: The object that `kpi-extract check --format json` prints.
    found: Mapping[str, Any]
    #: The same for people.
    text: str

    def __str__(self) -> str:
        return self.text


class Extractor:
    """Makes rows of documents, with rules that are compiled once. Threads may share it.

    `rules` and `gazetteer` are paths of files or folders, or texts by name, on top of the built-in ones; they are read
    here and carried along, so that a pickled extractor needs no files. `district` and `period` hold where a document
    does not say. Rules that do not compile raise `RuleError` with the diagnostic.

    >>> rule = '''
    ... [[rule]]
    ... id        = "tea-gardens"
    ... indicator = "茶园"
    ... pattern   = '茶园{area}'
    ... examples  = [{ text = "茶园5亩", rows = [{ indicator = "茶园", value = "5", unit = "亩" }] }]
    ... refuses   = ["茶园很多"]
    ... '''
    >>> extractor = Extractor({"tea.toml": rule}, district="北京市朝阳区", period="2023")
    >>> row = extractor.extract("有茶园1.5万亩。")[0]
    >>> row["rule"], row["value"], row["district"], row["period"]
    ('tea-gardens', Decimal('15000'), '北京市朝阳区', '2023')
    """

    def __init__(
        self,
        rules: Files = (),
        *,
        builtin_rules: bool = True,
        gazetteer: Files = (),
        district: str | None = None,
        period: str | None = None,
    ) -> None:
        self._state = (_sources(rules), builtin_rules, _sources(gazetteer), district, period)
        self._engine = Engine(*self._state)

    def __reduce__(self) -> Any:
        return (_restored, (self._state,))

    def __repr__(self) -> str:
        rules, builtin, gazetteer, district, period = self._state
        names = [name for name, _ in (*rules, *gazetteer)]
        return f"<kpi_extract.Extractor: {names}, builtin_rules={builtin}, district={district}, period={period}>"

    def extract(
        self,
        documents: Document | Sequence[Document],
        *,
        names: str | Sequence[str] | None = None,
        errors: Errors = "raise",
    ) -> Rows:
        """The rows of a text or of several, never of what the disk has.

        A `str` is the text; `bytes` are those of a file in any format that the command line reads. `names` are what the
        rows say in `document`; without them one document is `-`, and several are `0`, `1` … by their place. The name
        may tell the district (`北京市朝阳区/2023.txt`) and the format of bytes.

        With `errors="raise"` what is no text (None, a string with lone surrogates) is a `TypeError` or `ValueError`
        before anything is read, and what cannot be read a `DocumentError` that has the rows of the others. With
        `errors="keep"` all of these are in `Rows.failures`. A path is a `TypeError` always: `extract_files` reads files.
        """
        ready, failures = _documents(documents, names, errors)
        return _told(self._engine.extract(ready), failures, errors)

    def extract_files(
        self,
        paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        *,
        threads: int | None = None,
        errors: Errors = "raise",
    ) -> Rows:
        """The rows of files, of folders (walked in sorted order) and of archives, read as the command line reads them,
        by as many threads as there are cores. What cannot be read is a `DocumentError` that has the rows of the others,
        or, with `errors="keep"`, in `Rows.failures`.
        """
        return _told(self._engine.extract_files(_paths(paths), _threads(threads)), [], errors)

    def quantities(
        self,
        documents: Document | Sequence[Document],
        *,
        names: str | Sequence[str] | None = None,
        guarded: bool = False,
        errors: Errors = "raise",
    ) -> Rows:
        """Every quantity, before any rule; `guarded` adds what is none, with the reason.

        >>> [(row["raw"], row["value"], row["dimension"]) for row in Extractor().quantities("受理1.3万余件。")]
        [('1.3万余件', Decimal('13000'), 'count')]
        """
        ready, failures = _documents(documents, names, errors)
        return _told(self._engine.quantities(ready, guarded), failures, errors)

    def places(
        self,
        documents: Document | Sequence[Document],
        *,
        names: str | Sequence[str] | None = None,
        errors: Errors = "raise",
    ) -> Rows:
        """Every place that is named, with its code.

        >>> [(row["district"], row["district_code"]) for row in Extractor().places("帮扶河南淅川县。")]
        [('河南省南阳市淅川县', '411326')]
        """
        ready, failures = _documents(documents, names, errors)
        return _told(self._engine.places(ready), failures, errors)


@functools.lru_cache(maxsize=16)
def _restored(state: Any) -> Extractor:
    """The extractor that was pickled: one for each set of rules and process, however often it is sent."""
    rules, builtin_rules, gazetteer, district, period = state
    return Extractor(
        dict(rules), builtin_rules=builtin_rules, gazetteer=dict(gazetteer), district=district, period=period
    )


def extract(
    documents: Document | Sequence[Document],
    rules: Files = (),
    *,
    district: str | None = None,
    period: str | None = None,
    names: str | Sequence[str] | None = None,
    errors: Errors = "raise",
) -> Rows:
    """The rows of a text or of several: `Extractor.extract` with an extractor made for it."""
    return Extractor(rules, district=district, period=period).extract(documents, names=names, errors=errors)


def extract_files(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    rules: Files = (),
    *,
    district: str | None = None,
    period: str | None = None,
    threads: int | None = None,
    errors: Errors = "raise",
) -> Rows:
    """The rows of files, folders and archives: `Extractor.extract_files` with an extractor made for it."""
    return Extractor(rules, district=district, period=period).extract_files(paths, threads=threads, errors=errors)


def quantities(
    documents: Document | Sequence[Document],
    rules: Files = (),
    *,
    names: str | Sequence[str] | None = None,
    guarded: bool = False,
    errors: Errors = "raise",
) -> Rows:
    """Every quantity, before any rule: `Extractor.quantities` with an extractor made for it."""
    return Extractor(rules).quantities(documents, names=names, guarded=guarded, errors=errors)


def places(
    documents: Document | Sequence[Document],
    *,
    gazetteer: Files = (),
    district: str | None = None,
    names: str | Sequence[str] | None = None,
    errors: Errors = "raise",
) -> Rows:
    """Every place that is named: `Extractor.places` with an extractor made for it."""
    return Extractor(gazetteer=gazetteer, district=district).places(documents, names=names, errors=errors)


def check(rules: Files = (), *, builtin_rules: bool = True) -> Report:
    """Compiles, lints and proves rules; the built-in ones where none are given.

    >>> kpi_extract.check({"empty.toml": "[[rule]]"}).ok
    False
    """
    text, found, ok = check_rules(list(_sources(rules)), builtin_rules)
    return Report(ok, json.loads(found), text)


def _sources(files: Files) -> tuple[tuple[str, str], ...]:
    if isinstance(files, Mapping):
        return tuple((str(name), text) for name, text in files.items())
    paths = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    return tuple(read_sources(paths)) if paths else ()


def _documents(
    documents: Any, names: str | Sequence[str] | None, errors: Errors
) -> tuple[list[tuple[str, Document]], list[tuple[str, str]]]:
    """The documents with their names, and those that are none with what they are."""
    if errors not in ("raise", "keep"):
        raise ValueError(f"errors={errors!r}: there are 'raise' and 'keep'")
    one = isinstance(documents, (str, bytes, bytearray, memoryview, os.PathLike)) or documents is None
    contents = [documents] if one else list(documents)
    if names is None:
        names = ["-"] if one else [str(place) for place in range(len(contents))]
    elif isinstance(names, str):
        names = [names]
    if len(names) != len(contents):
        raise ValueError(f"{len(contents)} documents and {len(names)} names")
    ready: list[tuple[str, Document]] = []
    failures: list[tuple[str, str]] = []
    for name, content in zip(names, contents):
        if isinstance(content, os.PathLike):
            raise TypeError(f"document {name}: {content!r} is a path, and no text: extract_files reads files")
        if isinstance(content, (bytearray, memoryview)):
            content = bytes(content)
        if isinstance(content, bytes):
            ready.append((name, content))
        elif isinstance(content, str):
            try:
                content.encode()
            except UnicodeEncodeError as error:
                cause = f"no text: a lone surrogate at {error.start}"
                if errors == "raise":
                    raise ValueError(f"document {name}: {cause}") from error
                failures.append((name, cause))
            else:
                ready.append((name, content))
        else:
            cause = f"no text: {content if content is None else type(content).__name__}"
            if errors == "raise":
                raise TypeError(f"document {name}: {cause}")
            failures.append((name, cause))
    return ready, failures


def _told(rows: Rows, failures: list[tuple[str, str]], errors: Errors) -> Rows:
    if failures:
        rows = rows.with_failures(failures)
    if rows.failures and errors == "raise":
        raise DocumentError(rows)
    return rows


def _paths(paths: Any) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    # Standard input belongs to the program, so that `-` is a file.
    return ["./-" if os.fspath(path) == "-" else os.fspath(path) for path in paths]


def _threads(threads: int | None) -> int | None:
    if threads is not None and threads < 1:
        raise ValueError(f"threads={threads}: at least one")
    return threads
