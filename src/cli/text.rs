//! The text that the program sees.

use super::{args::TextArgs, exit::Exit, inputs::Input, stop::Stop};

/// Shows the text of one document, or its segments.
pub fn run(request: TextArgs) -> Result<Exit, Stop> {
    let TextArgs { file, segments: _ } = request;
    let mut bytes = Vec::new();
    Input::new(file, "-").read(&mut bytes)?;
    Err(Stop::NotOffered("text"))
}
