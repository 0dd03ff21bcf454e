//! Part 2 of a snapshot: what the same engine needs beside the data to go on bit for bit.
//!
//! Live types in `postcard`'s encoding. Versions are told by their numbers in part 1.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bytes::ascended;
use super::data::{Data, rows_of};
use super::pool::empty_stamp;
use crate::backup::{Archive, Job};
use crate::base::{DigestChain, EventSeq, Incarnation, MessageId, NodeId, RequestId, VirtualTime};
use crate::node::{Address, Node, NodeSettings, SavedNode, Tables};
use crate::ring::{ChangeId, PreferenceLists, Wish};
use crate::sim::alarms::Alarms;
use crate::sim::client::{Client, SavedClient};
use crate::sim::faults::Faults;
use crate::sim::machine::{Machine, Retired};
use crate::sim::queue::EventQueue;
use crate::sim::traffic::Traffic;
use crate::sim::world::Happening;
use crate::sim::{ClusterConfig, Network, NetworkPreset};
use crate::storage::{CommitLog, DiskState, ItemKey, Lsn, Record, Store, Version};

/// Raise this whenever the bytes of part 2 come to mean something else: an engine with another number
/// takes the data alone.
pub const EXACT_TAG: u32 = 1;

/// So much of one world's memory may refer to versions that are stored once.
const MOST_MEMORY: usize = 1 << 30;

#[derive(Serialize, Deserialize)]
pub(in crate::sim) struct Wire {
    /// These two are part 1's.
    #[serde(skip)]
    pub config: ClusterConfig,
    #[serde(skip)]
    pub now: VirtualTime,
    pub network: Network,
    pub faults: Faults,
    pub next_request: RequestId,
    pub next_message: MessageId,
    pub next_event: EventSeq,
    pub trace_chain: DigestChain,
    /// Every distinct record without a version of any log or store.
    pub records: Vec<Record>,
    pub machines: Vec<WireMachine>,
    pub wishes: Vec<(ChangeId, Wish)>,
    pub home: NetworkPreset,
    pub clients: Vec<SavedClient>,
    pub queue: Vec<(VirtualTime, Happening)>,
    pub alarms: Vec<(VirtualTime, Address)>,
    pub timers: Vec<(VirtualTime, Address)>,
    pub traffic: Traffic,
    /// What the archive does, and the rows that each job has.
    pub jobs: Vec<(Job, Vec<u32>)>,
}

/// Where there are lists of numbers, each is told by its distance from the one before.
#[derive(Serialize, Deserialize)]
pub(in crate::sim) struct WireMachine {
    /// The versions that it holds, those that it keeps for others, and those that it held.
    pub own: Vec<u32>,
    pub hints: Vec<(NodeId, Vec<u32>)>,
    pub past: Vec<u32>,
    /// What else its disk knows, as indices into the records of the world.
    pub facts: Vec<u32>,
    /// The records that were not durable yet.
    pub pending: Vec<WireRecord>,
    /// How many records were.
    pub durable: u64,
    pub incarnation: Incarnation,
    pub disk: DiskState,
    pub retired: Option<Retired>,
    pub syncing: Option<Lsn>,
    pub node: Option<SavedNode>,
}

/// A record whose version is told by its number.
#[derive(Serialize, Deserialize)]
pub(in crate::sim) enum WireRecord {
    Own(u32),
    Hint(NodeId, u32),
    Past(u32),
    Other(Record),
}

/// The parts of a world that a snapshot holds.
pub(in crate::sim) struct Parts {
    pub config: ClusterConfig,
    pub network: Network,
    pub faults: Faults,
    pub now: VirtualTime,
    pub lists: Arc<PreferenceLists>,
    pub tables: Arc<Tables>,
    pub next_request: RequestId,
    pub next_message: MessageId,
    pub next_event: EventSeq,
    pub trace_chain: DigestChain,
    pub machines: Vec<Machine>,
    pub wishes: Vec<(ChangeId, Wish)>,
    pub home: NetworkPreset,
    pub clients: Vec<Client>,
    pub queue: EventQueue<Happening>,
    pub alarms: Alarms,
    pub timers: Alarms,
    pub traffic: Traffic,
    pub archive: Archive,
}

impl Wire {
    /// None if this cannot be what goes with the data.
    pub(super) fn into_parts(mut self, data: &Data) -> Option<Parts> {
        (self.config, self.now) = (data.config, data.now);
        if !self.is_sound() {
            return None;
        }
        let set = |all: &[(VirtualTime, Address)]| {
            let mut alarms = Alarms::default();
            all.iter().for_each(|(at, who)| alarms.set(*who, Some(*at)));
            alarms
        };
        let (alarms, timers) = (set(&self.alarms), set(&self.timers));
        let tables = data.tables.iter().map(|(_, schema)| (schema.name.clone(), schema.clone()));
        let tables: Arc<Tables> = Arc::new(tables.collect());
        let settings = self.config.node_settings(&tables);
        let wanted = self.machines.iter().map(WireMachine::version_count).sum::<usize>();
        if wanted > MOST_MEMORY / Store::ENTRY_BYTES {
            return None;
        }
        let machines = (0..)
            .zip(self.machines)
            .map(|(number, machine)| {
                machine.into_machine(NodeId(number), &data.versions, &self.records, &settings)
            })
            .collect::<Option<Vec<Machine>>>()?;
        let known = machines.iter().filter_map(|machine| machine.store().charter().lists.clone());
        let lists = known.max_by_key(|lists| lists.epoch())?;
        let mut queue = EventQueue::default();
        self.queue.into_iter().for_each(|(at, happening)| queue.push(at, happening));
        Some(Parts {
            config: self.config,
            network: self.network,
            faults: self.faults,
            now: self.now,
            lists,
            tables,
            next_request: self.next_request,
            next_message: self.next_message,
            next_event: self.next_event,
            trace_chain: self.trace_chain,
            machines,
            wishes: self.wishes,
            home: self.home,
            clients: self.clients.into_iter().map(Client::resume).collect(),
            queue,
            alarms,
            timers,
            traffic: self.traffic,
            archive: archive(self.jobs, data)?,
        })
    }
}

fn archive(jobs: Vec<(Job, Vec<u32>)>, data: &Data) -> Option<Archive> {
    let with_rows = |(job, steps): (Job, Vec<u32>)| {
        let numbers = ascended(steps, data.versions.len())?;
        let rows = match job.rows() {
            Some((table, _)) => rows_of(&numbers, &data.versions, table)?,
            None => Vec::new(),
        };
        Some(job.with_rows(rows))
    };
    let jobs = jobs.into_iter().map(with_rows).collect::<Option<Vec<Job>>>()?;
    let archive = Archive::from_parts(data.begun, data.backups.clone(), jobs);
    archive.is_sound().then_some(archive)
}

impl WireRecord {
    fn of(self, versions: &[(ItemKey, Version)]) -> Option<Record> {
        let find = |at: u32| {
            let all = versions.get(at as usize).cloned();
            all.filter(|(_, version)| version.stamp != empty_stamp())
        };
        Some(match self {
            WireRecord::Own(at) => {
                let (key, version) = find(at)?;
                Record::Own { key, version }
            }
            WireRecord::Hint(owner, at) => {
                let (key, version) = find(at)?;
                Record::Hint { owner, key, version }
            }
            WireRecord::Past(at) => {
                let (key, version) = find(at)?;
                Record::Past { key, version }
            }
            WireRecord::Other(record) => record,
        })
    }
}

impl WireMachine {
    /// How many versions it refers to.
    fn version_count(&self) -> usize {
        let hints = self.hints.iter().map(|(_, hints)| hints.len()).sum::<usize>();
        self.own.len() + hints + self.past.len()
    }

    fn into_machine(
        self,
        id: NodeId,
        versions: &[(ItemKey, Version)],
        records: &[Record],
        settings: &NodeSettings,
    ) -> Option<Machine> {
        let mut store = Store::default();
        let told = |steps: Vec<u32>| {
            let numbers = ascended(steps, versions.len())?;
            let mut all = numbers.iter().map(|number| &versions[*number as usize].1);
            let are_written = all.all(|version| version.stamp != empty_stamp());
            are_written.then(|| numbers.into_iter().map(|number| &versions[number as usize]))
        };
        for (key, version) in told(self.own)? {
            store.apply(key, version.clone(), |_, _| {});
        }
        for (owner, hints) in self.hints {
            told(hints)?.for_each(|(key, version)| store.keep_hint(owner, key, version.clone()));
        }
        for number in ascended(self.facts, records.len())? {
            store.replay(&records[number as usize]);
        }
        for (key, version) in told(self.past)? {
            store.replay(&Record::Past { key: key.clone(), version: version.clone() });
        }
        let pending = self.pending.into_iter().map(|record| record.of(versions));
        let pending = pending.collect::<Option<Vec<Record>>>()?;
        let is_busy = !pending.is_empty() || self.syncing.is_some();
        let log = CommitLog::from_parts(self.durable, pending, self.incarnation, self.disk);
        store.charter().lists.as_ref()?;
        let (retired, syncing, at_rest) = (self.retired, self.syncing, Store::default());
        let mut machine = Machine { id, log, node: None, at_rest, retired, syncing };
        if machine.syncing.is_some_and(|lsn| lsn > machine.log.end()) {
            return None;
        }
        if let Some(saved) = self.node {
            let mut node = Node::start(id, self.incarnation, store, settings.clone());
            if !node.can_resume(&saved) {
                return None;
            }
            node.resume(saved.with_records(machine.log.pending())?);
            machine.node = Some(node);
        } else if is_busy {
            // A crash loses what is pending, and ends the sync that was under way.
            return None;
        } else {
            machine.at_rest = store;
        }
        Some(machine)
    }
}
