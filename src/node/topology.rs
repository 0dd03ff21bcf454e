//! The node as one of those who agree on the topology: what it follows, and how it votes on the next.
//!
//! ```text
//!   coordinator, epoch 4                        replica, epoch 5
//!     write                          ─────▶
//!                                    ◀─────     newer epoch: here it is
//!     durable: follows epoch 5
//!     write, to the owners of epoch 5 ────▶     durable
//!                                    ◀─────     ack
//! ```
//!
//! Nobody votes on a request of another epoch than its own, and no vote counts in another epoch than
//! that in which it was asked for. Whoever is behind is told, writes the topology to its log, and only
//! then follows it: what it once knew it knows for ever.
//!
//! The topology after that of an epoch is agreed upon in one round of [`crate::consensus`] among the
//! members of that epoch, which their topology names: so each epoch has one topology, and its voters
//! are never in doubt.

use std::sync::Arc;

use super::appended::Then;
use super::effect::{Effect, Effects};
use super::message::Body;
use super::moves::{BallotStep, EpochBallot};
use super::note::{Cause, Note};
use super::replica::planted;
use super::step::Node;
use crate::base::{Mutation, NodeId, RequestId, SortedMap, mutated};
use crate::consensus::{Ballot, Outcome, Round};
use crate::ring::{Epoch, PreferenceLists};
use crate::storage::Record;

/// How many nodes a node has to know of: all that the topology numbers, and itself, which it may not
/// number yet.
pub(super) fn nodes_known(own: NodeId, lists: &PreferenceLists) -> u16 {
    (lists.ring().node_count() as u16).max(own.0 + 1)
}

impl Node {
    /// Why this node does not vote on a request of this epoch, if it does not.
    pub(super) fn refusal_of(&self, epoch: Epoch) -> Option<Body> {
        let own = self.lists.epoch();
        if epoch < own && !mutated(Mutation::StaleEpochAccepted) {
            return Some(Body::Ahead { lists: Arc::clone(&self.lists) });
        }
        (epoch > own).then_some(Body::Behind)
    }

    /// Hears of a topology: writes it down if it is a later one.
    pub(super) fn learn(&mut self, lists: Arc<PreferenceLists>, effects: &mut Effects) {
        self.learn_then(lists, Then::Nothing, effects);
    }

    /// The same, and says so once it is durable.
    pub(super) fn learn_and_ack(
        &mut self,
        lists: Arc<PreferenceLists>,
        to: NodeId,
        request: Option<RequestId>,
        effects: &mut Effects,
    ) {
        self.learn_then(lists, Then::AckTopology { to, request }, effects);
    }

    fn learn_then(&mut self, lists: Arc<PreferenceLists>, then: Then, effects: &mut Effects) {
        let appended = self.appended().filter_map(|record| match record {
            Record::Topology(lists) => Some(lists.epoch()),
            _ => None,
        });
        let newest = appended.max().unwrap_or_default().max(self.lists.epoch());
        match lists.epoch() > newest {
            true => self.append(Record::Topology(lists), None, Cause::AntiEntropy, then, effects),
            false if then == Then::Nothing => {}
            false => self.once_durable(then, effects),
        }
    }

    /// A topology is durable here: it is in force from now on.
    pub(super) fn follow(&mut self, lists: Arc<PreferenceLists>, effects: &mut Effects) {
        if lists.epoch() <= self.lists.epoch() {
            return;
        }
        self.store.replay(&Record::Topology(Arc::clone(&lists)));
        let before = std::mem::replace(&mut self.lists, Arc::clone(&lists));
        effects.epoch = lists.epoch();
        effects.list.push(Effect::Follow(Arc::clone(&lists)));
        let topology = lists.topology();
        effects.note(|| Note::Follows { epoch: topology.epoch, turn: topology.turn.clone() });
        let (own, now) = (self.id, self.time.now);
        let background = &mut self.state.background;
        background.view.grow(now, nodes_known(own, &lists));
        background.collection = None;
        background.conduct.follow(now, topology.heeded);
        if !before.has_same_ranges(&lists) {
            background.exchanges = SortedMap::default();
            self.forest = planted(self.id, &lists, &self.store);
            self.begin_rebuild_anew();
        }
        self.balance_anew();
        self.begin_streaming(effects);
        self.answer_early(effects);
        self.rerun_undecided(effects);
        self.offer_strays(effects);
        self.conduct(effects);
    }

    /// Says that the topology in force is durable here, and how far this node is with what it asks of
    /// it.
    pub(super) fn ack_topology(
        &mut self,
        to: NodeId,
        request: Option<RequestId>,
        effects: &mut Effects,
    ) {
        let (streamed, empty) = (self.has_streamed(), self.is_empty());
        let body = Body::TopologyAck { streamed, empty };
        match request {
            Some(request) => effects.send(super::Address::Node(to), request, body),
            None if to == self.id => {
                let epoch = self.lists.epoch();
                self.hear_topology_ack(to, epoch, (streamed, empty), effects);
            }
            None => effects.send_background(to, body),
        }
    }

    /// Whether nothing is left here that others might need.
    pub(super) fn is_empty(&self) -> bool {
        self.store.is_empty() && self.store.hints().is_empty() && self.appended().next().is_none()
    }

    /// Asks all members for their votes on the next topology.
    pub(super) fn propose_topology(&mut self, next: PreferenceLists, effects: &mut Effects) {
        let voters = self.lists.members().to_vec();
        let conduct = &mut self.state.background.conduct;
        let ballot = Ballot::above(conduct.highest_ballot, self.id);
        conduct.highest_ballot = Some(ballot);
        conduct.begin(self.time.now, Round::new(ballot, voters), Arc::new(next));
        self.put_to_vote(&BallotStep::Prepare { ballot }, effects);
    }

    fn put_to_vote(&mut self, step: &BallotStep, effects: &mut Effects) {
        let follows = self.lists.epoch();
        let lists = Arc::clone(&self.lists);
        for voter in lists.members().iter().copied().filter(|voter| *voter != self.id) {
            let ballot = EpochBallot { follows, step: step.clone() };
            effects.send_background(voter, Body::Ballot(ballot));
        }
        if lists.is_member(self.id) {
            self.vote(self.id, EpochBallot { follows, step: step.clone() }, effects);
        }
    }

    pub(super) fn receive_ballot(
        &mut self,
        peer: NodeId,
        ballot: EpochBallot,
        effects: &mut Effects,
    ) {
        match ballot.step.is_answer() {
            true => self.count_ballot(peer, ballot, effects),
            false if ballot.follows < self.lists.epoch() => {
                let lists = Arc::clone(&self.lists);
                effects.send_background(peer, Body::Topology { lists });
            }
            // One that is behind will be told, and asked again.
            false if ballot.follows > self.lists.epoch() => {}
            false => {
                if peer < self.id {
                    self.state.background.conduct.step_back(self.time.now);
                }
                self.vote(peer, ballot, effects);
            }
        }
    }

    /// As an acceptor: promises or accepts, if it may, once that is durable.
    fn vote(&mut self, proposer: NodeId, asked: EpochBallot, effects: &mut Effects) {
        let follows = asked.follows;
        let acceptor = &mut self.state.background.conduct.acceptor;
        let (outcome, step) = match asked.step {
            BallotStep::Prepare { ballot } => {
                let accepted = acceptor.accepted().cloned();
                (acceptor.prepare(ballot), BallotStep::Promise { ballot, accepted })
            }
            BallotStep::Accept { ballot, lists } => {
                (acceptor.accept(ballot, lists), BallotStep::Accepted { ballot })
            }
            _ => return,
        };
        let conduct = &mut self.state.background.conduct;
        conduct.highest_ballot = conduct.highest_ballot.max(conduct.acceptor.highest());
        match outcome {
            Err(higher) => {
                let ballot = step.ballot();
                let step = BallotStep::Refused { ballot, higher };
                self.vote_on_epoch(proposer, EpochBallot { follows, step }, effects);
            }
            Ok(()) => {
                let acceptor = conduct.acceptor.clone();
                let record = Record::EpochBallot { follows, acceptor };
                let ballot = EpochBallot { follows, step };
                let then = Then::VoteOnEpoch { to: proposer, ballot };
                self.append(record, None, Cause::AntiEntropy, then, effects);
            }
        }
    }

    /// A vote may be given.
    pub(super) fn vote_on_epoch(&mut self, to: NodeId, ballot: EpochBallot, effects: &mut Effects) {
        match to == self.id {
            true => self.count_ballot(to, ballot, effects),
            false => effects.send_background(to, Body::Ballot(ballot)),
        }
    }

    /// As a proposer: counts a vote.
    fn count_ballot(&mut self, voter: NodeId, vote: EpochBallot, effects: &mut Effects) {
        let conduct = &mut self.state.background.conduct;
        if vote.follows != self.lists.epoch() {
            return;
        }
        let Some(proposal) = &mut conduct.proposal else { return };
        let round = &mut proposal.round;
        if round.ballot() != vote.step.ballot() {
            return;
        }
        let outcome = match vote.step {
            BallotStep::Promise { accepted, .. } => {
                let voted = accepted.as_ref().map(|(ballot, _)| *ballot);
                round.promised(voter, accepted, voted)
            }
            BallotStep::Accepted { .. } => round.accepted(voter),
            BallotStep::Refused { higher, .. } => {
                conduct.highest_ballot = conduct.highest_ballot.max(Some(higher));
                round.preempted(voter, higher)
            }
            BallotStep::Prepare { .. } | BallotStep::Accept { .. } => Outcome::Open,
        };
        match outcome {
            Outcome::Open => {}
            Outcome::Promised => {
                let value = round.found().unwrap_or(&proposal.value).clone();
                round.propose(Arc::clone(&value));
                let step = BallotStep::Accept { ballot: round.ballot(), lists: value };
                self.put_to_vote(&step, effects);
            }
            Outcome::Chosen => {
                let chosen = round.proposed().cloned().expect("what is chosen was proposed");
                conduct.proposal = None;
                self.announce(&chosen, effects);
            }
            // It is tried again in a while, if it is still wanted then.
            Outcome::Lost => conduct.lose(),
        }
    }

    /// Tells everybody of the topology that was agreed upon.
    fn announce(&mut self, chosen: &Arc<PreferenceLists>, effects: &mut Effects) {
        let topology = chosen.topology();
        effects.note(|| Note::Agreed { epoch: topology.epoch, turn: topology.turn.clone() });
        // Also those that are gone by it: they wait for that.
        let lists = Arc::clone(&self.lists);
        let gone = lists.everyone().iter().filter(|node| !chosen.everyone().contains(node));
        let all = chosen.everyone().iter().chain(gone).copied();
        for peer in all.filter(|peer| *peer != self.id) {
            effects.send_background(peer, Body::Topology { lists: Arc::clone(chosen) });
        }
        self.learn(Arc::clone(chosen), effects);
    }
}
