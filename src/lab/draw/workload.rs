//! Who asks for what, when.

use super::{Layout, Steps, one_in_hundred};
use crate::base::{ClientId, Duration, RandomStream, VirtualTime};
use crate::data::Resolution;
use crate::lab::{Asking, Begin, Expected, Plan, Seen, Step, TablePart};

/// Requests of a few clients about a few items, so that they get in each other's way.
pub(super) fn draw(
    seed: u64,
    ops: u32,
    layout: Layout,
    resolution: Resolution,
    has_collections: bool,
) -> Steps {
    let mut stream = RandomStream::new(seed, "workload");
    let clients = 1 + stream.below(5);
    let keys = 1 + stream.below(Plan::KEYS.into());
    let (gets, deletes) = (25 + stream.below(35), 3 + stream.below(20));
    let quiet = (layout.span.0 - layout.burst.0) / layout.bursts.saturating_sub(1).max(1);
    let mut rounds = Rounds::new(seed, resolution);
    let mut pages = Pages::new(seed, resolution, has_collections);
    let mut steps = Steps::with_capacity(ops as usize + 32);
    for _ in 0..ops {
        // The gaps between uniform instants are as random as arrivals are.
        let begin = stream.below(layout.bursts) * quiet;
        let at = VirtualTime::ZERO + Duration(begin + stream.below(layout.burst.0));
        let client = ClientId(stream.below(clients) as u16);
        // Half of the requests are about one item.
        let key = if one_in_hundred(&mut stream, 50) { 0 } else { stream.below(keys) as u8 };
        let draw = stream.below(100);
        let seen = seen(&mut stream, resolution);
        let asking = match draw {
            draw if draw < gets => Asking::Get,
            draw if draw < gets + deletes => Asking::Delete(seen),
            _ => Asking::Put(seen),
        };
        let asking = pages.draw(rounds.draw(key, asking));
        steps.push((at, Step::Ask { client, key, asking }));
    }
    steps
}

/// How often items are read by queries and scans, and written by updates.
struct Pages {
    stream: RandomStream,
    /// Of a hundred reads, and of a hundred puts with conditions.
    pages: u64,
    updates: u64,
    has_collections: bool,
}

impl Pages {
    /// Half of the runs have no pages, and half no updates.
    fn new(seed: u64, resolution: Resolution, has_collections: bool) -> Self {
        let mut stream = RandomStream::new(seed, "pages");
        let mut share = || {
            let (any, share) = (one_in_hundred(&mut stream, 50), 10 + stream.below(60));
            if any && resolution == Resolution::LastWriterWins { share } else { 0 }
        };
        let (pages, updates) = (share(), share());
        Self { stream, pages, updates, has_collections }
    }

    fn draw(&mut self, asking: Asking) -> Asking {
        let (draw, kind) = (self.stream.below(100), self.stream.below(100));
        match asking {
            Asking::Get | Asking::GetConsistent if draw < self.pages => {
                Asking::Page { part: self.part(kind), consistent: kind % 4 > 0 }
            }
            Asking::PutIf(_) if draw < self.updates => Asking::Count { again: kind < 30 },
            asking => asking,
        }
    }

    fn part(&self, kind: u64) -> TablePart {
        let reverse = kind.is_multiple_of(3);
        match kind {
            0..20 if self.has_collections => {
                TablePart::ByLocalIndex { limit: 1 + kind as u32 % 5, reverse }
            }
            0..60 => TablePart::All { limit: 1 + kind as u32 % 7 },
            _ if !self.has_collections => TablePart::WHOLE_COLLECTION,
            _ => {
                let from = match kind % 5 {
                    0 => Begin::At,
                    1 => Begin::Behind,
                    _ => Begin::First,
                };
                TablePart::Collection { limit: 1 + kind as u32 % 4, from, reverse }
            }
        }
    }
}

/// Which items are written under conditions, and how often.
struct Rounds {
    stream: RandomStream,
    resolution: Resolution,
    /// Of a hundred requests about each item. Where it is all of them the item is a *register*.
    share: [u64; Plan::KEYS as usize],
}

impl Rounds {
    /// Half of the runs have none at all.
    fn new(seed: u64, resolution: Resolution) -> Self {
        let mut stream = RandomStream::new(seed, "rounds");
        let any = one_in_hundred(&mut stream, 50);
        let share = [(); Plan::KEYS as usize].map(|()| match stream.below(100) {
            _ if !any => 0,
            0..50 => 100,
            50..75 => 10 + stream.below(60),
            _ => 0,
        });
        Self { stream, resolution, share }
    }

    /// Makes a request one with a condition, or a consistent read, if its item is written so.
    fn draw(&mut self, key: u8, asking: Asking) -> Asking {
        let (is_under_conditions, draw) = (self.stream.below(100), self.stream.below(100));
        if is_under_conditions >= self.share[usize::from(key)] {
            return asking;
        }
        let is_single = self.resolution == Resolution::LastWriterWins;
        match asking {
            Asking::Get if draw < 75 => Asking::GetConsistent,
            Asking::Put(_) if is_single && draw < 25 => Asking::PutIf(Expected::Absent),
            Asking::Put(_) if is_single => Asking::PutIf(Expected::LastTold),
            Asking::Delete(_) if is_single && draw < 10 => Asking::DeleteIf(Expected::Absent),
            Asking::Delete(_) if is_single => Asking::DeleteIf(Expected::LastTold),
            asking => asking,
        }
    }
}

/// Mostly what was read last: else siblings would pile up.
fn seen(stream: &mut RandomStream, resolution: Resolution) -> Seen {
    match (resolution, stream.below(100)) {
        (Resolution::Siblings, 0..75) => Seen::LastRead,
        (Resolution::Siblings, 75..90) => Seen::Older,
        _ => Seen::Nothing,
    }
}
