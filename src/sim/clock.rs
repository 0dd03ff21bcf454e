//! The clocks that nodes read: each may be ahead or behind, and go too fast or too slowly.
//!
//! ```text
//!   reading = now + skew + drift · (now − since), never below 0
//! ```
//!
//! Must never know: what the readings are used for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Duration, Error, Result, VirtualTime, format_us};

/// How far a clock is ahead of true time; behind if it is negative. In microseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Skew(pub i64);

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}{}", format_us(self.0.unsigned_abs())))
    }
}

impl FromStr for Skew {
    type Err = Error;

    /// Reads a span, such as `5s`, with or without a sign.
    fn from_str(text: &str) -> Result<Self> {
        let (is_behind, span) = match text.strip_prefix('-') {
            Some(span) => (true, span),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let Duration(us) = span.parse()?;
        let us = i64::try_from(us)
            .map_err(|_| Error::invalid(format!("{text:?} is longer than any clock goes")))?;
        Ok(Self(if is_behind { -us } else { us }))
    }
}

/// One node's clock. The default one is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// How far it was ahead at `since`.
    pub skew: Skew,
    /// By how many microseconds it gains on each second of true time; it loses if negative.
    pub drift_ppm: i32,
    /// When it was set to this.
    pub since: VirtualTime,
}

impl Clock {
    /// The largest skew that can be set, either way: ten years.
    pub const MAX_SKEW: Skew = Skew(10 * 365 * 86_400 * 1_000_000);
    /// The largest drift that can be set, either way: the clock stands still, or goes twice as fast.
    pub const MAX_DRIFT_PPM: i32 = 1_000_000;

    /// What it shows at an instant, in microseconds.
    pub fn reading(&self, now: VirtualTime) -> u64 {
        u64::try_from(i128::from(now.0) + i128::from(self.ahead(now).0)).unwrap_or(0)
    }

    /// How far it is ahead at an instant.
    pub fn ahead(&self, now: VirtualTime) -> Skew {
        let elapsed = i128::from(now.since(self.since).0);
        let gained = (elapsed * i128::from(self.drift_ppm)).div_euclid(1_000_000);
        let ahead = i128::from(self.skew.0) + gained;
        Skew(i64::try_from(ahead).expect("virtual time is short, and skews are bounded"))
    }

    /// The clock after it was set at this instant. A new skew is counted from true time, and makes
    /// it jump; without one it goes on from what it shows. Without a new drift the old one stays.
    pub(super) fn set(&self, now: VirtualTime, skew: Option<Skew>, drift_ppm: Option<i32>) -> Self {
        Self {
            skew: skew.unwrap_or(self.ahead(now)),
            drift_ppm: drift_ppm.unwrap_or(self.drift_ppm),
            since: now,
        }
    }

    /// Whether it shows true time, now and ever after.
    pub fn is_right(&self) -> bool {
        self.skew.0 == 0 && self.drift_ppm == 0
    }

    /// Whether a snapshot may claim this.
    pub(super) fn is_sound(&self, now: VirtualTime) -> bool {
        self.since <= now
            && self.skew.0.unsigned_abs() <= 1 << 60
            && self.drift_ppm.unsigned_abs() <= Self::MAX_DRIFT_PPM.unsigned_abs()
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = format_us(self.skew.0.unsigned_abs());
        match self.skew.0 {
            0 => write!(f, "clock right at {}", self.since)?,
            1.. => write!(f, "clock {span} ahead at {}", self.since)?,
            _ => write!(f, "clock {span} behind at {}", self.since)?,
        }
        match self.drift_ppm {
            0 => Ok(()),
            ppm @ 1.. => write!(f, ", gains {ppm}µs a second"),
            ppm => write!(f, ", loses {}µs a second", ppm.unsigned_abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_ahead_by_its_skew_and_what_it_has_gained() {
        let (one, two) = (VirtualTime(1_000_000), VirtualTime(2_000_000));
        let clock = Clock::default().set(one, Some(Skew(500)), Some(200));
        assert_eq!(clock.reading(one), 1_000_500);
        assert_eq!(clock.reading(two), 2_000_700);
        // A new drift alone does not make it jump.
        let slower = clock.set(two, None, Some(-100));
        assert_eq!(slower.reading(two), 2_000_700);
        assert_eq!(slower.reading(VirtualTime(3_000_000)), 3_000_600);
        assert!(clock.set(two, Some(Skew(0)), Some(0)).is_right());
    }

    #[test]
    fn a_clock_never_shows_less_than_nothing() {
        let behind = Clock::default().set(VirtualTime::ZERO, Some(Skew(-1_000)), None);
        assert_eq!(behind.reading(VirtualTime(999)), 0);
        assert_eq!(behind.reading(VirtualTime(1_001)), 1);
    }

    #[test]
    fn skews_are_written_and_read_with_their_sign() {
        for (text, us) in [("5s", 5_000_000), ("-5s", -5_000_000), ("-250µs", -250), ("0µs", 0)] {
            assert_eq!(text.parse(), Ok(Skew(us)));
            assert_eq!(Skew(us).to_string(), text);
        }
        assert!("--5s".parse::<Skew>().is_err());
    }
}
