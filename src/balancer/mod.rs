//! The load balancer: who bears too much, and which token ranges should go elsewhere.
//!
//! With consistent hashing all nodes get about the same share of the *keys*, the better the more
//! vnodes they have (Dynamo paper, section 6.2). They do not get the same share of the *load*: keys
//! differ in size, and even more in how often they are asked for. So every node counts what it
//! serves, tells it, and whoever drives changes of ownership decides:
//!
//! ```text
//!   requests ─▶ Meter ─▶ Report ─┐                  by range and part of a range:
//!   requests ─▶ Meter ─▶ Report ─┼▶ Reports ──┐     bytes, read units, write units
//!   requests ─▶ Meter ─▶ Report ─┘            ▼
//!                                  Balancer::decide ── is it too much, and for long enough?
//!                                             ▼
//!                                           plan ───── which changes, at the least bytes
//!                                             ▼
//!                      [ move 3f0a12bc… from C to F: C at 1.9 × mean, … ]
//! ```
//!
//! | file | what |
//! |---|---|
//! | `load` | units, what counts under which policy |
//! | `meter`, `heavy` | rates that decay; the keys that get most |
//! | `reports` | what one node knows of all |
//! | `trial` | what would every node bear, if …? |
//! | `plan` | the changes that relieve the hottest nodes |
//! | `decide`, `words` | when to begin and when to rest, and what to say of it |
//!
//! A token range is borne by all its owners: a coordinator asks all N for every vote. To move one
//! token changes who owns its range and some ranges before it, one owner each. So nothing is
//! reckoned by first owners; every change is tried on the ring, and all lists that it touches are
//! walked again.
//!
//! What makes one key hot cannot be spread: all requests for it go to its N owners, whoever they
//! are. Such a key is told ([`HotKey`]), and its owners are left alone.
//!
//! Must never know: messages, how a change of ownership is carried out, who is asked to do it.
//!
//! Caveats: what it costs to coordinate is not counted. Requests that ask fewer replicas than N, and
//! fallbacks that stand in for owners, make owners differ; the highest measure counts for all. What
//! a part of a range bears is known to an eighth of its length. A hot key is told from what it is
//! asked for, not from its bytes.

mod change;
mod decide;
mod heavy;
mod load;
mod meter;
mod plan;
mod reports;
#[cfg(test)]
mod tests;
mod trial;
mod words;

pub use change::Change;
pub use decide::{BEGIN, Balancer, Decision, Finding, HotKey, Picture, REST, Reason};
pub use load::{Load, OfMean, PARTS, Policy, RangeLoad};
pub use meter::{Meter, Place};
pub use plan::{Aim, Step, hottest, plan};
pub use reports::{Report, Reports, by_node};
pub use trial::{Outcome, Trial};
