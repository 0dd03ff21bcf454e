//! What a token range or a node bears, and which of it counts.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

use crate::base::words;
use crate::storage::ItemKey;

/// A token range is looked at in so many parts of equal length: between two of them it can be split.
pub const PARTS: usize = 8;

words! {
    /// What the balancer evens out.
    Policy, "balancer policy":
    #[default]
    Off = "off",
    /// Bytes held.
    Storage = "storage",
    /// Read and write units per second.
    Throughput = "throughput"
}

/// What a token range or a node bears. Rates are thousandths of units per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Bytes of the items held, as DynamoDB counts them.
    pub bytes: u64,
    pub reads: u64,
    pub writes: u64,
}

impl Load {
    /// A write unit costs as much as so many read units: DynamoDB gives a partition 3,000 read units
    /// or 1,000 write units per second.
    pub const WRITE_COST: u64 = 3;
    /// More of anything in a part of a range is not believed; so no sum of all overflows.
    pub(super) const MOST: u64 = 1 << 36;

    /// How much of this counts under a policy: bytes, or thousandths of read units per second, a
    /// write unit counting as [`Load::WRITE_COST`].
    pub fn heat(self, policy: Policy) -> u64 {
        match policy {
            Policy::Off => 0,
            Policy::Storage => self.bytes,
            Policy::Throughput => self.reads + Self::WRITE_COST * self.writes,
        }
    }

    fn is_sound(self) -> bool {
        self.bytes.max(self.reads).max(self.writes) <= Self::MOST
    }
}

impl Add for Load {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            reads: self.reads + other.reads,
            writes: self.writes + other.writes,
        }
    }
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Load {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// What one token range bears on each of its owners.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeLoad {
    /// Clockwise.
    pub parts: [Load; PARTS],
    /// An item of the position that gets the most requests, and how many thousandths of read units
    /// per second go to that position: at least, it may be more.
    pub heaviest: Option<(ItemKey, u64)>,
}

impl RangeLoad {
    pub fn total(&self) -> Load {
        self.parts.iter().copied().sum()
    }

    /// Whether anybody could have measured this.
    pub fn is_sound(&self) -> bool {
        self.parts.iter().all(|part| part.is_sound())
            && self.heaviest.as_ref().is_none_or(|(_, heat)| *heat <= Load::MOST)
    }
}

/// What a node bears against what it should bear, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OfMean(pub u64);

impl OfMean {
    /// What a node bears against what it should.
    pub fn of(heat: u64, fair: u64) -> Self {
        Self((u128::from(heat) * 1_000 / u128::from(fair.max(1))) as u64)
    }

    /// Of what a node should bear.
    pub fn times(self, fair: u64) -> u64 {
        (u128::from(fair) * u128::from(self.0) / 1_000) as u64
    }
}

impl fmt::Display for OfMean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 + 50) / 100;
        write!(f, "{}.{} × mean", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_words_and_choose_what_counts() {
        for policy in Policy::ALL {
            assert_eq!(policy.to_string().parse(), Ok(*policy));
        }
        assert!("on".parse::<Policy>().unwrap_err().to_string().contains("off, storage"));
        let load = Load { bytes: 5, reads: 7, writes: 2 };
        let heats = Policy::ALL.iter().map(|policy| load.heat(*policy));
        assert_eq!(heats.collect::<Vec<_>>(), [0, 5, 13]);
    }
}
