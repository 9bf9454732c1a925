//! How precisely a figure was written: 1.3万 says nothing below a thousand, 97.20% something below a tenth. Whoever
//! compares figures, or shows them again, must know.

use rust_decimal::Decimal;

/// What one unit of the last written place of `raw` is worth in `value`, which was read from it: 1,000 for 1.3万, 0.01
/// for 97.20%. Digits of words (三千) are taken as precise as the last of them that is no zero. Never zero.
pub fn step(raw: &str, value: Decimal) -> Decimal {
    let value = value.abs().normalize();
    let Some((number, decimals)) = first_number(raw) else { return last_place(value) };
    let place = Decimal::new(1, decimals);
    if number.is_zero() || value.is_zero() {
        return place;
    }
    let scale = value.checked_div(number).map(|ratio| ratio.normalize());
    scale
        .filter(|ratio| is_power_of_ten(*ratio))
        .and_then(|ratio| ratio.checked_mul(place))
        .filter(|step| !step.is_zero())
        .unwrap_or_else(|| last_place(value))
}

/// How many decimals show `value` as precisely as `raw` has it, and never less than it has.
pub fn decimals(raw: &str, value: Decimal) -> u32 {
    step(raw, value).normalize().scale().max(value.normalize().scale())
}

/// The first number in digits, and how many decimals it has.
fn first_number(raw: &str) -> Option<(Decimal, u32)> {
    let mut digits = String::new();
    let mut decimals = None;
    for c in raw.chars() {
        let c = match c {
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
            '．' => '.',
            c => c,
        };
        match c {
            '0'..='9' => {
                digits.push(c);
                decimals = decimals.map(|decimals: u32| decimals + 1);
            }
            '.' if decimals.is_none() && !digits.is_empty() => {
                digits.push(c);
                decimals = Some(0);
            }
            ',' | '，' | ' ' | '\u{3000}' | '\r' | '\n' => {}
            _ if digits.is_empty() => {}
            _ => break,
        }
    }
    let number = digits.trim_end_matches('.').parse().ok()?;
    Some((number, decimals.unwrap_or(0).min(Decimal::MAX_SCALE)))
}

/// The worth of the last digit that is no zero.
fn last_place(value: Decimal) -> Decimal {
    let value = value.normalize();
    let mut place = Decimal::new(1, value.scale());
    let mut mantissa = value.mantissa();
    while mantissa != 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        place = place.checked_mul(Decimal::TEN).unwrap_or(place);
    }
    place
}

fn is_power_of_ten(number: Decimal) -> bool {
    last_place(number) == number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_written_place_counts() {
        for (raw, value, expected) in [
            ("1.3万余件", "13000", "1000"),
            ("13,157件", "13157", "1"),
            ("13000件", "13000", "1"),
            ("97.20%", "97.20", "0.01"),
            ("46.280%", "-46.280", "0.001"),
            ("１.50亿元", "150000000", "1000000"),
            ("一万三千件", "13000", "1000"),
            ("百分之九十七点二二", "97.22", "0.01"),
            ("九成八", "98", "1"),
            ("1/4", "25", "1"),
            ("3至5.5元", "3", "1"),
            ("1 200件", "1200", "1"),
            ("0.0%", "0", "0.1"),
            ("0", "0", "1"),
            ("", "0", "1"),
            ("79228162514264337593543950335元", "79228162514264337593543950335", "1"),
            ("8折", "80", "10"),
        ] {
            let (value, expected): (Decimal, Decimal) = (value.parse().unwrap(), expected.parse().unwrap());
            assert_eq!(step(raw, value), expected, "{raw}");
        }
    }

    #[test]
    fn decimals_are_those_written_and_never_fewer_than_there_are() {
        for (raw, value, expected) in [
            ("97.220%", "97.220", 3),
            ("1.50亿", "150000000.00", 0),
            ("3至5.5元", "5.5", 1),
            ("半", "0.5", 1),
        ] {
            assert_eq!(decimals(raw, value.parse().unwrap()), expected, "{raw}");
        }
    }
}
