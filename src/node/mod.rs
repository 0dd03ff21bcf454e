//! One node of the cluster: everything that may happen to it goes in as an [`Input`], everything
//! it wants comes out as an [`Effect`].
//!
//! ```text
//!   Input  ── message · peer unreachable · log durable · alarm · timer · settings
//!      │
//!   Node::step(now, input) ── pure: no clock, no network, no disk, its own seeded choices
//!      │
//!   Effect ── send · append to the log · set alarm or timer · note for the trace
//! ```
//!
//! A node plays three parts (Dynamo paper, section 4.5). As *entry* it takes a client's request and
//! passes it to a coordinator of the item's preference list, unless it is one itself. As
//! *coordinator* it asks the N owners, or fallbacks in their stead, and counts votes. As *replica* it
//! stores and looks up, and votes for a write only once its log record is durable. Besides, it works
//! in the *background*: gossip, handoff, anti-entropy, rebuilding, collection.
//!
//! | file | what |
//! |---|---|
//! | `step` | state, input, effect, and who handles what |
//! | `entry`, `coordinate`, `fallbacks`, `write`, `read` | the way of a request |
//! | `change`, `consensus`, `round`, `acceptor` | writes that depend on what is there: what goes by rounds, proposing, voting |
//! | `page`, `paging`, `pager`, `parts`, `settle`, `part` | parts of tables: queries and scans |
//! | `throughput` | what is granted of a table that is paid for units a second |
//! | `replica`, `appended` | appending, applying, and what follows once that is durable |
//! | `background`, `handoff`, `exchange`, `rebuild`, `collect` | what nobody asks for |
//! | `changes` | what was: in the log, told, and moving with its range |
//! | `index`, `index_check` | secondary indexes: what is queued, and what is compared |
//! | `upkeep`, `sweep` | what has to be gone through: items for a new index, items that expire |
//! | `balance` | metering, reporting, and moving what is too much |
//!
//! A request ends by its deadline: after that its coordinator counts no vote and asks nobody any more,
//! even if its process was paused and finds votes waiting. Rebuilding and the collection of
//! tombstones rely on that.
//!
//! Must never know: how long a message takes, what others' clocks show, whether anyone watches.
//!
//! Caveats: a hint that a strict quorum leaves is tried on one fallback only; anti-entropy makes up
//! for what is lost. Whoever owns the same ranges sends all differing entries in one message.

mod acceptor;
mod answer;
mod appended;
mod background;
mod balance;
mod change;
mod changes;
mod collect;
mod conduct;
mod consensus;
mod coordinate;
mod deadlines;
mod effect;
mod electorate;
mod entry;
mod exchange;
mod extra;
mod fallbacks;
mod forget;
mod freshness;
mod handoff;
mod index;
mod index_check;
mod message;
mod message_kind;
mod moves;
mod note;
mod page;
mod pager;
mod paging;
mod part;
mod parts;
mod pending;
mod read;
mod rebuild;
mod replica;
mod request;
mod round;
mod settings;
mod settle;
mod size;
mod step;
mod strays;
mod stream;
mod sweep;
mod throughput;
mod topology;
mod upkeep;
mod write;

pub use answer::{Answer, Failure};
pub use balance::Balancing;
pub use change::{Change, Write};
pub use deadlines::Deadlines;
pub use effect::{Effect, Effects};
pub use freshness::Freshness;
pub use message::{Address, Body, Message, Sync, Told};
pub use message_kind::MessageKind;
pub use moves::{BallotStep, EpochBallot, Strays, Stream};
pub use note::{Cause, Note};
pub use page::{LocalOrder, Page, PageRequest, SortRange, Span};
pub use part::PageAsk;
pub use pending::Pending;
pub use request::{Action, ClientRequest, Condition, Overrides};
pub use settings::{
    Interval, MESSAGE_LIFETIME, Modes, NodeSettings, QuorumMode, ReadRepair, Switch, Tables,
    Timestamps,
};
pub use step::{Input, Node, Reading, SavedNode};
pub use upkeep::definition as index_definition;
