//! The meter: what one node bears of every token range that it owns.
//!
//! A count loses an eighth of itself at the end of every second, so that it remembers about eight
//! seconds, and the elder the less. What all counts would be at one unit per second is kept beside
//! them; divided by it, a count is a rate, from the first second on and between two seconds too.
//! Counts are whole numbers, so that all platforms agree.

use serde::{Deserialize, Serialize};

use super::heavy::Heaviest;
use super::load::{Load, PARTS, RangeLoad};
use crate::base::{SortedMap, VirtualTime};
use crate::ring::Token;
use crate::storage::ItemKey;

/// How often counts decay, in microseconds.
const TICK_US: u64 = 1_000_000;
/// What a count keeps of itself at a tick.
const KEEPS: (u32, u32) = (7, 8);
/// A unit is counted as so many, so that decay does not round few of them away.
const UNIT: u32 = 256;
/// One tick, in the precision in which their decayed number is kept.
const WHOLE_TICK: u64 = 1 << 16;
/// After so many ticks nothing is left of any count.
const FORGOTTEN: u64 = 400;

/// Bytes of one write unit, and of one read unit, as in DynamoDB.
const WRITE_UNIT_BYTES: u64 = 1_024;
const READ_UNIT_BYTES: u64 = 4_096;

/// What was counted in an eighth of a token range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    bytes: u64,
    reads: u32,
    writes: u32,
}

/// What was counted in a token range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    from: Token,
    /// Ticks that were counted, decayed like everything else.
    weight: u64,
    /// The part of the present tick that had passed when counting began.
    missed: u64,
    parts: [Part; PARTS],
    heaviest: Heaviest,
}

/// What one node bears, by token range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Ticks of virtual time that have ended.
    tick: u64,
    /// By the ranges' ends.
    ranges: SortedMap<Token, Counts>,
}

/// Where something belongs: a token range (from, to], and an item of it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub range: (Token, Token),
    pub key: &'a ItemKey,
}

impl Meter {
    /// A meter that begins to count at `now`.
    pub fn new(now: VirtualTime) -> Self {
        Self { tick: now.0 / TICK_US, ranges: SortedMap::default() }
    }

    /// From now on these token ranges are counted, and no others. The result are those that are new
    /// here, or begin elsewhere than before: what they hold has to be told with [`Meter::stored`].
    pub fn own(
        &mut self,
        now: VirtualTime,
        ranges: impl Iterator<Item = (Token, Token)>,
    ) -> Vec<(Token, Token)> {
        self.advance(now);
        let mut before = std::mem::take(&mut self.ranges);
        let mut new = Vec::new();
        for (from, to) in ranges {
            let known = before.remove(&to).filter(|counts| counts.from == from);
            if known.is_none() {
                new.push((from, to));
            }
            self.ranges.insert(to, known.unwrap_or_else(|| Counts::new(from, now)));
        }
        new
    }

    /// Counts the answer to a read: half a read unit for every 4 KB that were begun. That makes one
    /// unit where two replicas are asked, as DynamoDB's consistent reads do, and half of one where
    /// one is.
    pub fn read(&mut self, now: VirtualTime, place: Place, bytes: u64) {
        let units = bytes.div_ceil(READ_UNIT_BYTES).clamp(1, 1_000) as u32 * (UNIT / 2);
        let Some((counts, part)) = self.counts(now, place) else { return };
        counts.parts[part].reads = counts.parts[part].reads.saturating_add(units);
        counts.heaviest.add(place.key, units);
    }

    /// Counts a write: a write unit for every kilobyte that was begun.
    pub fn write(&mut self, now: VirtualTime, place: Place, bytes: u64) {
        let units = bytes.div_ceil(WRITE_UNIT_BYTES).clamp(1, 1_000) as u32 * UNIT;
        let Some((counts, part)) = self.counts(now, place) else { return };
        counts.parts[part].writes = counts.parts[part].writes.saturating_add(units);
        counts.heaviest.add(place.key, units * Load::WRITE_COST as u32);
    }

    /// Notes that an item took `before` bytes and now takes `after`.
    pub fn stored(&mut self, now: VirtualTime, place: Place, before: u64, after: u64) {
        let Some((counts, part)) = self.counts(now, place) else { return };
        let bytes = &mut counts.parts[part].bytes;
        *bytes = (*bytes + after).saturating_sub(before);
    }

    /// What was measured of every range with any load, by the ranges' ends.
    pub fn report(&mut self, now: VirtualTime) -> Vec<(Token, RangeLoad)> {
        self.advance(now);
        let loads = self.ranges.iter().map(|(to, counts)| (*to, counts.load(now)));
        loads.filter(|(_, load)| load.total() != Load::default()).collect()
    }

    /// Whether a snapshot may claim this: adding to it cannot overflow.
    pub fn is_sound(&self) -> bool {
        self.ranges.values().all(|counts| {
            counts.weight <= 8 * WHOLE_TICK
                && counts.missed <= WHOLE_TICK
                && counts.heaviest.is_sound()
                && counts.parts.iter().all(|part| part.bytes <= Load::MOST)
        })
    }

    /// Where something is counted, if its range is.
    fn counts(&mut self, now: VirtualTime, place: Place) -> Option<(&mut Counts, usize)> {
        self.advance(now);
        let counts = self.ranges.get_mut(&place.range.1)?;
        Some((counts, part_of(place.range, place.key.position)))
    }

    /// Lets the ticks pass that have ended since the last call.
    fn advance(&mut self, now: VirtualTime) {
        let tick = now.0 / TICK_US;
        for _ in 0..tick.saturating_sub(self.tick).min(FORGOTTEN) {
            self.ranges.iter_mut().for_each(|(_, counts)| counts.decay());
        }
        self.tick = self.tick.max(tick);
    }
}

/// How much of a tick has passed at `now`, in the precision of [`WHOLE_TICK`].
fn part_of_tick(now: VirtualTime) -> u64 {
    now.0 % TICK_US * WHOLE_TICK / TICK_US
}

/// What is left of a count after a tick.
pub(super) fn decayed(count: u32) -> u32 {
    let (keeps, of) = KEEPS;
    count / of * keeps + count % of * keeps / of
}

impl Counts {
    fn new(from: Token, now: VirtualTime) -> Self {
        let (parts, heaviest) = (Default::default(), Heaviest::default());
        Self { from, weight: 0, missed: part_of_tick(now), parts, heaviest }
    }

    fn decay(&mut self) {
        let (keeps, of) = KEEPS;
        self.weight = (self.weight + WHOLE_TICK - self.missed) * u64::from(keeps) / u64::from(of);
        self.missed = 0;
        for part in &mut self.parts {
            (part.reads, part.writes) = (decayed(part.reads), decayed(part.writes));
        }
        self.heaviest.decay();
    }

    /// How many ticks the counts stand for, in the precision of [`WHOLE_TICK`].
    fn scale(&self, now: VirtualTime) -> u64 {
        // Rates of the first instants would say nothing.
        (self.weight + part_of_tick(now)).saturating_sub(self.missed).max(WHOLE_TICK / 2)
    }

    fn load(&self, now: VirtualTime) -> RangeLoad {
        let scale = self.scale(now);
        // A tick is a second.
        let rate = |count: u32| u64::from(count) * 1_000 / u64::from(UNIT) * WHOLE_TICK / scale;
        RangeLoad {
            parts: self.parts.map(|Part { bytes, reads, writes }| Load {
                bytes,
                reads: rate(reads),
                writes: rate(writes),
            }),
            heaviest: self.heaviest.first().map(|(key, count)| (key.clone(), rate(count))),
        }
    }
}

/// The length of a part of the token range (from, to]; the last part may be shorter.
fn part_length((from, to): (Token, Token)) -> u128 {
    // A range that begins where it ends is the whole ring, of length 2^128.
    from.distance_to(to).wrapping_sub(1) / PARTS as u128 + 1
}

/// In which part of its token range a position lies.
pub(super) fn part_of(range: (Token, Token), position: Token) -> usize {
    let (length, along) = (part_length(range), range.0.distance_to(position).wrapping_sub(1));
    (1..PARTS).take_while(|part| along >= *part as u128 * length).count()
}

/// Where the first `parts` parts of a token range end, if that is inside of it.
pub(super) fn end_of_parts(range: (Token, Token), parts: usize) -> Option<Token> {
    let along = part_length(range) * parts as u128;
    let is_inside = along.wrapping_sub(1) < range.0.distance_to(range.1).wrapping_sub(1);
    is_inside.then(|| Token(range.0.0.wrapping_add(along)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Key;

    const WHOLE: (Token, Token) = (Token(7), Token(7));

    fn key(name: &str) -> ItemKey {
        ItemKey::new("Load".parse().unwrap(), Key::from_text(name).unwrap())
    }

    fn at(us: u64) -> VirtualTime {
        VirtualTime(us)
    }

    /// What a meter shows that begins in the midst of a second and then sees 40 reads of 5,000
    /// bytes and 10 writes of 1,500 bytes per second, spread evenly, for some seconds.
    fn measured(seconds: u64) -> RangeLoad {
        let begin = 123_400_000;
        let mut meter = Meter::new(at(begin));
        assert_eq!(meter.own(at(begin), [WHOLE].into_iter()), [WHOLE]);
        let (reads, writes) = (key("read"), key("written"));
        for number in 0..50 * seconds {
            let now = at(begin + number * 20_000);
            match number % 5 {
                0 => meter.write(now, Place { range: WHOLE, key: &writes }, 1_500),
                _ => meter.read(now, Place { range: WHOLE, key: &reads }, 5_000),
            }
        }
        meter.report(at(begin + seconds * 1_000_000)).remove(0).1
    }

    #[test]
    fn rates_are_right_from_the_first_second_on() {
        for seconds in [1, 2, 3, 10, 60] {
            let Load { reads, writes, .. } = measured(seconds).total();
            assert!(reads.abs_diff(40_000) < 600, "{reads} thousandths after {seconds} s");
            assert!(writes.abs_diff(20_000) < 400, "{writes} thousandths after {seconds} s");
            let (heaviest, heat) = measured(seconds).heaviest.unwrap();
            assert_eq!(heaviest, key("written"), "a write costs as much as three reads");
            assert!(heat.abs_diff(60_000) < 1_000, "{heat} thousandths after {seconds} s");
        }
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let (mut meter, key) = (Meter::new(at(0)), key("k"));
        let place = Place { range: WHOLE, key: &key };
        meter.own(at(0), [WHOLE].into_iter());
        (0..1_000).for_each(|number| meter.read(at(number * 1_000), place, 1));
        let rate = |meter: &mut Meter, second: u64| {
            let report = meter.report(at(second * 1_000_000));
            report.first().map_or(0, |(_, load)| load.total().reads)
        };
        let rates: Vec<u64> = [1, 5, 20, 60].map(|second| rate(&mut meter, second)).to_vec();
        assert!(rates.is_sorted_by(|earlier, later| earlier > later), "{rates:?}");
        assert_eq!(rate(&mut meter, 1_000_000), 0);
        meter.stored(at(u64::MAX), place, 0, 300);
        meter.stored(at(u64::MAX), place, 300, 100);
        assert_eq!(
            meter.report(at(u64::MAX))[0].1.total(),
            Load { bytes: 100, reads: 0, writes: 0 }
        );
    }

    #[test]
    fn only_owned_ranges_are_counted() {
        let (mut meter, key) = (Meter::new(at(0)), key("k"));
        let other = (Token(7), Token(9));
        meter.own(at(0), [WHOLE].into_iter());
        meter.read(at(0), Place { range: WHOLE, key: &key }, 1);
        meter.read(at(0), Place { range: other, key: &key }, 1);
        assert_eq!(meter.report(at(1)).len(), 1);
        // The range that ends at 7 begins elsewhere now.
        let shorter = (Token(9), Token(7));
        assert_eq!(meter.own(at(1), [other, shorter].into_iter()), [other, shorter]);
        assert_eq!(meter.own(at(1), [other, shorter].into_iter()), []);
        assert_eq!(meter.report(at(1)), []);
    }

    #[test]
    fn parts_cover_their_range_and_end_where_they_are_cut() {
        let last = Token(u128::MAX);
        let ranges = [WHOLE, (Token(0), last), (last, Token(0)), (Token(5), Token(25))];
        for range in ranges.into_iter().chain([(Token(u128::MAX - 9), Token(80))]) {
            assert_eq!(part_of(range, Token(range.0.0.wrapping_add(1))), 0);
            for parts in 1..PARTS {
                let Some(cut) = end_of_parts(range, parts) else { continue };
                assert_eq!(part_of(range, cut), parts - 1, "{range:?}");
                assert_eq!(part_of(range, Token(cut.0.wrapping_add(1))), parts, "{range:?}");
            }
        }
        assert_eq!(end_of_parts(WHOLE, 4), Some(Token(7 + (1 << 127))));
        assert_eq!((1..PARTS).find_map(|parts| end_of_parts((Token(4), Token(5)), parts)), None);
    }
}
