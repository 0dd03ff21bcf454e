//! Writes that depend on what is there.
//!
//! Whoever holds the round makes the new item, and so it is the first to know whether the table's
//! indexes can have it: a key attribute of the wrong type, empty or too long, is refused as DynamoDB
//! does, and nothing is written.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::data::{Item, KeyFault, TableSchema};
use crate::expression::{self, Rejection};

/// A write that is decided by a round, from what is found there: it has a condition, makes the new
/// item from the old one, or wants to know what it replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What has to hold for what is found; nothing is written if it does not.
    pub condition: Option<expression::Condition>,
    pub write: Write,
}

/// What such a write makes of the item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Write {
    /// Replace the whole item.
    Put(Arc<Item>),
    /// Leave a tombstone.
    Delete,
    /// Change attributes; if there is no such item, of one that has nothing but its `key`, unless
    /// there is nothing to be made: then it stays away.
    Update { update: expression::Update, key: Arc<Item> },
}

/// What comes of a change where a certain item, or none, was found.
pub(super) enum Outcome {
    /// This is to be written; no item: a tombstone.
    Write(Option<Arc<Item>>),
    ConditionFalse,
    /// It cannot be done to what is there.
    Rejected(Rejection),
}

impl Change {
    /// What it makes of what was found, in a table of this schema.
    pub(super) fn outcome(&self, found: Option<&Item>, schema: Option<&TableSchema>) -> Outcome {
        if self.condition.as_ref().is_some_and(|condition| !condition.holds(found)) {
            return Outcome::ConditionFalse;
        }
        match &self.write {
            Write::Put(item) => Outcome::Write(Some(Arc::clone(item))),
            Write::Delete => Outcome::Write(None),
            Write::Update { update, key } => {
                let made = update.apply(found, key).and_then(|item| match &item {
                    Some(after) => check_index_keys(schema, update, after).map(|()| item),
                    None => Ok(item),
                });
                match made {
                    Ok(item) => Outcome::Write(item.map(Arc::new)),
                    Err(rejection) => Outcome::Rejected(rejection),
                }
            }
        }
    }

    /// About how many bytes its expressions take.
    pub(super) fn text_bytes(&self) -> u64 {
        self.to_string().len() as u64
    }

    /// The word for it in the scenario language and on the screen.
    pub fn verb(&self) -> &'static str {
        match self.write {
            Write::Put(_) => "put",
            Write::Delete => "delete",
            Write::Update { .. } => "update",
        }
    }
}

/// Refuses an item to which an update gives what no key of an index can be. What it leaves alone may
/// be so: the index can be younger than the item.
fn check_index_keys(
    schema: Option<&TableSchema>,
    update: &expression::Update,
    after: &Item,
) -> Result<(), Rejection> {
    let Some(schema) = schema.filter(|schema| !schema.indexes.is_empty()) else { return Ok(()) };
    let given = update.paths().filter_map(|path| Some((path.top(), after.get(path.top())?)));
    let mut faults = given.filter_map(|(name, value)| schema.index_key_fault(name, value));
    match faults.next().map(|fault| fault.why) {
        None => Ok(()),
        Some(KeyFault::Type) => Err(Rejection::WrongTypeInIndex),
        Some(KeyFault::TooLong(_)) => Err(Rejection::TooLongInIndex),
        Some(KeyFault::EmptyString) => Err(Rejection::EmptyStringInIndex),
        Some(KeyFault::EmptyBinary) => Err(Rejection::EmptyBinaryInIndex),
    }
}

impl fmt::Display for Change {
    /// What follows its verb and key, but for a put's item.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Write::Update { update, .. } = &self.write {
            write!(f, " '{update}'")?;
        }
        match &self.condition {
            Some(condition) => write!(f, " if='{condition}'"),
            None => Ok(()),
        }
    }
}
