//! The node's state, its inputs and effects, and the step that turns one into the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::coordinate::Operation;
use super::deadlines::Deadlines;
use super::entry::Relay;
use super::message::{Address, Body, ClientRequest, Failure, Message, MessageKind};
use crate::base::{Duration, Incarnation, NodeId, RequestId, VirtualTime};
use crate::causality::{Dot, Stamp};
use crate::coordinator::Vote;
use crate::ring::PreferenceLists;
use crate::storage::{Applied, ItemKey, Record, Store};

/// What a node is told about the time with every input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// For waiting: time passes alike for all.
    pub now: VirtualTime,
    /// For stamps: what this node's own clock shows, in microseconds.
    pub clock_us: u64,
}

/// What can happen to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Message {
        from: Address,
        message: Message,
    },
    /// A message that this node sent was refused: no process answers at `peer`.
    Refused {
        peer: Address,
        request: RequestId,
        kind: MessageKind,
    },
    /// The oldest `records` appended records are durable.
    Durable {
        records: usize,
    },
    /// The alarm that the node asked for.
    Alarm,
    Configure(NodeSettings),
}

/// What a node wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Send {
        to: Address,
        message: Message,
    },
    /// Append to the commit log; [`Input::Durable`] answers.
    Append(Record),
    /// Wake the node at this instant, and at no other; `None`: not at all.
    SetAlarm(Option<VirtualTime>),
    /// Nothing to do, but worth knowing.
    Note(Note),
}

/// What a node tells the trace about its decisions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// It coordinates a request, and asks these replicas for `needed` votes.
    Coordinates { request: RequestId, owners: Vec<NodeId>, needed: u8 },
    /// A version is durable here (or was not needed).
    Applied { request: RequestId, stamp: Stamp, outcome: Applied },
    /// A replica's vote came in or was given up. `stamp`: the version it wrote or has.
    Voted {
        request: RequestId,
        replica: NodeId,
        vote: Vote,
        stamp: Option<Stamp>,
        have: u8,
        needed: u8,
    },
    /// The quorum is complete; `stale` replicas answered with an older version.
    Reached { request: RequestId, have: u8, needed: u8, stale: Vec<NodeId> },
    /// The quorum was not reached.
    Missed { request: RequestId, failure: Failure },
}

/// Effects of one step, in order.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    pub list: Vec<Effect>,
    /// Whether anyone reads the notes.
    pub notes_wanted: bool,
}

impl Effects {
    pub(super) fn send(&mut self, to: Address, request: RequestId, body: Body) {
        self.list.push(Effect::Send { to, message: Message { request, body } });
    }

    pub(super) fn note(&mut self, note: impl FnOnce() -> Note) {
        if self.notes_wanted {
            self.list.push(Effect::Note(note()));
        }
    }
}

/// What every node of the cluster is configured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSettings {
    pub r: u8,
    pub w: u8,
    /// How long a coordinator waits for votes. An entry node waits half as long again for its
    /// coordinator, a client twice as long.
    pub timeout: Duration,
}

/// A record that was appended for a peer, or for the node's own request, and is not durable yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Appended {
    pub request: RequestId,
    pub coordinator: NodeId,
    pub record: Record,
}

/// What a crash takes from a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Volatile {
    pub incarnation: Incarnation,
    /// Dots issued by this incarnation.
    pub counter: u32,
    pub appended: VecDeque<Appended>,
    pub relays: BTreeMap<RequestId, Relay>,
    pub operations: BTreeMap<RequestId, Operation>,
}

/// One node of the cluster.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) id: NodeId,
    pub(super) settings: NodeSettings,
    pub(super) lists: Arc<PreferenceLists>,
    pub(super) store: Store,
    pub(super) state: Volatile,
    pub(super) deadlines: Deadlines,
    alarm: Option<VirtualTime>,
}

/// A node's volatile state as a snapshot holds it; opaque outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedNode {
    state: Volatile,
    due: Vec<(VirtualTime, RequestId)>,
}

impl SavedNode {
    /// Whether this can be a node's state where only addresses that are `known` exist and only
    /// requests that are `possible` are made: a snapshot may claim anything.
    pub fn is_sound(
        &self,
        known: impl Fn(Address) -> bool,
        possible: impl Fn(&ClientRequest) -> bool,
    ) -> bool {
        let Volatile { incarnation, counter, appended, relays, operations } = &self.state;
        incarnation.0 < u32::MAX / 2
            && *counter < u32::MAX / 2
            && appended.iter().all(|record| known(Address::Node(record.coordinator)))
            && relays.values().all(|relay| relay.is_sound(&known, &possible))
            && operations.values().all(|operation| operation.is_sound(&known))
    }
}

impl Node {
    /// Starts a node on what its commit log preserved.
    pub fn start(
        id: NodeId,
        incarnation: Incarnation,
        store: Store,
        lists: Arc<PreferenceLists>,
        settings: NodeSettings,
    ) -> Self {
        let state = Volatile {
            incarnation,
            counter: 0,
            appended: VecDeque::new(),
            relays: BTreeMap::new(),
            operations: BTreeMap::new(),
        };
        let deadlines = Deadlines::default();
        Self { id, settings, lists, store, state, deadlines, alarm: None }
    }

    /// Puts one input in and collects what the node wants done.
    pub fn step(&mut self, now: Reading, input: Input, effects: &mut Effects) {
        match input {
            Input::Message { from, message } => self.receive(now, from, message, effects),
            Input::Refused { peer, request, kind } => {
                self.refused(peer, request, kind, effects);
            }
            Input::Durable { records } => {
                for _ in 0..records {
                    self.durable(effects);
                }
            }
            Input::Alarm => {
                self.alarm = None;
                while let Some(request) = self.deadlines.take_due(now.now) {
                    self.expire(request, effects);
                }
            }
            Input::Configure(settings) => self.settings = settings,
        }
        self.arm(effects);
    }

    fn receive(&mut self, now: Reading, from: Address, message: Message, effects: &mut Effects) {
        let Message { request, body } = message;
        match (body, from) {
            (Body::Request(wanted), client) => self.enter(now, client, request, wanted, effects),
            (Body::Forward(wanted), entry) => {
                self.coordinate(now, entry, request, &wanted, effects);
            }
            (Body::Write { key, version }, Address::Node(coordinator)) => {
                self.store_write(coordinator, request, Record { key, version }, effects);
            }
            (Body::Read { key }, coordinator) => {
                let version = self.store.get(&key).cloned();
                effects.send(coordinator, request, Body::ReadResult { version });
            }
            (Body::WriteAck, Address::Node(replica)) => {
                self.count_write(replica, request, effects);
            }
            (Body::ReadResult { version }, Address::Node(replica)) => {
                self.count_read(replica, request, version, effects);
            }
            (Body::Reply(answer), _) => self.relay_answer(request, answer, effects),
            (body @ (Body::Write { .. } | Body::WriteAck | Body::ReadResult { .. }), from) => {
                panic!("{} got a {} from {from}, who is no node", self.id, body.kind());
            }
        }
    }

    fn refused(
        &mut self,
        peer: Address,
        request: RequestId,
        kind: MessageKind,
        effects: &mut Effects,
    ) {
        match (kind, peer) {
            (MessageKind::Forward, _) => self.try_next_coordinator(request, effects),
            (MessageKind::Write | MessageKind::Read, Address::Node(replica)) => {
                self.lose_vote(replica, request, Vote::Refused, effects);
            }
            // Whoever waited for this reply is gone, and with it the interest in it.
            _ => {}
        }
    }

    fn expire(&mut self, request: RequestId, effects: &mut Effects) {
        if self.state.relays.contains_key(&request) {
            self.relay_answer(request, super::Answer::Failed(Failure::NoAnswer), effects);
        } else {
            self.time_out_votes(request, effects);
        }
    }

    /// Keeps the one alarm at or before the next deadline, and off when there is none: an alarm
    /// that rings early finds nothing due, and an idle node leaves no alarm behind.
    fn arm(&mut self, effects: &mut Effects) {
        let next = self.deadlines.next();
        let keep = match (self.alarm, next) {
            (Some(alarm), Some(next)) => alarm <= next,
            (None, None) => true,
            _ => false,
        };
        if !keep {
            self.alarm = next;
            effects.list.push(Effect::SetAlarm(next));
        }
    }

    pub(super) fn owners(&self, key: &ItemKey) -> &[NodeId] {
        self.lists.at(key.position)
    }

    pub(super) fn next_dot(&mut self) -> Dot {
        self.state.counter += 1;
        Dot { node: self.id, incarnation: self.state.incarnation, counter: self.state.counter }
    }

    /// Ends the node, but for what its log preserves: its store equals a replay of the log.
    pub fn into_store(self) -> Store {
        self.store
    }

    /// What this node holds.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn incarnation(&self) -> Incarnation {
        self.state.incarnation
    }

    /// The volatile state, to be kept in a snapshot.
    pub fn save(&self) -> SavedNode {
        SavedNode { state: self.state.clone(), due: self.deadlines.to_vec() }
    }

    /// Continues a node from a snapshot, with the alarm that was set then.
    pub fn resume(&mut self, saved: SavedNode, alarm: Option<VirtualTime>) {
        self.state = saved.state;
        self.deadlines = Deadlines::from_vec(&saved.due);
        self.alarm = alarm;
    }

    /// The records that wait for the disk, oldest first.
    pub fn appended(&self) -> impl Iterator<Item = &Record> {
        self.state.appended.iter().map(|appended| &appended.record)
    }
}
