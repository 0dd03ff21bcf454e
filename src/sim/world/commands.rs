//! What commands do to the world.

use std::sync::Arc;

use super::super::client::Client;
use super::super::machine::Retired;
use super::super::{Alteration, Command, EventKind, RunStep};
use super::World;
use crate::base::{ClientId, Error, NodeId, RequestId, Result, VirtualTime};
use crate::data::{Recording, Resolution, TableName, TableSchema};
use crate::node::{Action, Address, Answer, Body, ClientRequest, Input, Message, NodeSettings};

impl World {
    /// Carries out a command at this instant; returns the request that it began, if it is one.
    ///
    /// # Errors
    /// If the command makes no sense now. Then nothing has changed.
    pub fn apply(&mut self, command: Command) -> Result<Option<RequestId>> {
        self.check(&command)?;
        let command = self.with_next_number(command);
        if self.trace.is_full() {
            self.run.push(RunStep {
                at: self.now,
                after: self.trace.end(),
                happenings: self.happenings,
                mid_instant: self.is_mid_instant(),
                command: command.clone(),
            });
        }
        Ok(self.carry_out(command))
    }

    /// Does what a command says that makes sense now.
    pub(super) fn carry_out(&mut self, command: Command) -> Option<RequestId> {
        if let Command::Request(wanted) = command {
            return Some(self.begin_request(wanted));
        }
        let command = self.with_next_number(command);
        self.record(|| EventKind::Commanded(command.clone()));
        match command {
            Command::Archive(wanted) => return self.carry_out_archiving(wanted),
            Command::Request(_) => unreachable!("requests were handled above"),
            Command::DefineTable(schema) => {
                Arc::make_mut(&mut self.tables).insert(schema.name.clone(), schema);
                self.configure_nodes();
            }
            Command::Alter(table, change) => {
                let changed = self.altered(&table, &change).expect("it was checked");
                Arc::make_mut(&mut self.tables).insert(table, changed);
                self.configure_nodes();
            }
            Command::DropTable(name) => self.drop_table(&name),
            Command::Crash(node) => self.crash(node),
            Command::Restart(node) => self.restart(node),
            Command::SetQuorum { r, w } => {
                self.config.r = r;
                self.config.w = w;
                self.configure_nodes();
            }
            Command::SetNetwork(network) => self.network.preset = network,
            Command::SetRouting(routing) => self.config.routing = routing,
            Command::SetModes(modes) => {
                self.config.modes = modes;
                self.configure_nodes();
            }
            on_message @ (Command::Drop(_) | Command::Delay { .. } | Command::Duplicate(_)) => {
                self.carry_out_on_message(on_message);
            }
            Command::Wish(wish) => self.wish(wish),
            on_workload @ (Command::StartWorkload(_) | Command::StopWorkload(_)) => {
                self.carry_out_on_workload(on_workload);
            }
            fault => self.carry_out_fault(fault),
        }
        None
    }

    /// Refuses what cannot be done now. [`World::apply`] does so by itself; this is for whoever
    /// has several commands and wants to carry out all of them or none.
    ///
    /// # Errors
    /// If the command makes no sense now.
    pub fn check(&self, command: &Command) -> Result<()> {
        self.config.check_command(command)?;
        match command {
            Command::DefineTable(schema) => match self.tables.get(&schema.name) {
                Some(defined) if defined != schema => Err(Error::refused(format!(
                    "table {} exists already with partition key {} and resolve={}",
                    schema.name, defined.partition_key.name, defined.resolution
                ))),
                _ => self.check_usable(&schema.name),
            },
            Command::Alter(table, change) => {
                self.check_usable(table)?;
                self.check_stamps(change)?;
                self.altered(table, change).map(drop)
            }
            Command::Archive(wanted) => self.check_archiving(wanted),
            Command::SetModes(modes) => self.check_stamps_with(modes),
            Command::DropTable(name) if self.tables.contains_key(name) => self.check_usable(name),
            Command::DropTable(name) => Err(Error::not_found(format!("there is no table {name}"))),
            Command::Crash(node) => match self.is_up(*node) {
                true => Ok(()),
                false => Err(Error::refused(format!("{node} is down already"))),
            },
            Command::Restart(node) => self.check_restart(*node),
            Command::Wish(wish) => self.check_wish(wish),
            Command::Request(wanted) => {
                self.check_usable(wanted.key.table())?;
                self.check_past(wanted)?;
                self.check_context(wanted)
            }
            Command::Drop(_) | Command::Delay { .. } | Command::Duplicate(_) => {
                self.check_message(command)
            }
            Command::StartWorkload(_) | Command::StopWorkload(_) => self.check_workload(command),
            fault => self.check_fault(fault),
        }
    }

    fn altered(&self, table: &TableName, change: &Alteration) -> Result<TableSchema> {
        match self.tables.get(table) {
            Some(schema) => change.of(schema).map(|changed| self.since_now(schema, changed)),
            None => Err(Error::not_found(format!("there is no table {table}: declare it first"))),
        }
    }

    /// What is kept of a table's past from now on, and goes on being kept while a backup is made.
    fn since_now(&self, before: &TableSchema, mut changed: TableSchema) -> TableSchema {
        match (before.recording, &mut changed.recording) {
            (None, Some(recording)) => recording.since = self.now,
            (Some(recording), none @ None) if self.is_held(&before.name) => {
                *none = Some(Recording { days: None, ..recording });
            }
            _ => {}
        }
        changed
    }

    /// Refuses a look at a table at an instant that its past does not reach.
    fn check_past(&self, wanted: &ClientRequest) -> Result<()> {
        let Action::Page(page) = &wanted.action else { return Ok(()) };
        let Some(at) = page.as_of() else { return Ok(()) };
        match self.tables.get(&page.source) {
            Some(schema) => self.check_instant(schema, VirtualTime(at.clock_us())),
            None => Err(Error::not_found(format!("there is no table {}", page.source))),
        }
    }

    /// A write says what it has seen exactly where siblings are kept.
    fn check_context(&self, wanted: &ClientRequest) -> Result<()> {
        let resolution = self.tables.get(wanted.key.table()).map(|schema| schema.resolution);
        let keeps_siblings = resolution == Some(Resolution::Siblings);
        let needs_one = matches!(wanted.action, Action::Change(_) | Action::Page(_));
        match (&wanted.context, keeps_siblings) {
            (_, true) if needs_one => Err(Error::invalid(format!(
                "table {} keeps siblings: it has no updates, conditions, queries and scans, which \
                 are about the one version of an item",
                wanted.key.table()
            ))),
            (Some(_), false) => Err(Error::invalid(format!(
                "table {} keeps one version of each item, by last writer wins: a context means \
                 nothing there",
                wanted.key.table()
            ))),
            (None, true) if wanted.action.is_write() => Err(Error::invalid(format!(
                "table {} keeps siblings: a write to it has a context",
                wanted.key.table()
            ))),
            _ => Ok(()),
        }
    }

    fn restart(&mut self, node: NodeId) {
        let settings = self.node_settings();
        let machine = &mut self.machines[node.index()];
        let (incarnation, cut) = machine.start(settings);
        let versions = machine.node.as_ref().map_or(0, |node| node.store().version_count()) as u32;
        if cut {
            self.record(|| EventKind::TornRecordCut { node });
        }
        self.record(|| EventKind::Restarted { node, incarnation, versions });
        self.begin_node(node);
        self.give_wishes(node);
    }

    fn check_restart(&self, node: NodeId) -> Result<()> {
        if self.is_up(node) {
            return Err(Error::refused(format!("{node} is up already: crash it first")));
        }
        match self.machines.get(node.index()).and_then(|machine| machine.retired) {
            None => Ok(()),
            Some(Retired::Left) => Err(Error::refused(format!(
                "{node} has left the cluster: add a new node in its stead"
            ))),
            Some(Retired::Replaced) => Err(Error::refused(format!(
                "{node} was taken for dead and replaced: it must not come back. Add a new node"
            ))),
        }
    }

    pub(super) fn node_settings(&self) -> NodeSettings {
        self.config.node_settings(&self.tables)
    }

    pub(super) fn configure_nodes(&mut self) {
        let settings = self.node_settings();
        for number in 0..self.config.nodes {
            self.step_node(NodeId(number), Input::Configure(settings.clone()));
        }
    }

    pub(super) fn begin_request(&mut self, wanted: Arc<ClientRequest>) -> RequestId {
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
    pub(super) fn enter_somewhere(&mut self, client: ClientId, request: RequestId) {
        let lists = Arc::clone(&self.lists);
        match self.client(client).next_entry(request, &lists) {
            Some((entry, wanted)) => {
                let clock = self.client(client).clock.last();
                let body = Body::Request(wanted);
                let epoch = lists.epoch();
                let message = Message { request: Some(request), clock, epoch, body };
                self.send(Address::Client(client), Address::Node(entry), message);
            }
            None => {
                let failure = self.client(client).nobody_left(request);
                self.finish(client, request, Answer::Failed(failure));
            }
        }
    }

    pub(super) fn finish(&mut self, client: ClientId, request: RequestId, answer: Answer) {
        let Some(outstanding) = self.client(client).finish(request) else { return };
        self.update_client_alarm(client);
        let took = self.now.since(outstanding.began);
        let is_write = outstanding.wanted.action.is_write();
        let told = (client == ClientId::ARCHIVE).then(|| answer.clone());
        let answered = || EventKind::Answered { request, client, is_write, answer, took };
        self.trace.record_answer(self.now, answered);
        if let Some(told) = told {
            self.tell_archive(request, told);
        }
    }

    pub(super) fn client(&mut self, client: ClientId) -> &mut Client {
        let at = self.clients.binary_search_by_key(&client, |client| client.id);
        &mut self.clients[at.expect("a client that is spoken to exists")]
    }

    /// Keeps a client's alarm at or before its next deadline, as nodes do with theirs.
    pub(super) fn update_client_alarm(&mut self, client: ClientId) {
        let next = self.client(client).alarm();
        let who = Address::Client(client);
        match (self.alarms.get(who), next) {
            (Some(alarm), Some(next)) if alarm <= next => {}
            _ => self.set_alarm(who, next),
        }
    }
}
