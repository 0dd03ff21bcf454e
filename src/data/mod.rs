//! DynamoDB's data model.

mod item;
mod json;
mod key;
mod number;
mod table;
mod value;
mod wire;

pub use item::{Attribute, Item, MAX_ITEM_SIZE};
pub use json::{DynamoDbJson, PlainJson};
pub use key::{Key, KeyValue, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES};
pub use number::{MAX_DIGITS, Number};
pub use table::{KeyAttribute, KeyKind, TableName, TableSchema};
pub use value::{AttributeValue, MAX_NESTING, Set};
