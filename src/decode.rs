//! Bytes to text: the first stage, which refuses what it cannot read instead of guessing.

/// Why a document could not be read as text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are no UTF-8.
    #[error("not UTF-8 text: invalid byte at offset {offset}")]
    NotUtf8 {
        /// Offset of the first bad byte.
        offset: usize,
    },
}
