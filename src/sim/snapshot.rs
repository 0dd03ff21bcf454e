//! Snapshots of the whole world: bytes from which the run continues bit for bit.
//!
//! ```text
//!   "RINGSCOP" · version u32 · body length u32 · CRC32C u32 · body, deflated
//!   (integers little-endian; the CRC covers the deflated body, the lengths and the version)
//! ```
//!
//! The body is [`Wire`] in `postcard`'s encoding. Every record is stored once, however many
//! logs share it; a store is saved as the records that add up to it. The MD5 of the
//! body before compression is the *digest of the state*: what is.
//!
//! Caveats: version 0 follows the live types and will be replaced by a lasting format; it promises
//! nothing to other versions of the engine. The trace itself is not saved, only its digest.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::alarms::Alarms;
use super::client::{Client, SavedClient};
use super::distinct::{distinct, name};
use super::faults::Faults;
use super::machine::{Machine, Retired};
use super::queue::EventQueue;
use super::traffic::Traffic;
use super::world::{Happening, World};
use super::{ClusterConfig, Network, NetworkPreset};
use crate::backup::Archive;
use crate::base::{
    Digest, DigestChain, Error, EventSeq, Incarnation, MessageId, NodeId, RequestId, Result,
    VirtualTime, heap_sort,
};
use crate::data::TableSchema;
use crate::node::{Address, Node, NodeSettings, SavedNode, Tables};
use crate::ring::{ChangeId, PreferenceLists, Wish};
use crate::storage::{CommitLog, DiskState, Held, ItemKey, Lsn, Record, Store};

/// The version of the snapshot format that this engine writes and reads.
pub const SNAPSHOT_VERSION: u32 = 0;

const MAGIC: &[u8; 8] = b"RINGSCOP";
const HEADER_BYTES: usize = 20;
/// No body may claim to be larger than this: a bound on what damaged or hostile bytes can allocate.
const MAX_BODY_BYTES: usize = 256 << 20;

/// No log has more records that are not durable: a sync takes a fraction of a millisecond.
const MOST_PENDING: usize = 1 << 20;

/// What a snapshot is about, to tell it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub at: VirtualTime,
    pub nodes: u16,
    /// Distinct items that some replica holds.
    pub items: usize,
    pub state_digest: Digest,
    pub trace_digest: Digest,
}

/// The body of a snapshot.
#[derive(Serialize, Deserialize)]
pub(super) struct Wire {
    pub(super) config: ClusterConfig,
    pub(super) network: Network,
    pub(super) faults: Faults,
    pub(super) now: VirtualTime,
    pub(super) tables: Vec<TableSchema>,
    pub(super) next_request: RequestId,
    pub(super) next_message: MessageId,
    pub(super) next_event: EventSeq,
    pub(super) trace_chain: DigestChain,
    /// Every distinct record of any log or store, by item.
    pub(super) records: Vec<Record>,
    pub(super) machines: Vec<WireMachine>,
    pub(super) wishes: Vec<(ChangeId, Wish)>,
    pub(super) home: NetworkPreset,
    pub(super) clients: Vec<SavedClient>,
    pub(super) queue: Vec<(VirtualTime, Happening)>,
    pub(super) alarms: Vec<(VirtualTime, Address)>,
    pub(super) timers: Vec<(VirtualTime, Address)>,
    pub(super) traffic: Traffic,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WireMachine {
    /// Records that add up to the store, as indices into those of the world.
    pub(super) store: Vec<u32>,
    /// The records that were not durable yet, likewise.
    pub(super) pending: Vec<u32>,
    /// How many records were.
    pub(super) durable: u64,
    pub(super) incarnation: Incarnation,
    pub(super) disk: DiskState,
    pub(super) retired: Option<Retired>,
    pub(super) syncing: Option<Lsn>,
    pub(super) node: Option<SavedNode>,
}

/// The parts of a world that a snapshot holds.
pub(super) struct Parts {
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

impl World {
    /// The whole world in bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        seal(&self.body())
    }

    /// The digest of the state: what is. Equal worlds have equal digests, and a restored one
    /// continues with the same.
    pub fn state_digest(&self) -> Digest {
        Digest::of(&self.body())
    }

    /// What a snapshot taken now would be about.
    pub fn summary(&self) -> Summary {
        Summary {
            at: self.now(),
            nodes: self.config().nodes,
            items: self.distinct_items(),
            state_digest: self.state_digest(),
            trace_digest: self.trace().digest(),
        }
    }

    fn distinct_items(&self) -> usize {
        let stores = self.machines.iter().map(Machine::store);
        let mut all: Vec<(&ItemKey, &Held)> = stores.flat_map(|store| store.iter()).collect();
        let order = |held: &Held| held.stamp();
        heap_sort(&mut all, |a, b| (a.0, order(a.1)).cmp(&(b.0, order(b.1))));
        all.chunk_by(|a, b| a.0 == b.0)
            .filter(|of_one| of_one.last().is_some_and(|(_, held)| held.live().next().is_some()))
            .count()
    }

    /// The world that a snapshot was taken of, at the same instant.
    ///
    /// # Errors
    /// If the bytes are no snapshot, are damaged, or come from another version.
    pub fn restore(bytes: &[u8]) -> Result<World> {
        let body = unseal(bytes)?;
        let wrong = |_| damaged("its contents do not add up to a world");
        let (wire, rest) = postcard::take_from_bytes::<Wire>(&body).map_err(wrong)?;
        let archive = match rest {
            [] => Archive::default(),
            rest => postcard::from_bytes(rest).map_err(wrong)?,
        };
        Ok(World::resume(wire.into_parts(archive)?, Digest::of(&body)))
    }

    fn body(&self) -> Vec<u8> {
        let stores: Vec<Vec<Record>> =
            self.machines.iter().map(|machine| machine.store().records().collect()).collect();
        let logs = self.machines.iter().flat_map(|machine| machine.log.pending());
        let records = distinct(stores.iter().flatten().chain(logs));
        let index = |record: &Record| {
            let at = records.binary_search_by(|other| name(other).cmp(&name(record)));
            at.expect("every record of a log is among the distinct ones") as u32
        };
        let machines = self
            .machines
            .iter()
            .zip(&stores)
            .map(|(machine, store)| WireMachine {
                store: store.iter().map(index).collect(),
                pending: machine.log.pending().map(index).collect(),
                durable: machine.log.durable().0,
                incarnation: machine.log.incarnation(),
                disk: machine.log.disk_state(),
                retired: machine.retired,
                syncing: machine.syncing,
                node: machine.node.as_ref().map(Node::save),
            })
            .collect();
        let wire = Wire {
            config: self.config,
            network: self.network.clone(),
            faults: self.faults.clone(),
            now: self.now,
            tables: self.tables.values().cloned().collect(),
            next_request: self.next_request,
            next_message: self.next_message,
            next_event: self.trace.end(),
            trace_chain: self.trace.chain(),
            records: records.into_iter().cloned().collect(),
            machines,
            wishes: self.wishes.clone(),
            home: self.home,
            clients: self.clients.iter().map(Client::save).collect(),
            queue: self.queue.to_sorted().into_iter().map(|(at, h)| (at, h.clone())).collect(),
            alarms: self.alarms.iter().collect(),
            timers: self.timers.iter().collect(),
            traffic: self.traffic.clone(),
        };
        let mut body = postcard::to_allocvec(&wire).expect("a world can be encoded");
        // Behind everything else: a world without backups is written as if there were none.
        if !self.archive.is_unused() {
            body = postcard::to_extend(&self.archive, body).expect("an archive can be encoded");
        }
        body
    }
}

impl Wire {
    fn into_parts(self, archive: Archive) -> Result<Parts> {
        self.config.check().map_err(|_| damaged("its cluster could not exist"))?;
        if !self.is_sound() || !archive.is_sound() {
            return Err(damaged("it speaks of what cannot be"));
        }
        let set = |all: &[(VirtualTime, Address)]| {
            let mut alarms = Alarms::default();
            all.iter().for_each(|(at, who)| alarms.set(*who, Some(*at)));
            alarms
        };
        let (alarms, timers) = (set(&self.alarms), set(&self.timers));
        let mut tables = Tables::default();
        for schema in self.tables {
            tables.insert(schema.name.clone(), schema);
        }
        let tables = Arc::new(tables);
        let settings = self.config.node_settings(&tables);
        let machines = (0..)
            .zip(self.machines)
            .map(|(number, machine)| {
                let id = NodeId(number);
                machine.into_machine(id, &self.records, &settings)
            })
            .collect::<Result<Vec<Machine>>>()?;
        let known = machines.iter().filter_map(|machine| machine.store().charter().lists.clone());
        let lists = known
            .max_by_key(|lists| lists.epoch())
            .ok_or_else(|| damaged("nobody in it knows the topology"))?;
        let mut queue = EventQueue::default();
        self.queue.into_iter().for_each(|(at, happening)| queue.push(at, happening));
        Ok(Parts {
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
            archive,
        })
    }
}

impl WireMachine {
    fn into_machine(
        self,
        id: NodeId,
        distinct: &[Record],
        settings: &NodeSettings,
    ) -> Result<Machine> {
        let wrong = || damaged("a commit log in it does not add up");
        // A store has no record twice: longer, it is a small file that wants much memory.
        if self.store.len() > distinct.len() || self.pending.len() > MOST_PENDING {
            return Err(wrong());
        }
        let find = |at: &u32| distinct.get(*at as usize).ok_or_else(wrong);
        let mut store = Store::default();
        for record in &self.store {
            store.replay(find(record)?);
        }
        let pending = self.pending.iter().map(|at| find(at).cloned());
        let pending = pending.collect::<Result<Vec<Record>>>()?;
        let is_busy = !pending.is_empty() || self.syncing.is_some();
        let log = CommitLog::from_parts(self.durable, pending, self.incarnation, self.disk);
        let at_rest = Store::default();
        if store.charter().lists.is_none() {
            return Err(damaged("a node in it knows no topology"));
        }
        let (retired, syncing) = (self.retired, self.syncing);
        let mut machine = Machine { id, log, node: None, at_rest, retired, syncing };
        if machine.syncing.is_some_and(|lsn| lsn > machine.log.end()) {
            return Err(wrong());
        }
        if let Some(saved) = self.node {
            let mut node = Node::start(id, self.incarnation, store, settings.clone());
            if !node.can_resume(&saved) {
                return Err(wrong());
            }
            node.resume(saved);
            if !node.appended().eq(machine.log.pending()) {
                return Err(wrong());
            }
            machine.node = Some(node);
        } else if is_busy {
            // A crash loses what is pending, and ends the sync that was under way.
            return Err(wrong());
        } else {
            machine.at_rest = store;
        }
        Ok(machine)
    }
}

fn damaged(why: &str) -> Error {
    Error::damaged(format!("this snapshot is damaged: {why}. Nothing was changed"))
}

/// Puts the header before the deflated body.
fn seal(body: &[u8]) -> Vec<u8> {
    let deflated = miniz_oxide::deflate::compress_to_vec(body, 6);
    let length = u32::try_from(body.len()).expect("a world has less than 4 GiB");
    let mut bytes = Vec::with_capacity(HEADER_BYTES + deflated.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&SNAPSHOT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&checksum(&bytes, &deflated).to_le_bytes());
    bytes.extend_from_slice(&deflated);
    bytes
}

/// Checks the header and inflates the body.
fn unseal(bytes: &[u8]) -> Result<Vec<u8>> {
    let head = bytes.get(..HEADER_BYTES).filter(|head| head.starts_with(MAGIC));
    let Some(head) = head else {
        return Err(Error::damaged(
            "this is not a Ringscope snapshot: choose a file that Ringscope exported",
        ));
    };
    let field = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes"));
    let (version, length, sum) = (field(8), field(12) as usize, field(16));
    let deflated = &bytes[HEADER_BYTES..];
    if version != SNAPSHOT_VERSION {
        return Err(Error::damaged(format!(
            "this snapshot has format version {version}, and this page reads version \
             {SNAPSHOT_VERSION}: open it with the Ringscope that wrote it"
        )));
    }
    if checksum(&head[..16], deflated) != sum {
        return Err(damaged("its checksum is wrong, so some bytes were changed or are missing"));
    }
    if length > MAX_BODY_BYTES {
        return Err(damaged("it claims to be too large"));
    }
    match miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, length) {
        Ok(body) if body.len() == length => Ok(body),
        _ => Err(damaged("it cannot be inflated to the length that it claims")),
    }
}

fn checksum(head: &[u8], deflated: &[u8]) -> u32 {
    crate::base::crc32c(&[head, deflated])
}
