//! Days and times of day that stand without a month: no period, but no quantity either.

use super::{
    When,
    words::{Read, ends, number, skip, word},
};

/// A day or a time of day without a month.
pub(super) fn moment(text: &str, pos: usize) -> Read<When> {
    clock(text, pos)
        .or_else(|| hour(text, pos))
        .or_else(|| day_alone(text, pos))
        .map(|end| (When::Moment, end))
}

const TIMES_OF_DAY: &[&str] =
    &["上午", "下午", "中午", "凌晨", "早上", "晚上", "傍晚", "当晚", "清晨", "早", "晚", "夜间", "日", "号"];

/// `12:11`, `09:02:33`.
fn clock(text: &str, pos: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if !bytes.get(pos)?.is_ascii_digit() {
        return None;
    }
    let two = |at: usize, most: u8| -> Option<u8> {
        let (a, b) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        let value = (a.wrapping_sub(b'0')).checked_mul(10)?.checked_add(b.wrapping_sub(b'0'))?;
        (a.is_ascii_digit()
            && b.is_ascii_digit()
            && value <= most
            && !bytes.get(at + 2).is_some_and(u8::is_ascii_digit))
        .then_some(value)
    };
    let ((hour, digits), end) = number(text, pos)?;
    if hour > 24 || digits > 2 || pos > 0 && matches!(bytes[pos - 1], b':' | b'.') {
        return None;
    }
    let colon = skip(text, end, &[":", "："])?;
    two(colon, 59)?;
    let mut end = colon + 2;
    let seconds = skip(text, end, &[":", "："]).filter(|at| two(*at, 59).is_some());
    let before = text[..pos].trim_end();
    let told = seconds.is_some() || before.len() < pos || ends(before, TIMES_OF_DAY).is_some() || pos == 0;
    if digits == 1 && !told {
        return None;
    }
    if let Some(at) = seconds {
        end = at + 2;
    }
    Some(end)
}

/// `9时30分`, `上午9时`, `晚8点`.
fn hour(text: &str, pos: usize) -> Option<usize> {
    let ((hour, digits), end) = number(text, pos)?;
    if hour > 24 || digits > 3 {
        return None;
    }
    let end = skip(text, end, &["时", "点"])?;
    if let Some(((minute, _), at)) = number(text, end)
        && let Some(at) = word(text, at, "分").filter(|_| minute < 60)
    {
        return Some(at);
    }
    if let Some(end) = skip(text, end, &["整", "许", "半", "钟"]) {
        return Some(end);
    }
    ends(text[..pos].trim_end(), TIMES_OF_DAY).map(|_| end)
}

/// `8日` in `记者8日获悉`, not `15日内`.
fn day_alone(text: &str, pos: usize) -> Option<usize> {
    let ((value, digits), end) = number(text, pos)?;
    let end = word(text, end, "日").filter(|_| digits <= 3 && (1..=31).contains(&value))?;
    let duration = skip(
        text,
        end,
        &[
            "内", "以内", "之内", "游", "间", "龄", "均", "以上", "左右", "工作", "时间", "的", "不", "无",
            "后", "前",
        ],
    )
    .is_some()
        || ends(
            &text[..pos],
            &[
                "为期",
                "共",
                "连续",
                "历时",
                "达",
                "近",
                "超",
                "约",
                "满",
                "每",
                "第",
                "不少于",
                "不超过",
                "延长",
                "缩短",
                "提前",
                "于",
            ],
        )
        .is_some();
    (!duration).then_some(end)
}
