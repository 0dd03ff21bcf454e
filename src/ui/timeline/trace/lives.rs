//! When nodes were down or paused. Needs no browser.

use crate::base::{NodeId, VirtualTime};
use crate::sim::{Command, Event, EventKind};

/// A span in which a node took nothing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    pub node: NodeId,
    pub from: VirtualTime,
    /// None while it goes on.
    pub until: Option<VirtualTime>,
    /// Down, or only paused.
    pub is_down: bool,
}

/// All absences, in the order in which they began.
#[derive(Debug, Default, PartialEq)]
pub struct Lives {
    absences: Vec<Absence>,
}

impl Lives {
    pub fn observe(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Crashed { node, .. } => {
                // A process that crashes is not paused any more.
                self.end(*node, event.at);
                self.begin(*node, event.at, true);
            }
            EventKind::Commanded(Command::Pause(node)) => self.begin(*node, event.at, false),
            EventKind::Restarted { node, .. } => {
                let began = self.end(*node, event.at);
                if !began {
                    // It was down when the events begin.
                    self.begin(*node, VirtualTime::ZERO, true);
                    self.end(*node, event.at);
                }
            }
            EventKind::Resumed { node, .. } => drop(self.end(*node, event.at)),
            _ => {}
        }
    }

    fn begin(&mut self, node: NodeId, from: VirtualTime, is_down: bool) {
        self.absences.push(Absence { node, from, until: None, is_down });
    }

    fn end(&mut self, node: NodeId, at: VirtualTime) -> bool {
        let open = |one: &&mut Absence| one.node == node && one.until.is_none();
        let found = self.absences.iter_mut().rfind(open);
        found.map(|one| one.until = Some(at)).is_some()
    }

    /// The absences that reach into a window of time.
    pub fn between(&self, from: VirtualTime, to: VirtualTime) -> impl Iterator<Item = &Absence> {
        self.absences
            .iter()
            .filter(move |one| one.from <= to && one.until.is_none_or(|until| until >= from))
    }
}
