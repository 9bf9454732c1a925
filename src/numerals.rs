//! The characters of Chinese numbers and what each of them is: known to repair, which joins what spaces broke, to times
//! and to quantities alike.

/// A character of a Chinese number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Digit(u8),
    /// `十 百 千`, as a power of ten.
    Small(u32),
    /// `万 亿`, as a power of ten.
    Big(u32),
    /// `廿 卅 卌`: so many tens.
    Tens(u8),
}

/// The characters of Chinese numbers.
pub(crate) const SIGNS: &str = "零〇一二两兩三四五六七八九十百千万萬亿億壹贰貳叁參肆伍陆陸柒捌玖拾佰仟廿卅卌";

/// What `c` is within a number; the second value says that it is a financial character, often a name or a verb.
pub(crate) fn sign(c: char) -> Option<(Sign, bool)> {
    use Sign::{Big, Digit, Small, Tens};
    Some(match c {
        '零' | '〇' => (Digit(0), false),
        '一' => (Digit(1), false),
        '二' | '两' | '兩' => (Digit(2), false),
        '三' => (Digit(3), false),
        '四' => (Digit(4), false),
        '五' => (Digit(5), false),
        '六' => (Digit(6), false),
        '七' => (Digit(7), false),
        '八' => (Digit(8), false),
        '九' => (Digit(9), false),
        '十' => (Small(1), false),
        '百' => (Small(2), false),
        '千' => (Small(3), false),
        '万' | '萬' => (Big(4), false),
        '亿' | '億' => (Big(8), false),
        '廿' => (Tens(2), false),
        '卅' => (Tens(3), false),
        '卌' => (Tens(4), false),
        '壹' => (Digit(1), true),
        '贰' | '貳' => (Digit(2), true),
        '叁' | '參' => (Digit(3), true),
        '肆' => (Digit(4), true),
        '伍' => (Digit(5), true),
        '陆' | '陸' => (Digit(6), true),
        '柒' => (Digit(7), true),
        '捌' => (Digit(8), true),
        '玖' => (Digit(9), true),
        '拾' => (Small(1), true),
        '佰' => (Small(2), true),
        '仟' => (Small(3), true),
        _ => return None,
    })
}
