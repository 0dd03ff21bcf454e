//! The node as acceptor: an owner's votes in rounds about an item.
//!
//! ```text
//!   prepare b ─▶ appends "promised b"      ── durable ─▶  promise, and what it has by then
//!   accept v@b ▶ appends v and "voted b"   ── durable ─▶  accepted
//!   anything below what it promised        ── durable ─▶  preempted
//! ```
//!
//! Promises bind from the moment they are appended. They are told of once they are durable, and what
//! the owner has is looked up then: whatever was appended before is in by that time. Even a refusal
//! waits until what it is for is durable, since the proposer may conclude from it that its value
//! will never be accepted here.

use serde::{Deserialize, Serialize};

use super::appended::Then;
use super::effect::Effects;
use super::message::{Address, Body, Told};
use super::note::{Cause, Note};
use super::step::Node;
use crate::base::{Mutation, NodeId, RequestId, mutated};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::consensus::Acceptor;
use crate::coordinator::Vote;
use crate::ring::Token;
use crate::storage::{ItemKey, Record, Version};

/// Who asked for a vote about what, at which ballot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub proposer: NodeId,
    pub request: RequestId,
    key: ItemKey,
    ballot: Stamp,
}

/// An owner's refusal to vote at a ballot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub ballot: Stamp,
    /// What stands in its way.
    pub highest: Stamp,
    /// Whether the owner never voted at that ballot. It never will any more.
    pub never: bool,
}

impl Node {
    /// Whether rounds are held about an item, as far as this node knows.
    pub(super) fn has_ballots(&self, key: &ItemKey) -> bool {
        let is_known = !self.store.ballots().is_empty() && self.store.ballots().get(key).is_some();
        is_known || self.unsynced_ballots > 0 && self.unsynced_promise(key).is_some()
    }

    /// The highest ballot for an item that was appended and is not durable.
    fn unsynced_promise(&self, key: &ItemKey) -> Option<Stamp> {
        let of_it = self.appended().filter_map(|record| match record {
            Record::Promised { key: about, ballot } | Record::Accepted { key: about, ballot }
                if about == key =>
            {
                Some(*ballot)
            }
            _ => None,
        });
        of_it.max()
    }

    /// What this node has promised about an item, and the highest stamp that it has of it.
    ///
    /// Of tombstones that were forgotten only the highest time is known: it counts as a promise.
    pub(super) fn acceptor(&self, key: &ItemKey) -> Acceptor<Stamp, ()> {
        let promised = self.store.ballots().get(key).and_then(|ballots| ballots.promised);
        let promised = promised.max(self.unsynced_promise(key));
        let floor = self.store.floor();
        let dot = Dot { node: NodeId(0), incarnation: Default::default(), counter: 0 };
        let above = (floor > HybridTime::default()).then(|| Stamp { time: floor.next(), dot });
        let accepted = self.store.get(key).map(|held| (held.stamp(), ()));
        Acceptor::new(promised.max(above), accepted)
    }

    /// A proposer asks for a promise.
    pub(super) fn take_prepare(
        &mut self,
        proposer: NodeId,
        request: RequestId,
        key: ItemKey,
        ballot: Stamp,
        effects: &mut Effects,
    ) {
        if !self.is_whole() {
            return self.decline(proposer, request, effects);
        }
        match self.acceptor(&key).prepare(ballot) {
            Ok(()) => {
                let asked = Asked { proposer, request, key: key.clone(), ballot };
                let then = Then::Promise(Box::new(asked));
                let record = Record::Promised { key, ballot };
                self.append(record, Some(request), Cause::Round, then, effects);
            }
            Err(highest) => {
                let asked = Box::new(Asked { proposer, request, key, ballot });
                self.refuse(asked, highest, effects);
            }
        }
    }

    /// A proposer asks for a vote.
    pub(super) fn take_accept(
        &mut self,
        proposer: NodeId,
        request: RequestId,
        key: ItemKey,
        version: Version,
        effects: &mut Effects,
    ) {
        if !self.is_whole() {
            return self.decline(proposer, request, effects);
        }
        let ballot = version.stamp;
        match self.acceptor(&key).accept(ballot, ()) {
            Ok(()) => {
                if self.store.would_take(&key, &version) {
                    let record = Record::Own { key: key.clone(), version };
                    self.append(record, Some(request), Cause::Round, Then::Nothing, effects);
                }
                let then = Then::Accepted { proposer, request, ballot };
                let record = Record::Accepted { key, ballot };
                self.append(record, Some(request), Cause::Round, then, effects);
            }
            Err(highest) => {
                let asked = Box::new(Asked { proposer, request, key, ballot });
                self.refuse(asked, highest, effects);
            }
        }
    }

    /// An owner that lost its disk has forgotten what it promised.
    fn decline(&mut self, proposer: NodeId, request: RequestId, effects: &mut Effects) {
        if proposer == self.id {
            self.lose_vote(proposer, request, Vote::Rebuilding, effects);
        } else {
            effects.send(Address::Node(proposer), request, Body::Rebuilding);
        }
    }

    fn refuse(&mut self, asked: Box<Asked>, highest: Stamp, effects: &mut Effects) {
        self.once_durable(Then::Preempt(asked, highest), effects);
    }

    /// A promise is durable: tells the proposer, unless something above its ballot came to light that
    /// was appended before.
    pub(super) fn tell_promise(&mut self, asked: &Asked, effects: &mut Effects) {
        let Asked { proposer, request, key, ballot } = asked;
        let (request, ballot) = (*request, *ballot);
        let version = self.store.get(key).map(|held| held.newest().clone());
        if let Some(highest) = version.as_ref().map(|version| version.stamp)
            && highest > ballot
        {
            return self.tell_preempted(asked, highest, effects);
        }
        effects.note(|| Note::Promised { request, ballot });
        let accepted = self.store.ballots().get(key).and_then(|ballots| ballots.accepted);
        let told = Box::new(Told { version, accepted });
        if *proposer == self.id {
            self.count_promise(self.id, request, ballot, *told, effects);
        } else {
            effects.send(Address::Node(*proposer), request, Body::Promise { ballot, told });
        }
    }

    /// A vote is durable.
    pub(super) fn tell_accepted(
        &mut self,
        proposer: NodeId,
        request: RequestId,
        ballot: Stamp,
        effects: &mut Effects,
    ) {
        if proposer == self.id {
            self.count_accepted(self.id, request, ballot, effects);
        } else {
            effects.send(Address::Node(proposer), request, Body::Accepted { ballot });
        }
    }

    pub(super) fn tell_preempted(&mut self, asked: &Asked, highest: Stamp, effects: &mut Effects) {
        let Asked { proposer, request, key, ballot } = asked;
        let (request, ballot) = (*request, *ballot);
        let never = self.store.ballots().get(key).unwrap_or_default().never_accepted(ballot);
        if *proposer == self.id {
            let refusal = Refusal { ballot, highest, never };
            self.count_preempted(self.id, request, refusal, effects);
        } else {
            let body = Body::Preempted { ballot, highest, never };
            effects.send(Address::Node(*proposer), request, body);
        }
    }

    /// A plain write or read would pass rounds by: says that it will not do. Whether it would.
    pub(super) fn refuses_plain(
        &mut self,
        coordinator: NodeId,
        request: RequestId,
        key: &ItemKey,
        effects: &mut Effects,
    ) -> bool {
        if mutated(Mutation::PlainWritesTaken) || !self.has_ballots(key) {
            return false;
        }
        if coordinator == self.id {
            self.turn_to_round(self.id, request, effects);
        } else {
            effects.send(Address::Node(coordinator), request, Body::NeedsConsensus);
        }
        true
    }

    /// The promises in the ranges that this node and `peer` both own, for a peer that is rebuilding.
    pub(super) fn promises_shared_with(&self, peer: NodeId) -> Vec<(ItemKey, Stamp)> {
        let all = self.store.ballots().iter();
        let promised = all.filter_map(|(key, ballots)| Some((key, ballots.promised?)));
        let shared = promised.filter(|(key, _)| self.owners(key).contains(&peer));
        shared.map(|(key, ballot)| (key.clone(), ballot)).collect()
    }

    /// All promises about items in these token ranges.
    pub(super) fn promises_in(&self, ranges: &[(Token, Token)]) -> Vec<(ItemKey, Stamp)> {
        let is_in =
            |key: &ItemKey| ranges.iter().any(|(from, to)| key.position.lies_in(*from, *to));
        let all = self.store.ballots().iter().filter(|(key, _)| is_in(key));
        all.filter_map(|(key, ballots)| Some((key.clone(), ballots.promised?))).collect()
    }

    /// Makes the promises of a peer its own: it may have made them itself before it lost its disk.
    pub(super) fn take_promises(
        &mut self,
        peer: NodeId,
        promises: Vec<(ItemKey, Stamp)>,
        effects: &mut Effects,
    ) {
        if mutated(Mutation::PromisesNotRebuilt) {
            return;
        }
        let count = promises.len() as u32;
        effects.note(|| Note::LearnsPromises { peer, count });
        for (key, ballot) in promises {
            let record = Record::Promised { key, ballot };
            self.append(record, None, Cause::AntiEntropy, Then::Nothing, effects);
        }
    }
}
