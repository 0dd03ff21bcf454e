//! The node as proposer: writes that depend on what is there, and reads of what rounds are held about.
//!
//! ```text
//!   prepare ──▶ promises ──▶ what was found?
//!                 │            the condition holds     ──▶ accept: the new version ──▶ written
//!                 │            it does not, or a read  ──▶ accept: what was found  ──▶ that is there
//!                 │            the same, voted for by enough already               ──▶ that is there
//!                 └ preempted ──▶ waits for a random time ──▶ prepare, at a higher ballot
//! ```
//!
//! Only owners vote, and none in another's stead. *Enough* is a majority of them, or W where that is
//! more: so a read with R + W > N meets what rounds wrote as well.
//!
//! Answering a condition that does not hold means answering with what was found, and so that must be
//! chosen first, exactly as for a read: else a later round could miss it and find that the condition
//! had held all the time.
//!
//! **What became of a proposal that too few accepted?** Somebody else may have found it, chosen it and
//! gone on from it. If the next prepare finds it as the newest version, it is proposed again, and is
//! written once: an update is not applied to its own result. If it finds something older, nobody has
//! gone on from it, and nobody will once enough accept what is proposed now: all starts afresh, with a
//! proposal in any case. If it finds something newer that others wrote, this may have been made from
//! it or not, and if it finds nothing at all, there is nothing to propose:
//! the answer is that nobody knows ([`Failure::Overtaken`]). Unless every owner says that it never
//! voted for it: then it never was anywhere.
//!
//! Plain writes of such items become rounds without a condition. These are done again whatever is
//! found: a plain write that was interrupted may so be seen, replaced, and come back, which conditions
//! are there to prevent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::Failure;
use super::MessageKind;
use super::acceptor::Refusal;
use super::coordinate::{Operation, Stage};
use super::effect::Effects;
use super::message::{Address, Body};
use super::note::Note;
use super::paging::Paging;
use super::settings::Timestamps;
use super::step::Node;
use super::{Action, ClientRequest};
use crate::base::{Mutation, NodeId, RequestId, VirtualTime, mutated};
use crate::causality::{HybridTime, Stamp};
use crate::consensus::Proposal;
use crate::coordinator::{Seat, Tally, Vote};
use crate::data::Item;
use crate::storage::{ItemKey, Version};

/// How far a request's round has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub tally: Tally,
    pub proposal: Proposal<Stamp, Version>,
    pub phase: Phase,
    /// The highest ballot that stood in the way of this one.
    pub preempted_by: Option<Stamp>,
    /// How many attempts there were before.
    pub earlier: u8,
    /// Whether anything of its own was ever proposed.
    pub has_proposed: bool,
    /// What of that may have been accepted.
    pub pending: Vec<PendingProposal>,
    /// The page that the round is held for, as it needs to be sure of the item.
    pub page: Option<Box<Paging>>,
}

/// A proposal of a request's own write of which nobody knows what became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingProposal {
    pub ballot: Stamp,
    /// Who may have accepted it.
    pub owners: Vec<NodeId>,
    /// The item that it replaces.
    pub before: Option<Arc<Item>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    Preparing,
    /// Votes for this version are asked for; `is_own`: it is what the request writes, and not what
    /// was found.
    Accepting {
        version: Version,
        is_own: bool,
    },
    /// Another attempt begins then.
    Waiting {
        until: VirtualTime,
    },
}

impl Attempt {
    /// The messages that ask for votes.
    pub fn asks_with(&self) -> MessageKind {
        match self.phase {
            Phase::Preparing | Phase::Waiting { .. } => MessageKind::Prepare,
            Phase::Accepting { .. } => MessageKind::Accept,
        }
    }

    /// What to ask an owner.
    pub fn question(&self, key: ItemKey) -> Option<Body> {
        match &self.phase {
            Phase::Preparing => Some(Body::Prepare { key, ballot: self.proposal.ballot() }),
            Phase::Accepting { version, .. } => {
                Some(Body::Accept { key, version: version.clone() })
            }
            Phase::Waiting { .. } => None,
        }
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(
        &self,
        known: impl Fn(Address) -> bool,
        possible: impl Fn(&ClientRequest) -> bool,
    ) -> bool {
        let mut pending = self.pending.iter().flat_map(|pending| &pending.owners);
        // An attempt that waits may have asked one more, while its token range changed hands.
        let most = self.tally.quorum().asked() + 1;
        self.tally.is_sound()
            && self.proposal.votes_for_found() <= most
            && pending.all(|owner| known(Address::Node(*owner)))
            && self.page.as_ref().is_none_or(|page| page.is_sound(known, possible))
    }

    /// An owner will never accept what was proposed at this ballot.
    pub fn forget_pending(&mut self, ballot: Stamp, owner: NodeId) {
        for pending in self.pending.iter_mut().filter(|pending| pending.ballot == ballot) {
            pending.owners.retain(|node| *node != owner);
        }
        self.pending.retain(|pending| !pending.owners.is_empty());
    }
}

impl Node {
    /// How many votes of `asked` owners decide in a round: a majority, or W where that is more.
    pub(super) fn votes_in_round(&self, asked: usize) -> u8 {
        let majority = asked as u8 / 2 + 1;
        let fewer = u8::from(mutated(Mutation::MinorityDecides) && majority > 1);
        majority.max(self.settings.w.min(asked as u8)) - fewer
    }

    /// A tally of all owners, each for itself; in both lists while the token range changes hands.
    pub(super) fn round_tally(&self, key: &ItemKey) -> Tally {
        let needed = self.votes_in_round(self.lists.n());
        let mut swap = self.lists.swap_at(key.position);
        if mutated(Mutation::PendingOwnerForgotten) {
            swap = None;
        }
        let owners = self.owners(key).iter().copied().chain(swap.map(|swap| swap.joins));
        Tally::joint(owners.map(Seat::of_owner).collect(), needed, swap)
    }

    /// Whether a request is to be decided by a round: as it depends on what is there, or rounds are
    /// held about its item.
    pub(super) fn goes_by_rounds(&self, wanted: &ClientRequest) -> bool {
        wanted.action.depends_on_found()
            || wanted.action != Action::Get
                && self.has_ballots(&wanted.key)
                && !mutated(Mutation::PlainWritesTaken)
    }

    /// Coordinates a request by a round.
    pub(super) fn coordinate_round(
        &mut self,
        reply_to: Address,
        deadline: VirtualTime,
        request: RequestId,
        wanted: Arc<ClientRequest>,
        effects: &mut Effects,
    ) {
        let stage = self.first_attempt(&wanted.key, None, effects);
        let quorum = stage.tally().quorum();
        let (needed, owners) = (quorum.needed(), || self.owners(&wanted.key).to_vec());
        effects.note(|| Note::Coordinates { request, owners: owners(), needed });
        if !wanted.action.depends_on_found() {
            effects.note(|| Note::TurnsToRound { request, replica: self.id });
        }
        let (epoch, fallbacks) = (self.lists.epoch(), Vec::new());
        let operation = Operation { reply_to, deadline, wanted, epoch, stage, fallbacks };
        self.state.operations.insert(request, operation);
        self.prepare(request, effects);
    }

    /// The first attempt at a round for a request. `above`: what it wrote before it became one.
    pub(super) fn first_attempt(
        &mut self,
        key: &ItemKey,
        above: Option<Stamp>,
        effects: &mut Effects,
    ) -> Stage {
        let ballot = self.new_ballot(key, above, effects);
        Stage::Round(Box::new(Attempt {
            tally: self.round_tally(key),
            proposal: Proposal::new(ballot),
            phase: Phase::Preparing,
            preempted_by: None,
            earlier: 0,
            has_proposed: above.is_some(),
            pending: Vec::new(),
            page: None,
        }))
    }

    /// A ballot above everything that this node knows of the item.
    pub(super) fn new_ballot(
        &mut self,
        key: &ItemKey,
        above: Option<Stamp>,
        effects: &mut Effects,
    ) -> Stamp {
        let highest = self.acceptor(key).highest().max(above).map(|stamp| stamp.time);
        let clock_us = self.time.clock_us;
        let time = match self.settings.modes.timestamps {
            Timestamps::Hlc => {
                self.state.clock.observe(highest.unwrap_or_default());
                let time = self.state.clock.tick(clock_us);
                effects.clock = time;
                time
            }
            Timestamps::Quorum => {
                let clock_us = highest.unwrap_or_default().clock_us();
                HybridTime::of_clock(clock_us.saturating_add(1))
            }
            Timestamps::Wall => HybridTime::of_clock(clock_us)
                .max(highest.map_or(HybridTime::default(), HybridTime::next)),
        };
        Stamp { time, dot: self.next_dot() }
    }

    /// Something about a round came from another node.
    pub(super) fn receive_in_round(
        &mut self,
        peer: NodeId,
        request: RequestId,
        body: Body,
        effects: &mut Effects,
    ) {
        match body {
            Body::Prepare { key, ballot } => {
                self.take_prepare(peer, request, key, ballot, effects);
            }
            Body::Accept { key, version } => {
                self.take_accept(peer, request, key, version, effects);
            }
            Body::Promise { ballot, told } => {
                self.count_promise(peer, request, ballot, *told, effects);
            }
            Body::Accepted { ballot } => self.count_accepted(peer, request, ballot, effects),
            Body::Preempted { ballot, highest, never } => {
                self.count_preempted(peer, request, Refusal { ballot, highest, never }, effects);
            }
            Body::NeedsConsensus => self.turn_to_round(peer, request, effects),
            Body::ReadConsistent { key } => {
                if !self.refuses_plain(peer, request, &key, effects) {
                    self.tell_held(Address::Node(peer), request, &key, effects);
                }
            }
            body => self.receive_of_page(peer, request, body, effects),
        }
    }

    /// A replica takes no plain write of this item, or knows that a plain read of it may mislead.
    pub(super) fn turn_to_round(
        &mut self,
        replica: NodeId,
        request: RequestId,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.awake(request) else { return };
        let Operation { stage, wanted, .. } = operation;
        let above = match stage {
            Stage::Writing { version, .. } => Some(version.stamp),
            Stage::Reading(_) => None,
            _ => return,
        };
        let is_waiting = stage.tally().waiting().iter().any(|seat| seat.replica == replica);
        if !is_waiting || !stage.tally().is_open() {
            return self.lose_vote(replica, request, Vote::Preempted, effects);
        }
        let key = wanted.key.clone();
        effects.note(|| Note::TurnsToRound { request, replica });
        let stage = self.first_attempt(&key, above, effects);
        self.operation_mut(request).stage = stage;
        self.prepare(request, effects);
    }
}
