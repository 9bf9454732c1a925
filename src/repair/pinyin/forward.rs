//! What mirror sites do to a text: the forward transformation, against which every repair is proven.

use std::collections::BTreeMap;

use super::codepage::{self, Pair};

/// Marks at which text is split, in this order.
pub(super) const MARKS: [char; 7] = ['！', '？', '。', '，', '、', '；', '：'];

/// The transformation as one site does it. It takes Traditional text; sites that begin with Simplified text convert
/// it first, character by character.
///
/// 1. The text becomes bytes of code page 936 and is split on sentence marks, wherever their bytes stand.
/// 2. In each piece the bytes of a listed character are followed by its reading in brackets.
/// 3. The piece is decoded: a first byte before one below 40 becomes one `?` with it, user-defined pairs vanish, a
///    first byte at the end becomes `?` or nothing.
/// 4. Full-width ASCII becomes ASCII.
///
/// ```
/// use kpi_extract::repair::Damage;
///
/// let damage = Damage::new([('數', "shù"), ('區', "qū")], false);
/// assert_eq!(damage.apply("當得知南湖社區"), "當?shù)弥虾鐓^(qū)");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Damage {
    list: BTreeMap<Pair, String>,
    /// Whether a first byte at the end of a piece becomes `?`.
    marked: bool,
}

impl Damage {
    /// A site that writes these readings behind these characters; `marked` if it leaves a `?` where a piece ends
    /// within a character. Characters that the code page does not have are passed over.
    pub fn new<R: Into<String>>(list: impl IntoIterator<Item = (char, R)>, marked: bool) -> Self {
        let pairs = list.into_iter().filter_map(|(c, reading)| Some((codepage::pair_of(c)?, reading.into())));
        Self { list: pairs.collect(), marked }
    }

    /// The characters of its list.
    #[cfg(test)]
    pub(super) fn characters(&self) -> impl Iterator<Item = char> {
        self.list.keys().filter_map(|&pair| codepage::char_of(pair))
    }

    /// The text as the site shows it. What the code page does not have becomes `?`.
    pub fn apply(&self, text: &str) -> String {
        let lines: Vec<String> = text.split('\n').map(|line| self.line(line).0).collect();
        lines.join("\n")
    }

    /// A line as the site shows it, and how many times bytes of it are lost that its other bytes do not tell.
    pub(super) fn line(&self, line: &str) -> (String, usize) {
        let mut damaged = Shown::default();
        let mut bytes = Vec::with_capacity(line.len());
        for c in line.chars() {
            match codepage::pair_of(c) {
                Some(pair) => bytes.extend(pair),
                None => bytes.push(u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?')),
            }
        }
        self.split(&bytes, &MARKS, &mut damaged);
        (damaged.text, damaged.lost)
    }

    fn split(&self, bytes: &[u8], marks: &[char], damaged: &mut Shown) {
        let Some((&mark, marks)) = marks.split_first() else { return self.piece(bytes, damaged) };
        let Some(pair) = codepage::pair_of(mark) else { return };
        let (mut start, mut at) = (0, 0);
        while at + 1 < bytes.len() {
            if bytes[at..at + 2] == pair {
                self.split(&bytes[start..at], marks, damaged);
                damaged.text.push(narrow(mark));
                at += 2;
                start = at;
            } else {
                at += 1;
            }
        }
        self.split(&bytes[start..], marks, damaged);
    }

    fn piece(&self, bytes: &[u8], damaged: &mut Shown) {
        // A reading holds no byte of which a pair could be made anew, so that it need not be encoded: what stands
        // before it sees the bracket.
        let mut at = 0;
        // Bytes up to here are followed by no reading.
        let mut gloss = self.next_listed(bytes, 0);
        while at < bytes.len() {
            let lead = bytes[at];
            let end = gloss.map_or(bytes.len(), |(end, _)| end);
            let mut eaten = false;
            if lead < 0x80 {
                damaged.text.push(char::from(lead));
                at += 1;
            } else if !codepage::LEAD.contains(&lead) {
                damaged.text.push(if lead == 0x80 { '€' } else { '?' });
                at += 1;
            } else if at + 1 < end {
                let pair = [lead, bytes[at + 1]];
                if codepage::is_trail(pair[1]) {
                    let c = codepage::char_of(pair);
                    damaged.text.extend(c.map(narrow));
                    damaged.lost += usize::from(c.is_none());
                } else {
                    damaged.text.push('?');
                    damaged.lost += 1;
                }
                at += 2;
            } else if gloss.is_some() {
                damaged.text.push('?');
                eaten = true;
                at += 1;
            } else {
                damaged.lost += usize::from(!(damaged.text.is_empty() && lead == 0xA1));
                if self.marked {
                    damaged.text.push('?');
                }
                at += 1;
            }
            if let Some((end, reading)) = gloss
                && at >= end
            {
                if !eaten {
                    damaged.text.push('(');
                }
                damaged.text.push_str(reading);
                damaged.text.push(')');
                gloss = self.next_listed(bytes, end);
            }
        }
    }

    /// Where the next listed character ends that begins at `from` or later, with its reading.
    fn next_listed(&self, bytes: &[u8], from: usize) -> Option<(usize, &str)> {
        let rest = bytes.get(from..)?;
        rest.windows(2).enumerate().find_map(|(at, pair)| {
            let reading = self.list.get(&[pair[0], pair[1]])?;
            Some((from + at + 2, reading.as_str()))
        })
    }
}

/// A line on its way.
#[derive(Debug, Default)]
struct Shown {
    text: String,
    lost: usize,
}

/// Full-width ASCII as ASCII.
pub(super) fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_do_this_to_a_text() {
        let lists = |marked| {
            Damage::new(
                [
                    ('區', "qū"),
                    ('數', "shù"),
                    ('聯', "lián"),
                    ('嚴', "yán"),
                    ('進', "jìn"),
                    ('實', "shí"),
                    ('細', "xì"),
                    ('場', "chǎng"),
                ],
                marked,
            )
        };
        for (text, marked, damaged) in [
            ("源城區上城街道", false, "源城區(qū)上城街道"),
            ("勇擔當、作表率", false, "勇?lián)、作表率"),
            ("勇擔當 黨員", false, "勇?lián)?黨員"),
            ("勇擔15個", false, "勇?lián)?5個"),
            ("燃氣3處，", true, "燃?xì)?處,"),
            ("燃氣、查封", true, "燃?xì)?、查封"),
            ("　（一）嚴實", true, "?。ㄒ唬﹪?yán)實(shí)"),
            ("　（二）嚴", true, "?。ǘ﹪?yán)"),
            ("　（一）全力推進", true, "?。ㄒ唬┤ν七M(jìn)"),
            ("（一）\n（二）！", true, "(一)\n(二)!"),
            // The second mark comes of the piece of the first.
            ("。“三小場所”", true, "?!叭?chǎng)所”"),
        ] {
            assert_eq!(lists(marked).apply(text), damaged);
        }
    }
}
