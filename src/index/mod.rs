//! Secondary indexes: which entries an item has in them, and what becomes of these when it changes.
//!
//! The entries of an index are items of an internal table, `TABLE/INDEX`: so they have a place on the
//! ring, owners, quorums and tombstones as all items do, and whatever keeps replicas equal keeps them
//! equal too.
//!
//! ```text
//!  item    Airports/SEA              {code: SEA, state: WA, city: Seattle, …}
//!  entry   Airports/by-state/WA/‹SEA›           where "WA" lies on the ring, ordered by what follows
//!          Airports/by-city/‹WA, Seattle›/‹SEA› several attributes make one key, encoded
//! ```
//!
//! **An entry has the stamp of the version that made it**; one that a newer version has no more gets a
//! tombstone with the newer one's stamp. So it does not matter how often, in which order or from how
//! many replicas updates come: the last writer wins among entries exactly where it wins among items.
//!
//! Must never know: who owns what, how updates travel.
//!
//! Caveats: a value that is no key (missing, of another type, empty, or too long) leaves its item out
//! of the index; whether to refuse it is for the API to say.

mod entry;

pub use crate::data::ordered::{after, begin, decode, decode_all, encode, encode_all};
pub use entry::{
    EntryKey, Update, base_of, decode_key, entries, entry_key, partition_of, removals, updates,
};
