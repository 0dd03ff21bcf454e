//! One node of the cluster: everything that may happen to it goes in as an [`Input`], everything
//! it wants comes out as an [`Effect`].
//!
//! ```text
//!   Input  ── message · peer unreachable · log durable · alarm · settings
//!      │
//!   Node::step(now, input) ── pure: no clock, no randomness, no network, no disk
//!      │
//!   Effect ── send · append to the log · set the alarm · note for the trace
//! ```
//!
//! A node plays three parts (Dynamo paper, section 4.5), one file each. As *entry* it takes a
//! client's request and passes it to a coordinator of the item's preference list, unless it is one
//! itself. As *coordinator* it asks the N owners and counts votes. As *replica* it stores and looks
//! up, and votes for a write only once its log record is durable.
//!
//! Must never know: how long a message takes, what others' clocks show, whether anyone watches.
//!
//! Caveats: a node does not know yet who is alive. It learns of a dead peer only when a message to
//! it is refused, and of a silent one by waiting.

mod coordinate;
mod deadlines;
mod entry;
mod message;
mod replica;
mod step;

pub use deadlines::Deadlines;
pub use message::{
    Action, Address, Answer, Body, ClientRequest, Failure, Message, MessageKind, Overrides,
};
pub use step::{Effect, Effects, Input, Node, NodeSettings, Note, Reading, SavedNode};
