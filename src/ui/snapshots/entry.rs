//! What the list says about a snapshot, so that it can be told from others without opening it.

use serde::{Deserialize, Serialize};

use super::packed;
use super::picture::{Seat, seats};
use crate::base::{Digest, VirtualTime, crc32c};
use crate::scenario::command_line;
use crate::sim::{Summary, World};
use crate::travel::History;

/// How entries are written: the first byte of each.
const VERSION: u8 = 1;
/// No more of the last command than this is told, in characters.
const LONGEST_COMMAND: usize = 72;

/// What the list says about one snapshot.
///
/// Caveat: it is kept in `postcard`'s encoding, in the order of its fields: another field is another
/// `VERSION`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotEntry {
    /// The end of its key.
    #[serde(skip)]
    pub id: String,
    /// What it takes of the storage, in UTF-16 units, keys included; 0 where that is no matter.
    #[serde(skip)]
    pub units: usize,
    pub name: String,
    /// When it was taken, in milliseconds of the browser's clock.
    pub taken_ms: u64,
    /// Size of the snapshot in bytes.
    pub bytes: usize,
    /// Whether the schedule took it.
    pub by_schedule: bool,
    pub about: About,
}

/// What a snapshot was taken of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    pub at: VirtualTime,
    /// Distinct items that some replica holds.
    pub items: usize,
    pub state_digest: Digest,
    pub trace_digest: Digest,
    /// N, R and W.
    pub quorum: [u8; 3],
    pub branch: String,
    /// The last command before it; empty if there was none.
    pub after: String,
    pub seats: Vec<Seat>,
}

impl About {
    /// The world at the cursor.
    pub fn of(history: &History, summary: Summary) -> Self {
        let branch = history.branch();
        let commands = history.moment().commands;
        let last = branch.lines().rfind(|step| step.happenings <= history.moment().happenings);
        let after = match (commands, last) {
            (0, _) | (_, None) => String::new(),
            (_, Some(step)) => shortened(command_line(&step.command)),
        };
        Self { branch: branch.name.clone(), after, ..Self::of_world(history.world(), summary) }
    }

    /// A world whose run nobody knows.
    pub fn of_world(world: &World, summary: Summary) -> Self {
        let config = world.config();
        Self {
            at: summary.at,
            items: summary.items,
            state_digest: summary.state_digest,
            trace_digest: summary.trace_digest,
            quorum: [config.n, config.r, config.w],
            branch: String::new(),
            after: String::new(),
            seats: seats(world),
        }
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST_COMMAND) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

impl SnapshotEntry {
    /// As text: what the storage's index has of it, and what stands before the snapshot itself.
    pub(super) fn to_text(&self) -> String {
        let bytes = postcard::to_extend(self, vec![VERSION]).expect("memory suffices");
        let sum = crc32c(&[&bytes]).to_le_bytes();
        let mut text = String::new();
        packed::pack(&[&bytes[..], &sum].concat(), &mut text);
        text
    }

    /// Reads an entry from the front of a text; none if none stands there whole.
    pub(super) fn read(text: &mut std::str::Chars<'_>, id: &str) -> Option<Self> {
        let bytes = packed::unpack(text)?;
        let (told, sum) = bytes.split_last_chunk::<4>()?;
        let (version, told) = told.split_first()?;
        if crc32c(&[&[*version], told]).to_le_bytes() != *sum || *version != VERSION {
            return None;
        }
        let entry: Self = postcard::from_bytes(told).ok()?;
        Some(Self { id: id.to_owned(), ..entry })
    }
}

/// How long ago something was, in words.
pub fn ago(now_ms: u64, then_ms: u64) -> String {
    let seconds = now_ms.saturating_sub(then_ms) / 1_000;
    let (count, unit) = match seconds {
        0..10 => return "just now".to_owned(),
        10..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}
