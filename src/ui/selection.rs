//! What the reader looks into: one thing at a time, wherever it was chosen.

use crate::base::{MessageId, NodeId, RequestId};
use crate::storage::ItemKey;

/// What was clicked, or opened by keyboard, on the ring, in the trace, or in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    Node(NodeId),
    Item(ItemKey),
    Message(MessageId),
    Request(RequestId),
}

impl Selection {
    /// The node, if it is one.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Selection::Node(node) => Some(*node),
            _ => None,
        }
    }

    /// The message, if it is one.
    pub fn message(&self) -> Option<MessageId> {
        match self {
            Selection::Message(message) => Some(*message),
            _ => None,
        }
    }
}
