//! The world, and how it moves from one happening to the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::alarms::Alarms;
use super::client::Client;
use super::machine::Machine;
use super::queue::EventQueue;
use super::{Applied, ClusterConfig, Command, EventKind, Network, RunStep, Trace, TraceMode};
use crate::base::{
    ClientId, Digest, Duration, Error, EventSeq, MessageId, NodeId, RequestId, Result, VirtualTime,
};
use crate::data::{TableName, TableSchema};
use crate::node::{
    Address, Answer, Body, ClientRequest, Effect, Effects, Failure, Input, Message, MessageKind,
    Reading,
};
use crate::ring::{PreferenceLists, Ring, Zone};
use crate::storage::Lsn;

/// What a run began from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A fresh cluster of the run's configuration.
    Fresh,
    /// The snapshot with this digest.
    Snapshot(Digest),
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
        request: RequestId,
        kind: MessageKind,
    },
    Synced {
        node: NodeId,
        incarnation: crate::base::Incarnation,
        lsn: Lsn,
    },
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
    pub(super) tables: BTreeMap<TableName, TableSchema>,
    pub(super) machines: Vec<Machine>,
    pub(super) clients: Vec<Client>,
    pub(super) network: Network,
    pub(super) queue: EventQueue<Happening>,
    pub(super) alarms: Alarms,
    pub(super) next_request: RequestId,
    pub(super) next_message: MessageId,
    pub(super) trace: Trace,
    pub(super) run: Vec<RunStep>,
    /// How many things have happened since the origin.
    happenings: u64,
    effects: Effects,
}

impl Happening {
    /// Whom it concerns.
    pub fn addresses(&self) -> [Address; 2] {
        match self {
            Happening::Arrival { from, to, .. } => [*from, *to],
            Happening::Refusal { sender, by, .. } => [*sender, Address::Node(*by)],
            Happening::Synced { node, .. } => [Address::Node(*node); 2],
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
        let machines = (0..config.nodes)
            .map(|number| Machine::new(NodeId(number), &lists, config.node_settings()))
            .collect();
        let mut world = Self {
            initial: config,
            config,
            origin: Origin::Fresh,
            now: VirtualTime::ZERO,
            lists,
            tables: BTreeMap::new(),
            machines,
            clients: Vec::new(),
            network: Network::new(config.seed, config.network),
            queue: EventQueue::default(),
            alarms: Alarms::default(),
            next_request: RequestId::default(),
            next_message: MessageId::default(),
            trace: Trace::new(mode),
            run: Vec::new(),
            happenings: 0,
            effects: Effects::default(),
        };
        world.record(|| EventKind::Started(config));
        Ok(world)
    }

    /// Puts the parts together that a snapshot holds.
    pub(super) fn resume(saved: super::snapshot::Parts, digest: Digest) -> Self {
        let mode = TraceMode::Full;
        Self {
            initial: saved.config,
            config: saved.config,
            origin: Origin::Snapshot(digest),
            now: saved.now,
            lists: saved.lists,
            tables: saved.tables,
            machines: saved.machines,
            clients: saved.clients,
            network: saved.network,
            queue: saved.queue,
            alarms: saved.alarms,
            next_request: saved.next_request,
            next_message: saved.next_message,
            trace: Trace::continued(mode, saved.next_event, saved.trace_chain),
            run: Vec::new(),
            happenings: 0,
            effects: Effects::default(),
        }
    }

    /// Carries out a command at this instant.
    ///
    /// # Errors
    /// If the command makes no sense now. Then nothing has changed.
    pub fn apply(&mut self, command: Command) -> Result<Applied> {
        self.check(&command)?;
        if self.trace.is_on() {
            self.run.push(RunStep {
                at: self.now,
                after: self.trace.end(),
                happenings: self.happenings,
                mid_instant: self.is_mid_instant(),
                command: command.clone(),
            });
        }
        if let Command::Request(wanted) = command {
            let request = self.begin_request(wanted);
            return Ok(Applied { request: Some(request) });
        }
        self.record(|| EventKind::Commanded(command.clone()));
        match command {
            Command::Request(_) => unreachable!("requests were handled above"),
            Command::DefineTable(schema) => {
                self.tables.insert(schema.name.clone(), schema);
            }
            Command::Crash(node) => self.crash(node),
            Command::Restart(node) => self.restart(node),
            Command::SetQuorum { r, w } => {
                self.config.r = r;
                self.config.w = w;
                self.configure_nodes();
            }
            Command::SetNetwork(network) => self.network.preset = network,
            Command::SetRouting(routing) => self.config.routing = routing,
        }
        Ok(Applied { request: None })
    }

    /// Refuses what cannot be done now. [`World::apply`] does so by itself; this is for whoever
    /// has several commands and wants to carry out all of them or none.
    ///
    /// # Errors
    /// If the command makes no sense now.
    pub fn check(&self, command: &Command) -> Result<()> {
        match command {
            Command::DefineTable(schema) => match self.tables.get(&schema.name) {
                Some(defined) if defined != schema => Err(Error::refused(format!(
                    "table {} exists already with partition key {}",
                    schema.name, defined.partition_key.name
                ))),
                _ => Ok(()),
            },
            Command::Request(wanted) => self.config.check_overrides(wanted.overrides),
            Command::Crash(node) => match self.is_up(self.known(*node)?) {
                true => Ok(()),
                false => Err(Error::refused(format!("{node} is down already"))),
            },
            Command::Restart(node) => match self.is_up(self.known(*node)?) {
                true => Err(Error::refused(format!("{node} is up already: crash it first"))),
                false => Ok(()),
            },
            Command::SetQuorum { r, w } => ClusterConfig { r: *r, w: *w, ..self.config }.check(),
            Command::SetNetwork(_) | Command::SetRouting(_) => Ok(()),
        }
    }

    fn known(&self, node: NodeId) -> Result<NodeId> {
        match node.0 < self.config.nodes {
            true => Ok(node),
            false => Err(Error::not_found(format!(
                "there is no node {node}: the cluster has A to {}",
                NodeId(self.config.nodes - 1)
            ))),
        }
    }

    fn crash(&mut self, node: NodeId) {
        let lost = self.machines[node.index()].crash() as u32;
        self.set_alarm(Address::Node(node), None);
        self.record(|| EventKind::Crashed { node, lost_records: lost });
    }

    fn restart(&mut self, node: NodeId) {
        let settings = self.config.node_settings();
        let machine = &mut self.machines[node.index()];
        let incarnation = machine.start(&self.lists, settings);
        let versions = machine.node.as_ref().map_or(0, |node| node.store().len()) as u32;
        self.record(|| EventKind::Restarted { node, incarnation, versions });
    }

    fn configure_nodes(&mut self) {
        let settings = self.config.node_settings();
        for number in 0..self.config.nodes {
            self.step_node(NodeId(number), Input::Configure(settings));
        }
    }

    fn begin_request(&mut self, wanted: Arc<ClientRequest>) -> RequestId {
        let request = self.next_request.take();
        let client = wanted.client;
        self.record(|| EventKind::Asked { request, wanted: Arc::clone(&wanted) });
        let at = match self.clients.binary_search_by_key(&client, |client| client.id) {
            Ok(at) => at,
            Err(at) => {
                self.clients.insert(at, Client::new(client));
                at
            }
        };
        let (now, timeout, routing) = (self.now, self.config.timeout, self.config.routing);
        self.clients[at].begin(now, request, wanted, routing, timeout);
        self.update_client_alarm(client);
        self.enter_somewhere(client, request);
        request
    }

    /// Sends a client's request to its next entry node, or fails it if there is none left.
    fn enter_somewhere(&mut self, client: ClientId, request: RequestId) {
        let lists = Arc::clone(&self.lists);
        match self.client(client).next_entry(request, &lists) {
            Some((entry, wanted)) => {
                let message = Message { request, body: Body::Request(wanted) };
                self.send(Address::Client(client), Address::Node(entry), message);
            }
            None => {
                let failure = self.client(client).nobody_left(request);
                self.finish(client, request, Answer::Failed(failure));
            }
        }
    }

    fn finish(&mut self, client: ClientId, request: RequestId, answer: Answer) {
        let Some(outstanding) = self.client(client).finish(request) else { return };
        self.update_client_alarm(client);
        let took = self.now.since(outstanding.began);
        let is_write = outstanding.wanted.action.is_write();
        self.record(|| EventKind::Answered { request, client, is_write, answer, took });
    }

    fn client(&mut self, client: ClientId) -> &mut Client {
        let at = self.clients.binary_search_by_key(&client, |client| client.id);
        &mut self.clients[at.expect("a client that is spoken to exists")]
    }

    /// Keeps a client's alarm at or before its next deadline, as nodes do with theirs.
    fn update_client_alarm(&mut self, client: ClientId) {
        let next = self.client(client).alarm();
        let who = Address::Client(client);
        match (self.alarms.get(who), next) {
            (Some(alarm), Some(next)) if alarm <= next => {}
            _ => self.set_alarm(who, next),
        }
    }

    fn set_alarm(&mut self, who: Address, at: Option<VirtualTime>) {
        self.alarms.set(who, at.map(|at| at.max(self.now)));
    }

    fn zone_of(&self, address: Address) -> Zone {
        match address {
            Address::Client(_) => Zone(0),
            Address::Node(node) => self.lists.ring().zone(node),
        }
    }

    fn send(&mut self, from: Address, to: Address, message: Message) {
        let id = self.next_message.take();
        let sent_at = self.now;
        let latency = self.network.latency(self.zone_of(from), self.zone_of(to));
        let arrives_at = sent_at + latency;
        let (request, kind) = (message.request, message.body.kind());
        self.record(|| EventKind::Sent { message: id, request, kind, from, to, arrives_at });
        self.queue.push(arrives_at, Happening::Arrival { id, from, to, sent_at, message });
    }

    /// When the next thing happens; none if nothing will without a command.
    pub fn next_at(&self) -> Option<VirtualTime> {
        match (self.queue.next_at(), self.alarms.next_at()) {
            (Some(happening), Some(alarm)) => Some(happening.min(alarm)),
            (happening, alarm) => happening.or(alarm),
        }
    }

    /// Lets the next thing happen and moves virtual time there. False if there is none.
    pub fn step(&mut self) -> bool {
        let happening_first = match (self.queue.next_at(), self.alarms.next_at()) {
            (Some(happening), Some(alarm)) => happening <= alarm,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return false,
        };
        self.happenings += 1;
        if happening_first {
            let (at, happening) = self.queue.pop().expect("the queue was looked into");
            self.move_to(at);
            self.happen(happening);
        } else {
            let (at, who) = self.alarms.pop().expect("the alarms were looked into");
            self.move_to(at);
            self.wake(who);
        }
        true
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

    /// Lets everything happen until nothing will without a command.
    pub fn run_until_idle(&mut self) {
        while self.step() {}
    }

    /// Lets things happen until the trace has `end` events, or nothing will without a command.
    pub fn run_until_event(&mut self, end: EventSeq) {
        while self.trace.end() < end && self.step() {}
    }

    /// Runs until a request has its answer.
    pub fn run_until_answered(&mut self, request: RequestId) {
        while self.clients.iter().any(|client| client.waits_for(request)) && self.step() {}
    }

    fn move_to(&mut self, instant: VirtualTime) {
        assert!(instant >= self.now, "time runs backwards from {} to {instant}", self.now);
        self.now = instant;
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Arrival { id, from, to, sent_at, message } => {
                self.arrive(id, from, to, sent_at, message);
            }
            Happening::Refusal { sender, by, request, kind, .. } => {
                self.hear_refusal(sender, by, request, kind);
            }
            Happening::Synced { node, incarnation, lsn } => {
                let machine = &mut self.machines[node.index()];
                if machine.node.is_none() || machine.log.incarnation() != incarnation {
                    return;
                }
                let records = machine.end_sync(lsn);
                self.record(|| EventKind::Synced { node, records: records as u32 });
                self.step_node(node, Input::Durable { records });
                let machine = &mut self.machines[node.index()];
                if let Some(node) = &machine.node {
                    machine.log.compact(node.store());
                }
            }
        }
    }

    fn arrive(
        &mut self,
        id: MessageId,
        from: Address,
        to: Address,
        sent_at: VirtualTime,
        message: Message,
    ) {
        let (request, kind) = (message.request, message.body.kind());
        if let Address::Node(node) = to
            && self.machines[node.index()].node.is_none()
        {
            let heard_at = self.now + self.network.latency(self.zone_of(to), self.zone_of(from));
            self.record(|| EventKind::Refused { message: id, request, kind, from, to, heard_at });
            let sent_at = self.now;
            let refusal = Happening::Refusal { id, sender: from, by: node, sent_at, request, kind };
            self.queue.push(heard_at, refusal);
            return;
        }
        let took = self.now.since(sent_at);
        self.record(|| EventKind::Delivered { message: id, request, kind, from, to, took });
        match to {
            Address::Node(node) => self.step_node(node, Input::Message { from, message }),
            Address::Client(client) => match message.body {
                Body::Reply(answer) => self.finish(client, request, answer),
                body => panic!("{client} got a {} instead of a reply", body.kind()),
            },
        }
    }

    fn hear_refusal(&mut self, sender: Address, by: NodeId, request: RequestId, kind: MessageKind) {
        match sender {
            Address::Client(client) => self.enter_somewhere(client, request),
            Address::Node(node) if self.is_up(node) => {
                let peer = Address::Node(by);
                self.step_node(node, Input::Refused { peer, request, kind });
            }
            Address::Node(_) => {}
        }
    }

    fn wake(&mut self, who: Address) {
        match who {
            Address::Node(node) => self.step_node(node, Input::Alarm),
            Address::Client(client) => {
                while let Some(request) = {
                    let now = self.now;
                    self.client(client).take_due(now)
                } {
                    self.finish(client, request, Answer::Failed(Failure::NoAnswer));
                }
                self.update_client_alarm(client);
            }
        }
    }

    /// Puts an input into a node, if it is up, and performs what it wants done.
    fn step_node(&mut self, node: NodeId, input: Input) {
        let mut effects = std::mem::take(&mut self.effects);
        effects.notes_wanted = self.trace.is_on();
        let now = Reading { now: self.now, clock_us: self.now.0 };
        if let Some(node) = &mut self.machines[node.index()].node {
            node.step(now, input, &mut effects);
        }
        for effect in effects.list.drain(..) {
            self.perform(node, effect);
        }
        self.effects = effects;
        self.sync_if_pending(node);
    }

    fn perform(&mut self, node: NodeId, effect: Effect) {
        match effect {
            Effect::Send { to, message } => self.send(Address::Node(node), to, message),
            Effect::Append(record) => self.machines[node.index()].append(record),
            Effect::SetAlarm(at) => self.set_alarm(Address::Node(node), at),
            Effect::Note(note) => self.record(|| EventKind::Noted { node, note }),
        }
    }

    fn sync_if_pending(&mut self, node: NodeId) {
        let machine = &mut self.machines[node.index()];
        if let Some(lsn) = machine.begin_sync() {
            let incarnation = machine.log.incarnation();
            let at = self.now + self.network.sync_time();
            self.queue.push(at, Happening::Synced { node, incarnation, lsn });
        }
    }

    fn record(&mut self, kind: impl FnOnce() -> EventKind) {
        self.trace.record(self.now, kind);
    }

    /// Whether more is about to happen at this very instant.
    pub fn is_mid_instant(&self) -> bool {
        self.next_at().is_some_and(|at| at <= self.now)
    }

    /// How many things have happened since the run's origin.
    pub fn happenings(&self) -> u64 {
        self.happenings
    }

    /// The present instant.
    pub fn now(&self) -> VirtualTime {
        self.now
    }

    /// The configuration, with the quorum sizes in force.
    pub fn config(&self) -> &ClusterConfig {
        &self.config
    }

    /// The configuration that the run began with.
    pub fn initial_config(&self) -> &ClusterConfig {
        &self.initial
    }

    /// What this run began from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The commands of this run so far.
    pub fn run(&self) -> &[RunStep] {
        &self.run
    }

    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    pub fn preference_lists(&self) -> &PreferenceLists {
        &self.lists
    }

    /// The same, to keep beside the world.
    pub fn shared_preference_lists(&self) -> Arc<PreferenceLists> {
        Arc::clone(&self.lists)
    }

    /// The network preset in force.
    pub fn network(&self) -> super::NetworkPreset {
        self.network.preset
    }
}

pub(super) fn preference_lists(config: &ClusterConfig) -> PreferenceLists {
    let ring = Ring::with_random_tokens(config.zones(), u32::from(config.vnodes));
    PreferenceLists::new(ring, usize::from(config.n))
}
