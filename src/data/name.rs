//! Names of tables, and of their indexes' entries.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::IndexName;
use crate::base::{Error, Result};

/// The name of a table: 1 to 255 of the characters a–z, A–Z, 0–9, `_`, `-` and `.`, as in
/// DynamoDB (Developer Guide, "Supported data types and naming rules in Amazon DynamoDB"), which
/// asks for three at least. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct TableName(Arc<str>);

impl TableName {
    pub fn new(name: &str) -> Result<Self> {
        if name.is_empty() {
            return Err(Error::invalid("a table needs a name, such as Airports"));
        }
        if name.len() > 255 {
            return Err(Error::invalid("a table's name may have at most 255 characters"));
        }
        let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        match name.chars().find(|c| !allowed(c)) {
            Some(c) => Err(Error::invalid(format!(
                "{name:?} cannot name a table because of the character {c:?}: use only a–z, A–Z, \
                 0–9, _, - and ."
            ))),
            None => Ok(Self(name.into())),
        }
    }

    /// The name under which the entries of an index are kept: `TABLE/INDEX`, which no table of a
    /// person's can have.
    pub fn of_index(table: &TableName, index: &IndexName) -> Self {
        Self(format!("{table}/{index}").into())
    }

    /// If this is the name of an index's entries: the table, and the index.
    pub fn as_index(&self) -> Option<(TableName, IndexName)> {
        let (table, index) = self.0.split_once('/')?;
        Some((Self(table.into()), IndexName::new(index).ok()?))
    }

    /// Whether it names this table, or one of its indexes.
    pub fn belongs_to(&self, table: &TableName) -> bool {
        let name = self.0.split_once('/').map_or(&*self.0, |(name, _)| name);
        *name == *table.0
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for TableName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::new(name)
    }
}

impl TryFrom<String> for TableName {
    type Error = Error;

    /// Of a table, or of an index's entries.
    fn try_from(name: String) -> Result<Self> {
        match name.split_once('/') {
            Some((table, index)) => Ok(Self::of_index(&Self::new(table)?, &IndexName::new(index)?)),
            None => Self::new(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_names_have_dynamodbs_characters() {
        let longest = "x".repeat(255);
        for name in ["a", "Airports", "my_table-1.old", &longest] {
            assert_eq!(TableName::new(name).expect(name).as_str(), name);
        }
        for name in ["", "two words", "a/b", "Flüge", &"x".repeat(256)] {
            assert!(TableName::new(name).is_err(), "{name}");
        }
        for stored in ["a/b", "a/bcd/e", "/bcd", "a b"] {
            let bytes = postcard::to_allocvec(stored).expect("memory suffices");
            assert!(postcard::from_bytes::<TableName>(&bytes).is_err(), "{stored}");
        }
    }
}
