//! Primary keys: a partition key, which places the item on the ring, and maybe a sort key.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::{AttributeValue, KeyKind, Number};
use crate::base::{Error, Result};

/// The most bytes of a partition key's value (Developer Guide, "Quotas", "Partition key length").
pub const MAX_PARTITION_KEY_BYTES: usize = 2048;
/// The most bytes of a sort key's value (Developer Guide, "Quotas", "Sort key length").
pub const MAX_SORT_KEY_BYTES: usize = 1024;

/// No part of the key of an index's entry is longer, with up to four attributes and a table's key
/// written in it.
const MAX_ENTRY_KEY_BYTES: usize = 1 << 15;

/// A value that a key attribute can have, in DynamoDB's order: strings by their UTF-8 bytes,
/// numbers by value, binaries by unsigned bytes. (One key attribute has values of one type; the
/// order between the types only makes the order total.)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyValue {
    /// String.
    S(Box<str>),
    /// Number.
    N(Number),
    /// Binary.
    B(Box<[u8]>),
}

impl KeyValue {
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::S(_) => KeyKind::S,
            Self::N(_) => KeyKind::N,
            Self::B(_) => KeyKind::B,
        }
    }

    /// The bytes that stand for this value where it is hashed: a string's UTF-8, a number's
    /// normal decimal text, a binary's own bytes.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::S(text) => Cow::Borrowed(text.as_bytes()),
            Self::N(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::B(bytes) => Cow::Borrowed(bytes),
        }
    }

    /// Refuses a type that no key can have, an empty value, and one that is too long.
    fn checked(value: AttributeValue, role: &str, max_bytes: usize) -> Result<Self> {
        let value = Self::try_from(value)
            .map_err(|error| Error::invalid(format!("the {role} {}", error.message)))?;
        let length = match &value {
            Self::S(text) => text.len(),
            Self::N(_) => return Ok(value),
            Self::B(bytes) => bytes.len(),
        };
        match length {
            0 => Err(Error::invalid(format!("the {role} cannot be empty: give it a value"))),
            _ if length > max_bytes => Err(Error::invalid(format!(
                "the {role} has {length} bytes, but may have at most {max_bytes}: shorten it"
            ))),
            _ => Ok(value),
        }
    }
}

impl TryFrom<AttributeValue> for KeyValue {
    type Error = Error;

    fn try_from(value: AttributeValue) -> Result<Self> {
        match value {
            AttributeValue::S(text) => Ok(Self::S(text)),
            AttributeValue::N(number) => Ok(Self::N(number)),
            AttributeValue::B(bytes) => Ok(Self::B(bytes)),
            other => Err(Error::invalid(format!(
                "cannot be of type {}: keys are strings (S), numbers (N) or binaries (B)",
                other.type_descriptor()
            ))),
        }
    }
}

impl From<KeyValue> for AttributeValue {
    fn from(value: KeyValue) -> Self {
        match value {
            KeyValue::S(text) => Self::S(text),
            KeyValue::N(number) => Self::N(number),
            KeyValue::B(bytes) => Self::B(bytes),
        }
    }
}

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S(text) => f.pad(text),
            Self::N(number) => number.fmt(f),
            Self::B(bytes) => f.pad(&BASE64.encode(bytes)),
        }
    }
}

/// The primary key of an item. Ordered by partition key, then by sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Key {
    partition: KeyValue,
    sort: Option<KeyValue>,
}

impl Key {
    pub fn new(partition: AttributeValue, sort: Option<AttributeValue>) -> Result<Self> {
        let partition = KeyValue::checked(partition, "partition key", MAX_PARTITION_KEY_BYTES)?;
        let sort = match sort {
            Some(sort) => Some(KeyValue::checked(sort, "sort key", MAX_SORT_KEY_BYTES)?),
            None => None,
        };
        Ok(Self { partition, sort })
    }

    /// The key of an index's entry. Its parts may be longer than people's keys: they hold several
    /// of those.
    pub fn of_entry(partition: KeyValue, sort: Box<[u8]>) -> Self {
        Self { partition, sort: Some(KeyValue::B(sort)) }
    }

    /// A key whose partition key is this string, without a sort key.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::new(text.into(), None)
    }

    pub fn partition(&self) -> &KeyValue {
        &self.partition
    }

    pub fn sort(&self) -> Option<&KeyValue> {
        self.sort.as_ref()
    }

    /// The bytes that follow `table/` where the ring position is computed. Items that share a
    /// partition key share a position, whatever their sort keys.
    pub fn hash_bytes(&self) -> Cow<'_, [u8]> {
        self.partition.bytes()
    }

    /// Bytes that DynamoDB counts for the values of this key.
    pub fn size(&self) -> usize {
        let size = |value: &KeyValue| match value {
            KeyValue::S(text) => text.len(),
            KeyValue::N(number) => number.size(),
            KeyValue::B(bytes) => bytes.len(),
        };
        size(&self.partition) + self.sort.as_ref().map_or(0, size)
    }
}

impl fmt::Display for Key {
    /// The partition key, and the sort key after a slash. A slash or a backslash of such a partition
    /// key has a backslash before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sort {
            None => self.partition.fmt(f),
            Some(sort) => {
                let mut partition = self.partition.to_string();
                if partition.contains(['/', '\\']) {
                    partition = partition.replace('\\', "\\\\").replace('/', "\\/");
                }
                f.pad(&format!("{partition}/{sort}"))
            }
        }
    }
}

/// A key as it was stored, before its limits are checked.
#[derive(Deserialize)]
struct Wire {
    partition: KeyValue,
    sort: Option<KeyValue>,
}

impl TryFrom<Wire> for Key {
    type Error = Error;

    fn try_from(wire: Wire) -> Result<Self> {
        match (wire.partition, wire.sort) {
            // It may be an entry's key.
            (partition, Some(KeyValue::B(sort))) if sort.len() <= MAX_ENTRY_KEY_BYTES => {
                let partition = KeyValue::checked(partition.into(), "key", MAX_ENTRY_KEY_BYTES)?;
                Ok(Self::of_entry(partition, sort))
            }
            (partition, sort) => Self::new(partition.into(), sort.map(AttributeValue::from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> AttributeValue {
        AttributeValue::N(text.parse().expect(text))
    }

    fn key(partition: &str, sort: &str) -> Key {
        Key::new(partition.into(), Some(sort.into())).expect("short")
    }

    #[test]
    fn keys_are_strings_numbers_or_binaries_of_limited_length() {
        let refused = |partition, sort| Key::new(partition, sort).expect_err("refused").message;
        let long = |bytes: usize| AttributeValue::string("k".repeat(bytes));
        assert!(Key::new(long(2048), Some(long(1024))).is_ok());
        assert!(refused(long(2049), None).contains("2049 bytes"));
        assert!(refused("k".into(), Some(long(1025))).contains("sort key has 1025 bytes"));
        assert!(refused("".into(), None).contains("partition key cannot be empty"));
        assert!(refused("k".into(), Some(AttributeValue::B([].into()))).contains("sort key"));
        assert!(refused(true.into(), None).contains("type BOOL"));
    }

    #[test]
    fn hash_bytes_are_those_of_the_partition_key_alone() {
        assert_eq!(&*key("Zürich", "1").hash_bytes(), "Zürich".as_bytes());
        let of = |value| Key::new(value, None).expect("short").hash_bytes().into_owned();
        assert_eq!(of(number("1E2")), b"100");
        assert_eq!(of(AttributeValue::B([0, 255].into())), [0, 255]);
    }

    #[test]
    fn keys_are_ordered_as_dynamodb_orders_sort_keys() {
        assert!(key("a", "z") < key("b", "a"));
        assert!(key("a", "Z") < key("a", "a"), "by bytes, not by letters");
        assert!(key("a", "é") < key("a", "€"));
        let of = |value| Key::new("p".into(), Some(value)).expect("short");
        assert!(of(number("9")) < of(number("10")));
        assert!(of(AttributeValue::B([127].into())) < of(AttributeValue::B([128].into())));
    }

    #[test]
    fn keys_are_shown_as_people_write_them() {
        assert_eq!(Key::from_text("SEA").expect("short").to_string(), "SEA");
        assert_eq!(key("SEA", "2026").to_string(), "SEA/2026");
        assert_eq!(Key::new(number("1.50"), None).expect("short").to_string(), "1.5");
    }

    #[test]
    fn stored_keys_are_checked_when_read() {
        let good = key("SEA", "2026");
        let bytes = postcard::to_allocvec(&good).expect("memory suffices");
        assert_eq!(postcard::from_bytes(&bytes), Ok(good));
        let entry = Key::of_entry(KeyValue::S("WA".into()), vec![1; 5000].into());
        let bytes = postcard::to_allocvec(&entry).expect("memory suffices");
        assert_eq!(postcard::from_bytes(&bytes), Ok(entry));
        let empty = (KeyValue::S("".into()), None::<KeyValue>);
        let long = (KeyValue::S("k".into()), Some(KeyValue::B(vec![1; 1 << 16].into())));
        for bad in [empty, long] {
            let bytes = postcard::to_allocvec(&bad).expect("memory suffices");
            assert!(postcard::from_bytes::<Key>(&bytes).is_err());
        }
    }

    #[test]
    fn keys_stay_small_in_memory() {
        assert!(size_of::<Key>() <= 48);
    }
}
