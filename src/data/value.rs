//! Attribute values, the ten types of DynamoDB.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Item, Number};
use crate::base::{Error, Result, heap_sort};

/// A value of an attribute. The names of the variants are DynamoDB's type descriptors
/// (Developer Guide, "DynamoDB low-level API", section "Data type descriptors").
///
/// Kept at 24 bytes on 64-bit targets: there are millions of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum AttributeValue {
    /// String, in UTF-8.
    S(Box<str>),
    /// Number.
    N(Number),
    /// Binary.
    B(Box<[u8]>),
    /// Boolean.
    BOOL(bool),
    /// Null.
    NULL,
    /// Map.
    M(Item),
    /// List.
    L(Box<[AttributeValue]>),
    /// String set.
    SS(Set<Box<str>>),
    /// Number set.
    NS(Set<Number>),
    /// Binary set.
    BS(Set<Box<[u8]>>),
}

/// Lists and maps may lie inside each other at most this deep (Developer Guide, "Quotas",
/// "Nested attribute depth").
pub const MAX_NESTING: usize = 32;

impl AttributeValue {
    /// A string value.
    pub fn string(text: impl Into<Box<str>>) -> Self {
        Self::S(text.into())
    }

    /// The type descriptor: `S`, `N`, `B`, …
    pub fn type_descriptor(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::BOOL(_) => "BOOL",
            Self::NULL => "NULL",
            Self::M(_) => "M",
            Self::L(_) => "L",
            Self::SS(_) => "SS",
            Self::NS(_) => "NS",
            Self::BS(_) => "BS",
        }
    }

    /// Bytes that DynamoDB counts for this value (Developer Guide, "DynamoDB Item sizes and
    /// formats"); the name of its attribute counts extra.
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.size(),
            Self::B(bytes) => bytes.len(),
            Self::BOOL(_) | Self::NULL => 1,
            Self::M(map) => 3 + map.size() + map.len(),
            Self::L(list) => 3 + list.iter().map(|element| element.size() + 1).sum::<usize>(),
            Self::SS(set) => set.iter().map(|text| text.len()).sum(),
            Self::NS(set) => set.iter().map(Number::size).sum(),
            Self::BS(set) => set.iter().map(|bytes| bytes.len()).sum(),
        }
    }

    /// How many lists and maps lie inside each other here; 0 for anything else. Looks no deeper
    /// than `limit`.
    pub(super) fn nesting(&self, limit: usize) -> usize {
        let deepest = |inside: &mut dyn Iterator<Item = &Self>| match limit {
            0 => 0,
            _ => 1 + inside.map(|value| value.nesting(limit - 1)).max().unwrap_or(0),
        };
        match self {
            Self::M(map) => deepest(&mut map.iter().map(|(_, value)| value)),
            Self::L(list) => deepest(&mut list.iter()),
            _ => 0,
        }
    }
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::S(text.into())
    }
}

impl From<i64> for AttributeValue {
    fn from(value: i64) -> Self {
        Self::N(value.into())
    }
}

impl From<Number> for AttributeValue {
    fn from(number: Number) -> Self {
        Self::N(number)
    }
}

impl From<bool> for AttributeValue {
    fn from(value: bool) -> Self {
        Self::BOOL(value)
    }
}

/// The members of a set: in ascending order, each once, and at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Box<[T]>", bound(deserialize = "T: Deserialize<'de> + Ord + fmt::Debug"))]
pub struct Set<T>(Box<[T]>);

impl<T: Ord + fmt::Debug> Set<T> {
    /// A set of these members, which may come in any order.
    pub fn new(members: impl Into<Vec<T>>) -> Result<Self> {
        let mut members = members.into();
        heap_sort(&mut members, T::cmp);
        if members.is_empty() {
            return Err(Error::invalid(
                "a set cannot be empty: give it a member, or leave the attribute out",
            ));
        }
        match members.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Error::invalid(format!(
                "the set names {:?} twice: a set holds each member once",
                pair[0]
            ))),
            None => Ok(Self(members.into_boxed_slice())),
        }
    }

    pub fn contains(&self, member: &T) -> bool {
        self.0.binary_search(member).is_ok()
    }
}

impl<T> std::ops::Deref for Set<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Ord + fmt::Debug> TryFrom<Box<[T]>> for Set<T> {
    type Error = Error;

    fn try_from(members: Box<[T]>) -> Result<Self> {
        Self::new(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(members: &[&str]) -> Result<Set<Box<str>>> {
        Set::new(members.iter().map(|member| (*member).into()).collect::<Vec<_>>())
    }

    #[test]
    fn sets_are_sorted_and_refuse_repetition_and_emptiness() {
        let members = set(&["pear", "", "apple"]).expect("three members");
        assert_eq!(&members[..], &["".into(), "apple".into(), "pear".into()]);
        assert!(members.contains(&"pear".into()));
        assert!(set(&[]).expect_err("empty").message.contains("cannot be empty"));
        assert!(set(&["a", "b", "a"]).expect_err("twice").message.contains("\"a\" twice"));
        let one: Number = "1.0".parse().expect("one");
        assert!(Set::new(vec![one, 1.into()]).is_err(), "numbers are compared by value");
    }

    #[test]
    fn values_have_the_sizes_that_dynamodb_counts() {
        let map: Item = [("ab", AttributeValue::from("xyz"))].into_iter().collect();
        let list = [AttributeValue::NULL, AttributeValue::from("ü")];
        for (value, size) in [
            (AttributeValue::from("Zürich"), 7),
            (AttributeValue::from(12_345), 4),
            (AttributeValue::B([0; 5].into()), 5),
            (AttributeValue::BOOL(true), 1),
            (AttributeValue::NULL, 1),
            (AttributeValue::M(Item::new()), 3),
            (AttributeValue::M(map), 3 + 1 + 2 + 3),
            (AttributeValue::L([].into()), 3),
            (AttributeValue::L(list.into()), 3 + 2 + 1 + 2),
            (AttributeValue::SS(set(&["a", "bc"]).expect("two members")), 3),
        ] {
            assert_eq!(value.size(), size, "{value:?}");
        }
    }

    #[test]
    fn values_stay_small_in_memory() {
        assert!(size_of::<Number>() <= 20);
        assert!(size_of::<AttributeValue>() <= 24);
        assert!(size_of::<Option<AttributeValue>>() <= 24);
    }
}
