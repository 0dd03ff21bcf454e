//! Commands: the only thing that changes a world.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::clock::Skew;
use super::faults::{LinkFault, Split, bare_span};
use super::{Alteration, Archiving, NetworkPreset, Routing, Workload, alteration, nested};
use crate::base::{Duration, EventSeq, MessageId, NodeId, VirtualTime, WorkloadId};
use crate::data::{Resolution, TableName, TableSchema};
use crate::node::{ClientRequest, Modes};
use crate::ring::Wish;

/// A change to the world, made from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Declares a table, so that items can be put into it.
    DefineTable(TableSchema),
    /// A client asks for something.
    Request(Arc<ClientRequest>),
    /// A node's process dies: what was not durable is lost, but for what may have reached the disk.
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
    /// From now on messages between some nodes are lost, until healed. Splits add up.
    Split(Split),
    /// Ends all splits and all faults of links.
    Heal,
    /// The fault of the link between two nodes, or of every link between nodes that has none of its
    /// own. It replaces the one before; a fault of nothing removes it.
    SetLink {
        between: Option<(NodeId, NodeId)>,
        fault: LinkFault,
        /// Only from the first node to the second.
        oneway: bool,
    },
    /// A node's process stops taking anything in, as in a long garbage collection. Whoever speaks
    /// to it hears nothing. New settings of the cluster reach it all the same.
    Pause(NodeId),
    /// A paused process goes on, with what waited for it in the order in which it came.
    Resume(NodeId),
    /// Every message of a node, and every sync of its log, takes this much longer from now on.
    Slow {
        node: NodeId,
        by: Duration,
    },
    /// Sets a node's clock: how far it is ahead now, how fast it gains, or both.
    SetClock {
        node: NodeId,
        skew: Option<Skew>,
        /// Microseconds gained on each second.
        drift_ppm: Option<i32>,
    },
    /// A node's disk is lost with all that is on it, and the process with it if it is up.
    Wipe(NodeId),
    /// Carries out another command at an instant to come, if it makes sense then.
    Schedule {
        at: VirtualTime,
        /// Any but this one.
        #[serde(with = "nested")]
        command: Box<Command>,
    },
    /// New ways of replicating, for requests and work from now on.
    SetModes(Modes),
    /// A message under way is lost, or one that waits in front of a paused node.
    Drop(MessageId),
    /// A message under way arrives this much later.
    Delay {
        message: MessageId,
        by: Duration,
    },
    /// A copy of a message under way arrives as well.
    Duplicate(MessageId),
    /// The operator wants the topology to change. A node that it brings gets the next number.
    Wish(Wish),
    /// Requests come by themselves from now on.
    StartWorkload(Workload),
    /// One workload, or every one, asks nothing more.
    StopWorkload(Option<WorkloadId>),
    /// A table gets an index, or loses one, or says something else of itself, or its items expire in
    /// another way.
    Alter(TableName, Alteration),
    /// A table is gone, with all that anybody has of it, and all that is under way about it. There
    /// can be another one of its name.
    DropTable(TableName),
    /// A backup of a table is made or goes, or a table is restored.
    Archive(Archiving),
}

impl fmt::Display for Command {
    /// The command in the scenario language, but for a put's item, which is told by its size.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::DefineTable(schema) => {
                write!(f, "table {}", schema.name)?;
                schema.key_attributes().try_for_each(|key| write!(f, " {key}"))?;
                match schema.resolution {
                    Resolution::LastWriterWins => Ok(()),
                    resolution => write!(f, " resolve={resolution}"),
                }
            }
            Command::DropTable(name) => f.write_str(&dropped(name)),
            Command::Request(request) => request.fmt(f),
            Command::Crash(node) => write!(f, "crash {node}"),
            Command::Restart(node) => write!(f, "restart {node}"),
            Command::SetQuorum { r, w } => write!(f, "set r={r} w={w}"),
            Command::SetNetwork(network) => write!(f, "set network={network}"),
            Command::SetRouting(routing) => write!(f, "set routing={routing}"),
            Command::SetModes(modes) => write!(f, "set{modes:#}"),
            Command::Split(split) => split.fmt(f),
            Command::Heal => f.write_str("heal"),
            Command::SetLink { between, fault, oneway } => {
                f.write_str("link")?;
                if let Some((a, b)) = between {
                    write!(f, " {a} {b}")?;
                }
                write!(f, "{fault}{}", if *oneway { " oneway=true" } else { "" })
            }
            Command::Pause(node) => write!(f, "pause {node}"),
            Command::Resume(node) => write!(f, "resume {node}"),
            Command::Slow { node, by } => write!(f, "slow {node} {}", bare_span(*by)),
            Command::SetClock { node, skew, drift_ppm } => {
                write!(f, "clock {node}")?;
                if let Some(skew) = skew {
                    write!(f, " skew={}", signed(&skew.to_string().replace('µ', "u")))?;
                }
                match drift_ppm {
                    Some(ppm) => write!(f, " drift={}", signed(&ppm.to_string())),
                    None => Ok(()),
                }
            }
            Command::Wipe(node) => write!(f, "wipe {node}"),
            Command::Drop(message) => write!(f, "drop {message}"),
            Command::Delay { message, by } => write!(f, "delay {message} {}", bare_span(*by)),
            Command::Duplicate(message) => write!(f, "duplicate {message}"),
            Command::Wish(wish) => wish.fmt(f),
            Command::StartWorkload(workload) => {
                write!(f, "workload {workload} table={}", workload.table)
            }
            Command::Archive(wanted) => wanted.fmt(f),
            Command::Alter(table, change) => f.write_str(&alteration::line(table.as_str(), change)),
            Command::StopWorkload(None) => f.write_str("workload stop"),
            Command::StopWorkload(Some(workload)) => write!(f, "workload stop {workload}"),
            Command::Schedule { at, command } => {
                let at = bare_span(at.since(VirtualTime::ZERO));
                let command = command.to_string().replace('\\', "\\\\").replace('\'', "\\'");
                write!(f, "at {at} '{command}'")
            }
        }
    }
}

fn dropped(table: &TableName) -> String {
    format!("call DeleteTable '{{\"TableName\":\"{table}\"}}'")
}

/// A number as an argument: a bare one cannot begin with a sign.
fn signed(number: &str) -> String {
    match number.starts_with('-') {
        true => format!("'{number}'"),
        false => number.to_owned(),
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
