//! The text that the program sees.

use super::{args::TextArgs, exit::Exit, stop::Stop};

/// Shows the text of one document, or its segments.
pub fn run(request: &TextArgs) -> Result<Exit, Stop> {
    let TextArgs { file: _, segments: _ } = request;
    Err(Stop::NotOffered("text"))
}
