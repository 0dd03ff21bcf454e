//! Who has voted, who has not, and who votes in whose stead.

use serde::{Deserialize, Serialize};

use super::{Progress, Quorum, Shortfall, Vote};
use crate::base::NodeId;

/// Who is asked for an owner's vote: the owner itself, or a fallback in its stead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub owner: NodeId,
    pub replica: NodeId,
}

impl Seat {
    pub fn of_owner(owner: NodeId) -> Self {
        Self { owner, replica: owner }
    }

    /// For which owner a write to this seat leaves a hint; none if the owner itself sits on it.
    pub fn hint(self) -> Option<NodeId> {
        (self.owner != self.replica).then_some(self.owner)
    }
}

/// A quorum, and the seats whose votes have neither come nor been lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    quorum: Quorum,
    waiting: Vec<Seat>,
}

impl Tally {
    /// # Panics
    /// Unless `1 <= needed <= seats`.
    pub fn new(seats: Vec<Seat>, needed: u8) -> Self {
        let asked = u8::try_from(seats.len()).expect("N fits a byte");
        Self { quorum: Quorum::new(asked, needed), waiting: seats }
    }

    /// A tally of which `have` votes have come already, and all but `waiting` are lost; the
    /// shortfall, if that makes the quorum impossible.
    ///
    /// # Panics
    /// Unless that adds up.
    pub fn continued(
        asked: u8,
        needed: u8,
        have: u8,
        waiting: Vec<Seat>,
    ) -> (Self, Option<Shortfall>) {
        let mut quorum = Quorum::new(asked, needed);
        for _ in 0..have {
            quorum.count();
        }
        let lost = usize::from(asked - have) - waiting.len();
        let shortfall = (0..lost).fold(None, |told, _| told.or(quorum.lose_and_tell()));
        (Self { quorum, waiting }, shortfall)
    }

    /// Takes the vote of `replica` in: whose seat it had, how it counts, and whether it completed
    /// the quorum. `None` if the replica has no vote (left).
    pub fn voted(&mut self, replica: NodeId) -> Option<(Seat, Vote, bool)> {
        let seat = self.take(replica)?;
        Some(match self.quorum.count() {
            Progress::Reached => (seat, Vote::Counted, true),
            Progress::Open => (seat, Vote::Counted, false),
            Progress::Decided | Progress::Impossible => (seat, Vote::Late, false),
        })
    }

    /// Gives up the vote of `replica`: whose seat it had, and the shortfall, if the quorum became
    /// impossible by that. `None` if the replica has no vote (left).
    pub fn lost(&mut self, replica: NodeId) -> Option<(Seat, Option<Shortfall>)> {
        let seat = self.take(replica)?;
        Some((seat, self.quorum.lose_and_tell()))
    }

    /// Seats `fallback` in the place of `replica`, and returns the new seat. `None` if the replica
    /// has no vote (left).
    pub fn substitute(&mut self, replica: NodeId, fallback: NodeId) -> Option<Seat> {
        let seat = self.waiting.iter_mut().find(|seat| seat.replica == replica)?;
        seat.replica = fallback;
        Some(*seat)
    }

    fn take(&mut self, replica: NodeId) -> Option<Seat> {
        let at = self.waiting.iter().position(|seat| seat.replica == replica)?;
        Some(self.waiting.remove(at))
    }

    pub fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    /// Seats that were not heard of yet.
    pub fn waiting(&self) -> &[Seat] {
        &self.waiting
    }

    /// Whether this can be a tally: a snapshot may claim anything.
    pub fn is_sound(&self) -> bool {
        self.quorum.is_sound(self.waiting.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats() -> Vec<Seat> {
        (0..3).map(|node| Seat::of_owner(NodeId(node))).collect()
    }

    #[test]
    fn a_replica_has_one_vote() {
        let mut tally = Tally::new(seats(), 1);
        let (_, vote, reached) = tally.voted(NodeId(1)).unwrap();
        assert_eq!((vote, reached), (Vote::Counted, true));
        assert!(tally.voted(NodeId(1)).is_none() && tally.lost(NodeId(7)).is_none());
        assert_eq!(tally.voted(NodeId(0)).unwrap().1, Vote::Late);
    }

    #[test]
    fn a_fallback_votes_in_its_owners_stead() {
        let mut tally = Tally::new(seats(), 3);
        let seat = tally.substitute(NodeId(2), NodeId(9)).unwrap();
        assert_eq!(seat.hint(), Some(NodeId(2)));
        assert!(tally.voted(NodeId(2)).is_none());
        tally.voted(NodeId(0)).unwrap();
        tally.voted(NodeId(1)).unwrap();
        let (seat, _, reached) = tally.voted(NodeId(9)).unwrap();
        assert!(reached && seat.owner == NodeId(2));
    }
}
