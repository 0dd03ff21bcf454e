//! How long messages take.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Distribution, Duration, Error, NodeId, RandomStream, Result};
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
}

impl NetworkPreset {
    pub const ALL: [NetworkPreset; 3] =
        [NetworkPreset::Ideal, NetworkPreset::Lan, NetworkPreset::Wan];

    /// How many zones the nodes are dealt out to.
    pub fn zone_count(self) -> u8 {
        match self {
            NetworkPreset::Ideal | NetworkPreset::Lan => 1,
            NetworkPreset::Wan => 3,
        }
    }

    /// The zone of a node: they are dealt out in turn.
    pub fn zone_of(self, node: NodeId) -> Zone {
        Zone((node.0 % u16::from(self.zone_count())) as u8)
    }

    /// The mean time of one message between zones, in microseconds: the pace at which a person
    /// would watch this network.
    pub fn typical_us(self) -> u64 {
        match self {
            NetworkPreset::Ideal => 1_000,
            NetworkPreset::Lan => 300,
            NetworkPreset::Wan => 77_000,
        }
    }

    fn latency(self, from: Zone, to: Zone) -> Distribution {
        match self {
            NetworkPreset::Ideal => Distribution::Constant { us: 1_000 },
            NetworkPreset::Wan if from != to => {
                Distribution::Exponential { floor_us: 75_000, mean_us: 2_000.0 }
            }
            NetworkPreset::Lan | NetworkPreset::Wan => {
                Distribution::Exponential { floor_us: 200, mean_us: 100.0 }
            }
        }
    }
}

impl fmt::Display for NetworkPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            NetworkPreset::Ideal => "ideal",
            NetworkPreset::Lan => "lan",
            NetworkPreset::Wan => "wan",
        })
    }
}

impl FromStr for NetworkPreset {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        NetworkPreset::ALL.into_iter().find(|preset| preset.to_string() == text).ok_or_else(|| {
            Error::invalid(format!("{text:?} is no network: choose ideal, lan or wan"))
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

    /// Draws the time that one message takes.
    pub fn latency(&mut self, from: Zone, to: Zone) -> Duration {
        self.preset.latency(from, to).sample(&mut self.messages)
    }

    /// The time that one sync of a commit log takes: 0.1 ms, as on a solid-state disk.
    pub fn sync_time(&self) -> Duration {
        Duration(100)
    }
}
