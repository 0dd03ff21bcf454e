//! The node as coordinator: what reads and writes have in common.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::MessageKind;
use super::consensus::Attempt;
use super::effect::Effects;
use super::electorate::Electorate;
use super::message::{Address, Body};
use super::note::Note;
use super::paging::Paging;
use super::settings::Timestamps;
use super::step::Node;
use super::{Action, Answer, ClientRequest, Failure};
use crate::base::{NodeId, RequestId, VirtualTime};
use crate::causality::{HybridTime, Stamp};
use crate::coordinator::{Quorum, Read, Seat, Shortfall, Tally, Vote};
use crate::ring::Epoch;
use crate::storage::Version;

/// A request that this node coordinates, kept until its last vote has come or is given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Operation {
    pub reply_to: Address,
    pub deadline: VirtualTime,
    pub wanted: Arc<ClientRequest>,
    /// The topology in which votes are asked for.
    pub epoch: Epoch,
    pub stage: Stage,
    /// Fallbacks that were asked, so that none is asked twice.
    pub fallbacks: Vec<NodeId>,
}

/// What a coordinator waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// The stamps that replicas have, so that a write can go above them.
    Stamping { tally: Tally, highest: Option<Stamp>, floor: HybridTime },
    /// Acknowledgements of this version.
    Writing { tally: Tally, version: Version },
    /// What replicas have.
    Reading(Read),
    /// Acknowledgements of a blocking repair, before the read is answered.
    Repairing { tally: Tally, read: Read },
    /// Votes of the owners in a round.
    Round(Box<Attempt>),
    /// Parts of a page.
    Paging(Box<Paging>),
}

impl Stage {
    pub fn tally(&self) -> &Tally {
        match self {
            Stage::Stamping { tally, .. }
            | Stage::Writing { tally, .. }
            | Stage::Repairing { tally, .. } => tally,
            Stage::Reading(read) => read.tally(),
            Stage::Round(attempt) => &attempt.tally,
            Stage::Paging(paging) => &paging.tally,
        }
    }

    /// The messages that ask for votes at this stage: only word of them concerns it.
    pub fn asks_with(&self) -> MessageKind {
        match self {
            Stage::Stamping { .. } => MessageKind::ReadStamp,
            Stage::Writing { .. } => MessageKind::Write,
            Stage::Reading(_) => MessageKind::Read,
            Stage::Repairing { .. } => MessageKind::Repair,
            Stage::Round(attempt) => attempt.asks_with(),
            Stage::Paging(paging) => paging.asks_with(),
        }
    }

    fn lose(&mut self, replica: NodeId) -> Option<(Seat, Option<Shortfall>)> {
        match self {
            Stage::Stamping { tally, .. }
            | Stage::Writing { tally, .. }
            | Stage::Repairing { tally, .. } => tally.lost(replica),
            Stage::Round(attempt) => attempt.tally.lost(replica),
            Stage::Paging(_) => None,
            Stage::Reading(read) => {
                let seat = *read.tally().waiting().iter().find(|seat| seat.replica == replica)?;
                Some((seat, read.lost(replica)?))
            }
        }
    }

    pub fn substitute(&mut self, replica: NodeId, fallback: NodeId) -> Option<Seat> {
        match self {
            Stage::Stamping { tally, .. } | Stage::Writing { tally, .. } => {
                tally.substitute(replica, fallback)
            }
            Stage::Reading(read) => read.substitute(replica, fallback),
            Stage::Repairing { .. } | Stage::Round(_) | Stage::Paging(_) => None,
        }
    }
}

impl Operation {
    /// Whether a snapshot may claim this.
    pub fn is_sound(
        &self,
        known: impl Fn(Address) -> bool,
        possible: impl Fn(&ClientRequest) -> bool,
    ) -> bool {
        let stage = match &self.stage {
            Stage::Reading(read) => read.is_sound(),
            Stage::Repairing { tally, read } => {
                tally.is_sound() && read.is_sound() && read.merged().is_some()
            }
            Stage::Stamping { tally, .. } | Stage::Writing { tally, .. } => tally.is_sound(),
            Stage::Round(attempt) => attempt.is_sound(&known, &possible),
            Stage::Paging(paging) => paging.is_sound(&known, &possible) && paging.is_asking(),
        };
        let seats = self.stage.tally().waiting().iter().flat_map(|s| [s.owner, s.replica]);
        let mut nodes = seats.chain(self.fallbacks.iter().copied());
        let fits = match self.stage {
            Stage::Reading(_) | Stage::Repairing { .. } => {
                matches!(self.wanted.action, Action::Get | Action::GetConsistent)
            }
            Stage::Stamping { .. } | Stage::Writing { .. } => self.wanted.action.is_write(),
            Stage::Round(_) | Stage::Paging(_) => true,
        };
        stage
            && known(self.reply_to)
            && possible(&self.wanted)
            && fits
            && nodes.all(|node| known(Address::Node(node)))
    }
}

impl Node {
    /// Asks the item's owners, this node among them, and begins to count.
    pub(super) fn coordinate(
        &mut self,
        reply_to: Address,
        request: RequestId,
        wanted: Arc<ClientRequest>,
        effects: &mut Effects,
    ) {
        if let Err(failure) = self.grant(&wanted) {
            effects.note(|| Note::Missed { request, failure });
            return effects.send(reply_to, request, Body::Reply(Answer::Failed(failure)));
        }
        let deadline = self.time.now + self.settings.timeout;
        self.deadlines.set(deadline, request);
        if let Action::Page(_) = wanted.action {
            return self.coordinate_page(reply_to, deadline, request, wanted, effects);
        }
        if self.goes_by_rounds(&wanted) {
            return self.coordinate_round(reply_to, deadline, request, wanted, effects);
        }
        let (stage, fallbacks) = self.first_stage(request, &wanted, None, effects);
        let epoch = self.lists.epoch();
        let operation = Operation { reply_to, deadline, wanted, epoch, stage, fallbacks };
        self.state.operations.insert(request, operation);
        self.ask_all(request, effects);
    }

    /// What a request begins with: nobody has been asked. A write that was begun before goes on with
    /// the version that it made.
    pub(super) fn first_stage(
        &mut self,
        request: RequestId,
        wanted: &ClientRequest,
        made: Option<Version>,
        effects: &mut Effects,
    ) -> (Stage, Vec<NodeId>) {
        let is_write = wanted.action.is_write();
        let by_quorum = self.settings.modes.timestamps == Timestamps::Quorum;
        let asks_first = is_write && by_quorum && wanted.context.is_none() && made.is_none();
        let Electorate { seats, fallbacks, swap } =
            self.electorate(wanted, is_write && !asks_first);
        let needed = self.needed(wanted, is_write, self.asked(wanted));
        let owners = || seats.iter().map(|seat| seat.owner).collect();
        effects.note(|| Note::Coordinates { request, owners: owners(), needed });
        self.note_electorate(request, &seats, swap, effects);
        let stage = match is_write {
            false if wanted.action == Action::GetConsistent => {
                // It meets every acknowledged write, and the promises of every round that got so far.
                let meets_all = (seats.len() + 1).saturating_sub(self.settings.w.into()) as u8;
                Stage::Reading(Read::new(seats, needed.max(meets_all)))
            }
            false => Stage::Reading(Read::new(seats, needed)),
            true if asks_first => {
                let needed = self.needed(wanted, false, seats.len());
                let tally = Tally::new(seats, needed);
                Stage::Stamping { tally, highest: None, floor: HybridTime::default() }
            }
            true => {
                let version = match made {
                    Some(version) => version,
                    None => self.new_version(wanted, HybridTime::default(), effects),
                };
                Stage::Writing { tally: Tally::joint(seats, needed, swap), version }
            }
        };
        (stage, fallbacks)
    }

    /// Asks every seat that was not heard of yet, for as long as the stage is what it is: this node's
    /// own vote, or the lack of it, may end it.
    pub(super) fn ask_all(&mut self, request: RequestId, effects: &mut Effects) {
        let Some(operation) = self.state.operations.get(request) else { return };
        let asks_with = operation.stage.asks_with();
        for seat in operation.stage.tally().waiting().to_vec() {
            let stage = self.state.operations.get(request).map(|operation| &operation.stage);
            if stage.is_some_and(|stage| stage.asks_with() == asks_with) {
                self.ask(request, seat, effects);
            }
        }
    }

    /// Asks one seat for its vote.
    pub(super) fn ask(&mut self, request: RequestId, seat: Seat, effects: &mut Effects) {
        let Some(operation) = self.state.operations.get(request) else { return };
        let key = operation.wanted.key.clone();
        let is_own = seat.replica == self.id;
        let body = match &operation.stage {
            Stage::Writing { version, .. } => {
                let (version, hint) = (version.clone(), seat.hint());
                if is_own {
                    self.store_write(self.id, request, key, version, hint, effects);
                    return;
                }
                Body::Write { key, version, hint }
            }
            Stage::Round(attempt) => {
                let Some(body) = attempt.question(key) else { return };
                if is_own {
                    self.receive_in_round(self.id, request, body, effects);
                    return;
                }
                body
            }
            Stage::Stamping { .. } | Stage::Reading(_) if is_own && !self.is_whole() => {
                self.lose_vote(self.id, request, Vote::Rebuilding, effects);
                return;
            }
            Stage::Stamping { .. } if is_own => {
                let stamp = self.serve(&key).map(|held| held.stamp());
                self.count_stamp(self.id, request, stamp, self.store.floor(), effects);
                return;
            }
            Stage::Reading(_) if is_own => {
                let held = self.serve(&key);
                self.count_read(self.id, request, held, effects);
                return;
            }
            Stage::Stamping { .. } => Body::ReadStamp { key },
            Stage::Reading(_) if operation.wanted.action == Action::GetConsistent => {
                Body::ReadConsistent { key }
            }
            Stage::Reading(_) => Body::Read { key },
            Stage::Repairing { .. } => return,
            Stage::Paging(_) => return self.ask_page(request, seat, effects),
        };
        effects.send(Address::Node(seat.replica), request, body);
    }

    /// The operation, if it may still do something: one whose deadline has passed only waits to be
    /// told so. (A process that was paused finds such ones.)
    pub(super) fn awake(&mut self, request: RequestId) -> Option<&mut Operation> {
        let now = self.time.now;
        self.state.operations.get_mut(request).filter(|operation| now <= operation.deadline)
    }

    /// Gives up a replica's vote, because it is down, was silent for too long, or cannot tell.
    pub(super) fn lose_vote(
        &mut self,
        replica: NodeId,
        request: RequestId,
        vote: Vote,
        effects: &mut Effects,
    ) {
        // Nobody keeps a hint for an owner that is up: a fallback knows nothing in its stead.
        if vote == Vote::Refused && self.substitute(replica, request, vote, effects) {
            return;
        }
        let Some(operation) = self.state.operations.get_mut(request) else { return };
        if let Stage::Paging(_) = operation.stage {
            return self.lose_part(replica, request, vote, effects);
        }
        let Some((seat, shortfall)) = operation.stage.lose(replica) else { return };
        self.note_vote(request, replica, vote, None, effects);
        self.leave_hint(request, seat, effects);
        if let Some(shortfall) = shortfall
            && matches!(self.operation(request).stage, Stage::Round(_))
        {
            self.lose_round(request, shortfall, vote == Vote::TimedOut, effects);
        } else if let Some(shortfall) = shortfall {
            let failure = match vote {
                Vote::TimedOut => Failure::TimedOut(shortfall),
                _ => Failure::QuorumImpossible(shortfall),
            };
            effects.note(|| Note::Missed { request, failure });
            self.answer(request, Answer::Failed(failure), effects);
        }
        self.forget_if_settled(request, effects);
    }

    /// A message of this kind was refused by `replica`.
    pub(super) fn lose_refused(
        &mut self,
        replica: NodeId,
        request: RequestId,
        kind: MessageKind,
        effects: &mut Effects,
    ) {
        let operation = self.state.operations.get(request);
        if operation.is_some_and(|operation| operation.stage.asks_with() == kind) {
            self.lose_vote(replica, request, Vote::Refused, effects);
        }
    }

    /// `replica` has lost its disk, and cannot say what it was asked.
    pub(super) fn lose_rebuilding(
        &mut self,
        replica: NodeId,
        request: RequestId,
        effects: &mut Effects,
    ) {
        let stage = self.state.operations.get(request).map(|operation| &operation.stage);
        let may_be_told = !matches!(stage, Some(Stage::Writing { .. } | Stage::Repairing { .. }));
        if may_be_told {
            self.lose_vote(replica, request, Vote::Rebuilding, effects);
        }
    }

    /// Gives up every vote that has not come by the deadline.
    pub(super) fn time_out_votes(&mut self, request: RequestId, effects: &mut Effects) {
        let Some(operation) = self.state.operations.get(request) else { return };
        for seat in operation.stage.tally().waiting().to_vec() {
            self.lose_vote(seat.replica, request, Vote::TimedOut, effects);
        }
    }

    pub(super) fn answer(&mut self, request: RequestId, answer: Answer, effects: &mut Effects) {
        let operation = self.operation(request);
        match &operation.stage {
            Stage::Round(attempt) if attempt.page.is_some() => {
                self.go_on_with_page(request, &answer, effects);
            }
            _ => {
                let (reply_to, wanted) = (operation.reply_to, Arc::clone(&operation.wanted));
                self.charge(&wanted, &answer);
                let answer = self.without_expired(request, answer);
                effects.send(reply_to, request, Body::Reply(answer));
            }
        }
    }

    /// A request that is known to be under way.
    pub(super) fn operation(&self, request: RequestId) -> &Operation {
        self.state.operations.get(request).expect("the request is under way")
    }

    pub(super) fn operation_mut(&mut self, request: RequestId) -> &mut Operation {
        self.state.operations.get_mut(request).expect("the request is under way")
    }

    pub(super) fn quorum(&self, request: RequestId) -> &Quorum {
        self.operation(request).stage.tally().quorum()
    }

    pub(super) fn note_vote(
        &self,
        request: RequestId,
        replica: NodeId,
        vote: Vote,
        stamp: Option<Stamp>,
        effects: &mut Effects,
    ) {
        effects.note(|| {
            let (have, needed) = (self.quorum(request).have(), self.quorum(request).needed());
            Note::Voted { request, replica, vote, stamp, have, needed }
        });
    }

    pub(super) fn forget_if_settled(&mut self, request: RequestId, effects: &mut Effects) {
        let operation = self.state.operations.get(request);
        let settled = operation.is_some_and(|it| it.stage.tally().is_settled());
        if settled && let Some(operation) = self.state.operations.remove(request) {
            self.deadlines.clear(operation.deadline, request);
            self.repair_afterwards(request, &operation, effects);
        }
    }
}
