//! Seeded random streams and the distributions drawn from them.
//!
//! One seed feeds any number of *named* streams, so that one more draw in one of them does not
//! shift the others. The generator is PCG-XSH-RR 64/32 (O'Neill 2014), whose output is specified
//! and does not depend on the platform. Transcendental functions come from `libm` and results are
//! rounded to whole microseconds, so that native and wasm32 agree bit for bit.

use rand_core::Rng;
use rand_pcg::Pcg32;
use serde::{Deserialize, Serialize};

use super::{Digest, Duration};

/// A reproducible source of random draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RandomStream(Pcg32);

impl RandomStream {
    /// The stream called `name` of the run with this seed.
    pub fn new(seed: u64, name: &str) -> Self {
        let Digest(digest) = Digest::of(name.as_bytes());
        let half = |at: usize| {
            u64::from_le_bytes(digest[at..at + 8].try_into().expect("eight bytes of sixteen"))
        };
        Self(Pcg32::new(seed ^ half(0), half(8)))
    }

    /// A uniform draw from all 64-bit integers.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A uniform draw from `0..bound`, without modulo bias (Lemire 2019).
    ///
    /// # Panics
    /// If `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "a draw below zero has no outcome");
        loop {
            let wide = u128::from(self.next_u64()) * u128::from(bound);
            if (wide as u64) >= bound.wrapping_neg() % bound {
                return (wide >> 64) as u64;
            }
        }
    }

    /// A uniform draw from the open interval (0, 1), with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }
}

/// A distribution of spans of time, sampled through the inverse of its distribution function.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Distribution {
    /// Always the same span, in microseconds.
    Constant { us: u64 },
    /// A fixed floor plus an exponential tail with the given mean, both in microseconds.
    Exponential { floor_us: u64, mean_us: f64 },
    /// With probability `share` a Pareto body with least span `least_us` and exponent `alpha`,
    /// else an exponential tail with the given mean: the form in which Bailis et al. (VLDB 2012,
    /// table 3) fit what they measured. Spans in microseconds.
    ParetoOrExponential { share: f64, least_us: f64, alpha: f64, mean_us: f64 },
}

impl Distribution {
    /// Draws one span, rounded to whole microseconds. Constant spans draw nothing, exponential ones
    /// once, mixed ones twice, whichever of the two it is.
    pub fn sample(&self, stream: &mut RandomStream) -> Duration {
        match *self {
            Distribution::Constant { us } => Duration(us),
            Distribution::Exponential { floor_us, mean_us } => {
                let tail = -libm::log(stream.unit()) * mean_us;
                Duration(floor_us + libm::round(tail) as u64)
            }
            Distribution::ParetoOrExponential { share, least_us, alpha, mean_us } => {
                let (which, draw) = (stream.unit(), stream.unit());
                let span = match which < share {
                    true => least_us * libm::pow(draw, -1.0 / alpha),
                    false => -libm::log(draw) * mean_us,
                };
                Duration(libm::round(span) as u64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_one_seed_differ_by_name_and_repeat() {
        let draw = |seed, name| RandomStream::new(seed, name).next_u64();
        assert_eq!(draw(7, "network"), draw(7, "network"));
        assert_ne!(draw(7, "network"), draw(7, "faults"));
        assert_ne!(draw(7, "network"), draw(8, "network"));
    }

    #[test]
    fn exponential_spans_have_their_floor_and_about_their_mean() {
        let mut stream = RandomStream::new(1, "test");
        let distribution = Distribution::Exponential { floor_us: 200, mean_us: 100.0 };
        let spans: Vec<u64> = (0..20_000).map(|_| distribution.sample(&mut stream).0).collect();
        assert!(spans.iter().all(|us| *us >= 200));
        let mean = spans.iter().sum::<u64>() / spans.len() as u64;
        assert!((295..305).contains(&mean), "mean was {mean}µs");
    }

    #[test]
    fn mixed_spans_have_the_quantiles_of_both_parts() {
        let mut stream = RandomStream::new(2, "test");
        let (share, least_us, alpha, mean_us) = (0.38, 1_050.0, 1.51, 1_000.0 / 0.183);
        let mixed = Distribution::ParetoOrExponential { share, least_us, alpha, mean_us };
        let spans: Vec<u64> = (0..50_000).map(|_| mixed.sample(&mut stream).0).collect();
        for us in [500.0, 1_500.0, 4_000.0, 20_000.0f64] {
            let pareto = 1.0 - libm::pow(least_us / us.max(least_us), alpha);
            let expected = share * pareto + (1.0 - share) * (1.0 - libm::exp(-us / mean_us));
            let found = spans.iter().filter(|span| **span <= us as u64).count() as f64 / 50_000.0;
            assert!((found - expected).abs() < 0.01, "{found} up to {us}µs, not {expected}");
        }
    }

    #[test]
    fn draws_below_a_bound_reach_all_values() {
        let mut stream = RandomStream::new(3, "test");
        let mut seen = [false; 5];
        (0..200).for_each(|_| seen[stream.below(5) as usize] = true);
        assert_eq!(seen, [true; 5]);
    }
}
