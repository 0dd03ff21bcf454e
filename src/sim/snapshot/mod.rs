//! Snapshots of the whole world: bytes from which the run continues bit for bit, and whose data every
//! later engine can read.
//!
//! # The format, version 1
//!
//! ```text
//!   file    "RINGSCOP" · version u32 · length of the body u32 · CRC32C u32 · body, deflated · zeros
//!   body    engine: text · exact tag: number · length of part 1 u32 · part 1: data · part 2: exact
//! ```
//!
//! Integers of fixed size (`u32`) are little-endian. The CRC is of the bytes before it and all behind it.
//! Deflate is that of RFC 1951, without a wrapper. No body is more than 64 KiB larger than 16 times its
//! file, so that a small file can want little memory only: what deflates better has zeros behind it. The
//! MD5 of parts 1 and 2 is the *digest of the state*: what is.
//!
//! **Part 1, the data**, means the same for ever. Its shapes (number, text, flag, list, maybe) are those
//! of [`bytes`]; items, keys and versions those of [`values`]; tables those of [`schema`]:
//!
//! ```text
//!   data      settings: text                       the arguments of the line `cluster …`, every one, and
//!                                                  network_now=, vnodes_now=: what they became
//!             now: instant
//!             nodes: as many as the settings say   is it a member: flag, zone, weight in tenths,
//!                                                  incarnation: numbers
//!             floor: clock, steps beyond it        tombstones up to here may have been forgotten
//!             tables: list                         is it ready: flag (not while it is restored), table
//!             names: list of texts                 tables, and entries of indexes: TABLE/INDEX
//!             items: list                          number of the name, key, list of versions
//!             begun: number                        how many backups were begun
//!             backups: list                        number, name: text, created: instant, table,
//!                                                  is it done: flag, rows: ascending
//!   ascending list of numbers, each the distance from the one before; the first one more than itself
//! ```
//!
//! Items come in the order of the ring, which is the order of the MD5 of `table/partition-key`, and of
//! each item the newest version first. Versions are numbered through from 0: a backup's rows are such
//! numbers. A version is in part 1 once, whether replicas, hints, logs, the past of a table, or backups
//! have it. One with an empty stamp (all zeros) was never written: only backups have this item still.
//!
//! **Part 2, exact**, is everything else, in the live types of the engine that wrote it, in `postcard`'s
//! encoding: what every node has of the versions, what it thinks, messages under way, faults, random
//! streams. It means something to engines with the same *exact tag* ([`EXACT_TAG`]). Any other, and one
//! that cannot make sense of it, restores the data alone ([`fresh`]).
//!
//! | file | what |
//! |---|---|
//! | `envelope` | header, checksum, deflate: what is damaged, and what is too large |
//! | `data`, `schema`, `values`, `bytes` | part 1, written and read |
//! | `pool` | every version once |
//! | `exact` | part 2 |
//! | `fresh` | a cluster from part 1 alone |
//!
//! Caveats: the trace itself is not saved, only its digest. Data alone leaves behind what was under way:
//! messages, requests, workloads, faults, changes of ownership (done at once), backups being made,
//! tables being restored, and what tables were before.

mod bytes;
mod data;
mod envelope;
mod exact;
mod fresh;
mod pool;
mod schema;
mod values;

use serde::{Deserialize, Serialize};

use self::bytes::{Reader, Writer, steps};
use self::data::{Data, Numbers, version_of};
use self::pool::Pool;
use super::World;
use super::client::Client;
use super::distinct::{distinct, name};
use super::machine::Machine;
use crate::base::{Digest, Error, Result, VirtualTime, heap_sort};
use crate::node::{Node, SavedNode};
use crate::storage::{Held, ItemKey, Record, Version};

pub use envelope::{SNAPSHOT_VERSION, seal, unseal};
pub use exact::EXACT_TAG;
pub(super) use exact::{Parts, Wire, WireMachine, WireRecord};

/// What a snapshot is about, to tell it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub at: VirtualTime,
    pub nodes: u16,
    /// Distinct items that some replica holds; entries of indexes do not count.
    pub items: usize,
    pub state_digest: Digest,
    pub trace_digest: Digest,
}

/// What came out of a snapshot.
#[derive(Debug)]
pub struct Opened {
    pub world: World,
    /// The version of the engine that wrote it.
    pub engine: Box<str>,
    /// Whether the run goes on bit for bit. Else this is the data alone, in a cluster at rest.
    pub is_exact: bool,
    /// The digest of the state that was snapshotted.
    pub digest: Digest,
}

impl Opened {
    /// What the snapshot is about.
    pub fn summary(&self) -> Summary {
        self.world.summary_with(self.digest)
    }

    /// What people should know of it, if it is not all that was.
    pub fn notice(&self) -> Option<String> {
        (!self.is_exact).then(|| {
            format!(
                "This snapshot was made by another version of the engine ({}): its data is here, \
                 messages under way are not.",
                self.engine
            )
        })
    }
}

impl World {
    /// The whole world in bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        seal(&self.body().0)
    }

    /// The digest of the state: what is. Equal worlds have equal digests, and a restored one
    /// continues with the same.
    pub fn state_digest(&self) -> Digest {
        let (body, state) = self.body();
        Digest::of(&body[state..])
    }

    /// What a snapshot taken now would be about.
    pub fn summary(&self) -> Summary {
        self.summary_with(self.state_digest())
    }

    /// A snapshot, and what it is about: in little more time than either.
    pub fn snapshot_and_summary(&self) -> (Vec<u8>, Summary) {
        let (body, state) = self.body();
        (seal(&body), self.summary_with(Digest::of(&body[state..])))
    }

    fn summary_with(&self, state_digest: Digest) -> Summary {
        Summary {
            at: self.now(),
            nodes: self.config().nodes,
            items: self.distinct_items(),
            state_digest,
            trace_digest: self.trace().digest(),
        }
    }

    fn distinct_items(&self) -> usize {
        let mut pool = Pool::default();
        self.machines.iter().for_each(|machine| pool.add(held(machine)));
        let (versions, _) = pool.settle();
        let is_live = |item: &&[(&ItemKey, &Version)]| match item {
            [(_, only)] => only.item.is_some(),
            all => Held::of(all.iter().map(|(_, version)| (*version).clone()))
                .is_some_and(|held| held.live().next().is_some()),
        };
        let is_item = |of_one: &&[(&ItemKey, &Version)]| !of_one[0].0.is_entry();
        let all = versions.chunk_by(|(one, _), (next, _)| one == next);
        all.filter(is_item).filter(is_live).count()
    }

    /// The world that a snapshot was taken of, at the same instant; or, if another version of the engine
    /// took it, its data in a cluster at rest. [`World::open`] tells which.
    ///
    /// # Errors
    /// If the bytes are no snapshot, are damaged, or come from another version of the format.
    pub fn restore(bytes: &[u8]) -> Result<World> {
        Self::open(bytes).map(|opened| opened.world)
    }

    /// The same, and what came out of it.
    ///
    /// # Errors
    /// As for [`World::restore`].
    pub fn open(bytes: &[u8]) -> Result<Opened> {
        let body = unseal(bytes)?;
        open(&body).ok_or_else(|| damaged("its contents do not add up to a world"))
    }

    /// The body, and where the state begins in it.
    fn body(&self) -> (Vec<u8>, usize) {
        let mut writer = Writer::default();
        writer.text(env!("CARGO_PKG_VERSION"));
        writer.number(EXACT_TAG);
        let state = writer.bytes.len() + 4;
        writer.bytes.extend_from_slice(&[0; 4]);
        let archive = &self.archive;
        let rows = archive.backups().iter().map(|backup| {
            let rows = backup.content.iter().flat_map(|content| content.rows.iter());
            rows.map(|row| version_of(&backup.schema.name, row)).collect()
        });
        let of_jobs = archive.jobs().iter().map(|job| {
            let (table, rows) = job.rows()?;
            Some(rows.iter().map(|row| version_of(table, row)).collect())
        });
        let of_jobs = of_jobs.map(Option::unwrap_or_default);
        let rows: Vec<Vec<(ItemKey, Version)>> = rows.chain(of_jobs).collect();
        let mut pool = Pool::default();
        rows.iter().for_each(|rows| pool.add(rows.iter().map(|(key, version)| (key, version))));
        self.machines.iter().for_each(|machine| add(machine, &mut pool));
        let (versions, places) = pool.settle();
        let (backups, others) = places.split_at(archive.backups().len());
        data::write(self, &versions, backups, &mut writer);
        let mut body = writer.bytes;
        let length = (body.len() - state) as u32;
        body[state - 4..state].copy_from_slice(&length.to_le_bytes());
        let wire = self.wire(others.iter().cloned());
        (postcard::to_extend(&wire, body).expect("a world can be encoded"), state)
    }

    /// Part 2. `places` are those of jobs, and then those of machines.
    fn wire(&self, mut places: impl Iterator<Item = Numbers>) -> Wire {
        let mut next = || places.next().expect("every place was added");
        let jobs = self.archive.jobs().iter();
        let jobs = jobs.map(|job| (job.clone().with_rows(Vec::new()), steps(next()))).collect();
        let facts: Vec<Vec<Record>> =
            self.machines.iter().map(|machine| machine.store().facts().collect()).collect();
        let records = distinct(facts.iter().flatten());
        let index = |record: &Record| {
            let at = records.binary_search_by(|other| name(other).cmp(&name(record)));
            at.expect("every record of a store is among the distinct ones") as u32
        };
        let facts = facts.iter().map(|facts| {
            let mut facts: Vec<u32> = facts.iter().map(index).collect();
            heap_sort(&mut facts, u32::cmp);
            steps(facts)
        });
        let machines = self.machines.iter().zip(facts);
        let machines = machines.map(|(machine, facts)| wired(machine, facts, &mut next)).collect();
        Wire {
            config: self.config,
            now: self.now,
            network: self.network.clone(),
            faults: self.faults.clone(),
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
            jobs,
        }
    }
}

/// Of each item the newest version first.
fn all<'a>(
    (key, held): (&'a ItemKey, &'a Held),
) -> impl Iterator<Item = (&'a ItemKey, &'a Version)> {
    held.versions().iter().rev().map(move |version| (key, version))
}

/// The versions that a machine holds.
fn held(machine: &Machine) -> impl Iterator<Item = (&ItemKey, &Version)> {
    machine.store().iter().flat_map(all)
}

/// Adds the places of a machine: what it holds, what it keeps for each owner, what it held, and each
/// record that waits for the disk.
fn add<'a>(machine: &'a Machine, pool: &mut Pool<'a>) {
    pool.add(held(machine));
    let store = machine.store();
    for owner in store.hints().owners() {
        pool.add(store.hints().of(owner).flat_map(all));
    }
    let past = store.changes().iter();
    pool.add(past.flat_map(|(key, past)| past.iter().rev().map(move |version| (key, version))));
    for record in machine.log.pending() {
        pool.add(record.key().zip(record.version()).into_iter());
    }
}

/// The machine with the numbers of those places.
fn wired(machine: &Machine, facts: Vec<u32>, next: &mut impl FnMut() -> Numbers) -> WireMachine {
    let own = steps(next());
    let hints = machine.store().hints().owners();
    let hints = hints.map(|owner| (owner, steps(next()))).collect();
    let past = steps(next());
    let pending = machine.log.pending().map(|record| match (next().first(), record) {
        (Some(at), Record::Own { .. }) => WireRecord::Own(*at),
        (Some(at), Record::Hint { owner, .. }) => WireRecord::Hint(*owner, *at),
        (Some(at), Record::Past { .. }) => WireRecord::Past(*at),
        (_, other) => WireRecord::Other(other.clone()),
    });
    WireMachine {
        own,
        hints,
        past,
        facts,
        pending: pending.collect(),
        durable: machine.log.durable().0,
        incarnation: machine.log.incarnation(),
        disk: machine.log.disk_state(),
        retired: machine.retired,
        syncing: machine.syncing,
        node: machine.node.as_ref().map(Node::save).map(SavedNode::without_records),
    }
}

/// None if the body is none.
fn open(body: &[u8]) -> Option<Opened> {
    let mut reader = Reader::new(body);
    let engine = reader.text()?.into();
    let tag: u32 = reader.number()?;
    let length = reader.raw(4)?.try_into().expect("four bytes");
    let state = reader.rest();
    let data = reader.raw(u32::from_le_bytes(length) as usize)?;
    let exact = reader.rest();
    let mut reader = Reader::new(data);
    let data = Data::read(&mut reader).filter(|_| reader.is_at_end())?;
    let digest = Digest::of(state);
    let wire = (tag == EXACT_TAG).then(|| postcard::take_from_bytes::<Wire>(exact).ok()).flatten();
    let wire = wire.filter(|(_, rest)| rest.is_empty());
    if let Some(parts) = wire.and_then(|(wire, _)| wire.into_parts(&data)) {
        return Some(Opened {
            world: World::resume(parts, digest),
            engine,
            is_exact: true,
            digest,
        });
    }
    let world = World::begin_anew(fresh::parts(data)?, digest);
    Some(Opened { world, engine, is_exact: false, digest })
}

fn damaged(why: &str) -> Error {
    Error::damaged(format!("this snapshot is damaged: {why}. Nothing was changed"))
}
