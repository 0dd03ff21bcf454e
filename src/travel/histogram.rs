//! A histogram of latencies, exact to about one part in a hundred, in a few kilobytes.
//!
//! Values up to 128 are counted one by one; above, every power of two is cut into 64 equal parts,
//! as an HDR histogram does:
//!
//! ```text
//!   0 1 2 … 127 | 128 130 … 254 | 256 260 … 508 | 512 520 …
//! ```
//!
//! Caveat: a percentile is the middle of its part, but never beyond the largest value seen.

use crate::base::Duration;

/// Parts of a power of two, and the power of it.
const PARTS: u64 = 64;
const PARTS_LOG2: u32 = PARTS.trailing_zeros();

/// How often which latency was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// By part, up to the last one that is not empty.
    counts: Vec<u32>,
    total: u64,
    max: Duration,
}

impl Histogram {
    pub fn record(&mut self, value: Duration) {
        let part = part_of(value.0);
        if self.counts.len() <= part {
            self.counts.resize(part + 1, 0);
        }
        self.counts[part] = self.counts[part].saturating_add(1);
        self.total += 1;
        self.max = self.max.max(value);
    }

    /// How many values were seen.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The largest value seen.
    pub fn max(&self) -> Duration {
        self.max
    }

    /// The value that so many of a thousand values do not exceed; none if none was seen.
    pub fn permille(&self, permille: u64) -> Option<Duration> {
        let rank = (self.total * permille).div_ceil(1000).max(1);
        let mut seen = 0;
        for (part, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= rank {
                let (from, width) = range_of(part);
                return Some(Duration(from + width / 2).min(self.max));
            }
        }
        None
    }

    /// How many values lie in the parts that begin at `from` or later, and before `to`.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        let parts = self.counts.iter().enumerate();
        let within = parts.filter(|(part, _)| (from..to).contains(&range_of(*part).0));
        within.map(|(_, count)| u64::from(*count)).sum()
    }

    /// Takes all values of another one in.
    pub fn add(&mut self, other: &Histogram) {
        self.counts.resize(self.counts.len().max(other.counts.len()), 0);
        let both = self.counts.iter_mut().zip(&other.counts);
        both.for_each(|(all, more)| *all = all.saturating_add(*more));
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// The values that came since an earlier state of this histogram. Their maximum is that of all.
    pub fn since(&self, earlier: &Histogram) -> Histogram {
        let before = |part: usize| earlier.counts.get(part).copied().unwrap_or(0);
        let counts = self.counts.iter().enumerate();
        let counts = counts.map(|(part, count)| count.saturating_sub(before(part))).collect();
        let total = self.total.saturating_sub(earlier.total);
        Histogram { counts, total, max: self.max }
    }
}

fn part_of(value: u64) -> usize {
    if value < 2 * PARTS {
        return value as usize;
    }
    let shift = value.ilog2() - PARTS_LOG2;
    (u64::from(shift) * PARTS + (value >> shift)) as usize
}

/// Where a part begins, and how wide it is.
fn range_of(part: usize) -> (u64, u64) {
    let part = part as u64;
    if part < 2 * PARTS {
        return (part, 1);
    }
    let shift = part / PARTS - 1;
    ((part % PARTS + PARTS) << shift, 1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_part_and_parts_are_narrow() {
        let mut last = 0;
        for value in (0..100_000).chain([1 << 30, (1 << 40) + 12_345, u64::MAX >> 8]) {
            let part = part_of(value);
            assert!(part >= last || value < 100_000, "{value}");
            last = part;
            let (from, width) = range_of(part);
            assert!((from..from + width).contains(&value), "{value} in {from}+{width}");
            assert!(width == 1 || width * 60 <= from, "{value}: {width} at {from}");
        }
    }

    #[test]
    fn percentiles_are_within_a_hundredth() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.permille(500), None);
        (1..=10_000).for_each(|us| histogram.record(Duration(us)));
        for (permille, exact) in [(500, 5_000.0), (900, 9_000.0), (990, 9_900.0), (1000, 10_000.0)]
        {
            let Duration(found) = histogram.permille(permille).expect("values were seen");
            let error = (found as f64 - exact).abs() / exact;
            assert!(error < 0.01, "{permille}: {found} for {exact}");
        }
        assert_eq!((histogram.total(), histogram.max()), (10_000, Duration(10_000)));
        assert_eq!(histogram.between(0, u64::MAX), 10_000);
        assert_eq!(histogram.between(0, 100) + histogram.between(100, u64::MAX), 10_000);
        let before = histogram.clone();
        histogram.record(Duration(77));
        let news = histogram.since(&before);
        assert_eq!((news.total(), news.between(70, 80)), (1, 1));
    }
}
