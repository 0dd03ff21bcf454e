//! What an owner has promised and voted for, item by item.

use super::ItemKey;
use crate::base::SortedMap;
use crate::causality::Stamp;

/// An owner's part in the rounds about one item. It outlives the item: a promise is kept for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ballots {
    /// It takes no version below this any more.
    pub promised: Option<Stamp>,
    /// The last version that it voted for. (It may hold a newer one that it only heard of, or have
    /// forgotten a tombstone.)
    pub accepted: Option<Stamp>,
    /// The one before that.
    earlier: Option<Stamp>,
}

impl Ballots {
    /// Whether it is certain that it never voted for the version with this stamp.
    pub fn never_accepted(&self, ballot: Stamp) -> bool {
        Some(ballot) != self.accepted && Some(ballot) > self.earlier
    }

    /// The votes that are remembered, oldest first.
    pub(super) fn votes(&self) -> impl Iterator<Item = Stamp> {
        self.earlier.into_iter().chain(self.accepted)
    }
}

/// The ballots of every item that was ever written or asked about in rounds: *ballot state*.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BallotBook {
    of: SortedMap<ItemKey, Ballots>,
}

impl BallotBook {
    pub fn get(&self, key: &ItemKey) -> Option<Ballots> {
        self.of.get(key).copied()
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// All of them, in the order of the ring.
    pub fn iter(&self) -> impl Iterator<Item = (&ItemKey, &Ballots)> {
        self.of.iter()
    }

    /// Drops those about certain items.
    pub(super) fn forget(&mut self, gone: impl Fn(&ItemKey) -> bool) {
        self.of.retain(|key, _| !gone(key));
    }

    pub(super) fn promise(&mut self, key: &ItemKey, ballot: Stamp) {
        let ballots = self.of.get_or_default(key.clone());
        ballots.promised = ballots.promised.max(Some(ballot));
    }

    pub(super) fn accept(&mut self, key: &ItemKey, ballot: Stamp) {
        self.promise(key, ballot);
        let ballots = self.of.get_or_default(key.clone());
        if ballots.accepted < Some(ballot) {
            ballots.earlier = ballots.accepted.replace(ballot);
        }
    }
}
