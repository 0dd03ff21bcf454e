//! Commands: the only thing that changes a world.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{NetworkPreset, Routing};
use crate::base::{EventSeq, NodeId, VirtualTime};
use crate::data::TableSchema;
use crate::node::ClientRequest;

/// A change to the world, made from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Declares a table, so that items can be put into it.
    DefineTable(TableSchema),
    /// A client asks for something.
    Request(Arc<ClientRequest>),
    /// A node's process dies: what was not durable is lost.
    Crash(NodeId),
    /// A node that is down starts again on what its commit log preserved.
    Restart(NodeId),
    /// New quorum sizes for requests from now on.
    SetQuorum {
        r: u8,
        w: u8,
    },
    /// New latencies for messages from now on. The number of zones stays.
    SetNetwork(NetworkPreset),
    SetRouting(Routing),
}

impl fmt::Display for Command {
    /// The command in the scenario language, but for a put's item, which is told by its size.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::DefineTable(schema) => {
                write!(f, "table {} {}", schema.name, schema.partition_key.name)
            }
            Command::Request(request) => request.fmt(f),
            Command::Crash(node) => write!(f, "crash {node}"),
            Command::Restart(node) => write!(f, "restart {node}"),
            Command::SetQuorum { r, w } => write!(f, "set r={r} w={w}"),
            Command::SetNetwork(network) => write!(f, "set network={network}"),
            Command::SetRouting(routing) => write!(f, "set routing={routing}"),
        }
    }
}

/// A command of a run, with the instant and the number of the event that it follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStep {
    pub at: VirtualTime,
    /// How many events the trace had.
    pub after: EventSeq,
    /// How many happenings there had been since the run's origin. Not every one leaves an event.
    pub happenings: u64,
    /// Whether more was about to happen at this very instant.
    pub mid_instant: bool,
    pub command: Command,
}
