//! Which messages reach into a window of time. Needs no browser.
//!
//! Messages are found by their number when something becomes of them, and by blocks when a window is
//! drawn: a block whose messages all ended before the window is skipped.

use crate::base::{MessageId, VirtualTime};
use crate::sim::{Event, EventKind};

/// A message without an end yet.
const OPEN: u32 = u32::MAX;
const BLOCK: usize = 64;

/// A message that was sent, as far as it is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    pub message: MessageId,
    /// The row of the event with which it left.
    pub sent: u32,
    end: u32,
}

impl Arrow {
    /// The row of the event that told last what becomes of it.
    pub fn end(&self) -> Option<u32> {
        (self.end != OPEN).then_some(self.end)
    }
}

/// Messages in the order of their numbers, which is the order in which they left.
#[derive(Debug, Default, PartialEq)]
pub struct Arrows {
    all: Vec<Arrow>,
    /// For each block, when its first message left and its last one ends.
    blocks: Vec<(VirtualTime, VirtualTime)>,
}

impl Arrows {
    /// Takes in an event that is shown in a row.
    pub fn observe(&mut self, event: &Event, row: u32) {
        match &event.kind {
            EventKind::Sent { message, arrives_at, .. }
            | EventKind::Duplicated { copy: message, arrives_at, .. } => {
                if self.all.len().is_multiple_of(BLOCK) {
                    self.blocks.push((event.at, event.at));
                }
                self.all.push(Arrow { message: *message, sent: row, end: OPEN });
                self.reach(self.all.len() - 1, *arrives_at);
            }
            EventKind::Lost { message, until, .. } => self.settle(*message, row, *until),
            EventKind::Refused { message, heard_at, .. } => {
                self.settle(*message, row, *heard_at);
            }
            EventKind::Delivered { message, .. } | EventKind::Held { message, .. } => {
                self.settle(*message, row, event.at);
            }
            EventKind::Delayed { message, arrives_at, .. } => {
                self.settle(*message, row, *arrives_at);
            }
            _ => {}
        }
    }

    fn settle(&mut self, message: MessageId, row: u32, until: VirtualTime) {
        if let Ok(at) = self.all.binary_search_by_key(&message, |arrow| arrow.message) {
            self.all[at].end = row;
            self.reach(at, until);
        }
    }

    fn reach(&mut self, at: usize, until: VirtualTime) {
        let (_, last) = &mut self.blocks[at / BLOCK];
        *last = (*last).max(until);
    }

    /// The messages that may be under way at some time from one instant to another.
    pub fn between(&self, from: VirtualTime, to: VirtualTime) -> impl Iterator<Item = &Arrow> {
        let begun = self.blocks.partition_point(|(first, _)| *first <= to);
        let blocks = self.blocks[..begun].iter().zip(self.all.chunks(BLOCK));
        blocks.filter(move |((_, last), _)| *last >= from).flat_map(|(_, arrows)| arrows)
    }

    /// The message with which an event has to do.
    pub fn of(&self, message: MessageId) -> Option<&Arrow> {
        let at = self.all.binary_search_by_key(&message, |arrow| arrow.message).ok()?;
        Some(&self.all[at])
    }
}
