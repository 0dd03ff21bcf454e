//! The simulated world: virtual time, a network, disks, nodes and clients, and nothing else.
//!
//! A [`World`] is changed only by a [`Command`] and by virtual time passing. Everything that happens
//! becomes an [`Event`] of the trace. The same configuration and the same commands at the same
//! instants give the same events, byte for byte, natively and in wasm32: ties between simultaneous
//! happenings are broken by the order in which they were scheduled, and every random draw comes from
//! a stream named after what it is for.
//!
//! ```text
//!   Command ──▶ World ──▶ Event, Event, …           digest of the trace: what happened
//!                 │
//!                 ├─ queue of messages, disk syncs, scheduled commands and workloads, earliest first
//!                 ├─ one alarm per node and client, one timer per node for its work in the background
//!                 ├─ archive: backups, and restores under way; it asks as a client does
//!                 ├─ faults: splits, bad links, pauses, slow nodes, wrong clocks
//!                 └─ snapshot: all of it in bytes   digest of the state: what is
//! ```
//!
//! Must never know: the page, files, wall clocks, text commands.
//!
//! Caveats: a crash is that of a process, not of a machine: messages to a node that is down are
//! refused after one more leg of the network, as a closed port refuses a connection. The trace is
//! kept whole, unless somebody takes its events away to watch them.

mod alarms;
mod alteration;
mod answer_words;
mod archiving;
mod audit;
mod client;
mod clock;
mod command;
mod config;
mod distinct;
mod event;
mod extent;
mod faults;
mod indexes;
mod machine;
mod nested;
mod network;
mod past;
mod possible;
mod queue;
mod snapshot;
mod soundness;
mod trace;
mod traffic;
mod view;
mod words;
mod words_of_indexes;
mod workload;
mod world;

pub use crate::base::UNIX_EPOCH_S;
pub use alteration::Alteration;
pub use archiving::{ArchiveNews, Archiving, Source};
pub use clock::{Clock, Skew};
pub use command::{Command, RunStep};
pub use config::{ClusterConfig, Limits, Routing};
pub use event::{Event, EventKind};
pub use extent::Extent;
pub use faults::{Faults, LinkFault, Loss, Split};
pub use indexes::{IndexError, IndexStatus};
pub use network::{Network, NetworkPreset};
pub use past::{Life, TablePast, Turn};
pub use snapshot::{SNAPSHOT_VERSION, Summary};
pub use trace::{Trace, TraceMode};
pub use traffic::{Count, Traffic};
pub use view::{Flight, NodeStatus, Replica, Standing};
pub use workload::{Exponent, HotSet, KeyPattern, Keys, Running, Workload};
pub use world::{Origin, World};
