//! The life of one request, put together from the trace: what the ring, the timeline and the words
//! beside them tell.

mod pages;
mod words;

use std::sync::Arc;

use crate::base::{Duration, EventSeq, MessageId, NodeId, RequestId, VirtualTime};
use crate::causality::Stamp;
use crate::coordinator::Vote;
use crate::node::{Address, Answer, Cause, ClientRequest, Failure, MessageKind, Note};
use crate::ring::Swap;
use crate::sim::{Event, EventKind, Loss};

/// A message of a request, as an arrow in the space-time diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    pub message: MessageId,
    pub kind: MessageKind,
    pub from: Address,
    pub to: Address,
    pub sent_at: VirtualTime,
    pub arrives_at: VirtualTime,
    pub fate: Fate,
    /// For which owner its receiver is to keep what it brings, as far as its coordinator said.
    pub hint: Option<NodeId>,
}

impl Arrow {
    /// What it is, in a word or two.
    pub fn name(&self) -> String {
        match self.hint {
            Some(_) => "hint".to_owned(),
            None => self.kind.to_string(),
        }
    }
}

/// What became of a message so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    UnderWay,
    Delivered,
    /// The receiver is down; the sender hears of it at this instant.
    Refused {
        heard_at: VirtualTime,
    },
    /// Nobody will ever read it, and nobody is told.
    Lost {
        why: Loss,
    },
    /// It came to a paused node, and waits there.
    Waiting,
}

/// A replica's place among the votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Whose vote it is.
    pub owner: NodeId,
    /// Who gives it: the owner, or a fallback in its stead.
    pub replica: NodeId,
    /// None: no vote yet.
    pub vote: Option<Vote>,
    pub stamp: Option<Stamp>,
    pub at: Option<VirtualTime>,
    /// It answered with an older version than another replica.
    pub stale: bool,
}

impl Ballot {
    fn new(owner: NodeId) -> Self {
        Self { owner, replica: owner, vote: None, stamp: None, at: None, stale: false }
    }

    /// Who votes, and for whom: `D`, or `D for B`.
    pub fn name(&self) -> String {
        match self.owner == self.replica {
            true => self.replica.to_string(),
            false => format!("{} for {}", self.replica, self.owner),
        }
    }
}

/// A fallback that was asked in the stead of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandIn {
    pub owner: NodeId,
    pub fallback: NodeId,
    /// Whether its vote stands for the owner's.
    pub counts: bool,
    /// Whether it has the hint durable, if it was a write.
    pub kept: bool,
}

/// Read repair, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub replicas: Vec<NodeId>,
    /// How many replicas had to have it before the answer, if the answer waited.
    pub blocking: Option<u8>,
    /// Who has what it lacked.
    pub done: Vec<NodeId>,
}

/// The half of a round that votes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Preparing,
    /// `is_found`: for what was found once more, not for what the request writes.
    Accepting {
        is_found: bool,
    },
}

/// How a request stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// The coordinator has its quorum; the answer is on its way.
    Reached {
        at: VirtualTime,
    },
    /// The coordinator knows that it will not have its quorum.
    Missed {
        at: VirtualTime,
        failure: Failure,
    },
}

/// One request from its first message to its last vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    pub request: RequestId,
    pub wanted: Arc<ClientRequest>,
    pub began: VirtualTime,
    /// The event that began it, and the last one that told more of it.
    pub first: EventSeq,
    pub last: EventSeq,
    pub coordinator: Option<NodeId>,
    /// In the order of the preference list.
    pub ballots: Vec<Ballot>,
    pub have: u8,
    pub needed: u8,
    pub standing: Standing,
    pub answer: Option<(Answer, Duration)>,
    pub arrows: Vec<Arrow>,
    /// When and where a version became durable.
    pub stored: Vec<(VirtualTime, NodeId)>,
    /// Fallbacks that were asked in the stead of owners.
    pub stand_ins: Vec<StandIn>,
    pub repair: Option<Repair>,
    /// The half of a round that its votes are for, if it is decided by rounds.
    pub round: Option<Round>,
    pub is_condition_false: bool,
    /// How many of its rounds higher ballots put an end to.
    pub preempted: u8,
    /// Whether its table keeps siblings: then a lower stamp does not make a version stale.
    pub keeps_siblings: bool,
    /// Its coordinator crashed: nobody counts its votes any more.
    abandoned: bool,
    /// Its token range changes hands: the write needs its quorum with the one and with the other.
    pub both_lists: Option<Swap>,
}

impl Story {
    /// Begins a story with the event that begins a request.
    pub fn begin(event: &Event) -> Option<Self> {
        let EventKind::Asked { request, wanted } = &event.kind else { return None };
        Some(Self {
            request: *request,
            wanted: Arc::clone(wanted),
            began: event.at,
            first: event.seq,
            last: event.seq,
            coordinator: None,
            ballots: Vec::new(),
            have: 0,
            needed: 0,
            standing: Standing::Open,
            answer: None,
            arrows: Vec::new(),
            stored: Vec::new(),
            stand_ins: Vec::new(),
            repair: None,
            round: None,
            is_condition_false: false,
            preempted: 0,
            keeps_siblings: false,
            abandoned: false,
            both_lists: None,
        })
    }

    /// Takes one more event in; events that have nothing to do with the request change nothing.
    pub fn tell(&mut self, event: &Event) {
        if let EventKind::Crashed { node, .. } = event.kind
            && self.coordinator == Some(node)
        {
            self.abandoned = true;
            self.last = event.seq;
        }
        if event.kind.request() != Some(self.request) {
            return;
        }
        self.last = event.seq;
        match &event.kind {
            EventKind::Sent { message, kind, from, to, arrives_at, .. }
            | EventKind::Duplicated { copy: message, kind, from, to, arrives_at, .. } => {
                self.arrows.push(Arrow {
                    message: *message,
                    kind: *kind,
                    from: *from,
                    to: *to,
                    sent_at: event.at,
                    arrives_at: *arrives_at,
                    fate: Fate::UnderWay,
                    hint: self.hint_in(*kind, *to),
                });
            }
            EventKind::Delivered { message, .. } => self.settle(*message, Fate::Delivered),
            EventKind::Refused { message, heard_at, .. } => {
                self.settle(*message, Fate::Refused { heard_at: *heard_at });
            }
            EventKind::Lost { message, why, .. } => self.settle(*message, Fate::Lost { why: *why }),
            EventKind::Held { message, .. } => self.settle(*message, Fate::Waiting),
            EventKind::Delayed { message, arrives_at, .. } => self.delay(*message, *arrives_at),
            EventKind::Answered { answer, took, .. } => {
                self.answer = Some((answer.clone(), *took));
            }
            EventKind::Noted { node, note } => self.note(event.at, *node, note),
            _ => {}
        }
    }

    /// For which owner a message brings a hint, from what the coordinator said before it left.
    fn hint_in(&self, kind: MessageKind, to: Address) -> Option<NodeId> {
        let brings = matches!(kind, MessageKind::Write | MessageKind::Repair);
        let hint = self.stand_ins.iter().rfind(|hint| Address::Node(hint.fallback) == to);
        hint.filter(|_| brings).map(|hint| hint.owner)
    }

    fn settle(&mut self, message: MessageId, fate: Fate) {
        if let Some(arrow) = self.arrows.iter_mut().rfind(|arrow| arrow.message == message) {
            arrow.fate = fate;
        }
    }

    /// A message, or word of its refusal, arrives at another instant than it said.
    fn delay(&mut self, message: MessageId, until: VirtualTime) {
        if let Some(arrow) = self.arrows.iter_mut().rfind(|arrow| arrow.message == message) {
            match &mut arrow.fate {
                Fate::Refused { heard_at } => *heard_at = until,
                _ => arrow.arrives_at = until,
            }
        }
    }

    fn note(&mut self, at: VirtualTime, node: NodeId, note: &Note) {
        match note {
            Note::Coordinates { owners, needed, .. } => {
                self.coordinator = Some(node);
                self.needed = *needed;
                self.ballots = owners.iter().copied().map(Ballot::new).collect();
                self.both_lists = None;
            }
            Note::InBothLists { leaves, joins, .. } => {
                self.in_both_lists(Swap { leaves: *leaves, joins: *joins });
            }
            Note::Voted { replica, vote, stamp, have, needed, .. } => {
                (self.have, self.needed) = (*have, *needed);
                if let Some(ballot) = self.ballots.iter_mut().find(|b| b.replica == *replica) {
                    ballot.vote = Some(*vote);
                    ballot.stamp = *stamp;
                    ballot.at = Some(at);
                }
                self.mark_stale();
            }
            Note::Surpasses { .. } => self.vote_again(),
            Note::Reached { stale, .. } => {
                self.standing = Standing::Reached { at };
                self.are_stale(stale);
            }
            Note::Missed { failure, .. } => {
                self.standing = Standing::Missed { at, failure: *failure };
            }
            Note::Applied { cause, .. } => {
                self.stored.push((at, node));
                if let (Cause::Repair, Some(repair)) = (cause, &mut self.repair) {
                    repair.done.push(node);
                }
            }
            Note::KeepsHint { owner, .. } => {
                self.stored.push((at, node));
                let mut hints = self.stand_ins.iter_mut();
                if let Some(hint) = hints.find(|h| (h.fallback, h.owner) == (node, *owner)) {
                    hint.kept = true;
                }
            }
            Note::Substituted { owner, fallback, counts, .. } => {
                let (owner, fallback, counts) = (*owner, *fallback, *counts);
                self.stand_ins.push(StandIn { owner, fallback, counts, kept: false });
                let ballot = self.ballots.iter_mut().find(|ballot| ballot.owner == owner);
                if let Some(ballot) = ballot.filter(|_| counts) {
                    *ballot = Ballot { replica: fallback, ..Ballot::new(owner) };
                }
            }
            Note::Repairs { replicas, blocking, needed, .. } => {
                // A blocking repair goes to those as well who have not answered yet.
                let stale: Vec<NodeId> =
                    replicas.iter().copied().filter(|r| self.answered(*r)).collect();
                self.are_stale(&stale);
                let (replicas, blocking) = (replicas.clone(), blocking.then_some(*needed));
                self.repair = Some(Repair { replicas, blocking, done: Vec::new() });
            }
            note => self.note_page(at, node, note),
        }
    }

    /// Both have a vote, if they have none yet.
    fn in_both_lists(&mut self, swap: Swap) {
        self.both_lists = Some(swap);
        for node in [swap.leaves, swap.joins] {
            if !self.ballots.iter().any(|ballot| ballot.owner == node) {
                self.ballots.push(Ballot::new(node));
            }
        }
    }

    pub(super) fn note_round(&mut self, at: VirtualTime, note: &Note) {
        match note {
            Note::Prepares { needed, .. } => {
                (self.needed, self.round) = (*needed, Some(Round::Preparing));
                self.vote_again();
                self.ballots.iter_mut().for_each(|ballot| ballot.replica = ballot.owner);
            }
            Note::Proposes { found, .. } => {
                self.round = Some(Round::Accepting { is_found: found.is_some() });
                self.vote_again();
            }
            Note::TriesAgain { .. } => {
                self.preempted = self.preempted.saturating_add(1);
                self.round = Some(Round::Preparing);
                self.vote_again();
            }
            Note::FoundChosen { .. } => self.standing = Standing::Reached { at },
            _ => {}
        }
    }

    /// The votes of another half, or of another attempt, begin.
    fn vote_again(&mut self) {
        self.have = 0;
        self.standing = Standing::Open;
        for ballot in &mut self.ballots {
            (ballot.vote, ballot.stamp, ballot.at) = (None, None, None);
        }
    }

    fn answered(&self, replica: NodeId) -> bool {
        self.ballots.iter().any(|ballot| {
            ballot.replica == replica && matches!(ballot.vote, Some(Vote::Counted | Vote::Late))
        })
    }

    fn are_stale(&mut self, stale: &[NodeId]) {
        for ballot in &mut self.ballots {
            ballot.stale |= stale.contains(&ballot.replica);
        }
    }

    fn mark_stale(&mut self) {
        if self.keeps_siblings || self.is_write() {
            return;
        }
        let answered = |ballot: &Ballot| matches!(ballot.vote, Some(Vote::Counted | Vote::Late));
        let newest = self.ballots.iter().filter(|b| answered(b)).map(|b| b.stamp).max().flatten();
        for ballot in &mut self.ballots {
            ballot.stale = answered(ballot) && ballot.stamp < newest;
        }
    }

    /// Whether nothing more is expected of it: answered, and every vote in, given up, or not counted
    /// by anyone.
    pub fn is_over(&self) -> bool {
        self.answer.is_some()
            && (self.abandoned || self.ballots.iter().all(|ballot| ballot.vote.is_some()))
            && self.arrows.iter().all(|arrow| arrow.fate != Fate::UnderWay)
    }

    /// When its last known happening is or will be.
    pub fn ends(&self) -> VirtualTime {
        let arrivals = self.arrows.iter().map(|arrow| match arrow.fate {
            Fate::Refused { heard_at } => heard_at,
            _ => arrow.arrives_at,
        });
        arrivals.chain(self.ballots.iter().filter_map(|b| b.at)).max().unwrap_or(self.began)
    }

    /// What its votes are called: W or R, or what owners do in a round.
    pub fn quorum_name(&self) -> &'static str {
        match self.round {
            Some(Round::Preparing) => "promises",
            Some(Round::Accepting { .. }) => "votes",
            None if self.is_write() => "W",
            None => "R",
        }
    }

    pub fn is_write(&self) -> bool {
        self.wanted.action.is_write()
    }
}

#[cfg(test)]
mod tests;
