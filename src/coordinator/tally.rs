//! Who has voted, who has not, and who votes in whose stead.

use serde::{Deserialize, Serialize};

use super::{Progress, Quorum, Shortfall, Vote};
use crate::base::{Mutation, NodeId, mutated};
use crate::ring::Swap;

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
///
/// While a token range changes hands, a write needs the quorum twice over: among the owners of the
/// present list, and among those of the other one, in which one owner has made room for another.
/// Whoever is in both lists votes in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    quorum: Quorum,
    other: Option<(Swap, Quorum)>,
    waiting: Vec<Seat>,
}

/// In which of the two lists a seat is.
fn lists_of(seat: Seat, swap: Swap) -> (bool, bool) {
    (seat.owner != swap.joins, seat.owner != swap.leaves)
}

impl Tally {
    /// # Panics
    /// Unless `1 <= needed <= seats`.
    pub fn new(seats: Vec<Seat>, needed: u8) -> Self {
        Self::joint(seats, needed, None)
    }

    /// A tally in both lists, if `swap` says how they differ: the seats are those of either.
    ///
    /// # Panics
    /// Unless `1 <= needed`, and no list has fewer seats.
    pub fn joint(seats: Vec<Seat>, needed: u8, swap: Option<Swap>) -> Self {
        let swap = swap.filter(|_| !mutated(Mutation::PendingCountsAsOld));
        let in_first = |seat: &&Seat| swap.is_none_or(|swap| lists_of(**seat, swap).0);
        let asked = seats.iter().filter(in_first).count();
        let asked = u8::try_from(asked).expect("N fits a byte");
        let quorum = Quorum::new(asked, needed);
        Self { quorum, other: swap.map(|swap| (swap, quorum)), waiting: seats }
    }

    /// A tally of `asked` votes in each list, for which `having` have voted already, and all others
    /// but `waiting` are lost; the shortfall, if that makes the quorum impossible.
    ///
    /// # Panics
    /// Unless that adds up.
    pub fn continued(
        asked: u8,
        needed: u8,
        swap: Option<Swap>,
        having: &[Seat],
        waiting: Vec<Seat>,
    ) -> (Self, Option<Shortfall>) {
        let count = |seats: &[Seat], is_in: &dyn Fn(Seat) -> bool| {
            seats.iter().filter(|seat| is_in(**seat)).count() as u8
        };
        let go_on = |is_in: &dyn Fn(Seat) -> bool| {
            let mut quorum = Quorum::new(asked, needed);
            let (have, open) = (count(having, is_in), count(&waiting, is_in));
            for _ in 0..have {
                quorum.count();
            }
            let told = (have + open..asked).fold(None, |told, _| told.or(quorum.lose_and_tell()));
            (quorum, told)
        };
        let (quorum, told) = go_on(&|seat| swap.is_none_or(|swap| lists_of(seat, swap).0));
        let other = swap.map(|swap| (swap, go_on(&|seat| lists_of(seat, swap).1)));
        let told = told.or(other.and_then(|(_, (_, told))| told));
        let other = other.map(|(swap, (quorum, _))| (swap, quorum));
        (Self { quorum, other, waiting }, told)
    }

    /// Takes the vote of `replica` in: whose seat it had, how it counts, and whether it completed
    /// the quorum. `None` if the replica has no vote (left).
    pub fn voted(&mut self, replica: NodeId) -> Option<(Seat, Vote, bool)> {
        let seat = self.take(replica)?;
        let was_open = self.is_open();
        self.in_lists_of(seat, |quorum| quorum.count());
        let vote = if was_open { Vote::Counted } else { Vote::Late };
        Some((seat, vote, was_open && self.is_reached()))
    }

    /// Gives up the vote of `replica`: whose seat it had, and the shortfall, if the quorum became
    /// impossible by that. `None` if the replica has no vote (left).
    pub fn lost(&mut self, replica: NodeId) -> Option<(Seat, Option<Shortfall>)> {
        let seat = self.take(replica)?;
        let was_open = self.is_open();
        self.in_lists_of(seat, |quorum| quorum.lose());
        let mut hopeless = self.quorums().filter(|quorum| quorum.is_impossible());
        let shortfall = hopeless.next().map(Quorum::shortfall).filter(|_| was_open);
        Some((seat, shortfall))
    }

    fn in_lists_of(&mut self, seat: Seat, what: fn(&mut Quorum) -> Progress) {
        match &mut self.other {
            None => {
                what(&mut self.quorum);
            }
            Some((swap, other)) => {
                let (first, second) = lists_of(seat, *swap);
                if first {
                    what(&mut self.quorum);
                }
                if second {
                    what(other);
                }
            }
        }
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

    fn quorums(&self) -> impl Iterator<Item = &Quorum> {
        [&self.quorum].into_iter().chain(self.other.as_ref().map(|(_, quorum)| quorum))
    }

    /// Whether the outcome still depends on votes to come.
    pub fn is_open(&self) -> bool {
        !self.is_reached() && !self.quorums().any(Quorum::is_impossible)
    }

    /// Whether there are enough votes.
    pub fn is_reached(&self) -> bool {
        self.quorums().all(|quorum| quorum.have() >= quorum.needed())
    }

    /// Whether every vote has come or is lost.
    pub fn is_settled(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The quorum; of two, the one that lacks more votes.
    pub fn quorum(&self) -> &Quorum {
        let lacking = |quorum: &Quorum| quorum.needed().saturating_sub(quorum.have());
        match &self.other {
            Some((_, other)) if lacking(other) > lacking(&self.quorum) => other,
            _ => &self.quorum,
        }
    }

    /// Seats that were not heard of yet.
    pub fn waiting(&self) -> &[Seat] {
        &self.waiting
    }

    /// Whether this can be a tally: a snapshot may claim anything.
    pub fn is_sound(&self) -> bool {
        let Some((swap, other)) = &self.other else {
            return self.quorum.is_sound(self.waiting.len());
        };
        let lists = || self.waiting.iter().map(|seat| lists_of(*seat, *swap));
        self.quorum.is_sound(lists().filter(|lists| lists.0).count())
            && other.is_sound(lists().filter(|lists| lists.1).count())
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

    #[test]
    fn a_range_that_changes_hands_needs_its_quorum_in_both_lists() {
        let [a, b, c, f] = [0, 1, 2, 5].map(NodeId);
        let swap = Some(Swap { leaves: c, joins: f });
        let seats: Vec<Seat> = [a, b, c, f].map(Seat::of_owner).to_vec();
        let mut tally = Tally::joint(seats.clone(), 2, swap);
        assert!(!tally.voted(f).unwrap().2 && !tally.voted(a).unwrap().2);
        assert_eq!(
            (tally.quorum().have(), tally.quorum().needed()),
            (1, 2),
            "the old list lacks one"
        );
        assert!(tally.voted(c).unwrap().2);
        assert_eq!(tally.voted(b).unwrap().1, Vote::Late);
        let mut tally = Tally::joint(seats.clone(), 3, swap);
        tally.voted(a).unwrap();
        assert!(tally.lost(f).unwrap().1.is_some(), "the new list cannot have three votes");
        assert!(tally.lost(b).unwrap().1.is_none() && !tally.is_settled());
        let (mut tally, told) = Tally::continued(3, 2, swap, &seats[..1], seats[2..].to_vec());
        assert!(told.is_none() && tally.is_sound());
        assert!(!tally.voted(f).unwrap().2 && tally.voted(c).unwrap().2);
    }
}
