//! `Exact`: the integer and scale that a number is summed up in; turned into a decimal once, at its end.

use rust_decimal::Decimal;

/// `mantissa` × 10^-`scale`. Every operation is exact, or `None` where it would not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exact {
    pub(super) mantissa: i128,
    pub(super) scale: u32,
}

/// More than any decimal holds, and far less than an `i128`.
const LIMIT: i128 = 10_i128.pow(30);

const POWERS: [i128; 31] = {
    let mut powers = [1; 31];
    let mut power = 1;
    while power < powers.len() {
        powers[power] = powers[power - 1] * 10;
        power += 1;
    }
    powers
};

fn power_of_ten(power: u32) -> Option<i128> {
    POWERS.get(power as usize).copied()
}

impl Exact {
    pub(super) const ONE: Self = Self { mantissa: 1, scale: 0 };

    pub(super) const fn whole(value: i128) -> Self {
        Self { mantissa: value, scale: 0 }
    }

    pub(super) const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Times ten to the `power`; decimals that come to nothing are dropped, as in `1.50万`.
    pub(super) fn shift(self, power: u32) -> Option<Self> {
        if power == 0 {
            return Some(self);
        }
        if self.scale == 0 {
            let mantissa = self.mantissa.checked_mul(power_of_ten(power)?)?;
            return (mantissa < LIMIT).then_some(Self { mantissa, scale: 0 });
        }
        if self.scale <= power {
            return Self::whole(self.mantissa).shift(power - self.scale);
        }
        let scale = self.scale - power;
        // Most mantissas are small, and the division of small integers is many times cheaper.
        if let Ok(small) = u64::try_from(self.mantissa) {
            let (small, scale) = trim(small, scale);
            return Some(Self { mantissa: small.into(), scale });
        }
        let (mut mantissa, mut scale) = (self.mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Some(Self { mantissa, scale })
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        if other.is_zero() && other.scale <= self.scale {
            return Some(self);
        }
        let scale = self.scale.max(other.scale);
        let at_scale = |value: Self| value.mantissa.checked_mul(power_of_ten(scale - value.scale)?);
        let mantissa = at_scale(self)?.checked_add(at_scale(other)?)?;
        (mantissa < LIMIT).then_some(Self { mantissa, scale })
    }

    pub(super) fn decimal(self) -> Option<Decimal> {
        match u64::try_from(self.mantissa) {
            Ok(small) if self.scale <= Decimal::MAX_SCALE => Some(decimal(small, self.scale)),
            _ => Decimal::try_from_i128_with_scale(self.mantissa, self.scale).ok(),
        }
    }
}

/// `mantissa` × 10^-`scale` without the zeros at the end of its decimals.
fn trim(mut mantissa: u64, mut scale: u32) -> (u64, u32) {
    while scale > 0 && mantissa.is_multiple_of(10) {
        mantissa /= 10;
        scale -= 1;
    }
    (mantissa, scale)
}

/// `mantissa` × 10^-`scale`, a scale that a decimal can have.
#[inline]
fn decimal(mantissa: u64, scale: u32) -> Decimal {
    Decimal::from_parts(mantissa as u32, (mantissa >> 32) as u32, 0, false, scale)
}

#[cfg(test)]
mod tests {
    use super::Exact;

    #[test]
    fn shifts_keep_every_digit() {
        let value = Exact { mantissa: 47_264_287, scale: 6 };
        assert_eq!(value.shift(8), Some(Exact::whole(4_726_428_700)));
        assert_eq!(value.shift(4), Some(Exact { mantissa: 47_264_287, scale: 2 }));
        assert_eq!(Exact { mantissa: 1200, scale: 5 }.shift(1), Some(Exact { mantissa: 12, scale: 2 }));
        assert_eq!(Exact::whole(9).shift(40), None);
    }

    #[test]
    fn sums_take_the_finer_scale() {
        let sum = Exact::whole(3).plus(Exact { mantissa: 14, scale: 2 });
        assert_eq!(sum, Some(Exact { mantissa: 314, scale: 2 }));
    }
}
