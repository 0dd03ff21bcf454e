//! Snapshots of the whole world: bytes from which the run continues bit for bit.
//!
//! ```text
//!   "RINGSCOP" · version u32 · body length u32 · CRC32C u32 · body, deflated
//!   (integers little-endian; the CRC covers the deflated body, the lengths and the version)
//! ```
//!
//! The body is [`Wire`] in `postcard`'s encoding. Every version is stored once, however many
//! replicas share it; stores are not saved, because they follow from the commit logs. The MD5 of the
//! body before compression is the *digest of the state*: what is.
//!
//! Caveats: version 0 follows the live types and will be replaced by a lasting format; it promises
//! nothing to other versions of the engine. The trace itself is not saved, only its digest.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::alarms::Alarms;
use super::client::{Client, SavedClient};
use super::machine::Machine;
use super::queue::EventQueue;
use super::world::{Happening, World, preference_lists};
use super::{ClusterConfig, Network};
use crate::base::{
    Digest, DigestChain, Error, EventSeq, Incarnation, MessageId, NodeId, RequestId, Result,
    VirtualTime, heap_sort,
};
use crate::causality::Stamp;
use crate::data::{TableName, TableSchema};
use crate::node::{Address, Node, SavedNode};
use crate::ring::PreferenceLists;
use crate::storage::{CommitLog, ItemKey, Lsn, Record};

/// The version of the snapshot format that this engine writes and reads.
pub const SNAPSHOT_VERSION: u32 = 0;

const MAGIC: &[u8; 8] = b"RINGSCOP";
const HEADER_BYTES: usize = 20;
/// No body may claim to be larger than this: a bound on what damaged or hostile bytes can allocate.
const MAX_BODY_BYTES: usize = 256 << 20;

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
struct Wire {
    config: ClusterConfig,
    network: Network,
    now: VirtualTime,
    tables: Vec<TableSchema>,
    next_request: RequestId,
    next_message: MessageId,
    next_event: EventSeq,
    trace_chain: DigestChain,
    /// Every distinct version in any log, by key and stamp.
    versions: Vec<Record>,
    machines: Vec<WireMachine>,
    clients: Vec<SavedClient>,
    queue: Vec<(VirtualTime, Happening)>,
    alarms: Vec<(VirtualTime, Address)>,
}

#[derive(Serialize, Deserialize)]
struct WireMachine {
    /// The log's records, as indices into `versions`.
    records: Vec<u32>,
    durable: u32,
    compacted: u64,
    incarnation: Incarnation,
    syncing: Option<Lsn>,
    node: Option<SavedNode>,
}

/// The parts of a world that a snapshot holds.
pub(super) struct Parts {
    pub config: ClusterConfig,
    pub network: Network,
    pub now: VirtualTime,
    pub lists: Arc<PreferenceLists>,
    pub tables: BTreeMap<TableName, TableSchema>,
    pub next_request: RequestId,
    pub next_message: MessageId,
    pub next_event: EventSeq,
    pub trace_chain: DigestChain,
    pub machines: Vec<Machine>,
    pub clients: Vec<Client>,
    pub queue: EventQueue<Happening>,
    pub alarms: Alarms,
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
        let logs = self.machines.iter().map(|machine| &machine.log);
        let versions = distinct(logs.flat_map(|log| &log.records()[..log.durable_count()]));
        versions
            .chunk_by(|a, b| a.key == b.key)
            .filter(|of_one| of_one.last().is_some_and(|newest| !newest.version.is_tombstone()))
            .count()
    }

    /// The world that a snapshot was taken of, at the same instant.
    ///
    /// # Errors
    /// If the bytes are no snapshot, are damaged, or come from another version.
    pub fn restore(bytes: &[u8]) -> Result<World> {
        let body = unseal(bytes)?;
        let wire: Wire = postcard::from_bytes(&body)
            .map_err(|_| damaged("its contents do not add up to a world"))?;
        Ok(World::resume(wire.into_parts()?, Digest::of(&body)))
    }

    fn body(&self) -> Vec<u8> {
        let versions = distinct(self.machines.iter().flat_map(|machine| machine.log.records()));
        let index = |record: &Record| {
            let at = versions.binary_search_by(|version| name(version).cmp(&name(record)));
            at.expect("every version in a log is among the distinct ones") as u32
        };
        let machines = self
            .machines
            .iter()
            .map(|machine| WireMachine {
                records: machine.log.records().iter().map(index).collect(),
                durable: machine.log.durable_count() as u32,
                compacted: machine.log.compacted_count(),
                incarnation: machine.log.incarnation(),
                syncing: machine.syncing,
                node: machine.node.as_ref().map(Node::save),
            })
            .collect();
        let wire = Wire {
            config: self.config,
            network: self.network.clone(),
            now: self.now,
            tables: self.tables.values().cloned().collect(),
            next_request: self.next_request,
            next_message: self.next_message,
            next_event: self.trace.end(),
            trace_chain: self.trace.chain(),
            versions: versions.into_iter().cloned().collect(),
            machines,
            clients: self.clients.iter().map(Client::save).collect(),
            queue: self.queue.to_sorted().into_iter().map(|(at, h)| (at, h.clone())).collect(),
            alarms: self.alarms.iter().collect(),
        };
        postcard::to_allocvec(&wire).expect("a world can be encoded")
    }
}

impl Wire {
    fn into_parts(self) -> Result<Parts> {
        self.config.check().map_err(|_| damaged("its cluster could not exist"))?;
        self.check_addresses()?;
        let lists = Arc::new(preference_lists(&self.config));
        let alarms = {
            let mut alarms = Alarms::default();
            self.alarms.iter().for_each(|(at, who)| alarms.set(*who, Some(*at)));
            alarms
        };
        let machines = (0..)
            .zip(self.machines)
            .map(|(number, machine)| {
                let id = NodeId(number);
                machine.into_machine(id, &self.versions, &self.config, &lists, &alarms)
            })
            .collect::<Result<Vec<Machine>>>()?;
        let mut tables = BTreeMap::new();
        for schema in self.tables {
            tables.insert(schema.name.clone(), schema);
        }
        let mut queue = EventQueue::default();
        self.queue.into_iter().for_each(|(at, happening)| queue.push(at, happening));
        Ok(Parts {
            config: self.config,
            network: self.network,
            now: self.now,
            lists,
            tables,
            next_request: self.next_request,
            next_message: self.next_message,
            next_event: self.next_event,
            trace_chain: self.trace_chain,
            machines,
            clients: self.clients.into_iter().map(Client::resume).collect(),
            queue,
            alarms,
        })
    }

    /// Everything that is spoken of exists, and nothing lies in the past.
    fn check_addresses(&self) -> Result<()> {
        let nodes = usize::from(self.config.nodes);
        let clients: Vec<_> = self.clients.iter().map(SavedClient::id).collect();
        let known = |address: &Address| match address {
            Address::Node(node) => node.index() < nodes,
            Address::Client(client) => clients.contains(client),
        };
        let fits = |(at, happening): &(VirtualTime, Happening)| {
            *at >= self.now && happening.addresses().iter().all(known)
        };
        let sound = self.machines.len() == nodes
            && clients.is_sorted()
            && self.queue.iter().all(fits)
            && self.alarms.iter().all(|(at, who)| *at >= self.now && known(who));
        match sound {
            true => Ok(()),
            false => Err(damaged("it speaks of nodes or instants that do not exist")),
        }
    }
}

impl WireMachine {
    fn into_machine(
        self,
        id: NodeId,
        versions: &[Record],
        config: &ClusterConfig,
        lists: &Arc<PreferenceLists>,
        alarms: &Alarms,
    ) -> Result<Machine> {
        let wrong = || damaged("a commit log in it does not add up");
        let records = self
            .records
            .iter()
            .map(|at| versions.get(*at as usize).cloned().ok_or_else(wrong))
            .collect::<Result<Vec<Record>>>()?;
        let pending = records.len().checked_sub(self.durable as usize).ok_or_else(wrong)?;
        let log =
            CommitLog::from_parts(records, self.durable as usize, self.compacted, self.incarnation)
                .ok_or_else(wrong)?;
        let mut machine = Machine { id, log, node: None, syncing: self.syncing };
        if machine.syncing.is_some_and(|lsn| lsn > machine.log.end()) {
            return Err(wrong());
        }
        if let Some(saved) = self.node {
            let store = machine.log.replay();
            let settings = config.node_settings();
            let mut node = Node::start(id, self.incarnation, store, Arc::clone(lists), settings);
            node.resume(saved, alarms.get(Address::Node(id)));
            if node.appended_count() != pending {
                return Err(wrong());
            }
            machine.node = Some(node);
        }
        Ok(machine)
    }
}

/// What tells a version from all others.
fn name(record: &Record) -> (&ItemKey, Stamp) {
    (&record.key, record.version.stamp)
}

/// Every version among the records once, by key and stamp.
fn distinct<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<&'a Record> {
    let mut versions: Vec<&Record> = records.collect();
    heap_sort(&mut versions, |a, b| name(a).cmp(&name(b)));
    versions.dedup_by(|a, b| name(a) == name(b));
    versions
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
