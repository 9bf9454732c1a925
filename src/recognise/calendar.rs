//! Tells times from quantities where a number begins, so that `2023年` is no duration.

use once_cell::sync::Lazy;
use regex::Regex;

static TIME: Lazy<Option<Regex>> = Lazy::new(|| {
    let number = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})";
    let year =
        "(?:(?:1[89]|20)[0-9]{2}|[一二三四五六七八九零〇]{4}|[一二][九〇零][零〇一二三四五六七八九]{2})";
    let to = "[-—–~～至到、]+";
    Regex::new(&format!(
        r"\A(?:{year}(?:{to}{year})?(?:年度|年代|年)(?:{number}月(?:{number}[日号])?)?|(?:19|20)[0-9]{{2}}[-./][01]?[0-9][-./][0-3]?[0-9](?:\s+[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)?|{number}(?:{to}{number})*(?:月份?|季度|世纪|年代)(?:{number}[日号])?|{number}(?:{to}{number})*日|{number}月?(?:{to}){number}月|[0-2]?[0-9][:：][0-5][0-9](?:[:：][0-5][0-9])?|{number}时(?:{number}分)?|{number}点(?:{number}分|半|钟|整|许)|[0-9]0年代|[0-9]0后)"
    ))
    .ok()
});

/// The end of the time expression that begins at `at`.
pub(super) fn time_at(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let next = rest.chars().take(8).find(|c| !c.is_ascii_digit() && super::numeral::sign(*c).is_none())?;
    if !matches!(
        next,
        '年' | '月'
            | '日'
            | '季'
            | '世'
            | '时'
            | '点'
            | ':'
            | '：'
            | '-'
            | '—'
            | '–'
            | '~'
            | '～'
            | '至'
            | '到'
            | '、'
            | '.'
            | '/'
            | '后'
    ) {
        return None;
    }
    let window = &rest[..rest.floor_char_boundary(96)];
    let found = TIME.as_ref()?.find(window)?;
    Some(at + found.end())
}
