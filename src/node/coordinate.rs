//! The node as coordinator: it asks an item's owners and answers when the votes are in.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::message::{Action, Address, Answer, Body, ClientRequest, Failure};
use super::step::{Effects, Node, Note, Reading};
use crate::base::{NodeId, RequestId, VirtualTime};
use crate::causality::Stamp;
use crate::coordinator::{Findings, Quorum, Read, Vote, Write};
use crate::storage::{Record, Version};

/// A request that this node coordinates, kept until its last vote has come or is given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Operation {
    reply_to: Address,
    deadline: VirtualTime,
    votes: Votes,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Votes {
    Write(Write),
    Read(Read<Arc<Version>>),
}

impl Operation {
    /// Whether a snapshot may claim this.
    pub fn is_sound(&self, known: impl Fn(Address) -> bool) -> bool {
        let quorum_is_sound = self.votes.quorum().is_sound(self.votes.waiting().len());
        known(self.reply_to) && quorum_is_sound
    }
}

impl Votes {
    fn quorum(&self) -> &Quorum {
        match self {
            Votes::Write(write) => write.quorum(),
            Votes::Read(read) => read.quorum(),
        }
    }

    fn waiting(&self) -> &[NodeId] {
        match self {
            Votes::Write(write) => write.waiting(),
            Votes::Read(read) => read.waiting(),
        }
    }
}

impl Node {
    /// Asks the item's owners, this node among them, and begins to count.
    pub(super) fn coordinate(
        &mut self,
        now: Reading,
        reply_to: Address,
        request: RequestId,
        wanted: &ClientRequest,
        effects: &mut Effects,
    ) {
        let lists = Arc::clone(&self.lists);
        let all = lists.at(wanted.key.position);
        let owners = &all[..wanted.overrides.n.map_or(all.len(), usize::from).min(all.len())];
        let needed = match wanted.action.is_write() {
            true => wanted.overrides.w.unwrap_or(self.settings.w),
            false => wanted.overrides.r.unwrap_or(self.settings.r),
        };
        // W and R are set for the cluster's N; a request that asks fewer replicas asks at most all.
        let needed = needed.min(owners.len() as u8);
        effects.note(|| Note::Coordinates { request, owners: owners.to_vec(), needed });
        let deadline = now.now + self.settings.timeout;
        self.deadlines.set(deadline, request);
        let item = match &wanted.action {
            Action::Get => {
                let votes = Votes::Read(Read::new(owners, needed));
                self.state.operations.insert(request, Operation { reply_to, deadline, votes });
                self.ask_to_read(request, wanted, owners, effects);
                return;
            }
            Action::Put(item) => Some(Arc::clone(item)),
            Action::Delete => None,
        };
        let stamp = Stamp { clock_us: now.clock_us, dot: self.next_dot() };
        let votes = Votes::Write(Write::new(stamp, owners, needed));
        self.state.operations.insert(request, Operation { reply_to, deadline, votes });
        let record = Record { key: wanted.key.clone(), version: Version { stamp, item } };
        self.ask_to_write(request, &record, owners, effects);
    }

    /// Sends a version to its owners. This node's own copy takes the way through the log as well.
    fn ask_to_write(
        &mut self,
        request: RequestId,
        record: &Record,
        owners: &[NodeId],
        effects: &mut Effects,
    ) {
        for owner in owners {
            if *owner == self.id {
                self.store_write(self.id, request, record.clone(), effects);
            } else {
                let Record { key, version } = record.clone();
                effects.send(Address::Node(*owner), request, Body::Write { key, version });
            }
        }
    }

    fn ask_to_read(
        &mut self,
        request: RequestId,
        wanted: &ClientRequest,
        owners: &[NodeId],
        effects: &mut Effects,
    ) {
        for owner in owners.iter().filter(|owner| **owner != self.id) {
            let key = wanted.key.clone();
            effects.send(Address::Node(*owner), request, Body::Read { key });
        }
        if owners.contains(&self.id) {
            let own = self.store.get(&wanted.key).cloned();
            self.count_read(self.id, request, own, effects);
        }
    }

    /// Counts a replica's acknowledgement of a write.
    pub(super) fn count_write(
        &mut self,
        replica: NodeId,
        request: RequestId,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.state.operations.get_mut(&request) else { return };
        let Votes::Write(write) = &mut operation.votes else { return };
        let stamp = write.stamp;
        let Some((vote, reached)) = write.acknowledged(replica) else { return };
        self.note_vote(request, replica, vote, Some(stamp), effects);
        if reached {
            self.note_reached(request, Vec::new(), effects);
            self.answer(request, Answer::Written { stamp }, effects);
        }
        self.forget_if_settled(request);
    }

    /// Counts a replica's answer to a read.
    pub(super) fn count_read(
        &mut self,
        replica: NodeId,
        request: RequestId,
        version: Option<Version>,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.state.operations.get_mut(&request) else { return };
        let Votes::Read(read) = &mut operation.votes else { return };
        let version = version.map(|version| (version.stamp, Arc::new(version)));
        let stamp = version.as_ref().map(|(stamp, _)| *stamp);
        let Some((vote, findings)) = read.answered(replica, version) else { return };
        self.note_vote(request, replica, vote, stamp, effects);
        if let Some(findings) = findings {
            self.answer_read(request, findings, effects);
        }
        self.forget_if_settled(request);
    }

    /// Gives up a replica's vote, because it is down or was silent for too long.
    pub(super) fn lose_vote(
        &mut self,
        replica: NodeId,
        request: RequestId,
        vote: Vote,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.state.operations.get_mut(&request) else { return };
        let lost = match &mut operation.votes {
            Votes::Write(write) => write.lost(replica),
            Votes::Read(read) => read.lost(replica),
        };
        let Some(shortfall) = lost else { return };
        self.note_vote(request, replica, vote, None, effects);
        if let Some(shortfall) = shortfall {
            let failure = match vote {
                Vote::TimedOut => Failure::TimedOut(shortfall),
                _ => Failure::QuorumImpossible(shortfall),
            };
            effects.note(|| Note::Missed { request, failure });
            self.answer(request, Answer::Failed(failure), effects);
        }
        self.forget_if_settled(request);
    }

    /// Gives up every vote that has not come by the deadline.
    pub(super) fn time_out_votes(&mut self, request: RequestId, effects: &mut Effects) {
        let Some(operation) = self.state.operations.get(&request) else { return };
        for replica in operation.votes.waiting().to_vec() {
            self.lose_vote(replica, request, Vote::TimedOut, effects);
        }
    }

    fn answer_read(
        &mut self,
        request: RequestId,
        Findings { newest, stale }: Findings<Arc<Version>>,
        effects: &mut Effects,
    ) {
        self.note_reached(request, stale, effects);
        let (stamp, item) = match newest {
            Some((stamp, version)) => (Some(stamp), version.item.clone()),
            None => (None, None),
        };
        self.answer(request, Answer::Read { item, stamp }, effects);
    }

    fn answer(&mut self, request: RequestId, answer: Answer, effects: &mut Effects) {
        let reply_to = self.state.operations[&request].reply_to;
        effects.send(reply_to, request, Body::Reply(answer));
    }

    fn note_vote(
        &self,
        request: RequestId,
        replica: NodeId,
        vote: Vote,
        stamp: Option<Stamp>,
        effects: &mut Effects,
    ) {
        effects.note(|| {
            let quorum = self.state.operations[&request].votes.quorum();
            let (have, needed) = (quorum.have(), quorum.needed());
            Note::Voted { request, replica, vote, stamp, have, needed }
        });
    }

    fn note_reached(&self, request: RequestId, stale: Vec<NodeId>, effects: &mut Effects) {
        effects.note(|| {
            let quorum = self.state.operations[&request].votes.quorum();
            Note::Reached { request, have: quorum.have(), needed: quorum.needed(), stale }
        });
    }

    fn forget_if_settled(&mut self, request: RequestId) {
        let settled = |operation: &Operation| operation.votes.quorum().is_settled();
        if let Entry::Occupied(operation) = self.state.operations.entry(request)
            && settled(operation.get())
        {
            self.deadlines.clear(operation.remove().deadline, request);
        }
    }
}
