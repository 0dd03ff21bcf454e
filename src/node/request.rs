//! What clients ask for.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::change::{Change, Write};
use super::page::PageRequest;
use crate::base::{ClientId, Error, Result};
use crate::causality::{Context, Stamp};
use crate::data::Item;
use crate::storage::{ItemKey, Version};

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRequest {
    pub client: ClientId,
    /// The item that it is about; of a page, [`PageRequest::key`].
    pub key: ItemKey,
    pub action: Action,
    pub overrides: Overrides,
    /// For a write to a table that keeps siblings: what its writer has seen and wants replaced.
    /// None in a table where the last writer wins.
    pub context: Option<Arc<Context>>,
}

impl fmt::Display for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Action::Page(page) => page.fmt(f)?,
            action => write!(f, "{} {}", action.verb(), self.key)?,
        }
        if let Action::Change(change) = &self.action {
            change.fmt(f)?;
        }
        let Overrides { n, r, w } = self.overrides;
        for (name, value) in [("n", n), ("r", r), ("w", w)] {
            if let Some(value) = value {
                write!(f, " {name}={value}")?;
            }
        }
        if let Some(condition) = self.action.condition() {
            write!(f, " if={condition}")?;
        }
        if self.action == Action::GetConsistent {
            f.write_str(" consistent=true")?;
        }
        match &self.context {
            Some(context) if !context.is_empty() => write!(f, " context='{context}'"),
            _ => Ok(()),
        }
    }
}

/// What is to be done with one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Replace the whole item.
    Put(Arc<Item>),
    Get,
    /// Leave a tombstone.
    Delete,
    /// Replace the whole item if a condition holds.
    PutIf(Arc<Item>, Condition),
    /// Leave a tombstone if a condition holds.
    DeleteIf(Condition),
    /// Read what no later read can contradict.
    GetConsistent,
    /// Write what depends on what is there.
    Change(Arc<Change>),
    /// Read a part of a table or an index.
    Page(Arc<PageRequest>),
}

impl ClientRequest {
    /// A request of a part of a table or an index.
    ///
    /// # Errors
    /// If it makes no sense.
    pub fn of_page(client: ClientId, page: PageRequest) -> Result<Self> {
        page.check()?;
        let (key, action) = (page.key()?, Action::Page(Arc::new(page)));
        Ok(Self { client, key, action, overrides: Overrides::default(), context: None })
    }

    /// Refuses what makes no sense by itself.
    pub fn check(&self) -> Result<()> {
        let Action::Page(page) = &self.action else { return Ok(()) };
        page.check()?;
        match page.key()? == self.key {
            true => Ok(()),
            false => Err(Error::invalid("a page is asked for in another name than its own")),
        }
    }
}

impl Action {
    pub fn is_write(&self) -> bool {
        !matches!(self, Action::Get | Action::GetConsistent | Action::Page(_))
    }

    /// Whether it is a write that depends on what is there.
    pub fn depends_on_found(&self) -> bool {
        matches!(self, Action::PutIf(..) | Action::DeleteIf(_) | Action::Change(_))
    }

    /// What it puts, if it is a put.
    pub fn item(&self) -> Option<&Arc<Item>> {
        match self {
            Action::Put(item) | Action::PutIf(item, _) => Some(item),
            Action::Change(change) => match &change.write {
                Write::Put(item) => Some(item),
                _ => None,
            },
            _ => None,
        }
    }

    /// Which version has to be there for it to be done, if that matters.
    pub fn condition(&self) -> Option<Condition> {
        match self {
            Action::PutIf(_, condition) | Action::DeleteIf(condition) => Some(*condition),
            _ => None,
        }
    }

    /// The word for it in the scenario language and on the screen.
    pub fn verb(&self) -> &'static str {
        match self {
            Action::Put(_) | Action::PutIf(..) => "put",
            Action::Get | Action::GetConsistent => "get",
            Action::Delete | Action::DeleteIf(_) => "delete",
            Action::Change(change) => change.verb(),
            Action::Page(page) => page.verb(),
        }
    }
}

/// What has to be so for a conditional write to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// There is no such item: there never was one, or it was deleted.
    Absent,
    /// The newest version, be it a tombstone, is this one.
    VersionIs(Stamp),
}

impl Condition {
    pub fn holds_for(self, newest: Option<&Version>) -> bool {
        match self {
            Condition::Absent => newest.is_none_or(Version::is_tombstone),
            Condition::VersionIs(stamp) => newest.is_some_and(|newest| newest.stamp == stamp),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Absent => f.write_str("absent"),
            Condition::VersionIs(stamp) => stamp.fmt(f),
        }
    }
}

impl FromStr for Condition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "absent" => Ok(Condition::Absent),
            stamp => stamp.parse().map(Condition::VersionIs).map_err(|_: Error| {
                Error::invalid(format!(
                    "{text:?} is no condition: write if=absent, if=last, or the version that a get \
                     showed, such as if='A1.1@288µs'"
                ))
            }),
        }
    }
}

/// N, R and W for one request, where they differ from the cluster's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrides {
    pub n: Option<u8>,
    pub r: Option<u8>,
    pub w: Option<u8>,
}
