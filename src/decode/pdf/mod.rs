//! PDF: the text layer, put back into lines and paragraphs of one column.
//!
//! Glyphs come with their places (`glyphs`), are put into lines page by page (`page`), and the lines into paragraphs over
//! all pages, without what repeats at the edges of pages (`flow`). What a document could blow up into is looked at before
//! (`bounds`).

mod bounds;
mod flow;
mod glyphs;
mod page;

use std::panic::{self, AssertUnwindSafe};

use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::{Error, Flaw, Text, draft::Draft};
use glyphs::Glyphs;
use page::Layout;

const FORMAT: &str = "PDF";
/// How many pages are read.
const PAGES: usize = 5000;
/// How far before its end a file says that it ends there, in bytes.
const TAIL: usize = 1024;

/// The text of a document.
pub(super) fn text(bytes: &[u8], limit: usize) -> Result<Text<'static>, Error> {
    bounds::check(bytes)?;
    // What the reader of PDF stumbles over, and what runs over the bounds, ends here.
    let read = || read(bytes, limit);
    panic::catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|cause| {
        let over = cause.is::<glyphs::Overrun>();
        let cause = if over { "it draws without an end" } else { "its structure is broken" };
        Err(Error::Broken { format: FORMAT, cause: cause.into() })
    })
}

fn read(bytes: &[u8], limit: usize) -> Result<Text<'static>, Error> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Error::Encrypted { format: FORMAT },
        LoadPdfError::Decryption(_) => {
            Error::Broken { format: FORMAT, cause: "its encryption is unknown".into() }
        }
        LoadPdfError::Invalid => Error::Broken { format: FORMAT, cause: "it has no pages".into() },
    })?;
    let pages = pdf.pages();
    if pages.len() > PAGES {
        return Err(Error::Broken {
            format: FORMAT,
            cause: format!("{} pages, {PAGES} are read", pages.len()),
        });
    }
    let mut flaws = Vec::new();
    let mut read = Vec::new();
    let (mut pictures, mut budget) = (0, glyphs::budget(bytes.len()));
    for (page, number) in pages.iter().zip(1..) {
        let Glyphs { found, unknown, images, left, .. } = glyphs::of(page, &pdf, budget);
        budget = left;
        if found.is_empty() {
            if images > 0 {
                pictures += 1;
                flaws.push(Flaw::Picture { page: number });
            }
            continue;
        }
        if unknown > 0 {
            flaws.push(Flaw::Glyphs { page: number, count: unknown });
        }
        let lines = Layout::of(found, page.render_dimensions());
        if lines.has_columns() {
            flaws.push(Flaw::Columns { page: number });
        } else {
            read.push((number, lines));
        }
    }
    if read.is_empty() && pictures > 0 && flaws.len() == pictures {
        return Err(Error::Pictures);
    }
    if pages.is_empty() {
        return Err(Error::Broken { format: FORMAT, cause: "it has no pages".into() });
    }
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    if read.is_empty() && flaws.is_empty() && memchr::memmem::find(tail, b"%%EOF").is_none() {
        return Err(Error::Broken { format: FORMAT, cause: "its end is missing".into() });
    }
    let mut draft = Draft::new(limit);
    flow::write(read, &mut draft);
    let mut text = draft.finish()?;
    text.flaws = flaws;
    Ok(text)
}
