//! What a world says of itself: its run, its clock, its configuration.

use std::sync::Arc;

use super::super::{ClusterConfig, NetworkPreset, RunStep, Trace};
use super::{Origin, World};
use crate::base::VirtualTime;
use crate::ring::PreferenceLists;

impl World {
    /// Whether more is about to happen at this very instant.
    pub fn is_mid_instant(&self) -> bool {
        self.next_at().is_some_and(|at| at <= self.now)
    }

    /// How many things have happened since the run's origin.
    pub fn happenings(&self) -> u64 {
        self.happenings
    }

    /// The present instant.
    pub fn now(&self) -> VirtualTime {
        self.now
    }

    /// The configuration, with the quorum sizes in force.
    pub fn config(&self) -> &ClusterConfig {
        &self.config
    }

    /// The configuration that the run began with.
    pub fn initial_config(&self) -> &ClusterConfig {
        &self.initial
    }

    /// What this run began from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The commands of this run so far.
    pub fn run(&self) -> &[RunStep] {
        &self.run
    }

    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The latest topology that any node follows, and who owns what by it.
    pub fn preference_lists(&self) -> &PreferenceLists {
        &self.lists
    }

    /// The same, to keep beside the world.
    pub fn shared_preference_lists(&self) -> Arc<PreferenceLists> {
        Arc::clone(&self.lists)
    }

    /// The network preset in force.
    pub fn network(&self) -> NetworkPreset {
        self.network.preset
    }
}
