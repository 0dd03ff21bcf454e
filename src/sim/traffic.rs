//! What was sent, by kind of message.

use serde::{Deserialize, Serialize};

use crate::node::MessageKind;

/// Messages sent since the origin of the run, and their bytes.
///
/// The size of a message is what its content would take in a plain binary encoding; frames and
/// addresses are not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// By kind, as far as there were any.
    of: Vec<Count>,
}

/// How many messages, and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub messages: u64,
    pub bytes: u64,
}

impl Traffic {
    #[inline]
    pub(super) fn count(&mut self, kind: MessageKind, bytes: u64) {
        let kind = kind as usize;
        if self.of.len() <= kind {
            self.of.resize(kind + 1, Count::default());
        }
        let count = &mut self.of[kind];
        count.messages = count.messages.saturating_add(1);
        count.bytes = count.bytes.saturating_add(bytes);
    }

    /// What was sent of one kind.
    pub fn of(&self, kind: MessageKind) -> Count {
        self.of.get(kind as usize).copied().unwrap_or_default()
    }
}
