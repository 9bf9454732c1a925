//! The glyphs of a page with their places, as it would be drawn.

use std::panic;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_16BE};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RenderContent, SoftMask, TransformExt,
    font::{Glyph, GlyphRun},
    hayro_cmap::{BfString, WritingMode},
    hayro_syntax::{
        Pdf,
        object::{Dict, Name},
        page::Page,
    },
    interpret_page,
    kurbo::{Affine, BezPath, Point, Rect},
};

/// How many things a document may draw, beside two for each of its bytes: forms that draw forms could go on for ever.
const EVENTS: u64 = 1_000_000;

/// What is thrown when a document draws more.
pub(super) struct Overrun;

/// A glyph, in points from the top left corner of the page.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub text: String,
    /// Its left and right edge.
    pub left: f64,
    pub right: f64,
    /// The line that it stands on.
    pub base: f64,
    /// The size of its font.
    pub size: f64,
}

/// What a page draws.
pub(super) struct Glyphs {
    pub found: Vec<Mark>,
    /// Glyphs that mean no character that is known.
    pub unknown: usize,
    pub images: usize,
    /// What may still be drawn.
    pub left: u64,
    /// What the codes of fonts without a table of their characters are, if all of the page agree.
    codes: Option<&'static Encoding>,
}

/// What a document of so many bytes may draw.
pub(super) const fn budget(bytes: usize) -> u64 {
    EVENTS + 2 * bytes as u64
}

/// The glyphs of a page, where `left` things may be drawn.
pub(super) fn of(page: &Page<'_>, pdf: &Pdf, left: u64) -> Glyphs {
    let cache = InterpreterCache::new();
    let settings =
        InterpreterSettings { render_content: RenderContent::PAGE, ..InterpreterSettings::default() };
    let transform = page.initial_transform(true).to_kurbo();
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context = Context::new(transform, bounds, &cache, pdf.xref(), settings);
    let mut glyphs = Glyphs { found: Vec::new(), unknown: 0, images: 0, left, codes: codes(page) };
    interpret_page(page, &mut context, &mut glyphs);
    glyphs
}

/// The encoding that the fonts of a page use which do not tell their characters: the well-known ones that old programs
/// write Chinese with.
fn codes(page: &Page<'_>) -> Option<&'static Encoding> {
    let fonts = &page.resources().fonts;
    let mut found = None;
    for font in fonts.keys().filter_map(|key| fonts.get::<Dict<'_>>(&*key)) {
        let composite = font.get::<Name<'_>>("Subtype").is_some_and(|name| &*name == b"Type0");
        if !composite || font.contains_key("ToUnicode") {
            continue;
        }
        let name = font.get::<Name<'_>>("Encoding")?;
        let has = |part: &[u8]| name.windows(part.len()).any(|it| it == part);
        let own = if has(b"UCS2") || has(b"UTF16") {
            UTF_16BE
        } else if name.starts_with(b"GB") {
            GB18030
        } else if has(b"B5") {
            BIG5
        } else {
            return None;
        };
        if found.replace(own).is_some_and(|other| other != own) {
            return None;
        }
    }
    found
}

/// The character that a code is in an encoding.
fn meant(codes: &'static Encoding, code: u32) -> Option<char> {
    let bytes = code.to_be_bytes();
    let wide = usize::from(codes == UTF_16BE);
    let first = bytes.iter().position(|&byte| byte != 0)?.min(3 - wide) & !wide;
    let text = codes.decode_without_bom_handling_and_without_replacement(&bytes[first..])?;
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

impl Glyphs {
    fn event(&mut self) {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            // The interpreter offers no other way out.
            None => panic::resume_unwind(Box::new(Overrun)),
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, transform: Affine) {
        self.event();
        let [a, b, c, d, ..] = transform.as_coeffs();
        // What leans is no line of the text: a watermark.
        if b.abs() > a.abs() * 0.02 || a <= 0.0 {
            return;
        }
        let (advance, em) = match glyph {
            Glyph::Outline(outline) => (outline.advance_width().map_or(500.0, f64::from), 1000.0),
            Glyph::Type3(glyph) => (glyph.advance_width().map_or(500.0, f64::from), 1000.0),
        };
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => {
                let meant = self.codes.and_then(|codes| meant(codes, glyph.char_code()));
                self.unknown += usize::from(meant.is_none());
                meant.unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
            }
        };
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let from = transform * Point::ZERO;
        let to = transform * Point::new(advance, 0.0);
        let size = (c * c + d * d).sqrt() * em;
        let finite = [from.x, from.y, to.x, size].iter().all(|number| number.is_finite());
        if !text.is_empty() && finite && size > 0.5 {
            self.found.push(Mark { text, left: from.x, right: to.x.max(from.x), base: from.y, size });
        }
    }
}

impl<'a> Device<'a> for Glyphs {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if run.writing_mode() != WritingMode::Horizontal || matches!(mode, DrawMode::Stroke(_)) {
            self.event();
            return;
        }
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.event();
        self.images += 1;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.event();
    }

    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.event();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.event();
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.event();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.event();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_characters() {
        assert_eq!(meant(UTF_16BE, 0x6EE1), Some('满'));
        assert_eq!(meant(UTF_16BE, 0x37), Some('7'));
        assert_eq!(meant(GB18030, 0xC2FA), Some('满'));
        assert_eq!(meant(GB18030, 0x37), Some('7'));
        assert_eq!(meant(BIG5, 0xBAA1), Some('滿'));
        assert_eq!(meant(GB18030, 0xFF), None);
    }
}
