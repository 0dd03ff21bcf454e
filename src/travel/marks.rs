//! Marks: events that one may want to go back to.

use super::Moment;
use crate::base::{Duration, EventSeq, VirtualTime};
use crate::node::{Answer, Note};
use crate::sim::{Command, Event, EventKind};

/// No branch has more marks or pauses than this; later ones are not noted.
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

/// A time without an event that is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The last event before it, and when that was.
    pub after: (EventSeq, VirtualTime),
    /// The first one after it.
    pub before: (EventSeq, VirtualTime),
}

/// Marked failures of workloads are so far apart at least.
const FAILURES_APART: Duration = Duration::from_ms(1_000);

/// Nothing shorter is a pause: a request over a wide area is silent for less.
const SHORTEST_PAUSE: Duration = Duration(200_000);

/// What is noted of a branch while it grows.
#[derive(Clone, Default)]
pub(super) struct Notes {
    pub marks: Vec<Mark>,
    pub pauses: Vec<Pause>,
    /// The last event that was news.
    last: (EventSeq, VirtualTime),
    /// Events before this one were looked through.
    pub seen: EventSeq,
}

impl Notes {
    pub fn from(moment: Moment) -> Self {
        let last = (moment.events, moment.at);
        Self { last, seen: moment.events, ..Self::default() }
    }

    /// The notes of a branch that parts from this one.
    pub fn until(&self, moment: Moment) -> Self {
        let has_happened = |mark: &&Mark| match mark.kind {
            MarkKind::Named => mark.moment.is_some_and(|marked| marked <= moment),
            _ => mark.event < moment.events,
        };
        let is_over = |pause: &&Pause| pause.before.0 < moment.events;
        Self {
            marks: self.marks.iter().filter(has_happened).cloned().collect(),
            pauses: self.pauses.iter().copied().filter(|pause| is_over(&pause)).collect(),
            ..Self::from(moment)
        }
    }

    /// The last news before an event, if there is a pause between, or nothing but routine since.
    pub fn quiet_since(&self, event: EventSeq) -> Option<EventSeq> {
        let after = self.pauses.partition_point(|pause| pause.after.0 < event);
        let pause = after.checked_sub(1).map(|at| &self.pauses[at]);
        let in_pause = pause.filter(|pause| event <= pause.before.0).map(|pause| pause.after.0);
        in_pause.or((self.last.0 < event).then_some(self.last.0)).filter(|last| last.0 > 0)
    }

    /// Of failures of workloads' requests, which come in hundreds, one in a while is marked.
    fn has_room(&self, kind: MarkKind, event: &Event) -> bool {
        let client = match (&event.kind, kind) {
            (EventKind::Answered { client, .. }, MarkKind::Failure) => *client,
            _ => return self.marks.len() < MOST,
        };
        let last = self.marks.iter().rfind(|mark| mark.kind == kind);
        let is_frequent = client.workload().is_some()
            && last.is_some_and(|last| event.at.since(last.at) < FAILURES_APART);
        self.marks.len() < MOST / 2 && !is_frequent
    }

    /// Looks through events that follow the ones before.
    pub fn note(&mut self, events: &[Event]) {
        for event in events {
            self.seen = EventSeq(event.seq.0 + 1);
            let kind = kind_of(&event.kind).filter(|kind| self.has_room(*kind, event));
            if let Some(kind) = kind {
                let words = event.kind.to_string();
                let (event, at) = (event.seq, event.at);
                self.marks.push(Mark { event, at, kind, words, moment: None });
            }
            if !event.kind.is_routine() {
                let (after, before) = (self.last, (event.seq, event.at));
                if before.1.since(after.1) >= SHORTEST_PAUSE && self.pauses.len() < MOST {
                    self.pauses.push(Pause { after, before });
                }
                self.last = before;
            }
        }
    }
}

fn kind_of(kind: &EventKind) -> Option<MarkKind> {
    match kind {
        EventKind::Commanded(Command::DefineTable(_)) => None,
        EventKind::Commanded(_) | EventKind::Skipped { .. } | EventKind::WorkloadEnded { .. } => {
            Some(MarkKind::Command)
        }
        EventKind::Answered { answer: Answer::Failed(_), .. } => Some(MarkKind::Failure),
        EventKind::Noted {
            note: Note::Suspects { .. } | Note::Rebuilding { .. } | Note::Rebuilt,
            ..
        } => Some(MarkKind::Finding),
        _ => None,
    }
}
