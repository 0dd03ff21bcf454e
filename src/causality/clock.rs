//! Hybrid logical clocks.

use serde::{Deserialize, Serialize};

/// A reading of a hybrid logical clock: the highest physical reading that it has heard of, in
/// microseconds, and how many steps it went beyond that.
///
/// In three words of 32 bits, because every stored version has one: 12 bytes where a word of 64 bits
/// and one of 32 would take 16.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct HybridTime {
    high: u32,
    low: u32,
    logical: u32,
}

impl HybridTime {
    /// No clock ever shows this.
    pub const MAX: Self = Self { high: u32::MAX, low: u32::MAX, logical: u32::MAX };

    pub fn new(clock_us: u64, logical: u32) -> Self {
        Self { high: (clock_us >> 32) as u32, low: clock_us as u32, logical }
    }

    /// The physical reading alone, without steps beyond it.
    pub fn of_clock(clock_us: u64) -> Self {
        Self::new(clock_us, 0)
    }

    /// The last reading that there can be at this physical one.
    pub fn end_of(clock_us: u64) -> Self {
        Self::new(clock_us, u32::MAX)
    }

    pub fn clock_us(self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }

    pub fn logical(self) -> u32 {
        self.logical
    }

    /// The next reading after this one.
    pub fn next(self) -> Self {
        match self.logical.checked_add(1) {
            Some(logical) => Self { logical, ..self },
            None => Self::of_clock(self.clock_us().saturating_add(1)),
        }
    }
}

/// A hybrid logical clock (Kulkarni et al. 2014): it follows the physical clock, but never falls
/// behind any reading that it has heard of. So what happens after another thing, by way of messages,
/// has the higher reading, however wrong the physical clocks are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HybridClock {
    last: HybridTime,
}

impl HybridClock {
    /// A new reading, above all before, for an event at this clock reading.
    pub fn tick(&mut self, clock_us: u64) -> HybridTime {
        self.last = match clock_us > self.last.clock_us() {
            true => HybridTime::of_clock(clock_us),
            false => self.last.next(),
        };
        self.last
    }

    /// Hears of another clock's reading.
    pub fn observe(&mut self, heard: HybridTime) {
        self.last = self.last.max(heard);
    }

    /// The last reading given or heard of.
    pub fn last(&self) -> HybridTime {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_reads_later_than_its_cause_even_on_a_slow_clock() {
        let (mut fast, mut slow) = (HybridClock::default(), HybridClock::default());
        let cause = fast.tick(5_000);
        slow.observe(cause);
        let effect = slow.tick(10);
        assert!(effect > cause);
        assert_eq!(effect, HybridTime::new(5_000, 1));
        // Once its own clock is ahead again, it is followed.
        assert_eq!(slow.tick(6_000), HybridTime::of_clock(6_000));
    }
}
