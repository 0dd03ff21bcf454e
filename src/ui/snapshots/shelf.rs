//! What the page shows of its snapshots.

use super::{Listed, SnapshotEntry};
use crate::scenario::Schedule;

/// Everything that the panel lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    pub listed: Listed,
    /// Taken, but there was no room for it: it waits in memory.
    pub homeless: Option<Homeless>,
    /// The snapshot that was deleted last, and can be put back.
    pub deleted: Option<String>,
    pub schedule: Option<Scheduled>,
}

/// A snapshot that found no room.
#[derive(Clone, Debug, PartialEq)]
pub struct Homeless {
    pub entry: SnapshotEntry,
    /// What the storage said.
    pub why: String,
    /// How many units are missing.
    pub lacks: usize,
    /// How many others wait behind it.
    pub behind: usize,
}

/// The schedule in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    pub schedule: Schedule,
    /// How many of its own there are.
    pub kept: usize,
    /// Why it takes none at present.
    pub paused: Option<String>,
}
