//! What a command changes of a table that there is already.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::backup::window;
use crate::base::{Error, Result};
use crate::data::{
    Expiry, IndexKind, IndexName, IndexSchema, KeyAttribute, KeyKind, Projected, Recording,
    Resolution, TableAbout, TableSchema,
};

/// A change of a table's schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alteration {
    AddIndex(IndexSchema),
    DropIndex(IndexName),
    /// How items expire from now on, if they do.
    Expire(Option<Expiry>),
    /// What it says of itself without acting on it, and what each of its indexes is paid for.
    Say(TableAbout, Vec<Option<(u64, u64)>>),
    /// Continuous backups: how many days a restore may go back, or that it may not.
    Recover(Option<u8>),
}

impl Alteration {
    /// The schema with this change.
    ///
    /// # Errors
    /// If it makes no sense for this table.
    pub fn of(&self, schema: &TableSchema) -> Result<TableSchema> {
        let refuse = |what: String| Err(Error::refused(format!("table {} {what}", schema.name)));
        let mut changed = schema.clone();
        match self {
            Self::AddIndex(_) if schema.resolution == Resolution::Siblings => {
                return refuse(
                    "keeps siblings: an index has room for one version of an item".into(),
                );
            }
            Self::AddIndex(index) if schema.index(&index.name).is_some() => {
                return refuse(format!("has an index {} already", index.name));
            }
            Self::AddIndex(index) => {
                check_index(schema, index)?;
                changed.indexes.push(index.clone());
            }
            Self::DropIndex(name) if schema.index(name).is_none() => {
                return refuse(format!("has no index {name}"));
            }
            Self::DropIndex(name) => changed.indexes.retain(|index| index.name != *name),
            Self::Expire(Some(_)) if schema.resolution == Resolution::Siblings => {
                return refuse("keeps siblings: nothing says which of them expires".into());
            }
            Self::Expire(expiry) => changed.expiry = expiry.clone(),
            Self::Recover(Some(_)) if schema.resolution == Resolution::Siblings => {
                return refuse("keeps siblings: it has no backups".into());
            }
            Self::Recover(Some(days)) if !(1..=window::MOST_DAYS).contains(days) => {
                return refuse(format!("keeps its past for 1 to {} days", window::MOST_DAYS));
            }
            Self::Recover(days) => {
                let since = schema.recording.map(|recording| recording.since);
                let since = since.unwrap_or_default();
                changed.recording = days.map(|days| Recording { since, days: Some(days) });
            }
            Self::Say(_, throughputs) if throughputs.len() != schema.indexes.len() => {
                return refuse("has other indexes than these".into());
            }
            Self::Say(about, throughputs) => {
                changed.about = about.clone();
                for (index, throughput) in changed.indexes.iter_mut().zip(throughputs) {
                    index.throughput = *throughput;
                }
            }
        }
        Ok(changed)
    }
}

fn check_index(schema: &TableSchema, index: &IndexSchema) -> Result<()> {
    let most = IndexSchema::MAX_KEY_ATTRIBUTES;
    let (partition, sort) = (index.partition.len(), index.sort.len());
    if !(1..=most).contains(&partition) || sort > most {
        return Err(Error::invalid(format!(
            "an index has one to {most} attributes in its partition key, and up to {most} in its sort \
             key"
        )));
    }
    let own = std::slice::from_ref(&schema.partition_key);
    if index.kind == IndexKind::Local && (index.partition != own || sort != 1) {
        return Err(Error::invalid(format!(
            "a local index has the partition key of its table, {}, and one attribute to sort by",
            schema.partition_key.name
        )));
    }
    let all: Vec<&KeyAttribute> = index.key_attributes().chain(schema.key_attributes()).collect();
    let differs =
        |one: &&KeyAttribute| all.iter().any(|it| it.name == one.name && it.kind != one.kind);
    match all.iter().find(|attribute| differs(attribute)) {
        Some(attribute) => Err(Error::invalid(format!(
            "{} cannot have two types as a key attribute",
            attribute.name
        ))),
        None => Ok(()),
    }
}

/// Key attributes as the scenario language writes them: `state+city`, `height:N`.
struct Attributes<'a>(&'a [KeyAttribute]);

impl fmt::Display for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, attribute) in self.0.iter().enumerate() {
            let kind = match attribute.kind {
                KeyKind::S => "",
                KeyKind::N => ":N",
                KeyKind::B => ":B",
            };
            write!(f, "{}{}{kind}", if at > 0 { "+" } else { "" }, attribute.name)?;
        }
        Ok(())
    }
}

/// An argument, quoted where it has other characters than a bare one may have.
fn argument(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match text.chars().all(is_bare) && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

/// The line that makes this change of a table.
pub(super) fn line(table: &str, change: &Alteration) -> String {
    let table = argument(table);
    match change {
        Alteration::AddIndex(index) => {
            let keys = |attributes| argument(&Attributes(attributes).to_string());
            let mut text = format!("index {table} {}", argument(index.name.as_str()));
            text += &format!(" {}", keys(&index.partition));
            if !index.sort.is_empty() {
                text += &format!(" {}", keys(&index.sort));
            }
            match &index.projection {
                Projected::All => {}
                Projected::KeysOnly => text += " project=keys",
                Projected::Include(names) => {
                    text += &format!(" project={}", argument(&names.join("+")));
                }
            }
            text + if index.kind == IndexKind::Local { " local=true" } else { "" }
        }
        Alteration::DropIndex(name) => format!("index drop {table} {}", argument(name.as_str())),
        Alteration::Say(..) => format!("about {table}"),
        Alteration::Recover(None) => format!("pitr {table} off"),
        Alteration::Recover(Some(window::MOST_DAYS)) => format!("pitr {table} on"),
        Alteration::Recover(Some(days)) => format!("pitr {table} on days={days}"),
        Alteration::Expire(None) => format!("expire {table} off"),
        Alteration::Expire(Some(Expiry { attribute, hides })) => {
            let hides = if *hides { " hide=true" } else { "" };
            format!("expire {table} {}{hides}", argument(attribute))
        }
    }
}
