//! How long messages take.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Distribution, Duration, Error, NodeId, RandomStream, Result};
use crate::node::MessageKind;
use crate::ring::Zone;

/// A named set of latencies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkPreset {
    /// Every message takes exactly 1 ms.
    Ideal,
    /// One data centre: 0.2 ms and an exponential tail of 0.1 ms on average.
    #[default]
    Lan,
    /// Three data centres, 75 ms apart one way; inside each as `lan`.
    Wan,
    /// LinkedIn's stores on solid-state disks, as fitted by Bailis et al. (VLDB 2012, table 3).
    ///
    /// This one and the two that follow are the paper's WARS model: each leg of write,
    /// acknowledgement, read and response has its own latency; the client sits with the
    /// coordinator, so that requests, forwards and replies take no time. Two things differ from
    /// the paper. All N replicas are remote there; here a coordinator that is an owner itself asks
    /// itself without a message. And the disk is part of the legs there; here the sync of the log
    /// comes on top of them.
    LnkdSsd,
    /// The same on spinning disks: writes take longer, and vary more.
    LnkdDisk,
    /// Yammer's Riak cluster: a long tail in both directions.
    Ymmr,
}

/// The legs of the WARS model: writes, and all others between nodes.
const LNKD_SSD: Distribution = fit(0.9122, 0.235, 10.0, 1.66);
const LNKD_DISK_WRITE: Distribution = fit(0.38, 1.05, 1.51, 0.183);
const YMMR_WRITE: Distribution = fit(0.939, 3.0, 3.35, 0.0028);
const YMMR: Distribution = fit(0.982, 1.5, 3.8, 0.0217);

/// A row of the table, in its units: Pareto(`least_ms`, `alpha`) with probability `share`, else
/// Exponential(`rate_per_ms`).
const fn fit(share: f64, least_ms: f64, alpha: f64, rate_per_ms: f64) -> Distribution {
    let (least_us, mean_us) = (least_ms * 1_000.0, 1_000.0 / rate_per_ms);
    Distribution::ParetoOrExponential { share, least_us, alpha, mean_us }
}

impl NetworkPreset {
    pub const ALL: [NetworkPreset; 6] = [
        NetworkPreset::Ideal,
        NetworkPreset::Lan,
        NetworkPreset::Wan,
        NetworkPreset::LnkdSsd,
        NetworkPreset::LnkdDisk,
        NetworkPreset::Ymmr,
    ];

    /// How many zones the nodes are dealt out to.
    pub fn zone_count(self) -> u8 {
        match self {
            NetworkPreset::Wan => 3,
            _ => 1,
        }
    }

    /// The zone of a node: they are dealt out in turn.
    pub fn zone_of(self, node: NodeId) -> Zone {
        Zone((node.0 % u16::from(self.zone_count())) as u8)
    }

    /// The mean time of one message, between zones if there are several and over the four legs if
    /// they differ, in microseconds: the pace at which a person would watch this network.
    pub fn typical_us(self) -> u64 {
        match self {
            NetworkPreset::Ideal => 1_000,
            NetworkPreset::Lan => 300,
            NetworkPreset::Wan => 77_000,
            NetworkPreset::LnkdSsd => 300,
            NetworkPreset::LnkdDisk => 1_400,
            NetworkPreset::Ymmr => 8_600,
        }
    }

    fn latency(self, from: Zone, to: Zone, kind: MessageKind) -> Distribution {
        let is_write = matches!(kind, MessageKind::Write | MessageKind::Accept);
        match self {
            NetworkPreset::Ideal => Distribution::Constant { us: 1_000 },
            NetworkPreset::Wan if from != to => {
                Distribution::Exponential { floor_us: 75_000, mean_us: 2_000.0 }
            }
            NetworkPreset::Lan | NetworkPreset::Wan => {
                Distribution::Exponential { floor_us: 200, mean_us: 100.0 }
            }
            _ if has_connection(kind) => Distribution::Constant { us: 0 },
            NetworkPreset::LnkdDisk if is_write => LNKD_DISK_WRITE,
            NetworkPreset::LnkdSsd | NetworkPreset::LnkdDisk => LNKD_SSD,
            NetworkPreset::Ymmr if is_write => YMMR_WRITE,
            NetworkPreset::Ymmr => YMMR,
        }
    }
}

/// Whether a message travels on a connection, as a client's request and its answer do all the way.
/// Connections drop copies of what they carried already.
pub(super) fn has_connection(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Request | MessageKind::Forward | MessageKind::Reply)
}

impl fmt::Display for NetworkPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            NetworkPreset::Ideal => "ideal",
            NetworkPreset::Lan => "lan",
            NetworkPreset::Wan => "wan",
            NetworkPreset::LnkdSsd => "lnkd-ssd",
            NetworkPreset::LnkdDisk => "lnkd-disk",
            NetworkPreset::Ymmr => "ymmr",
        })
    }
}

impl FromStr for NetworkPreset {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        NetworkPreset::ALL.into_iter().find(|preset| preset.to_string() == text).ok_or_else(|| {
            Error::invalid(format!(
                "{text:?} is no network: choose ideal, lan, wan, lnkd-ssd, lnkd-disk or ymmr"
            ))
        })
    }
}

/// The network and the disks: everything in the world whose speed is a matter of chance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub preset: NetworkPreset,
    messages: RandomStream,
}

impl Network {
    pub fn new(seed: u64, preset: NetworkPreset) -> Self {
        Self { preset, messages: RandomStream::new(seed, "network") }
    }

    /// Draws the time that one message takes, not counting what faults add.
    pub fn latency(&mut self, from: Zone, to: Zone, kind: MessageKind) -> Duration {
        self.preset.latency(from, to, kind).sample(&mut self.messages)
    }

    /// The same for a copy, drawn from another stream, so that it shifts no other message.
    pub fn copy_latency(
        &self,
        from: Zone,
        to: Zone,
        kind: MessageKind,
        stream: &mut RandomStream,
    ) -> Duration {
        self.preset.latency(from, to, kind).sample(stream)
    }

    /// The time that one sync of a commit log takes: 0.1 ms, as on a solid-state disk.
    pub fn sync_time(&self) -> Duration {
        Duration(100)
    }
}
