//! The life of one read.

use serde::{Deserialize, Serialize};

use super::{Seat, Shortfall, Tally, Vote};
use crate::base::NodeId;
use crate::storage::Held;

/// A read that is being voted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    tally: Tally,
    /// Who answered with what, in order of arrival.
    answers: Vec<(Seat, Option<Held>)>,
    /// All answers together.
    merged: Option<Held>,
}

impl Read {
    /// # Panics
    /// Unless `1 <= r <= seats`.
    pub fn new(seats: Vec<Seat>, r: u8) -> Self {
        Self { tally: Tally::new(seats, r), answers: Vec::new(), merged: None }
    }

    /// Takes the answer of `replica` in: how it counts, and whether it completed the quorum. `None`
    /// if the replica has no vote (left).
    pub fn answered(&mut self, replica: NodeId, held: Option<Held>) -> Option<(Vote, bool)> {
        let (seat, vote, reached) = self.tally.voted(replica)?;
        match (&mut self.merged, &held) {
            (Some(merged), Some(held)) => merged.join(held),
            (merged @ None, Some(held)) => *merged = Some(held.clone()),
            (_, None) => {}
        }
        self.answers.push((seat, held));
        Some((vote, reached))
    }

    /// Gives up the vote of `replica`: the shortfall, if R votes cannot come any more because of it.
    /// `None` if the replica has no vote (left).
    pub fn lost(&mut self, replica: NodeId) -> Option<Option<Shortfall>> {
        Some(self.tally.lost(replica)?.1)
    }

    /// Asks `fallback` in the place of `replica`; the new seat.
    pub fn substitute(&mut self, replica: NodeId, fallback: NodeId) -> Option<Seat> {
        self.tally.substitute(replica, fallback)
    }

    /// All versions that any answer had and no other one replaces; none if nobody has any.
    pub fn merged(&self) -> Option<&Held> {
        self.merged.as_ref()
    }

    /// Replicas whose answer lacks some of that, in order of arrival.
    pub fn stale(&self) -> impl Iterator<Item = Seat> {
        let stale = self.answers.iter().filter(|(_, held)| *held != self.merged);
        stale.map(|(seat, _)| *seat)
    }

    /// Replicas that answered with all of it, in order of arrival.
    pub fn current(&self) -> impl Iterator<Item = Seat> {
        let current = self.answers.iter().filter(|(_, held)| *held == self.merged);
        current.map(|(seat, _)| *seat)
    }

    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Whether this can be a read: a snapshot may claim anything.
    pub fn is_sound(&self) -> bool {
        let votes = usize::from(self.tally.quorum().have());
        self.tally.is_sound() && self.answers.len() == votes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Incarnation;
    use crate::causality::{Dot, HybridTime, Stamp};
    use crate::storage::Version;

    fn held(clock_us: u64) -> Option<Held> {
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: 1 };
        let stamp = Stamp { time: HybridTime::of_clock(clock_us), dot };
        Some(Version { stamp, item: None, context: None }.into())
    }

    #[test]
    fn newest_answer_wins_and_the_others_are_stale() {
        let seats = [0, 1, 2].map(|node| Seat::of_owner(NodeId(node)));
        let mut read = Read::new(seats.to_vec(), 3);
        read.answered(NodeId(1), None).unwrap();
        read.answered(NodeId(2), held(9)).unwrap();
        assert_eq!(read.answered(NodeId(0), held(5)).unwrap(), (Vote::Counted, true));
        assert_eq!(read.merged(), held(9).as_ref());
        assert_eq!(read.stale().map(|seat| seat.replica.0).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(read.current().count(), 1);
        assert!(read.answered(NodeId(0), held(10)).is_none());
    }
}
