//! The notation of periods, checked where a user gives one.

/// `text` if it is a period: `YYYY`, `YYYY-MM`, `YYYY-Qn`, `YYYY-Hn`, or a span `A/B` of years or of months.
pub fn parse(text: &str) -> Result<String, String> {
    let valid = match text.split_once('/') {
        None => is_year(text) || is_month(text) || is_part(text),
        Some((from, to)) => from < to && [is_year, is_month].iter().any(|is| is(from) && is(to)),
    };
    if valid {
        Ok(text.to_owned())
    } else {
        Err("a period is written 2023, 2023-06, 2023-Q2, 2023-H1, 2021/2025 or 2023-01/2023-09".to_owned())
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_month(text: &str) -> bool {
    text.split_once('-').is_some_and(|(year, month)| {
        is_year(year) && month.len() == 2 && matches!(month.parse(), Ok(1..=12u8)) && !month.starts_with('+')
    })
}

fn is_part(text: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(year, part)| is_year(year) && matches!(part, "Q1" | "Q2" | "Q3" | "Q4" | "H1" | "H2"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_is_that_of_the_rows() {
        for period in ["2023", "2023-06", "2023-12", "2023-Q4", "2023-H1", "2021/2025", "2023-01/2023-09"] {
            assert_eq!(parse(period).as_deref(), Ok(period));
        }
        for other in [
            "",
            "23",
            "2023年",
            "２０２３",
            "2023-6",
            "2023-13",
            "2023-00",
            "2023-+6",
            "2023-Q5",
            "2023-H3",
            "2023-06-30",
            "2025/2021",
            "2023/2023",
            "2023-01/2024",
            "2023-H1/2023-H2",
            "2021/2022/2023",
            "/",
        ] {
            assert!(parse(other).is_err(), "{other}");
        }
    }
}
