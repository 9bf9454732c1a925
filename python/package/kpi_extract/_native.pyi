"""The compiled part."""

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union, final

import pandas
import polars
import pyarrow

__all__ = ["Engine", "RuleError", "Rows", "__version__", "check_rules", "main", "read_sources"]

__version__: str

_File = Tuple[str, str]
_Documents = Sequence[Tuple[str, Union[str, bytes]]]

class RuleError(ValueError):
    """Rules, places or options that are no such thing, with the diagnostic."""

@final
class Rows:
    """Rows of a table, in the order of the documents and of the text.

    Each is a dict of its columns; as a whole they are an Arrow stream (`__arrow_c_stream__`), which pyarrow, pandas, polars
    and DuckDB take as it is.
    """

    @property
    def columns(self) -> List[str]:
        """The names of the columns, in their order."""
    @property
    def failures(self) -> List[Tuple[str, str]]:
        """What could not be read, each as the document's name and the cause."""
    def with_failures(self, failures: List[Tuple[str, str]]) -> Rows:
        """The same rows with these failures before the others."""
    def __len__(self) -> int: ...
    def __getitem__(self, key: int, /) -> Dict[str, Any]: ...
    def __iter__(self) -> Iterator[Dict[str, Any]]: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object: ...
    def to_arrow(self) -> pyarrow.Table:
        """As a `pyarrow.Table`, which shares the memory: decimals are `decimal128(38, 10)`, texts `string`."""
    def to_pandas(self) -> pandas.DataFrame:
        """As a `pandas.DataFrame` on the same memory: columns are of `pandas.ArrowDtype`, so that decimals stay exact and
        what is missing stays missing. Needs pyarrow."""
    def to_polars(self) -> polars.DataFrame:
        """As a `polars.DataFrame`, whose decimals are `Decimal(38, 10)`. Needs no pyarrow."""

@final
class Engine:
    def __new__(
        cls,
        rules: Sequence[_File],
        builtin: bool,
        gazetteers: Sequence[_File],
        district: Optional[str],
        period: Optional[str],
    ) -> Engine: ...
    def extract(self, documents: _Documents) -> Rows: ...
    def extract_files(self, paths: Sequence[str], threads: Optional[int]) -> Rows: ...
    def quantities(self, documents: _Documents, guarded: bool) -> Rows: ...
    def places(self, documents: _Documents) -> Rows: ...

def read_sources(paths: Sequence[Any]) -> List[_File]: ...
def check_rules(files: Sequence[_File], builtin: bool) -> Tuple[str, str, bool]: ...
def main(typed: Sequence[str]) -> int: ...
