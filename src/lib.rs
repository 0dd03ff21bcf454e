//! Ringscope: a Dynamo-style database cluster in one deterministic simulation, made to be seen
//! through.
//!
//! Everything that changes the world is a *command*; everything that happens in it is an *event*:
//!
//! ```text
//!  page · scenario file · command line            (who speaks)
//!        │  Command
//!        ▼
//!  World ── virtual time, nodes, network, faults  (what happens)
//!        │  Event (the trace)
//!        ▼
//!  ring picture · golden files · digests          (who watches)
//! ```
//!
//! The modules form layers. A module may import from those on its left, never from those on its
//! right, and modules inside one pair of braces do not import each other:
//!
//! ```text
//! base ← {data, ring, causality, consensus} ← {expression, storage} ←
//!   {coordinator, membership, anti_entropy, index, expiry, balancer, backup} ← node ← sim ←
//!   travel ← api ← scenario ← {lab, lesson, transfer} ← {js, ui, cli}
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`base`] | ids, virtual time, seeded random streams, digests, errors |
//! | [`data`] | DynamoDB's data model: numbers, attribute values, items, keys, tables |
//! | [`ring`] | tokens, vnodes, preference lists |
//! | [`causality`] | which of two versions is the newer one, or that neither is: stamps, dots, contexts |
//! | [`expression`] | conditions, updates, key conditions and projections: parsed, checked, applied |
//! | [`storage`] | one node's store, and the commit log behind it |
//! | [`consensus`] | registers that a majority agrees on: ballots, promises, votes (CASPaxos) |
//! | [`coordinator`] | counting votes: the lives of a write and a read |
//! | [`membership`] | one node's view of who is alive: gossip and failure detection |
//! | [`anti_entropy`] | Merkle trees: how two owners of a range find what differs |
//! | [`index`] | which entries an item has in secondary indexes, and what becomes of them |
//! | [`expiry`] | which items have had their time, and how exactly those go |
//! | [`balancer`] | who bears too much, and which token ranges should go elsewhere |
//! | [`backup`] | how a table was, and how that becomes a table again: backups, point-in-time recovery |
//! | [`node`] | one node as a step function: entry, coordinator, replica |
//! | [`sim`] | the world: queue, network, disks, clients, trace, snapshots |
//! | [`travel`] | a run in which one can go anywhere, and its branches |
//! | [`api`] | DynamoDB's operations: requests in JSON, as commands; answers, as responses |
//! | [`scenario`] | the command language: parse, run, record |
//! | [`lab`] | campaigns of seeded, faulted runs that are checked |
//! | [`lesson`] | predict, run, check: lessons as text, and how far a reader is |
//! | [`transfer`] | tables as files, both ways; a session as calls of DynamoDB's SDKs |
//! | [`js`] | the cluster as JavaScript speaks to it |
//! | [`ui`] | the page |
//! | `cli` | the command line (native only) |
//!
//! What is deliberately absent: nothing below `sim` reads a clock, draws ambient randomness, or
//! touches a network or a disk; nothing below `ui` knows that a screen exists.

pub mod anti_entropy;
pub mod api;
pub mod backup;
pub mod balancer;
pub mod base;
pub mod causality;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod consensus;
pub mod coordinator;
pub mod data;
pub mod expiry;
pub mod expression;
pub mod index;
pub mod js;
pub mod lab;
pub mod lesson;
pub mod membership;
pub mod node;
pub mod ring;
pub mod scenario;
pub mod sim;
pub mod storage;
pub mod transfer;
pub mod travel;
pub mod ui;
