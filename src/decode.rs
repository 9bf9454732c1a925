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
/// UTF-8.
pub fn decode(bytes: &[u8]) -> Result<&str, Error> { std::str::from_utf8(bytes).map_err(|e| Error::NotUtf8{offset: e.valid_up_to()}) }
