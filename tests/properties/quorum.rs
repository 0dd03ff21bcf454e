//! Quorum counting, and the lives of writes and reads, against plain sums.

use proptest::prelude::*;
use ringscope::base::{Incarnation, NodeId};
use ringscope::causality::{Dot, HybridTime, Stamp};
use ringscope::coordinator::{Progress, Quorum, Read, Seat, Tally, Vote};
use ringscope::storage::{Held, Version};

/// What `votes` (true: it came, false: it is lost) must have led to with the last of them.
fn outcome(votes: &[bool], asked: usize, needed: usize) -> Progress {
    let decided = |votes: &[bool]| {
        let have = votes.iter().filter(|vote| **vote).count();
        let lost = votes.len() - have;
        (have >= needed, asked - lost < needed)
    };
    let (before, now) = (decided(&votes[..votes.len() - 1]), decided(votes));
    match (before, now) {
        ((false, false), (true, _)) => Progress::Reached,
        ((false, false), (_, true)) => Progress::Impossible,
        ((false, false), _) => Progress::Open,
        _ => Progress::Decided,
    }
}

fn held(clock_us: u64) -> Held {
    let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: clock_us as u32 };
    let stamp = Stamp { time: HybridTime::of_clock(clock_us), dot };
    Version { stamp, item: None, context: None }.into()
}

fn seats(owners: u16) -> Vec<Seat> {
    (0..owners).map(|owner| Seat::of_owner(NodeId(owner))).collect()
}

/// A replica answers (with a version, or with none) or is given up.
#[derive(Clone, Debug)]
enum Happening {
    Answer(u16, Option<u64>),
    Lost(u16),
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let happening = prop_oneof![
        3 => (0u16..6, prop::option::of(1u64..5)).prop_map(|(r, v)| Happening::Answer(r, v)),
        1 => (0u16..6).prop_map(Happening::Lost),
    ];
    prop::collection::vec(happening, 0..15)
}

proptest! {
    #[test]
    fn a_quorum_is_decided_once_and_as_soon_as_it_can_be(
        asked in 1usize..10,
        needed in 1usize..10,
        votes in prop::collection::vec(any::<bool>(), 10),
    ) {
        let needed = needed.min(asked);
        let mut quorum = Quorum::new(asked as u8, needed as u8);
        let mut decisions = 0;
        for end in 1..=asked {
            prop_assert!(!quorum.is_settled());
            let progress = if votes[end - 1] { quorum.count() } else { quorum.lose() };
            prop_assert_eq!(progress, outcome(&votes[..end], asked, needed));
            decisions += usize::from(matches!(progress, Progress::Reached | Progress::Impossible));
            prop_assert_eq!(decisions, usize::from(!quorum.is_open()));
        }
        prop_assert!(quorum.is_settled());
        prop_assert_eq!(decisions, 1);
    }

    #[test]
    fn a_write_counts_each_owner_once(
        owners in 1u16..5,
        w in 1u8..5,
        happenings in happenings(),
    ) {
        let w = w.min(owners as u8);
        let mut write = Tally::new(seats(owners), w);
        let mut heard = Vec::new();
        let mut votes = Vec::new();
        for happening in happenings {
            let (Happening::Answer(node, _) | Happening::Lost(node)) = happening;
            let fresh = node < owners && !heard.contains(&node);
            let came = matches!(happening, Happening::Answer(..));
            let (taken, reached, shortfall) = match came {
                true => {
                    let result = write.voted(NodeId(node));
                    (result.is_some(), result.is_some_and(|(_, _, reached)| reached), None)
                }
                false => {
                    let result = write.lost(NodeId(node));
                    (result.is_some(), false, result.and_then(|(_, shortfall)| shortfall))
                }
            };
            prop_assert_eq!(taken, fresh);
            if !fresh {
                continue;
            }
            heard.push(node);
            votes.push(came);
            let progress = outcome(&votes, owners as usize, w as usize);
            let impossible = progress == Progress::Impossible;
            prop_assert_eq!(reached, progress == Progress::Reached);
            prop_assert_eq!(shortfall, impossible.then(|| write.quorum().shortfall()));
            prop_assert_eq!(write.waiting().len(), owners as usize - heard.len());
        }
    }

    #[test]
    fn a_read_returns_the_newest_of_its_votes_and_names_the_stale(
        owners in 1u16..5,
        r in 1u8..5,
        happenings in happenings(),
    ) {
        let r = r.min(owners as u8);
        let mut read = Read::new(seats(owners), r);
        let mut heard = Vec::new();
        let mut votes = Vec::new();
        let mut answers: Vec<(NodeId, Option<u64>)> = Vec::new();
        for happening in happenings {
            let (Happening::Answer(node, _) | Happening::Lost(node)) = happening;
            let fresh = node < owners && !heard.contains(&node);
            if fresh {
                heard.push(node);
                votes.push(matches!(happening, Happening::Answer(..)));
            }
            match happening {
                Happening::Answer(node, clock) => {
                    let Some((vote, reached)) = read.answered(NodeId(node), clock.map(held)) else {
                        prop_assert!(!fresh);
                        continue;
                    };
                    prop_assert!(fresh);
                    answers.push((NodeId(node), clock));
                    let progress = outcome(&votes, owners as usize, r as usize);
                    prop_assert_eq!(vote == Vote::Late, progress == Progress::Decided);
                    let newest = answers.iter().filter_map(|(_, clock)| *clock).max();
                    prop_assert_eq!(reached, progress == Progress::Reached);
                    prop_assert_eq!(read.merged().cloned(), newest.map(held));
                    let stale: Vec<NodeId> = read.stale().map(|seat| seat.replica).collect();
                    let behind = answers.iter().filter(|a| a.1 < newest).map(|a| a.0);
                    prop_assert_eq!(stale, behind.collect::<Vec<_>>());
                }
                Happening::Lost(node) => {
                    let lost = read.lost(NodeId(node));
                    prop_assert_eq!(lost.is_some(), fresh);
                    let impossible = fresh
                        && outcome(&votes, owners as usize, r as usize) == Progress::Impossible;
                    prop_assert_eq!(lost.flatten().is_some(), impossible);
                }
            }
        }
    }
}
