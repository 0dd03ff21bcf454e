//! The node as coordinator: who votes on a request, and how many votes it needs.
//!
//! Votes count only in the epoch in which they were asked for: what is undecided when another epoch
//! comes is asked anew.

use std::sync::Arc;

use super::coordinate::Stage;
use super::effect::Effects;
use super::message::{Address, Body};
use super::note::Note;
use super::step::Node;
use super::{Action, ClientRequest};
use crate::base::{Mutation, NodeId, RequestId, mutated};
use crate::coordinator::Seat;
use crate::ring::{Epoch, Swap};

/// Who votes on a request.
pub(super) struct Electorate {
    pub seats: Vec<Seat>,
    /// Those of the seats' replicas that are fallbacks.
    pub fallbacks: Vec<NodeId>,
    /// How the two lists differ in which a quorum is needed.
    pub swap: Option<Swap>,
}

impl Node {
    /// How many votes a request needs. W and R are set for the cluster's N; a request that asks
    /// fewer replicas asks at most all.
    pub(super) fn needed(&self, wanted: &ClientRequest, is_write: bool, asked: usize) -> u8 {
        let needed = match is_write {
            true => wanted.overrides.w.unwrap_or(self.settings.w),
            false => wanted.overrides.r.unwrap_or(self.settings.r),
        };
        let fewer = u8::from(mutated(Mutation::OneVoteLess) && needed > 1);
        needed.min(asked as u8) - fewer
    }

    /// Of how many owners a request asks for votes, in each list.
    pub(super) fn asked(&self, wanted: &ClientRequest) -> usize {
        wanted.overrides.n.map_or(self.lists.n(), usize::from).min(self.lists.n())
    }

    /// Who is asked for the owners' votes. Writes go to the owners of both lists while a token range
    /// changes hands.
    pub(super) fn electorate(&self, wanted: &ClientRequest, is_write: bool) -> Electorate {
        let position = wanted.key.position;
        let owners = &self.lists.at(position)[..self.asked(wanted)];
        let mut seats: Vec<Seat> = owners.iter().copied().map(Seat::of_owner).collect();
        let swap = self.lists.swap_at(position).filter(|swap| owners.contains(&swap.leaves));
        if mutated(Mutation::ReadsMovedEarly)
            && let Some(Swap { leaves, joins }) = swap.filter(|_| !is_write)
        {
            let early = seats.iter_mut().find(|seat| seat.owner == leaves);
            early.into_iter().for_each(|seat| *seat = Seat::of_owner(joins));
        }
        let swap = swap.filter(|_| is_write && !mutated(Mutation::PendingOwnerForgotten));
        seats.extend(swap.map(|swap| Seat::of_owner(swap.joins)));
        let mut fallbacks = Vec::new();
        let may_substitute = self.settings.is_sloppy() && wanted.action != Action::GetConsistent;
        if may_substitute && seats.iter().any(|seat| self.suspects(seat.owner)) {
            let mut healthy = self.lists.fallbacks(position).into_iter();
            for seat in seats.iter_mut().filter(|seat| self.suspects(seat.owner)) {
                if let Some(fallback) = healthy.find(|node| !self.suspects(*node)) {
                    seat.replica = fallback;
                    fallbacks.push(fallback);
                }
            }
        }
        Electorate { seats, fallbacks, swap }
    }

    /// Says who votes in whose stead, and in which lists.
    pub(super) fn note_electorate(
        &self,
        request: RequestId,
        seats: &[Seat],
        swap: Option<Swap>,
        effects: &mut Effects,
    ) {
        if let Some(Swap { leaves, joins }) = swap {
            effects.note(|| Note::InBothLists { request, leaves, joins });
        }
        for Seat { owner, replica: fallback } in seats.iter().copied() {
            if owner != fallback {
                effects.note(|| Note::Substituted { request, owner, fallback, counts: true });
            }
        }
    }

    /// Begins again with everything that is undecided: votes count only in the epoch in which they
    /// were asked for, and this node has just come to a new one.
    pub(super) fn rerun_undecided(&mut self, effects: &mut Effects) {
        let open = self.state.operations.iter().filter(|(_, it)| it.stage.tally().is_open());
        for request in open.map(|(request, _)| request).collect::<Vec<RequestId>>() {
            let epoch = self.lists.epoch();
            let Some(operation) = self.awake(request) else { continue };
            let wanted = Arc::clone(&operation.wanted);
            let is_round = matches!(operation.stage, Stage::Round(_));
            let is_page = matches!(operation.stage, Stage::Paging(_));
            let made = match &operation.stage {
                Stage::Writing { version, .. } => Some(version.clone()),
                _ => None,
            };
            effects.note(|| Note::Reruns { request, epoch });
            if is_round {
                self.rerun_round(request, effects);
                continue;
            }
            if is_page {
                self.rerun_page(request, effects);
                continue;
            }
            let (stage, fallbacks) = self.first_stage(request, &wanted, made, effects);
            let operation = self.state.operations.get_mut(request).expect("it is under way");
            (operation.stage, operation.fallbacks, operation.epoch) = (stage, fallbacks, epoch);
            self.ask_all(request, effects);
        }
    }

    /// Whether a vote that was asked for in this epoch counts: an undecided request counts only those
    /// of its own epoch. Once it is decided, word that a replica has it is welcome anyway.
    pub(super) fn counts_in(&self, request: RequestId, epoch: Epoch) -> bool {
        let operation = self.state.operations.get(request);
        let counts_all = mutated(Mutation::StaleEpochAccepted);
        operation.is_some_and(|it| it.epoch == epoch || counts_all || !it.stage.tally().is_open())
    }

    /// A replica does not know this node's topology yet: tells it.
    pub(super) fn teach(&mut self, replica: NodeId, request: RequestId, effects: &mut Effects) {
        let lists = Arc::clone(&self.lists);
        effects.send(Address::Node(replica), request, Body::Topology { lists });
    }

    /// A replica was told the topology: asks it again for the vote that it could not give.
    pub(super) fn ask_again(&mut self, replica: NodeId, request: RequestId, effects: &mut Effects) {
        let epoch = self.lists.epoch();
        let Some(operation) = self.awake(request).filter(|it| it.epoch == epoch) else { return };
        let mut waiting = operation.stage.tally().waiting().iter().copied();
        if let Some(seat) = waiting.find(|seat| seat.replica == replica) {
            self.ask(request, seat, effects);
        }
    }

    /// Something about epochs came in the middle of a request.
    pub(super) fn hear_of_epoch(
        &mut self,
        peer: NodeId,
        request: RequestId,
        body: Body,
        effects: &mut Effects,
    ) {
        match body {
            Body::Ahead { lists } => self.learn(lists, effects),
            Body::Behind => self.teach(peer, request, effects),
            Body::Topology { lists } => self.learn_and_ack(lists, peer, Some(request), effects),
            Body::TopologyAck { .. } => self.ask_again(peer, request, effects),
            body => unreachable!("a {} is not about epochs", body.kind()),
        }
    }
}
