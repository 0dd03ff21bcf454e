//! Marks: events that one may want to go back to.

use super::Moment;
use crate::base::{EventSeq, VirtualTime};
use crate::node::{Answer, Note};
use crate::sim::{Command, Event, EventKind};

/// No branch has more marks than this; later ones are not noted.
const MOST: usize = 2_000;

/// An event that one may want to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The event's number. A mark that was set by name is before this event.
    pub event: EventSeq,
    pub at: VirtualTime,
    pub kind: MarkKind,
    /// What happened, or the name.
    pub words: String,
    /// Where the cursor was when the reader set it.
    pub moment: Option<Moment>,
}

/// Why an event is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A command other than a request: a fault, or a setting.
    Command,
    /// A request failed.
    Failure,
    /// Nodes found out something about each other or themselves.
    Finding,
    /// The reader set it.
    Named,
}

/// Adds the events that are worth it.
pub(super) fn note(marks: &mut Vec<Mark>, events: &[Event]) {
    for event in events {
        if marks.len() >= MOST {
            return;
        }
        if let Some(kind) = kind_of(&event.kind) {
            let words = event.kind.to_string();
            marks.push(Mark { event: event.seq, at: event.at, kind, words, moment: None });
        }
    }
}

fn kind_of(kind: &EventKind) -> Option<MarkKind> {
    match kind {
        EventKind::Commanded(Command::DefineTable(_)) => None,
        EventKind::Commanded(_) | EventKind::Skipped { .. } => Some(MarkKind::Command),
        EventKind::Answered { answer: Answer::Failed(_), .. } => Some(MarkKind::Failure),
        EventKind::Noted { note, .. } => match note {
            Note::Suspects { .. } | Note::Rebuilding { .. } | Note::Rebuilt => {
                Some(MarkKind::Finding)
            }
            _ => None,
        },
        _ => None,
    }
}
