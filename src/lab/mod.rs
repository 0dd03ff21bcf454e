//! Campaigns: many seeded runs with faults, each checked for what the configuration promises, then
//! healed, left alone until it is quiet, and checked for agreement.
//!
//! ```text
//!   seed ──▶ Plan: a configuration, who asks what when, what goes wrong when
//!              │ run
//!              ▼
//!           World ──events──▶ Checker      safety, answer by answer
//!              │ heal, wait
//!              ▼
//!           at rest ─────────▶ Checker     agreement; nothing acknowledged is gone
//!              │
//!              ▼
//!           Outcome: verdict, coverage ──shrink──▶ a short plan ──▶ a scenario file
//! ```
//!
//! The same seed gives the same plan, and the same plan the same outcome, natively and in wasm32. A
//! plan says *what kind* of context a write shall have, not which: that depends on what was read. So
//! steps can be left out and the rest still makes sense, which is what shrinking lives on. The
//! scenario file of a plan has what came of it, with every context written out.
//!
//! [`Invariant`] lists what is checked, and when it is promised.
//!
//! Must never know: threads, files, wall clocks, the page.
//!
//! Caveats: requests with their own N, R or W are not drawn, because the promises of a run are those
//! of its configuration. Nor does the configuration change while faults are about.

mod asking;
mod check;
mod coverage;
mod draw;
mod plan;
mod restore;
mod run;
mod shrink;
mod text;
mod violation;

#[cfg(test)]
mod forgotten;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod mutations_of_backups;
#[cfg(test)]
mod mutations_of_indexes;
#[cfg(test)]
mod mutations_of_topology;

pub use asking::{Asking, Begin, Expected, Seen, TablePart};
pub use coverage::{Coverage, Tally, Trait};
pub use plan::{Bounds, Plan, Step};
pub use run::{Outcome, run};
pub use shrink::shrink;
pub use text::to_scenario;
pub use violation::{Invariant, Violation};
