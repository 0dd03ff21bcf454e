//! Conducting changes of ownership: somebody has to see that they go on.
//!
//! That is the first member that is not suspected, in its own view. Two who both believe it to be
//! them do no harm: the next topology is agreed upon ([`super::topology`]), and nothing that a
//! conductor remembers is worth more than what it can ask for again. So whoever comes after it takes
//! over where the topology stands.
//!
//! A conductor heeds the wishes of the operator in their order, goes a stage further when it may,
//! and tells those again who have not said that they have the topology in force.
//!
//! *When it may*: in every preference list, old or new, so many owners have the present epoch that
//! the others are too few for any quorum: all but min(R, W, majority) − 1. Who was declared dead by
//! the change is not waited for. And pending owners have fetched what they lack, before reads move.
//!
//! Caveats: with R or W of 1 every owner has to have the epoch, so that one that is down stops a
//! change until it is back, or the change is cancelled. Without gossip nobody is suspected: each further
//! member waits two timeouts longer before it takes over, and anew whenever it hears that one before it
//! proposes something. Else all of them would outbid each other for ever.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::effect::{Effect, Effects};
use super::message::Body;
use super::note::Note;
use super::step::Node;
use crate::base::{Duration, Mutation, NodeId, SortedMap, VirtualTime, heap_sort, mutated};
use crate::consensus::{Ballot, Round};
use crate::ring::{ChangeId, Epoch, PreferenceLists, Stage, Swap, Wish};
use crate::storage::EpochAcceptor;

/// The shortest time after which anything is said again.
const SHORTEST: Duration = Duration::from_ms(5);
/// How often the time that a round may take is doubled.
const MOST_DOUBLINGS: u32 = 4;

/// A topology that this node has put to the vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proposed {
    pub round: Round<Ballot, Arc<PreferenceLists>>,
    pub value: Arc<PreferenceLists>,
    began: VirtualTime,
}

/// What a node knows of the others' topologies, and its part in the agreement on the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Conduct {
    /// What the operator wants and was not heeded yet.
    wishes: Vec<(ChangeId, Wish)>,
    /// The highest epoch that each node is known to have, durable.
    known: SortedMap<NodeId, Epoch>,
    /// In which epoch each node had said last that it has fetched all.
    streamed: SortedMap<NodeId, Epoch>,
    /// In which epoch each node had said last that it holds nothing.
    empty: SortedMap<NodeId, Epoch>,
    pub proposal: Option<Proposed>,
    pub highest_ballot: Option<Ballot>,
    /// This node's votes on the next topology, those on their way to the disk included.
    pub acceptor: EpochAcceptor,
    /// How many rounds on the next topology came to nothing.
    attempts: u32,
    /// Since when nothing has come of it, as far as this node has heard.
    since: VirtualTime,
    next: Option<VirtualTime>,
    has_said_why: bool,
}

impl Conduct {
    pub fn next(&self) -> Option<VirtualTime> {
        self.next
    }

    /// Another topology is in force.
    pub fn follow(&mut self, now: VirtualTime, heeded: ChangeId) {
        self.proposal = None;
        self.attempts = 0;
        self.acceptor = EpochAcceptor::default();
        self.since = now;
        self.has_said_why = false;
        self.wishes.retain(|(id, _)| *id > heeded);
    }

    pub fn begin(
        &mut self,
        now: VirtualTime,
        round: Round<Ballot, Arc<PreferenceLists>>,
        value: Arc<PreferenceLists>,
    ) {
        self.proposal = Some(Proposed { round, value, began: now });
    }

    /// What has to be waited for a round: it takes two round trips, whose time nobody knows
    /// beforehand.
    fn stretched(&self, patience: Duration) -> Duration {
        Duration(patience.0 << self.attempts.min(MOST_DOUBLINGS))
    }

    /// A member before this one conducts.
    pub fn step_back(&mut self, now: VirtualTime) {
        self.since = now;
    }

    /// The round came to nothing: another one was in its way.
    pub fn lose(&mut self) {
        self.proposal = None;
        self.attempts += 1;
    }

    /// Whether the operator wants something that was not heeded yet.
    pub fn has_wishes(&self) -> bool {
        !self.wishes.is_empty()
    }

    /// A node has this epoch.
    pub fn heard(&mut self, node: NodeId, epoch: Epoch) {
        let known = self.known.get_or_default(node);
        *known = (*known).max(epoch);
    }

    fn has(&self, node: NodeId, epoch: Epoch) -> bool {
        self.known.get(&node).is_some_and(|known| *known >= epoch)
    }

    /// Nodes named here, for a snapshot to be checked by.
    pub fn peers(&self) -> impl Iterator<Item = NodeId> {
        let all = [&self.known, &self.streamed, &self.empty];
        all.into_iter().flat_map(|map| map.keys().copied())
    }
}

impl Node {
    /// What the operator wants, in order; what was heeded already is left out.
    pub(super) fn hear_wishes(&mut self, wishes: Vec<(ChangeId, Wish)>, effects: &mut Effects) {
        let (heeded, now) = (self.lists.topology().heeded, self.time.now);
        let conduct = &mut self.state.background.conduct;
        conduct.since = now;
        conduct.wishes = wishes.into_iter().filter(|(id, _)| *id > heeded).collect();
        self.conduct(effects);
    }

    /// A node has the topology of this epoch.
    pub(super) fn hear_topology_ack(
        &mut self,
        peer: NodeId,
        epoch: Epoch,
        (streamed, empty): (bool, bool),
        effects: &mut Effects,
    ) {
        let conduct = &mut self.state.background.conduct;
        conduct.heard(peer, epoch);
        if streamed {
            conduct.streamed.insert(peer, epoch);
        }
        match empty {
            true => drop(conduct.empty.insert(peer, epoch)),
            false => drop(conduct.empty.remove(&peer)),
        }
        self.conduct(effects);
    }

    /// After how long anything is said again that concerns the topology and was not answered.
    pub(super) fn patience(&self) -> Duration {
        self.settings.timeout.max(SHORTEST)
    }

    /// Whose turn that is, as far as this node can tell while all is well; it must be a member.
    pub(super) fn conductor(&self) -> Option<NodeId> {
        let topology = self.lists.topology();
        let is_able = |it: &NodeId| !self.suspects(*it) && !topology.is_given_up(*it);
        let mut members = self.lists.members().iter().copied();
        let first = members.find(|member| *member == self.id || is_able(member));
        first.filter(|_| self.lists.is_member(self.id))
    }

    /// Whether it is this node's turn to see that changes go on.
    fn is_conductor(&self) -> bool {
        let topology = self.lists.topology();
        let others = self.lists.members().iter().copied().filter(|member| *member < self.id);
        let before = others.filter(|it| !self.suspects(*it) && !topology.is_given_up(*it));
        let rank = before.count() as u64;
        let conduct = &self.state.background.conduct;
        let waited = self.time.now.since(conduct.since);
        let is_blind = self.settings.modes.gossip.0.is_none();
        let patience = conduct.stretched(self.patience());
        self.lists.is_member(self.id)
            && (rank == 0 || is_blind && waited.0 >= 2 * rank * patience.0)
    }

    /// Proposes the next topology, if one is due and this node is to see to it.
    pub(super) fn conduct(&mut self, effects: &mut Effects) {
        let (own, epoch) = (self.id, self.lists.epoch());
        let streamed = self.has_streamed();
        let conduct = &mut self.state.background.conduct;
        conduct.heard(own, epoch);
        if streamed {
            conduct.streamed.insert(own, epoch);
        }
        if self.is_conductor()
            && self.state.background.conduct.proposal.is_none()
            && let Some(next) = self.next_topology()
        {
            self.propose_topology(next, effects);
        }
        self.appoint_conduct();
        self.leave_if_gone(effects);
    }

    fn next_topology(&self) -> Option<PreferenceLists> {
        let topology = self.lists.topology();
        let conduct = &self.state.background.conduct;
        let next = if let Some((id, wish)) = conduct.wishes.first() {
            topology.with(*id, wish)
        } else if let Some(leaver) = self.next_to_go() {
            topology.without(leaver)
        } else if !topology.is_settled() && self.is_stage_done() {
            topology.advanced()?
        } else if let Some(step) = self.planned_step() {
            topology.with_planned(&step.change.into(), &step.to_string())
        } else {
            return None;
        };
        Some(PreferenceLists::of(next))
    }

    /// A node that was removed, has heard of it, and holds nothing any more.
    fn next_to_go(&self) -> Option<NodeId> {
        let topology = self.lists.topology();
        let empty = &self.state.background.conduct.empty;
        let is_empty = |node: &&NodeId| empty.get(*node) == Some(&topology.epoch);
        topology.leaving.iter().find(is_empty).copied()
    }

    /// Whether the next stage may begin.
    fn is_stage_done(&self) -> bool {
        let members = self.lists.members();
        let aware = members.iter().filter(|node| self.is_aware(**node)).count();
        aware > members.len() / 2
            && (aware == members.len() || self.unaware().is_empty())
            && (self.streaming_owners().is_empty() || mutated(Mutation::OldOwnerDropped))
    }

    fn is_aware(&self, node: NodeId) -> bool {
        self.state.background.conduct.has(node, self.lists.epoch())
    }

    /// Owners without the present epoch, of all lists in which too many are so.
    fn unaware(&self) -> Vec<NodeId> {
        let lists = &self.lists;
        let n = lists.n();
        let quorums = [usize::from(self.settings.r), usize::from(self.settings.w), n / 2 + 1];
        let quorum = quorums.into_iter().min().expect("three numbers").min(n);
        let mut found: Vec<NodeId> = Vec::new();
        let is_underway = lists.topology().underway.is_some();
        for range in 0..lists.ring().vnodes().len() {
            let swap = lists.planned_swap(range);
            if is_underway && swap.is_none() {
                continue;
            }
            let present = lists.of_range(range);
            let other = swap.map(|Swap { leaves, joins }| {
                present.iter().map(move |node| if *node == leaves { joins } else { *node })
            });
            for list in [Some(present.to_vec()), other.map(Iterator::collect)].into_iter().flatten()
            {
                let unaware = list.iter().filter(|node| !self.is_aware(**node));
                let unaware = unaware.filter(|node| !lists.topology().is_given_up(**node));
                if unaware.clone().count() >= quorum {
                    found.extend(unaware);
                }
            }
        }
        heap_sort(&mut found, NodeId::cmp);
        found.dedup();
        found
    }

    /// Pending owners that have not fetched all yet, if that is what is done now.
    fn streaming_owners(&self) -> Vec<NodeId> {
        let Some(underway) = &self.lists.topology().underway else { return Vec::new() };
        if underway.stage != Stage::Stream {
            return Vec::new();
        }
        let streamed = &self.state.background.conduct.streamed;
        let mut pending = self.lists.pending_owners();
        let topology = self.lists.topology();
        pending.retain(|node| streamed.get(node).is_none_or(|epoch| *epoch < underway.since));
        pending.retain(|node| !topology.is_given_up(*node));
        pending
    }

    /// The time has come to look whether something has to be said again.
    pub(super) fn look_after_changes(&mut self, effects: &mut Effects) {
        let (now, patience) = (self.time.now, self.patience());
        self.state.background.conduct.next = None;
        let conduct = &mut self.state.background.conduct;
        let patience = conduct.stretched(patience);
        if conduct.proposal.take_if(|it| now.since(it.began) >= patience).is_some() {
            conduct.attempts += 1;
        }
        if self.is_conductor() {
            let streaming = self.streaming_owners();
            let lists = Arc::clone(&self.lists);
            for peer in lists.everyone().iter().copied().filter(|peer| *peer != self.id) {
                let is_leaving = lists.topology().leaving.contains(&peer);
                if !self.is_aware(peer) || is_leaving || streaming.contains(&peer) {
                    let lists = Arc::clone(&lists);
                    effects.send_background(peer, Body::Topology { lists });
                }
            }
            self.say_why(streaming, effects);
        }
        if self.lists.topology().leaving.contains(&self.id) && self.is_empty() {
            self.say_empty(effects);
        }
        self.conduct(effects);
    }

    /// Says once in each epoch what a change waits for, if it has waited for long.
    fn say_why(&mut self, streaming: Vec<NodeId>, effects: &mut Effects) {
        let unaware = if self.lists.topology().is_settled() { Vec::new() } else { self.unaware() };
        let has_said = &mut self.state.background.conduct.has_said_why;
        if !(*has_said || unaware.is_empty() && streaming.is_empty()) {
            *has_said = true;
            let epoch = self.lists.epoch();
            effects.note(|| Note::Waits { epoch, unaware, streaming });
        }
    }

    fn appoint_conduct(&mut self) {
        let topology = self.lists.topology();
        let conduct = &self.state.background.conduct;
        let is_new = topology.epoch > Epoch::FIRST;
        let is_busy = !conduct.wishes.is_empty()
            || !topology.is_settled()
            || !topology.leaving.is_empty()
            || self.planned_step().is_some()
            || is_new && self.lists.everyone().iter().any(|node| !self.is_aware(*node));
        let at = self.time.now + self.patience();
        let next = &mut self.state.background.conduct.next;
        match is_busy {
            true => drop(next.get_or_insert(at)),
            false => *next = None,
        }
    }

    /// Ends this node if everybody agrees that it is gone.
    fn leave_if_gone(&mut self, effects: &mut Effects) {
        if self.lists.topology().is_gone(self.id) && !effects.list.contains(&Effect::Leave) {
            effects.note(|| Note::Leaves);
            effects.list.push(Effect::Leave);
        }
    }
}
