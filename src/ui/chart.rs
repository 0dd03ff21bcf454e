//! Where the columns of a histogram of latencies stand: ten to a power of ten, whatever the spread.

use crate::base::Duration;
use crate::travel::Histogram;

/// The tenths of a power of ten.
const TENTHS: [f64; 10] =
    [1.0, 1.2589, 1.5849, 1.9953, 2.5119, 3.1623, 3.9811, 5.0119, 6.3096, 7.9433];
/// Columns on either side of what is seen.
const MARGIN: u32 = 2;
/// There are so many columns at least.
const FEWEST: u32 = 20;

/// A scale of time on which equal steps are equal factors: from column `first` up to, not
/// including, column `end`, in tenths of powers of ten microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogScale {
    pub first: u32,
    pub end: u32,
}

impl LogScale {
    /// The scale on which all of some histograms have room; none if nothing was seen.
    pub fn of(histograms: &[&Histogram]) -> Option<Self> {
        let seen = || histograms.iter().filter(|histogram| histogram.total() > 0);
        let least = seen().filter_map(|histogram| histogram.permille(0)).min()?;
        let most = seen().map(|histogram| histogram.max()).max()?;
        let first = column_of(least).saturating_sub(MARGIN);
        let end = (column_of(most) + MARGIN + 1).max(first + FEWEST);
        Some(Self { first, end })
    }

    pub fn columns(self) -> u32 {
        self.end - self.first
    }

    /// How many values each column has.
    pub fn counts(self, histogram: &Histogram) -> Vec<u64> {
        let edges = |column: u32| (edge(column), edge(column + 1));
        let columns = (self.first..self.end).map(edges);
        columns.map(|(from, to)| histogram.between(from, to)).collect()
    }

    /// Where a value stands, in columns from the left.
    pub fn place(self, value: Duration) -> f64 {
        let place = libm::log10(value.0.max(1) as f64) * 10.0 - f64::from(self.first);
        place.max(0.0).min(f64::from(self.columns()))
    }

    /// The powers of ten on the scale, and their columns from the left.
    pub fn ticks(self) -> impl Iterator<Item = (u32, Duration)> {
        let powers = (self.first.div_ceil(10)..=self.end / 10).map(|power| power * 10);
        powers.map(move |column| (column - self.first, Duration(edge(column))))
    }
}

/// Where a column begins, in microseconds.
fn edge(column: u32) -> u64 {
    (TENTHS[column as usize % 10] * 10f64.powi(column as i32 / 10)).round() as u64
}

fn column_of(value: Duration) -> u32 {
    (libm::log10(value.0.max(1) as f64) * 10.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_column() {
        let mut histogram = Histogram::default();
        assert_eq!(LogScale::of(&[&histogram]), None);
        for us in [90, 230, 250, 251, 1_000, 1_500, 99_999, 100_000, 2_345_678] {
            histogram.record(Duration(us));
        }
        let scale = LogScale::of(&[&histogram, &Histogram::default()]).expect("values were seen");
        let counts = scale.counts(&histogram);
        assert_eq!(counts.iter().sum::<u64>(), histogram.total(), "{counts:?}");
        let ticks: Vec<String> = scale.ticks().map(|(_, at)| at.to_string()).collect();
        assert_eq!(ticks, ["100µs", "1ms", "10ms", "100ms", "1s"]);
        for (column, at) in scale.ticks() {
            assert!((scale.place(at) - f64::from(column)).abs() < 1e-6, "{at}");
        }
    }
}
