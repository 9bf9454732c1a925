//! `Rows`: a table as Python sees it, a sequence of dicts and a stream of Arrow.

use std::sync::Arc;

use arrow_array::{RecordBatchIterator, ffi_stream::FFI_ArrowArrayStream};
use arrow_schema::ffi::FFI_ArrowSchema;
use kpi_extract::{
    emit::{Cell, Column, Field},
    finding::{Finding, FindingColumn},
    listing::places::{NamedPlace, PlaceColumn},
    row::Row,
};
use pyo3::{
    exceptions::{PyIndexError, PyValueError},
    prelude::*,
    types::{PyCapsule, PyDict},
};

use crate::batches::{self, Batches};

/// A document, and what of it could not be read.
pub type Failure = (String, String);

/// A table of any kind.
trait Table: Send + Sync {
    fn len(&self) -> usize;
    fn columns(&self) -> Vec<&'static str>;
    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyDict>>>;
    fn schema(&self) -> arrow_schema::SchemaRef;
    fn batches(&self) -> Result<Batches, String>;
}

struct Of<F: Field>(Vec<F::Row>);

impl<F: Field> Table for Of<F>
where
    F::Row: Sync,
{
    fn len(&self) -> usize {
        self.0.len()
    }

    fn columns(&self) -> Vec<&'static str> {
        F::ALL.iter().map(|column| column.name()).collect()
    }

    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(row) = self.0.get(index) else { return Ok(None) };
        let dict = PyDict::new(py);
        for column in F::ALL {
            match column.cell(row) {
                Cell::Text(text) => dict.set_item(column.name(), text),
                Cell::Decimal(number) => dict.set_item(column.name(), number),
                Cell::Integer(number) => dict.set_item(column.name(), number),
                Cell::Flag(flag) => dict.set_item(column.name(), flag),
            }?;
        }
        Ok(Some(dict))
    }

    fn schema(&self) -> arrow_schema::SchemaRef {
        batches::schema::<F>()
    }

    fn batches(&self) -> Result<Batches, String> {
        batches::of::<F>(&self.0)
    }
}

/// Rows of a table, in the order of the documents and of the text. Each is a dict of its columns; as a whole they are an
/// Arrow stream (`__arrow_c_stream__`), which pyarrow, pandas, polars and `DuckDB` take as it is.
#[pyclass(frozen, sequence, module = "kpi_extract")]
pub struct Rows {
    table: Arc<dyn Table>,
    /// What could not be read, each as the document's name and the cause.
    #[pyo3(get)]
    failures: Vec<Failure>,
}

impl Rows {
    /// Figures that rules made.
    pub fn of_rows(rows: Vec<Row>, failures: Vec<Failure>) -> Self {
        Self { table: Arc::new(Of::<Column>(rows)), failures }
    }

    /// Quantities.
    pub fn of_findings(rows: Vec<Finding>, failures: Vec<Failure>) -> Self {
        Self { table: Arc::new(Of::<FindingColumn>(rows)), failures }
    }

    /// Places.
    pub fn of_places(rows: Vec<NamedPlace>, failures: Vec<Failure>) -> Self {
        Self { table: Arc::new(Of::<PlaceColumn>(rows)), failures }
    }
}

#[pymethods]
impl Rows {
    /// The names of the columns, in their order.
    #[getter]
    fn columns(&self) -> Vec<&'static str> {
        self.table.columns()
    }

    /// The same rows with these failures before the others.
    fn with_failures(&self, mut failures: Vec<Failure>) -> Self {
        failures.extend(self.failures.iter().cloned());
        Self { table: Arc::clone(&self.table), failures }
    }

    fn __len__(&self) -> usize {
        self.table.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyDict>> {
        let from_end = index.checked_add_unsigned(if index < 0 { self.table.len() } else { 0 });
        let row = match from_end.and_then(|index| usize::try_from(index).ok()) {
            Some(index) => self.table.row(py, index)?,
            None => None,
        };
        row.ok_or_else(|| PyIndexError::new_err(format!("no row {index}: there are {}", self.table.len())))
    }

    fn __iter__(&self) -> Walk {
        Walk { table: Arc::clone(&self.table), next: 0 }
    }

    fn __repr__(&self) -> String {
        format!("<kpi_extract.Rows: {} rows, {} failures>", self.table.len(), self.failures.len())
    }

    /// The columns with their types, for Arrow.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.table.schema()).map_err(|error| wrong(&error))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// The rows, for Arrow; one schema is all there is, so that a requested one is for the consumer to cast to.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = py.detach(|| self.table.batches()).map_err(PyValueError::new_err)?;
        let reader = RecordBatchIterator::new(batches.into_iter().map(Ok), self.table.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    /// As a `pyarrow.Table`, which shares the memory: decimals are `decimal128(38, 10)`, texts `string`.
    fn to_arrow(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// As a `pandas.DataFrame` on the same memory: columns are of `pandas.ArrowDtype`, so that decimals stay exact and
    /// what is missing stays missing. Needs pyarrow.
    fn to_pandas(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        let py = slf.py();
        let keywords = PyDict::new(py);
        keywords.set_item("types_mapper", py.import("pandas")?.getattr("ArrowDtype")?)?;
        Self::to_arrow(slf)?.call_method("to_pandas", (), Some(&keywords))
    }

    /// As a `polars.DataFrame`, whose decimals are `Decimal(38, 10)`. Needs no pyarrow.
    fn to_polars(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }
}

/// Goes through rows.
#[pyclass]
pub struct Walk {
    table: Arc<dyn Table>,
    next: usize,
}

#[pymethods]
impl Walk {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.next += 1;
        self.table.row(py, self.next - 1)
    }
}

fn wrong(error: &arrow_schema::ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
