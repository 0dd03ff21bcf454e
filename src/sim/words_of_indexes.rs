//! What nodes tell of indexes and of what expires, in words.

use std::fmt;

use super::words::{counted, list};
use crate::base::NodeId;
use crate::node::Note;

/// Writes a note that is about either.
///
/// # Panics
/// If it is another.
pub(super) fn write(f: &mut fmt::Formatter<'_>, node: NodeId, note: &Note) -> fmt::Result {
    match note {
        Note::Queues { entry, stamp, gone, to } => {
            write!(f, "{node} tells {} that entry {entry} is ", list(to))?;
            f.write_str(if *gone { "gone" } else { "there" })?;
            write!(f, ", as of {stamp}")
        }
        Note::Fills { index } => write!(f, "{node} begins to fill index {index}"),
        Note::Filled { index, items } => {
            let items = counted(*items, "item");
            write!(f, "{node} has filled index {index} with what it owns: {items}")
        }
        Note::Discarded { table, items } => {
            write!(f, "{node} discards {table}, {} with it", counted(*items, "version"))
        }
        Note::FoundMissing { owner, entries } => {
            write!(f, "{node} finds entries missing at {owner}: {entries}")
        }
        Note::Sweeps { key, expired, stamp } => {
            write!(f, "{node} sweeps {key}: version {expired} has expired, {stamp} deletes it")
        }
        Note::Disowned { entry, stamp } => {
            write!(f, "{node} forgets entry {entry}: nobody has version {stamp} any more")
        }
        _ => unreachable!("all other notes are written elsewhere"),
    }
}
