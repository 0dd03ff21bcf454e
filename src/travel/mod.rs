//! A run in which one can go anywhere: back one event, forward one, to any instant, to a mark; and
//! acting in its past begins a branch.
//!
//! A run is its commands, and the same commands give the same events. So nothing of a run's past has
//! to be kept but its commands: any moment can be computed anew. To be quick about it, a
//! [`History`] keeps *checkpoints*, bare copies of the world, one every few thousand happenings; going
//! to a moment is taking the last checkpoint before it and carrying out what follows:
//!
//! ```text
//!   commands     put ┬─ put ───── crash B ──────────┬── get          kept whole, for every branch
//!   checkpoints  ▣───┴───────▣──────────────▣───────┴───▣            thinned out when there are too many
//!   events       ░░░░░░░░░░░░░█████████████████████████████          kept around the cursor, else computed
//!                                            ▲
//!                                            cursor: the world as it was here
//!                                            └─ put ───── …          acting here begins another branch
//! ```
//!
//! A stretch is what lies between two checkpoints; branches share the stretches before they part.
//! Memory stays under what [`Keep`] says, whatever the length of the run, but for the commands.
//!
//! | module | what it is |
//! |---|---|
//! | `history` | the cursor, the branches, and how a run goes on at its end or is carried out again |
//! | `journey` | going somewhere: an instant, an event, before a line |
//! | `branches` | parting, changing over, naming, discarding |
//! | `stretch`, `keep` | what is kept of a run, and what is dropped when it is too much |
//! | `compare` | what differs between two branches, in data and in answers |
//! | `marks` | events that one may want to go back to, and the long times without any |
//! | `events` | a window on the trace |
//! | `metrics`, `histogram` | what a run adds up to so far |
//! | `activity`, `hottest` | what it did over the last minute, and what was wanted most |
//!
//! Must never know: the page, files, text commands.
//!
//! Caveats: worlds in here have a full trace. Sizes in memory are estimated, from counts.

mod activity;
mod branches;
mod compare;
mod events;
mod histogram;
mod history;
mod hottest;
mod journey;
mod keep;
mod marks;
mod metrics;
mod stretch;

pub use activity::{Activity, Slot};
pub use branches::{Beginning, Branch, BranchId};
pub use compare::{Comparison, Difference, Side};
pub use events::Events;
pub use histogram::Histogram;
pub use history::{History, Moment};
pub use journey::Target;
pub use keep::Keep;
pub use marks::{Mark, MarkKind, Pause};
pub use metrics::{Metrics, NodeWork, Outcomes};
