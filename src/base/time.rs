//! Virtual time: whole microseconds since the run began. Nothing here reads a clock.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Error;

/// Seconds from the beginning of 1970 to virtual time 0, which is the beginning of 2026 (UTC).
pub const UNIX_EPOCH_S: u64 = 1_767_225_600;

/// An instant of virtual time, in microseconds since the run began.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct VirtualTime(pub u64);

/// A span of virtual time, in microseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Duration(pub u64);

impl VirtualTime {
    pub const ZERO: Self = Self(0);

    /// The span since an earlier instant; zero if `earlier` is in fact later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms * 1_000)
    }
}

impl Add<Duration> for VirtualTime {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Duration> for VirtualTime {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}

impl Add for Duration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Duration {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_us(self.0))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_us(self.0))
    }
}

/// Writes microseconds in the largest unit that loses nothing: `0µs`, `250µs`, `1.25ms`, `2s`.
pub fn format_us(us: u64) -> String {
    let (per_unit, unit) = match us {
        0..1_000 => (1, "µs"),
        1_000..1_000_000 => (1_000, "ms"),
        _ => (1_000_000, "s"),
    };
    let mut text = (us / per_unit).to_string();
    let rest = us % per_unit;
    if rest > 0 {
        let digits = if per_unit == 1_000 { 3 } else { 6 };
        let fraction = format!("{rest:0digits$}");
        text.push('.');
        text.push_str(fraction.trim_end_matches('0'));
    }
    text + unit
}

impl FromStr for Duration {
    type Err = Error;

    /// Reads `250us`, `250µs`, `50ms`, `1.5s` or `2m`; the unit is required.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::invalid(format!(
                "{text:?} is not a span of time: write a number and a unit, such as 250us, 50ms or 2s"
            ))
        };
        let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, unit) = text.split_at(unit_at);
        let per_unit: u64 = match unit {
            "us" | "µs" => 1,
            "ms" => 1_000,
            "s" => 1_000_000,
            "m" => 60_000_000,
            _ => return Err(wrong()),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() || fraction.len() > 8 {
            return Err(wrong());
        }
        let mut us =
            whole.parse::<u64>().ok().and_then(|n| n.checked_mul(per_unit)).ok_or_else(wrong)?;
        if !fraction.is_empty() {
            let scale = 10u64.pow(fraction.len() as u32);
            let part = fraction.parse::<u64>().map_err(|_| wrong())? * per_unit;
            if !part.is_multiple_of(scale) {
                return Err(wrong());
            }
            us = us.checked_add(part / scale).ok_or_else(wrong)?;
        }
        Ok(Duration(us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_exactly_and_read_back() {
        for (us, text) in [
            (0, "0µs"),
            (250, "250µs"),
            (1_250, "1.25ms"),
            (2_000_000, "2s"),
            (1_000_001, "1.000001s"),
        ] {
            assert_eq!(format_us(us), text);
            assert_eq!(text.parse::<Duration>(), Ok(Duration(us)));
        }
        assert_eq!("2m".parse::<Duration>(), Ok(Duration(120_000_000)));
        for wrong in ["", "5", "ms", "1.5us", "-1s", "1e3ms", "99999999999999999999s"] {
            assert!(wrong.parse::<Duration>().is_err(), "{wrong:?} was taken for a span");
        }
    }
}
