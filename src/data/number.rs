//! Numbers: exact decimals of up to 38 significant digits.
//!
//! DynamoDB (Developer Guide, "Supported data types and naming rules in Amazon DynamoDB",
//! section "Number") stores zero and magnitudes from `1E-130` to
//! `9.9999999999999999999999999999999999999E+125`, refuses anything longer or further out instead
//! of rounding it, and returns numbers without leading and trailing zeros, in plain digits.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result};

/// The most significant digits a number can have.
pub const MAX_DIGITS: u32 = 38;
/// The largest power of ten that the first significant digit can stand for.
const MAX_MAGNITUDE: i64 = 125;
/// The smallest power of ten that the first significant digit can stand for.
const MIN_MAGNITUDE: i64 = -130;

/// A DynamoDB number: `±coefficient × 10^exponent`, kept in the one form whose coefficient has no
/// trailing zero, so that equal numbers are equal structures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Number {
    /// A little-endian integer below 10^38. As a `u128` it would align every attribute value to
    /// 16 bytes, and cost a third more memory.
    coefficient: [u8; 16],
    exponent: i16,
    negative: bool,
}

/// The serialized form: twice the exponent, plus one if negative; and the coefficient. Both are
/// variable-length integers in postcard, so that small numbers take two bytes.
type Wire = (i16, u128);

impl Number {
    pub const ZERO: Self = Self { coefficient: [0; 16], exponent: 0, negative: false };

    /// Brings `±coefficient × 10^exponent` into normal form, and checks DynamoDB's limits.
    fn normal(negative: bool, mut coefficient: u128, exponent: i64) -> Result<Self> {
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        let mut exponent = exponent;
        while coefficient.is_multiple_of(10) {
            coefficient /= 10;
            exponent += 1;
        }
        let digits = coefficient.ilog10() + 1;
        if digits > MAX_DIGITS {
            return Err(too_long());
        }
        let magnitude = exponent + i64::from(digits) - 1;
        if magnitude > MAX_MAGNITUDE {
            return Err(overflow());
        }
        if magnitude < MIN_MAGNITUDE {
            return Err(underflow());
        }
        let exponent = i16::try_from(exponent).expect("a magnitude in range bounds the exponent");
        Ok(Self { coefficient: coefficient.to_le_bytes(), exponent, negative })
    }

    fn coefficient(&self) -> u128 {
        u128::from_le_bytes(self.coefficient)
    }

    /// How many digits the coefficient has; zero has none.
    pub fn significant_digits(&self) -> u32 {
        self.coefficient().checked_ilog10().map_or(0, |log| log + 1)
    }

    pub fn is_zero(&self) -> bool {
        self.coefficient() == 0
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// 18 bytes whose order as bytes is the order of the numbers: sign, magnitude, digits.
    pub fn to_ordered_bytes(self) -> [u8; Self::ORDERED_BYTES] {
        let mut bytes = [0; Self::ORDERED_BYTES];
        let digits = self.significant_digits();
        if digits > 0 {
            let magnitude = i64::from(self.exponent) + i64::from(digits) - 1 - MIN_MAGNITUDE;
            let aligned = self.coefficient() * 10u128.pow(MAX_DIGITS - digits);
            bytes[1] = magnitude as u8;
            bytes[2..].copy_from_slice(&aligned.to_be_bytes());
        }
        bytes[0] = 1 + u8::from(digits > 0);
        if self.negative {
            bytes.iter_mut().for_each(|byte| *byte = !*byte);
            bytes[0] = 0;
        }
        bytes
    }

    /// The number that these bytes stand for, if they stand for one.
    pub fn from_ordered_bytes(written: [u8; Self::ORDERED_BYTES]) -> Option<Self> {
        let mut bytes = written;
        let negative = bytes[0] == 0;
        if negative {
            bytes.iter_mut().for_each(|byte| *byte = !*byte);
        }
        let aligned = u128::from_be_bytes(bytes[2..].try_into().expect("16 bytes of 18"));
        let scale = MIN_MAGNITUDE + i64::from(bytes[1]) - i64::from(MAX_DIGITS) + 1;
        let number = Self::normal(negative, aligned, scale).ok()?;
        (number.to_ordered_bytes() == written).then_some(number)
    }

    /// How long the ordered bytes of any number are.
    pub const ORDERED_BYTES: usize = 18;

    /// Bytes that DynamoDB counts for this number: one for every two digits, one for the
    /// magnitude, one for the sign if negative.
    pub fn size(&self) -> usize {
        self.significant_digits().div_ceil(2) as usize + 1 + usize::from(self.negative)
    }

    /// The exact sum, or an error where it would need more than 38 digits or leave the range.
    pub fn checked_add(self, other: Self) -> Result<Self> {
        let (high, low) =
            if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        if low.is_zero() || high.is_zero() {
            return Ok(if high.is_zero() { low } else { high });
        }
        // Where a step below overflows 128 bits, the sum ends in the last digit of `low`, which
        // is not zero, and begins with a digit of `high` more than 38 places to the left.
        let shift = u32::from(high.exponent.abs_diff(low.exponent));
        let scaled = 10u128.checked_pow(shift).and_then(|by| high.coefficient().checked_mul(by));
        let (upper, lower) = (scaled.ok_or_else(too_long)?, low.coefficient());
        let (negative, sum) = if high.negative == low.negative {
            (high.negative, upper.checked_add(lower).ok_or_else(too_long)?)
        } else if upper >= lower {
            (high.negative, upper - lower)
        } else {
            (low.negative, lower - upper)
        };
        Self::normal(negative, sum, i64::from(low.exponent))
    }

    /// The exact difference, or an error as for [`Number::checked_add`].
    pub fn checked_sub(self, other: Self) -> Result<Self> {
        self.checked_add(-other)
    }

    /// Compares absolute values.
    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        let key = |number: &Self| {
            let digits = number.significant_digits();
            let aligned = number.coefficient() * 10u128.pow(MAX_DIGITS - digits);
            (i64::from(number.exponent) + i64::from(digits), aligned)
        };
        match (self.is_zero(), other.is_zero()) {
            (false, false) => key(self).cmp(&key(other)),
            (self_zero, other_zero) => other_zero.cmp(&self_zero),
        }
    }
}

impl std::ops::Neg for Number {
    type Output = Self;

    fn neg(self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
            (self_negative, other_negative) => other_negative.cmp(&self_negative),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let digits = self.coefficient().to_string();
        let whole_digits = digits.len() as i64 + i64::from(self.exponent);
        let text = if self.exponent >= 0 {
            format!("{sign}{digits}{:0<1$}", "", self.exponent as usize)
        } else if whole_digits > 0 {
            let (whole, fraction) = digits.split_at(whole_digits as usize);
            format!("{sign}{whole}.{fraction}")
        } else {
            format!("{sign}0.{:0<1$}{digits}", "", whole_digits.unsigned_abs() as usize)
        };
        f.pad(&text)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::normal(value < 0, u128::from(value.unsigned_abs()), 0).expect("19 digits fit")
    }
}

impl FromStr for Number {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, scan_exponent(exponent)),
            None => (text, Some(0)),
        };
        let exponent = exponent.ok_or_else(|| not_a_number(text))?;
        let (negative, mantissa) = split_sign(mantissa);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
            return Err(not_a_number(text));
        }
        let (coefficient, trailing_zeros) = scan_digits(digits())?;
        let exponent =
            exponent.saturating_sub(fraction.len() as i64).saturating_add(trailing_zeros);
        Self::normal(negative, coefficient, exponent)
    }
}

/// Splits off a leading `+` or `-`, and tells whether it was `-`.
fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Reads what follows the `E`. Absurdly large exponents saturate: they are out of range anyway.
fn scan_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let absolute = digits.bytes().fold(0i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    // Half the range, so that the place of the decimal point can still be added to it.
    let absolute = absolute.min(i64::MAX / 2);
    Some(if negative { -absolute } else { absolute })
}

/// Reads ASCII digits into a coefficient without trailing zeros, and counts those zeros.
fn scan_digits(digits: impl Iterator<Item = u8>) -> Result<(u128, i64)> {
    let (mut coefficient, mut significant, mut zeros) = (0u128, 0u64, 0u64);
    for digit in digits {
        match digit - b'0' {
            0 if coefficient == 0 => {}
            0 => zeros += 1,
            digit => {
                significant = significant.saturating_add(zeros + 1);
                if significant > u64::from(MAX_DIGITS) {
                    return Err(too_long());
                }
                let shift = 10u128.pow(zeros as u32 + 1);
                coefficient = coefficient * shift + u128::from(digit);
                zeros = 0;
            }
        }
    }
    Ok((coefficient, zeros as i64))
}

impl From<Number> for Wire {
    fn from(number: Number) -> Self {
        (number.exponent * 2 + i16::from(number.negative), number.coefficient())
    }
}

impl TryFrom<Wire> for Number {
    type Error = Error;

    fn try_from(wire: Wire) -> Result<Self> {
        let (scale, coefficient) = wire;
        let number = Self::normal(scale & 1 == 1, coefficient, i64::from(scale >> 1))?;
        if Wire::from(number) == wire {
            Ok(number)
        } else {
            Err(Error::damaged("a stored number is not in its normal form"))
        }
    }
}

fn not_a_number(text: &str) -> Error {
    let shown: String = text.chars().take(60).collect();
    Error::invalid(format!(
        "{shown:?} is not a numeric value: write digits such as 42, -0.5 or 6.02E23, without \
         spaces, commas or units"
    ))
}

fn too_long() -> Error {
    Error::invalid(format!(
        "the number needs more than {MAX_DIGITS} significant digits, and a number holds no more \
         than that exactly: round it, or store it as a string"
    ))
}

// "Overflow", "underflow" and "numeric value" are DynamoDB's words for these mistakes.

fn overflow() -> Error {
    Error::invalid(
        "number overflow: numbers reach up to 9.9999999999999999999999999999999999999E+125 on \
         either side of zero",
    )
}

fn underflow() -> Error {
    Error::invalid("number underflow: beside zero itself, nothing closer to zero than 1E-130 fits")
}

#[cfg(test)]
mod tests;
