//! `SQLite`: one table, `rows`, written in one transaction, so that a database has a run's rows or none of them.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    mem,
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter, types::Value};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use tempfile::{NamedTempFile, TempPath};

use super::{Cell, Emit, Field, Holds, Layout};

/// How a database begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// How long another process is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Rows that are written at a time.
const BATCH: usize = 1024;
/// Digits that a floating-point number keeps.
const DIGITS: usize = 15;

/// Writes rows into the table of a database.
pub struct Sqlite<F> {
    connection: Connection,
    columns: Vec<F>,
    insert: String,
    pending: Vec<Vec<Value>>,
}

impl<F: Field> Sqlite<F> {
    /// The rows come after those that the table has; a database without the table gets one. Nothing is changed before
    /// [`Emit::finish`].
    pub fn append(path: &Path, columns: &[F]) -> io::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(io_error)?;
        connection.busy_timeout(PATIENCE).map_err(io_error)?;
        Self::begin(connection, columns)
    }

    fn begin(connection: Connection, columns: &[F]) -> io::Result<Self> {
        connection.execute_batch("BEGIN IMMEDIATE").map_err(io_error)?;
        let fields: Vec<String> =
            columns.iter().map(|column| format!("{} {}", quoted(column.name()), affinity(*column))).collect();
        let create = format!("CREATE TABLE IF NOT EXISTS rows ({})", fields.join(", "));
        connection.execute_batch(&create).map_err(io_error)?;
        let there = columns_of(&connection).map_err(io_error)?;
        if let Some(missing) = columns.iter().find(|column| there.iter().all(|it| it != column.name())) {
            let problem = format!("its table `rows` has no column `{}`", missing.name());
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        let names: Vec<String> = columns.iter().map(|column| quoted(column.name())).collect();
        let marks = vec!["?"; columns.len()];
        let insert = format!("INSERT INTO rows ({}) VALUES ({})", names.join(", "), marks.join(", "));
        Ok(Self { connection, columns: columns.to_vec(), insert, pending: vec![] })
    }

    fn write_pending(&mut self) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare(&self.insert)?;
        for row in mem::take(&mut self.pending) {
            insert.execute(params_from_iter(row))?;
        }
        Ok(())
    }
}

impl<F: Field> Emit<F> for Sqlite<F> {
    fn row(&mut self, row: &F::Row) -> io::Result<()> {
        self.pending.push(self.columns.iter().map(|column| value(column.cell(row))).collect());
        if self.pending.len() < BATCH { Ok(()) } else { self.write_pending().map_err(io_error) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.write_pending().map_err(io_error)?;
        self.connection.execute_batch("COMMIT").map_err(io_error)
    }
}

/// A new database, made in a temporary file and written to any output at the end.
pub struct Copied<W: Write, F> {
    out: W,
    database: Sqlite<F>,
    file: File,
    /// Where an open file cannot be removed, it goes with this.
    _path: Option<TempPath>,
}

impl<W: Write, F: Field> Copied<W, F> {
    /// An empty database that will be written to `out`.
    pub fn new(layout: &Layout<F>, out: W) -> io::Result<Self> {
        let (file, path) = NamedTempFile::with_prefix(".kpi-extract-")?.into_parts();
        let connection = Connection::open(&path).map_err(io_error)?;
        // What is lost with the process is worth nothing, and the file shall be gone however it ends.
        let private = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF";
        connection.execute_batch(private).map_err(io_error)?;
        let database = Sqlite::begin(connection, &layout.columns)?;
        let path = if cfg!(unix) { path.close().map(|()| None)? } else { Some(path) };
        Ok(Self { out, database, file, _path: path })
    }
}

impl<W: Write, F: Field> Emit<F> for Copied<W, F> {
    fn row(&mut self, row: &F::Row) -> io::Result<()> {
        self.database.row(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.database.finish()?;
        self.file.rewind()?;
        io::copy(&mut self.file, &mut self.out)?;
        self.out.flush()
    }
}

/// Whether a file may be replaced: if it is a database, no process may have it in use, and what one that has died left
/// unfinished beside it is settled, because it would be taken for part of the new one.
pub fn settle(path: &Path) -> io::Result<()> {
    let mut start = Vec::new();
    File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut start)?;
    if start != MAGIC {
        return Ok(());
    }
    let settle = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK")
    };
    match settle().map_err(io_error) {
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => Err(error),
        // A broken database may be replaced.
        _ => Ok(()),
    }
}

/// Text and integers as themselves; numbers as integers, as floating-point numbers where these keep all digits, else
/// as text, which no column turns into something else.
fn value(cell: Cell) -> Value {
    match cell {
        Cell::Text(text) => Value::Text(text.to_owned()),
        Cell::Decimal(None) => Value::Null,
        Cell::Decimal(Some(number)) => decimal(number),
        Cell::Integer(number) => Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)),
        Cell::Flag(flag) => Value::Integer(flag.into()),
    }
}

fn decimal(number: Decimal) -> Value {
    let number = number.normalize();
    if number.scale() == 0
        && let Some(integer) = number.to_i64()
    {
        return Value::Integer(integer);
    }
    let digits = number.to_string();
    let kept = number.mantissa().unsigned_abs().to_string().len() <= DIGITS;
    match digits.parse() {
        Ok(float) if kept => Value::Real(float),
        _ => Value::Text(digits),
    }
}

/// A type that changes no value: without one a column of exact numbers keeps them as they come.
fn affinity<F: Field>(column: F) -> &'static str {
    match column.holds() {
        Holds::Text => "TEXT NOT NULL DEFAULT ''",
        Holds::Decimal => "",
        Holds::Integer | Holds::Flag => "INTEGER",
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn columns_of(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info('rows')")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The error in the words of the system where it has such.
fn io_error(error: rusqlite::Error) -> io::Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            let problem = "the database is in use by another process";
            return io::Error::new(io::ErrorKind::ResourceBusy, problem);
        }
        Some(ErrorCode::NotADatabase) => {
            return io::Error::new(io::ErrorKind::InvalidData, "there is no SQLite database in this file");
        }
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
