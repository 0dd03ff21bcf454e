//! DynamoDB's data model: what a table holds, and how it is written down.
//!
//! A *table* holds *items*. An item is a set of named *attributes*, each with a *value* of one of
//! ten types (Amazon DynamoDB Developer Guide, "Core components of Amazon DynamoDB" and
//! "Supported data types and naming rules in Amazon DynamoDB"):
//!
//! ```text
//!  scalar     S  string     N  number     B  binary     BOOL     NULL
//!  document   L  list       M  map        (of any values, 32 levels deep at most)
//!  set        SS            NS            BS            (of one type, each member once)
//! ```
//!
//! The table's [`Recording, TableSchema`] names one attribute, the *partition key*, or two, with a *sort
//! key*: every item must have them, as S, N or B, and no two items have the same [`Key`]. The
//! partition key alone decides where on the ring an item lives, the sort key orders the items
//! that live there.
//!
//! ```
//! use ringscope::data::{Item, KeyAttribute, KeyKind, Resolution, TableName, TableSchema};
//!
//! let airports = TableSchema::new(
//!     TableName::new("Airports")?,
//!     KeyAttribute::new("code", KeyKind::S),
//!     None,
//!     Resolution::LastWriterWins,
//! );
//! let item = Item::parse(r#"{"code": "SEA", "elevation": 132.0}"#)?;
//! assert_eq!(airports.key_of(&item)?.to_string(), "SEA");
//! assert_eq!(item.to_dynamodb_json(), r#"{"code":{"S":"SEA"},"elevation":{"N":"132"}}"#);
//! # Ok::<(), ringscope::base::Error>(())
//! ```
//!
//! **Everything is checked on the way in.** A [`Number`] is in range and in normal form, a
//! [`Set`] is sorted and has no member twice, a [`Key`] has the types and lengths that keys may
//! have, whether they come from a person, a request, or stored bytes. So the code above never
//! checks again, and equal values are equal structures. What depends on the whole item, its size
//! and its nesting ("Quotas in Amazon DynamoDB"), [`Item::check_limits`] checks: reading JSON
//! does it, and whoever builds an item by other means has to.
//!
//! **Numbers are decimals of our own.** They have 38 digits, and a value that needs more is
//! refused. The crate `decimal-rs` covers DynamoDB's range to the last digit, but rounds a 39th
//! digit away in silence, when reading and when adding, so that exactness would need a second
//! reader in front of it; `fastnum` keeps `0.10` and `0.1` apart and has no limits of this shape;
//! `rust_decimal` ends at 28 digits. What DynamoDB asks for is order, sums and digits, with no
//! multiplication or rounding, and takes less code than fitting a library around it.
//!
//! **Memory decides the shapes.** There is an item in every replica of every version: values
//! take 24 bytes, items are sorted slices, and whatever travels in messages is shared.
//!
//! Must never know: nodes, versions, the ring, requests in flight.
//!
//! Caveats: DynamoDB publishes the size of a number only approximately, and so is
//! [`Number::size`]. Names shorter than three characters are taken for tables, which DynamoDB
//! refuses. Plain JSON has no sets and no binaries, so that writing it loses these types.

mod index;
mod item;
mod json;
mod key;
mod name;
mod number;
pub mod ordered;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
mod table;
mod units;
mod value;
mod wire;

pub use index::{IndexKeyFault, IndexKind, IndexName, IndexSchema, KeyFault, Projected};
pub use item::{Attribute, Item, MAX_ITEM_SIZE};
pub use json::{DynamoDbJson, Json, PlainJson};
pub use key::{Key, KeyValue, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES};
pub use name::TableName;
pub use number::{MAX_DIGITS, Number};
pub use table::{Expiry, KeyAttribute, KeyKind, Recording, Resolution, TableAbout, TableSchema};
pub use units::{Halves, read_units, write_units};
pub use value::{AttributeValue, MAX_NESTING, Set};
