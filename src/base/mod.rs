//! What every other module stands on: identifiers, virtual time, seeded random streams, digests,
//! and the error that reaches a person.
//!
//! Must never know: nodes, messages, tables, the page.

mod checksum;
mod decimal;
mod digest;
mod error;
mod ids;
mod mutation;
mod random;
mod sort;
mod sorted_map;
mod time;
mod words;

pub use checksum::{crc32, crc32c};
pub use decimal::{hundredths, tenths};
pub use digest::{Digest, DigestChain};
pub use error::{Error, ErrorKind, Result};
pub use ids::{ClientId, EventSeq, Incarnation, MessageId, NodeId, RequestId, WorkloadId};
#[cfg(test)]
pub use mutation::with_mutation;
pub use mutation::{Mutation, mutated};
pub use random::{Distribution, RandomStream};
pub use sort::heap_sort;
pub use sorted_map::SortedMap;
pub use time::{Duration, UNIX_EPOCH_S, VirtualTime, format_us};
pub(crate) use words::words;
