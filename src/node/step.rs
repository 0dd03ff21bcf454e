//! The node's state, its inputs and effects, and the step that turns one into the other.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::MessageKind;
use super::appended::Appended;
use super::background::Background;
use super::coordinate::Operation;
use super::deadlines::Deadlines;
use super::effect::{Effect, Effects};
use super::entry::Relay;
use super::message::{Address, Body, Message};
use super::pending::Pending;
use super::settings::{NodeSettings, Timestamps};
use super::topology::nodes_known;
use super::{ClientRequest, Failure};
use crate::anti_entropy::Forest;
use crate::base::{Incarnation, NodeId, RequestId, SortedMap, VirtualTime};
use crate::causality::{HybridClock, HybridTime};
use crate::data::TableName;
use crate::ring::{ChangeId, Epoch, PreferenceLists, Wish};
use crate::storage::{ItemKey, Record, Store};

/// What a node is told about the time with every input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
        request: Option<RequestId>,
        kind: MessageKind,
    },
    /// The oldest `records` appended records are durable.
    Durable {
        records: usize,
    },
    /// The alarm that the node asked for.
    Alarm,
    /// The timer that the node asked for.
    Timer,
    Configure(NodeSettings),
    /// What the operator wants of the topology, in order.
    Wishes(Vec<(ChangeId, Wish)>),
    /// This table is no more.
    Forget(TableName),
}

/// What a crash takes from a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Volatile {
    pub incarnation: Incarnation,
    /// Dots issued by this incarnation where the last writer wins.
    pub counter: u32,
    /// The same for each item of tables that keep siblings: their contexts stay short when the dots
    /// of an item follow each other.
    pub counters: SortedMap<ItemKey, u32>,
    pub clock: HybridClock,
    pub appended: VecDeque<Appended>,
    pub relays: Pending<Relay>,
    pub operations: Pending<Operation>,
    pub background: Background,
}

/// One node of the cluster.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) id: NodeId,
    pub(super) settings: NodeSettings,
    pub(super) lists: Arc<PreferenceLists>,
    pub(super) store: Store,
    /// The Merkle trees over the store.
    pub(super) forest: Forest,
    pub(super) state: Volatile,
    /// How many of the appended records are about rounds.
    pub(super) unsynced_ballots: usize,
    /// Whether any table has an index that is kept apart from it.
    pub(super) has_indexes: bool,
    /// Whether items of any table expire.
    pub(super) expires: bool,
    pub(super) deadlines: Deadlines,
    /// The time of the present step.
    pub(super) time: Reading,
    alarm: Option<VirtualTime>,
    timer: Option<VirtualTime>,
}

/// A node's volatile state as a snapshot holds it; opaque outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedNode {
    pub(super) state: Volatile,
    due: Vec<(VirtualTime, RequestId)>,
    alarm: Option<VirtualTime>,
    timer: Option<VirtualTime>,
}

impl SavedNode {
    /// Whether this can be the state of a node in a world where only addresses that are `known` exist
    /// and only requests that are `possible` are made: a snapshot may claim anything.
    pub fn is_sound(
        &self,
        known: impl Fn(Address) -> bool,
        possible: impl Fn(&ClientRequest) -> bool,
    ) -> bool {
        let Volatile {
            incarnation,
            counter,
            counters,
            clock,
            appended,
            relays,
            operations,
            background,
        } = &self.state;
        incarnation.0 < u32::MAX / 2
            && *counter < u32::MAX / 2
            && counters.values().all(|counter| *counter < u32::MAX / 2)
            && clock.last().clock_us() < u64::MAX / 2
            && appended.iter().all(|record| record.is_sound(&known))
            && relays.is_sound()
            && operations.is_sound()
            && relays.values().all(|relay| relay.is_sound(&known, &possible))
            && operations.values().all(|operation| operation.is_sound(&known, &possible))
            && background.is_sound(&known)
    }
}

impl Node {
    /// A node on what its commit log preserved. It does nothing by itself until [`Node::begin`].
    ///
    /// # Panics
    /// If there is no topology in it.
    pub fn start(
        id: NodeId,
        incarnation: Incarnation,
        store: Store,
        settings: NodeSettings,
    ) -> Self {
        let lists = store.charter().lists.clone().expect("a disk knows the cluster's topology");
        let state = Volatile {
            incarnation,
            counter: 0,
            counters: SortedMap::default(),
            clock: HybridClock::default(),
            appended: VecDeque::new(),
            relays: Pending::default(),
            operations: Pending::default(),
            background: Background::new(id, incarnation, nodes_known(id, &lists)),
        };
        let forest = super::replica::planted(id, &lists, &store);
        let (time, deadlines) = (Reading::default(), Deadlines::default());
        let (alarm, timer) = (None, None);
        let has_indexes = super::index::any(&settings.tables);
        let expires = super::sweep::any(&settings.tables);
        Self {
            id,
            settings,
            lists,
            store,
            forest,
            state,
            unsynced_ballots: 0,
            has_indexes,
            expires,
            deadlines,
            time,
            alarm,
            timer,
        }
    }

    /// Begins its work in the background. `whole`: whether its log has all that it ever
    /// acknowledged, and its disk was not lost. `seed` is where its own choices start.
    pub fn begin(&mut self, now: Reading, whole: bool, seed: u64, effects: &mut Effects) {
        self.enter_step(now, effects);
        self.begin_background(whole, seed, effects);
        self.arm(effects);
    }

    /// Puts one input in and collects what the node wants done.
    pub fn step(&mut self, now: Reading, input: Input, effects: &mut Effects) {
        self.enter_step(now, effects);
        match input {
            Input::Message { from, message } => self.receive(from, message, effects),
            Input::Refused { peer, request, kind } => self.refused(peer, request, kind, effects),
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
            Input::Timer => {
                self.timer = None;
                self.work_in_background(effects);
            }
            Input::Configure(settings) => self.configure(settings, effects),
            Input::Wishes(wishes) => self.hear_wishes(wishes, effects),
            Input::Forget(table) => self.forget(&table),
        }
        self.arm(effects);
    }

    fn enter_step(&mut self, now: Reading, effects: &mut Effects) {
        self.time = now;
        effects.clock = HybridTime::default();
        effects.epoch = self.lists.epoch();
        if self.settings.modes.timestamps == Timestamps::Hlc {
            effects.clock = self.state.clock.last();
        }
    }

    fn receive(&mut self, from: Address, message: Message, effects: &mut Effects) {
        let Message { request, clock, epoch, body } = message;
        if clock != HybridTime::default() {
            self.state.clock.observe(clock);
            effects.clock = self.state.clock.last();
        }
        match (request, from) {
            (Some(request), from) => self.receive_for(request, from, (epoch, body), effects),
            (None, Address::Node(peer)) => self.receive_background(peer, (epoch, body), effects),
            (None, from) => panic!("{} got a {} from {from}", self.id, body.kind()),
        }
    }

    fn receive_for(
        &mut self,
        request: RequestId,
        from: Address,
        (epoch, body): (Epoch, Body),
        effects: &mut Effects,
    ) {
        if body.asks_for_vote()
            && let Some(refusal) = self.refusal_of(epoch)
        {
            return effects.send_as_of(epoch, from, request, refusal);
        }
        if body.is_vote() && !self.counts_in(request, epoch) {
            return;
        }
        match (body, from) {
            (Body::Request(wanted), client) => self.enter(client, request, wanted, effects),
            (Body::Forward(wanted), entry) => self.coordinate(entry, request, wanted, effects),
            (Body::Write { key, version, hint }, Address::Node(coordinator)) => {
                self.store_write(coordinator, request, key, version, hint, effects);
            }
            (Body::WriteAck, Address::Node(replica)) => {
                self.count_write(replica, request, effects);
            }
            (Body::Read { key }, Address::Node(_)) => {
                self.tell_held(from, request, &key, effects);
            }
            (Body::ReadStamp { key }, Address::Node(_)) => {
                let stamp = self.serve(&key).map(|held| held.stamp());
                let body = match self.is_whole() {
                    true => Body::StampResult { stamp, floor: self.store.floor() },
                    false => Body::Rebuilding,
                };
                effects.send(from, request, body);
            }
            (Body::ReadResult { held }, Address::Node(replica)) => {
                self.count_read(replica, request, held, effects);
            }
            (Body::StampResult { stamp, floor }, Address::Node(replica)) => {
                self.count_stamp(replica, request, stamp, floor, effects);
            }
            (Body::Rebuilding, Address::Node(replica)) => {
                self.lose_rebuilding(replica, request, effects);
            }
            (Body::Repair { key, held, hint }, Address::Node(coordinator)) => {
                self.take_repair(coordinator, request, key, &held, hint, effects);
            }
            (Body::RepairAck, Address::Node(replica)) => {
                self.count_repair(replica, request, effects);
            }
            (Body::Reply(answer), _) => self.relay_answer(request, answer, effects),
            (
                body @ (Body::Ahead { .. }
                | Body::Behind
                | Body::Topology { .. }
                | Body::TopologyAck { .. }),
                Address::Node(peer),
            ) => self.hear_of_epoch(peer, request, body, effects),
            (body, Address::Node(peer)) => self.receive_in_round(peer, request, body, effects),
            (body, from) => panic!("{} got a {} from {from} for {request}", self.id, body.kind()),
        }
    }

    fn refused(
        &mut self,
        peer: Address,
        request: Option<RequestId>,
        kind: MessageKind,
        effects: &mut Effects,
    ) {
        if let Address::Node(peer) = peer {
            self.suspect_refusing(peer, effects);
        }
        match (kind, request, peer) {
            (MessageKind::Forward, Some(request), _) => self.try_next_coordinator(request, effects),
            (kind, Some(request), Address::Node(replica)) => {
                self.lose_refused(replica, request, kind, effects);
            }
            // Whoever waited for a reply is gone, and with it the interest in it; work in the
            // background is tried again some time.
            _ => {}
        }
    }

    fn expire(&mut self, request: RequestId, effects: &mut Effects) {
        if self.state.relays.contains(request) {
            self.relay_answer(request, super::Answer::Failed(Failure::NoAnswer), effects);
        } else if !(self.propose_again(request, effects) || self.hurry_page(request, effects)) {
            self.time_out_votes(request, effects);
        }
    }

    /// Keeps the one alarm at or before the next deadline, and off when there is none: an alarm
    /// that rings early finds nothing due, and an idle node leaves no alarm behind. The same for the
    /// timer.
    fn arm(&mut self, effects: &mut Effects) {
        let keeps = |set: Option<VirtualTime>, next: Option<VirtualTime>| match (set, next) {
            (Some(set), Some(next)) => set <= next,
            (None, None) => true,
            _ => false,
        };
        let next = self.deadlines.next();
        if !keeps(self.alarm, next) {
            self.alarm = next;
            effects.list.push(Effect::SetAlarm(next));
        }
        let next = self.state.background.next();
        if !keeps(self.timer, next) {
            self.timer = next;
            effects.list.push(Effect::SetTimer(next));
        }
    }

    pub(super) fn owners(&self, key: &ItemKey) -> &[NodeId] {
        self.lists.at(key.position)
    }

    /// The topology that it follows, and who owns what by it.
    pub fn lists(&self) -> &PreferenceLists {
        &self.lists
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
        let (alarm, timer) = (self.alarm, self.timer);
        SavedNode { state: self.state.clone(), due: self.deadlines.to_vec(), alarm, timer }
    }

    /// Whether this can be the state of this node, whose store was restored already.
    pub fn can_resume(&self, saved: &SavedNode) -> bool {
        let ranges = self.lists.ring().vnodes().len() as u32;
        let nodes = nodes_known(self.id, &self.lists);
        saved.state.background.fits(self.id, nodes, ranges)
    }

    /// Continues a node from a snapshot.
    pub fn resume(&mut self, saved: SavedNode) {
        self.state = saved.state;
        self.unsynced_ballots = self.appended().filter(|record| record.is_ballot()).count();
        self.deadlines = Deadlines::from_vec(&saved.due);
        self.alarm = saved.alarm;
        self.timer = saved.timer;
    }

    /// How many requests it coordinates or has passed on, and still waits for anything about.
    pub fn pending_requests(&self) -> usize {
        self.state.operations.len() + self.state.relays.len()
    }

    /// The records that wait for the disk, oldest first.
    pub fn appended(&self) -> impl Iterator<Item = &Record> {
        self.state.appended.iter().map(Appended::record)
    }
}
