//! The items that are asked for most of late, in the memory of a few.
//!
//! Counters are kept for some items only. One that has no counter takes over that of the least
//! wanted item, with its count: so no count is too small, and it is known by how much it may be too
//! large ("Space-Saving", Metwally, Agrawal and El Abbadi 2005). Every second all counts are halved.

use crate::base::heap_sort;
use crate::storage::ItemKey;

/// So many items are counted at a time.
const COUNTED: usize = 64;
/// So many are told.
const TOLD: usize = 8;
/// What an item is told for at least: in percent of all requests, and in requests.
const LEAST: f64 = 0.5;
const FEWEST: u32 = 4;

#[derive(Clone, Debug)]
struct Counter {
    key: ItemKey,
    count: u32,
    /// How many of them may be other items'.
    doubtful: u32,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Hottest {
    counters: Vec<Counter>,
    all: u32,
}

impl Hottest {
    pub fn count(&mut self, key: &ItemKey) {
        self.all += 1;
        if let Some(counter) = self.counters.iter_mut().find(|counter| counter.key == *key) {
            counter.count += 1;
            return;
        }
        let doubtful = match self.counters.len() < COUNTED {
            true => 0,
            false => {
                let counts = self.counters.iter().map(|counter| counter.count).enumerate();
                let (at, least) = counts.min_by_key(|(_, count)| *count).expect("there are some");
                self.counters.swap_remove(at);
                least
            }
        };
        self.counters.push(Counter { key: key.clone(), count: doubtful + 1, doubtful });
    }

    /// Halves all counts, so many times.
    pub fn fade(&mut self, times: u32) {
        let half = |count: &mut u32| *count = count.checked_shr(times).unwrap_or(0);
        self.counters.iter_mut().for_each(|counter| {
            half(&mut counter.count);
            half(&mut counter.doubtful);
        });
        self.counters.retain(|counter| counter.count > 0);
        half(&mut self.all);
    }

    /// The items that were surely asked for most, and their shares of all requests in percent.
    pub fn shares(&self) -> Vec<(&ItemKey, f64)> {
        let sure = |counter: &Counter| counter.count - counter.doubtful;
        let often = self.counters.iter().filter(|counter| sure(counter) >= FEWEST);
        let mut counters: Vec<&Counter> = often.collect();
        heap_sort(&mut counters, |a, b| (sure(b), &a.key).cmp(&(sure(a), &b.key)));
        let share =
            |counter: &Counter| f64::from(sure(counter)) * 100.0 / f64::from(self.all.max(1));
        let told = counters.into_iter().take(TOLD).map(|one| (&one.key, share(one)));
        told.filter(|(_, share)| *share >= LEAST).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::RandomStream;
    use crate::data::Key;

    #[test]
    fn the_most_wanted_items_are_found_among_thousands() {
        let mut stream = RandomStream::new(1, "test");
        let key = |number: u64| {
            let key = Key::from_text(&format!("k{number}")).expect("a key");
            ItemKey::new("T".parse().expect("a name"), key)
        };
        let mut hottest = Hottest::default();
        for _ in 0..10_000 {
            let number = match stream.below(10) {
                0..2 => 1,
                2 => 2,
                _ => 3 + stream.below(5_000),
            };
            hottest.count(&key(number));
        }
        let shares = hottest.shares();
        assert_eq!((shares[0].0, shares[1].0), (&key(1), &key(2)));
        assert!((shares[0].1 - 20.0).abs() < 2.0 && (shares[1].1 - 10.0).abs() < 2.0, "{shares:?}");
        assert_eq!(shares.len(), 2, "nothing else stands out: {shares:?}");
        hottest.fade(20);
        assert!(hottest.shares().is_empty());
    }
}
