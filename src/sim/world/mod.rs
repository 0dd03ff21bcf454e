//! The world, and how it moves from one happening to the next.

mod about;
mod archive;
mod archive_client;
mod commands;
mod faults;
mod happenings;
mod messages;
mod tables;
mod topology;
mod workloads;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::alarms::Alarms;
use super::client::Client;
use super::faults::Faults;
use super::machine::Machine;
use super::queue::EventQueue;
use super::traffic::Traffic;
use super::workload::Running;
use super::{
    ClusterConfig, Command, Event, EventKind, Network, NetworkPreset, RunStep, Trace, TraceMode,
};
use crate::backup::Archive;
use crate::base::{
    Digest, Duration, MessageId, NodeId, RequestId, Result, VirtualTime, WorkloadId,
};
use crate::node::{Address, Effects, Message, MessageKind, Tables};
use crate::ring::{ChangeId, PreferenceLists, Topology, Wish};
use crate::storage::Lsn;

/// What a run began from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A fresh cluster of the run's configuration.
    Fresh,
    /// The snapshot with this digest.
    Snapshot(Digest),
    /// A world that had kept no record until then: see [`World::trace_from_here`].
    Unrecorded,
}

/// Something that will happen at an instant that is known already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Happening {
    Arrival {
        id: MessageId,
        from: Address,
        to: Address,
        sent_at: VirtualTime,
        message: Message,
    },
    Refusal {
        id: MessageId,
        sender: Address,
        by: NodeId,
        sent_at: VirtualTime,
        request: Option<RequestId>,
        kind: MessageKind,
    },
    Synced {
        node: NodeId,
        incarnation: crate::base::Incarnation,
        lsn: Lsn,
    },
    /// A scheduled command is due.
    Scheduled(Box<Command>),
    /// A workload asks for something, or ends.
    Asks(Box<Running>),
    /// A backup or a restore tries again.
    GoesOn(RequestId),
}

/// A simulated cluster with its clients.
#[derive(Clone, Debug)]
pub struct World {
    /// The configuration that the run began with.
    initial: ClusterConfig,
    pub(super) config: ClusterConfig,
    pub(super) origin: Origin,
    pub(super) now: VirtualTime,
    pub(super) lists: Arc<PreferenceLists>,
    pub(super) tables: Arc<Tables>,
    pub(super) machines: Vec<Machine>,
    /// What the operator wished so far.
    pub(super) wishes: Vec<(ChangeId, Wish)>,
    /// The network whose zones nodes stand in.
    pub(super) home: NetworkPreset,
    pub(super) clients: Vec<Client>,
    pub(super) network: Network,
    pub(super) faults: Faults,
    pub(super) queue: EventQueue<Happening>,
    /// How many happenings of the queue are not in the background.
    foreground: usize,
    /// The workloads in the queue, and when they end.
    workloads: Vec<(WorkloadId, Option<VirtualTime>)>,
    pub(super) alarms: Alarms,
    /// The same for work in the background.
    pub(super) timers: Alarms,
    pub(super) traffic: Traffic,
    pub(super) archive: Archive,
    pub(super) next_request: RequestId,
    pub(super) next_message: MessageId,
    pub(super) trace: Trace,
    pub(super) run: Vec<RunStep>,
    /// How many things have happened since the origin.
    happenings: u64,
    effects: Effects,
}

impl Happening {
    /// Whom it concerns: who takes it in, and from whom it comes.
    pub fn addresses(&self) -> Option<[Address; 2]> {
        match self {
            Happening::Arrival { from, to, .. } => Some([*to, *from]),
            Happening::Refusal { sender, by, .. } => Some([*sender, Address::Node(*by)]),
            Happening::Synced { node, .. } => Some([Address::Node(*node); 2]),
            Happening::Scheduled(_) | Happening::Asks(_) | Happening::GoesOn(_) => None,
        }
    }

    /// The message that arrives, or word of whose refusal does.
    pub fn message(&self) -> Option<MessageId> {
        match self {
            Happening::Arrival { id, .. } | Happening::Refusal { id, .. } => Some(*id),
            Happening::Synced { .. }
            | Happening::Scheduled(_)
            | Happening::Asks(_)
            | Happening::GoesOn(_) => None,
        }
    }

    /// Whether nobody waits for it.
    pub fn is_background(&self) -> bool {
        match self {
            Happening::Arrival { message, .. } => message.body.kind().is_background(),
            Happening::Refusal { kind, .. } => kind.is_background(),
            Happening::Synced { .. } | Happening::Scheduled(_) | Happening::GoesOn(_) => false,
            Happening::Asks(running) => running.ends().is_none(),
        }
    }
}

impl World {
    /// A fresh cluster, with all events traced.
    ///
    /// # Errors
    /// If the configuration cannot work.
    pub fn new(config: ClusterConfig) -> Result<Self> {
        Self::with_trace(config, TraceMode::Full)
    }

    /// A fresh cluster, with or without a trace.
    ///
    /// # Errors
    /// If the configuration cannot work.
    pub fn with_trace(config: ClusterConfig, mode: TraceMode) -> Result<Self> {
        config.check()?;
        let lists = Arc::new(preference_lists(&config));
        let tables = Arc::default();
        let machines = (0..config.nodes)
            .map(|number| Machine::new(NodeId(number), &lists, config.node_settings(&tables)))
            .collect();
        let mut world = Self {
            initial: config,
            config,
            origin: Origin::Fresh,
            now: VirtualTime::ZERO,
            lists,
            tables,
            machines,
            wishes: Vec::new(),
            home: config.network,
            clients: Vec::new(),
            network: Network::new(config.seed, config.network),
            faults: Faults::new(config.seed),
            queue: EventQueue::default(),
            foreground: 0,
            workloads: Vec::new(),
            alarms: Alarms::default(),
            timers: Alarms::default(),
            traffic: Traffic::default(),
            archive: Archive::default(),
            next_request: RequestId::default(),
            next_message: MessageId::default(),
            trace: Trace::new(mode),
            run: Vec::new(),
            happenings: 0,
            effects: Effects::default(),
        };
        world.record(|| EventKind::Started(config));
        (0..config.nodes).for_each(|number| world.begin_node(NodeId(number)));
        Ok(world)
    }

    /// Goes on with more of a trace, or with less. A run of its own begins here: nobody can tell what
    /// came before.
    pub fn trace_from_here(&mut self, mode: TraceMode) {
        self.trace = Trace::continued(mode, self.trace.end(), self.trace.chain());
        self.origin = Origin::Unrecorded;
        self.initial = self.config;
        self.run = Vec::new();
        self.happenings = 0;
    }

    /// Puts the parts together that a snapshot holds.
    pub(super) fn resume(saved: super::snapshot::Parts, digest: Digest) -> Self {
        let mode = TraceMode::Full;
        let pending = saved.queue.iter();
        let foreground = pending.filter(|(_, happening)| !happening.is_background()).count();
        let workloads = saved.queue.iter().filter_map(|(_, happening)| match happening {
            Happening::Asks(running) => Some((running.id, running.ends())),
            _ => None,
        });
        let workloads = workloads.collect();
        Self {
            initial: saved.config,
            config: saved.config,
            origin: Origin::Snapshot(digest),
            now: saved.now,
            lists: saved.lists,
            tables: saved.tables,
            machines: saved.machines,
            wishes: saved.wishes,
            home: saved.home,
            clients: saved.clients,
            network: saved.network,
            faults: saved.faults,
            queue: saved.queue,
            foreground,
            workloads,
            alarms: saved.alarms,
            timers: saved.timers,
            traffic: saved.traffic,
            archive: saved.archive,
            next_request: saved.next_request,
            next_message: saved.next_message,
            trace: Trace::continued(mode, saved.next_event, saved.trace_chain),
            run: Vec::new(),
            happenings: 0,
            effects: Effects::default(),
        }
    }

    /// The same, where every node is to begin its work.
    pub(super) fn begin_anew(saved: super::snapshot::Parts, digest: Digest) -> Self {
        let mut world = Self::resume(saved, digest);
        (0..world.config.nodes).for_each(|number| world.begin_node(NodeId(number)));
        world
    }

    /// When the next thing happens, in the background or not; none if nothing will without a command.
    pub fn next_at(&self) -> Option<VirtualTime> {
        let next = [self.queue.next_at(), self.alarms.next_at(), self.timers.next_at()];
        next.into_iter().flatten().min()
    }

    /// Lets the next thing happen and moves virtual time there. False if there is none.
    ///
    /// At the same instant, what was scheduled comes before alarms, and these before timers.
    pub fn step(&mut self) -> bool {
        let Some(next) = self.next_at() else { return false };
        self.happenings += 1;
        self.move_to(next);
        if self.queue.next_at() == Some(next) {
            let (_, happening) = self.queue.pop().expect("the queue was looked into");
            self.foreground -= usize::from(!happening.is_background());
            self.happen(happening);
        } else if self.alarms.next_at() == Some(next) {
            let (_, who) = self.alarms.pop().expect("the alarms were looked into");
            self.wake(who);
        } else {
            let (_, who) = self.timers.pop().expect("the timers were looked into");
            self.tick(who);
        }
        true
    }

    pub(super) fn schedule(&mut self, at: VirtualTime, happening: Happening) {
        self.foreground += usize::from(!happening.is_background());
        self.queue.push(at, happening);
    }

    /// Whether anything is under way that somebody waits for.
    pub(super) fn has_motion(&self) -> bool {
        self.foreground > 0 || self.has_workload()
    }

    /// Whether nothing is left to happen but work in the background, which never ends, and requests of
    /// workloads without an end.
    pub fn is_idle(&self) -> bool {
        match self.has_endless_workload() {
            false => self.foreground == 0 && self.alarms.next_at().is_none(),
            true => !self.is_awaited(),
        }
    }

    /// Lets everything happen up to and including an instant, and moves virtual time there.
    pub fn run_until(&mut self, instant: VirtualTime) {
        while self.next_at().is_some_and(|at| at <= instant) {
            self.step();
        }
        self.now = self.now.max(instant);
    }

    pub fn run_for(&mut self, span: Duration) {
        self.run_until(self.now + span);
    }

    /// Lets this many things happen, or as many as there are.
    pub fn run_steps(&mut self, count: u64) {
        let end = self.happenings.saturating_add(count);
        while self.happenings < end && self.step() {}
    }

    /// Lets everything happen until only work in the background is left.
    pub fn run_until_idle(&mut self) {
        while !self.is_idle() && self.step() {}
    }

    /// About how much happens in the background in a span of time.
    pub fn background_in(&self, span: Duration) -> u64 {
        let modes = &self.config.modes;
        let rounds = [modes.gossip, modes.anti_entropy].into_iter();
        // A timer, a message and its answer each time.
        let each = rounds.filter_map(|interval| Some(3 * (span.0 / interval.0?.0.max(1))));
        let rounds = each.sum::<u64>().saturating_mul(self.config.nodes.into());
        rounds.saturating_add(self.asked_in(span))
    }

    /// Whether a request still waits for its answer.
    pub fn awaits(&self, request: RequestId) -> bool {
        self.clients.iter().any(|client| client.waits_for(request))
            || self.archive.jobs().iter().any(|job| job.request == request && !job.is_answered())
    }

    fn move_to(&mut self, instant: VirtualTime) {
        assert!(instant >= self.now, "time runs backwards from {} to {instant}", self.now);
        self.now = instant;
    }

    fn record(&mut self, kind: impl FnOnce() -> EventKind) {
        self.trace.record(self.now, kind);
    }

    fn record_frequent(&mut self, kind: impl FnOnce() -> EventKind) {
        self.trace.record_frequent(self.now, kind);
    }

    /// Takes all events away that the trace still has, oldest first. Its digest and its numbers go
    /// on. `taken` is what was taken the last time: its memory is used again.
    pub fn take_events(&mut self, taken: Vec<Event>) -> Vec<Event> {
        self.trace.take(taken)
    }

    /// A copy that goes on exactly like this world, but has none of its events and commands: small
    /// enough to keep many. [`World::recall`] gives it its commands back.
    pub fn bare_copy(&mut self) -> World {
        let run = std::mem::take(&mut self.run);
        let trace = self.trace.clone_without_events();
        let trace = std::mem::replace(&mut self.trace, trace);
        let copy = self.clone();
        (self.run, self.trace) = (run, trace);
        copy
    }

    /// Gives the commands back that led from the run's origin to this bare copy.
    pub fn recall(&mut self, run: Vec<RunStep>) {
        assert!(self.run.is_empty(), "only a bare copy has forgotten its commands");
        self.run = run;
    }

    /// About how much memory a copy of this world takes, in bytes. Items are not counted: copies
    /// share them.
    pub fn copy_weight(&self) -> usize {
        const FIXED: usize = 4_096;
        let happening = size_of::<Happening>() + 64;
        let machines = self.machines.iter().map(Machine::copy_weight);
        FIXED + machines.sum::<usize>() + self.queue.iter().count() * happening
    }
}

fn preference_lists(config: &ClusterConfig) -> PreferenceLists {
    let basis = config.basis();
    PreferenceLists::of(Topology::founded(&basis.first_ring(), basis))
}
