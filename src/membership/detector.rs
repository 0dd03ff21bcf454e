//! The phi-accrual failure detector for one peer, in 24 bytes.
//!
//! The paper keeps a window of the last gaps between heartbeats and computes their mean and
//! variance. There is one detector for every pair of nodes (40,000 with 200 nodes), so this one
//! keeps no window but two moving averages in whole microseconds, in which a gap loses half its
//! weight after 22 further ones, much as in a window of 63. The second average is that of the
//! distance from the mean, as in Jacobson's estimate of round trips (1988): it needs no squares,
//! hence no wide integers, and 5/4 of it is the standard deviation of a normal distribution.
//!
//! The standard deviation is never taken for less than one gossip interval. Two nodes alone have
//! hardly any variation, and would suspect each other at the first delay. Among many, news takes
//! several hops, and the gaps between news have a heavier tail than a normal distribution. With
//! this floor nobody is suspected before some 6 intervals of silence.
//!
//! Simulated with up to 200 nodes: all others suspect a node that fell silent after 5 to 15
//! intervals (5 to 12 among up to 20 nodes). False suspicions are rarer than one in 10^7 intervals
//! of a pair, and with a tenth of all exchanges lost, rarer than one in 10^5.
//!
//! Caveat: a gap counts for at most [`LONGEST_GAP`] intervals, so that one long absence does not
//! make the detector blind for the next. A peer that is heard of even less often is suspected again
//! and again.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{Duration, VirtualTime};

/// The suspicion level from which a peer counts as suspected.
pub const THRESHOLD: Phi = Phi(800);

/// How suspicious a silence is, in hundredths: -log10 of the probability that a living peer would
/// be silent for as long or longer. Whole numbers, so that it is the same on all platforms.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Phi(u32);

impl Phi {
    /// Phi grows no further: beyond it the probability is no number of double precision any more.
    pub const MAX: Self = Self(30_000);

    /// Phi times 100, rounded.
    pub fn hundredths(self) -> u32 {
        self.0
    }

    /// Phi of a silence that lies `deviations` standard deviations above the mean.
    fn of_tail(deviations: f64) -> Self {
        let probability = 0.5 * libm::erfc(deviations * std::f64::consts::FRAC_1_SQRT_2);
        // A conversion to integers saturates; of an infinite phi too.
        let hundredths = libm::round(-100.0 * libm::log10(probability)) as u32;
        Self(hundredths).min(Self::MAX)
    }
}

impl fmt::Display for Phi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

/// No gap counts for more, in gossip intervals.
const LONGEST_GAP: u64 = 8;
/// A new gap makes this part of an average: one in so many.
const WEIGHT: u64 = 32;

/// What one node remembers of the gaps between a peer's heartbeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detector {
    /// When a newer heartbeat was last heard.
    heard: VirtualTime,
    /// The moving average of the gaps, in microseconds.
    mean: u64,
    /// The moving average of the gaps' distance from their mean, in microseconds.
    deviation: u64,
}

impl Detector {
    /// A detector that knows nothing yet, and so expects much: the first news may be long on its
    /// way through a large cluster.
    pub fn new(now: VirtualTime, interval: Duration) -> Self {
        Self { heard: now, mean: interval.0, deviation: interval.0 }
    }

    /// Takes in that a newer heartbeat is heard at `now`.
    pub fn hear(&mut self, now: VirtualTime, interval: Duration) {
        let gap = now.since(self.heard).0.min(LONGEST_GAP * interval.0);
        self.deviation = average(self.deviation, gap.abs_diff(self.mean));
        self.mean = average(self.mean, gap);
        self.heard = now;
    }

    /// Gives back a span in which the peer could not be heard, through no fault of its own.
    pub fn excuse(&mut self, now: VirtualTime, span: Duration) {
        self.heard = (self.heard + span).min(now);
    }

    pub fn phi(&self, now: VirtualTime, interval: Duration) -> Phi {
        let silence = now.since(self.heard).0 as f64;
        Phi::of_tail((silence - self.mean as f64) / self.standard_deviation(interval) as f64)
    }

    /// Phi, if it has reached the threshold.
    pub fn suspicion(&self, now: VirtualTime, interval: Duration) -> Option<Phi> {
        // Most peers were heard of a moment ago. Five standard deviations are a phi of 6.54.
        let early = self.mean.saturating_add(5 * self.standard_deviation(interval));
        if now.since(self.heard).0 < early {
            return None;
        }
        Some(self.phi(now, interval)).filter(|phi| *phi >= THRESHOLD)
    }

    fn standard_deviation(&self, interval: Duration) -> u64 {
        (self.deviation * 5 / 4).max(interval.0)
    }

    /// Whether this can be a detector at this interval: what was read from outside may claim
    /// anything.
    pub fn is_sound(&self, interval: Duration) -> bool {
        self.mean.max(self.deviation) <= LONGEST_GAP * interval.0
    }
}

fn average(of: u64, new: u64) -> u64 {
    (of * (WEIGHT - 1) + new) / WEIGHT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phi_is_that_of_the_normal_distribution_with_two_decimals() {
        assert_eq!((THRESHOLD.to_string(), Phi::MAX.to_string()), ("8.00".into(), "300.00".into()));
        // At the mean, half of all gaps are longer: -log10(1/2). Tables of the normal distribution
        // have 1.35e-3 at three standard deviations and 9.87e-10 at six.
        for (deviations, text) in [(0.0, "0.30"), (3.0, "2.87"), (6.0, "9.01"), (-9.0, "0.00")] {
            assert_eq!(Phi::of_tail(deviations).to_string(), text);
        }
        assert_eq!(Phi::of_tail(1e9), Phi::MAX);
    }

    #[test]
    fn a_detector_is_small() {
        assert_eq!(size_of::<Detector>(), 24);
    }
}
