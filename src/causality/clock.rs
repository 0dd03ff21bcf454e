//! Hybrid logical clocks.

use serde::{Deserialize, Serialize};

/// A reading of a hybrid logical clock: the highest physical reading that it has heard of, in
/// microseconds, and how many steps it went beyond that.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct HybridTime {
    pub clock_us: u64,
    pub logical: u32,
}

impl HybridTime {
    /// The next reading after this one.
    pub fn next(self) -> Self {
        match self.logical.checked_add(1) {
            Some(logical) => Self { logical, ..self },
            None => Self { clock_us: self.clock_us + 1, logical: 0 },
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
        self.last = match clock_us > self.last.clock_us {
            true => HybridTime { clock_us, logical: 0 },
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
        assert_eq!(effect, HybridTime { clock_us: 5_000, logical: 1 });
        // Once its own clock is ahead again, it is followed.
        assert_eq!(slow.tick(6_000), HybridTime { clock_us: 6_000, logical: 0 });
    }
}
