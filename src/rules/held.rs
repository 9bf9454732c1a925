//! Text of rule files: that of the built-in ones stands in the executable and is never copied, that of users' files is
//! what was read.
//!
//! The build script compiles this file too. It puts the texts of the built-in files into one, in which they are known
//! by their places: addresses, of which there would be ten thousand, would have to be mended at every start.

use std::{
    borrow::{Borrow, Cow},
    cmp::Ordering,
    fmt,
    ops::Deref,
};

use super::texts::TEXTS;

/// A text.
#[derive(Clone)]
pub enum Held {
    /// One of the built-in files: where it begins among their texts, and its length.
    Built(u32, u32),
    /// One that was read.
    Own(Box<str>),
}

/// A list of values.
pub type List<T> = Cow<'static, [T]>;

/// A list of texts.
pub type Texts = List<Held>;

impl Held {
    /// Its length in bytes.
    #[inline]
    pub const fn len(&self) -> usize {
        match self {
            Self::Built(_, length) => *length as usize,
            Self::Own(text) => text.len(),
        }
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What stands before and after a byte.
    pub fn cut(&self, at: usize) -> (Self, Self) {
        match self {
            &Self::Built(start, length) if at <= length as usize => {
                (Self::Built(start, at as u32), Self::Built(start + at as u32, length - at as u32))
            }
            _ => (self[..at].into(), self[at..].into()),
        }
    }
}

impl Deref for Held {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match self {
            &Self::Built(start, length) => {
                TEXTS.get(start as usize..start as usize + length as usize).unwrap_or_default()
            }
            Self::Own(text) => text,
        }
    }
}

impl AsRef<str> for Held {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Held {
    fn borrow(&self) -> &str {
        self
    }
}

impl Default for Held {
    fn default() -> Self {
        Self::Built(0, 0)
    }
}

impl From<&str> for Held {
    fn from(text: &str) -> Self {
        Self::Own(text.into())
    }
}

impl From<String> for Held {
    fn from(text: String) -> Self {
        Self::Own(text.into())
    }
}

impl From<Held> for String {
    fn from(text: Held) -> Self {
        match text {
            Held::Own(text) => text.into(),
            Held::Built(..) => text.to_string(),
        }
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Held {}

impl PartialEq<str> for Held {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Held {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl PartialEq<String> for Held {
    fn eq(&self, other: &String) -> bool {
        **self == **other
    }
}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Held {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(other)
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}
