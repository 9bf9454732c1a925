//! Decimals of 128 bits, `decimal128(38, 10)`: what the columns of Parquet and of Arrow hold, exactly or not at all.

use rust_decimal::Decimal;

use super::{Cell, Field};

/// Digits that a decimal may have.
pub const PRECISION: u8 = 38;
/// How many of them stand after the point.
pub const SCALE: u8 = 10;

/// The digits of a number with ten of them after the point, if it has no more and there are no more than 38.
pub fn unscaled(number: Decimal) -> Option<i128> {
    let number = number.normalize();
    let places = u32::from(SCALE).checked_sub(number.scale())?;
    let digits = number.mantissa().checked_mul(10_i128.pow(places))?;
    (digits.unsigned_abs() < 10_u128.pow(PRECISION.into())).then_some(digits)
}

/// What is said of the `number` in `column` of the `position`th row, counted from 1, that does not fit.
pub fn misfit<F: Field>(position: u64, row: &F::Row, column: F, number: Decimal) -> String {
    let (place, name) = (place::<F>(row), column.name());
    format!("row {position}{place}: {name} {number} does not fit decimal128({PRECISION}, {SCALE})")
}

/// Where a row stands, as far as its columns tell.
fn place<F: Field>(row: &F::Row) -> String {
    let text = |name: &str| {
        let column = F::ALL.iter().find(|column| column.name() == name)?;
        match column.cell(row) {
            Cell::Text(text) => Some(text.to_owned()),
            Cell::Integer(number) => Some(number.to_string()),
            _ => None,
        }
    };
    match (text("document"), text("line"), text("raw")) {
        (Some(document), Some(line), Some(raw)) => format!(" ({document}:{line}, {raw})"),
        _ => String::new(),
    }
}
