//! What a cluster did of late, as lines over virtual time: requests per second, latencies, and what
//! each node served. Needs no browser.

use crate::base::{Duration, VirtualTime, tenths};
use crate::travel::{Activity, Slot};
use crate::ui::palette::grouped;

/// The last minute, or as much of it as is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Recent {
    points: Vec<(Slot, Duration)>,
}

impl Recent {
    pub fn of(activity: &Activity, now: VirtualTime) -> Self {
        Self { points: activity.minute(now) }
    }

    /// How long ago the first point is.
    pub fn span(&self) -> Duration {
        Duration(self.points.iter().skip(1).map(|_| Activity::SLOT.0).sum())
    }

    /// Something that was counted, per second.
    pub fn rates(&self, count: impl Fn(&Slot) -> u32) -> Vec<Option<f64>> {
        let rate = |(slot, span): &(Slot, Duration)| Some(per_second(count(slot), *span));
        self.points.iter().map(rate).collect()
    }

    /// A percentile of the latencies, in microseconds, where anything was answered.
    pub fn permille(&self, permille: u64) -> Vec<Option<f64>> {
        let value = |(slot, _): &(Slot, Duration)| slot.latency.permille(permille);
        self.points.iter().map(|point| value(point).map(|span| span.0 as f64)).collect()
    }
}

/// What comes of a workload, in a sentence.
pub fn words(activity: &Activity, now: VirtualTime) -> String {
    let (slot, span) = activity.of_late(now);
    let rate = |count: u32| grouped(per_second(count, span).round() as usize);
    let mut words = format!("Of {} requests a second", rate(slot.asked));
    words += &format!(" {} are done", rate(slot.latency.total() as u32));
    if slot.failed > 0 {
        words += &format!(" and {} fail", rate(slot.failed));
    }
    if let Some(most) = slot.latency.permille(990) {
        words += &format!(", 99 of 100 within {most}");
    }
    words + "."
}

/// How many in a second, where there were so many in some time.
pub fn per_second(count: u32, span: Duration) -> f64 {
    f64::from(count) * 1_000_000.0 / span.0.max(1) as f64
}

/// The end of a scale on which a value has room: 1, 2 or 5 times a power of ten.
pub fn scale_end(value: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 <= value {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0, 10.0]
        .map(|step| step * power)
        .into_iter()
        .find(|end| *end >= value)
        .unwrap_or(1.0)
}

/// A line through values in a box, from the left to the right; `end` is at its top. Where there is no
/// value, there is no line.
pub fn path(values: &[Option<f64>], end: f64, [width, height]: [f64; 2]) -> String {
    let step = width / values.len().saturating_sub(1).max(1) as f64;
    let (mut path, mut is_down) = (String::new(), false);
    for (at, value) in values.iter().enumerate() {
        if let Some(value) = value {
            path.push(if is_down { 'L' } else { 'M' });
            path += &tenths(at as f64 * step);
            path.push(' ');
            path += &tenths(height * (1.0 - (value / end).min(1.0)));
        }
        is_down = value.is_some();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClusterConfig, Command, Workload, World};
    use crate::travel::{History, Keep};

    #[test]
    fn lines_have_the_rate_of_a_workload_and_begin_with_it() {
        let mut history = History::new(World::new(ClusterConfig::default()).unwrap(), Keep::PAGE);
        history.run_until(VirtualTime(30_000_000));
        let load = Workload { rate: 400, ..Workload::of("T".parse().unwrap()) };
        history.apply(Command::StartWorkload(load)).unwrap();
        history.run_until(VirtualTime(36_000_000));
        let recent = Recent::of(history.metrics().activity(), history.world().now());
        assert_eq!(recent.span(), Duration(6_000_000));
        let asked = recent.rates(|slot| slot.asked);
        assert!(asked[8..].iter().flatten().all(|rate| (300.0..500.0).contains(rate)), "{asked:?}");
        let half = recent.permille(500);
        assert!(half.last().unwrap().is_some_and(|us| (500.0..3_000.0).contains(&us)));
        let all = |slot: &Slot| slot.served.iter().sum();
        assert!(
            recent.rates(all).last().unwrap().is_some_and(|rate| (900.0..1_500.0).contains(&rate))
        );
    }

    #[test]
    fn a_line_is_broken_where_there_is_no_value() {
        let values = [Some(0.0), Some(5.0), None, Some(10.0), Some(20.0)];
        assert_eq!(path(&values, 10.0, [40.0, 20.0]), "M0.0 20.0L10.0 10.0M30.0 0.0L40.0 0.0");
    }

    #[test]
    fn scales_end_at_round_values() {
        let ends = [0.0, 1.0, 3.0, 9.9, 10.0, 430.0, 1_300.0].map(scale_end);
        assert_eq!(ends, [1.0, 1.0, 5.0, 10.0, 10.0, 500.0, 2_000.0]);
    }
}
