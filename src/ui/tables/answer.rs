//! What a response says, for people.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Form;
use crate::data::{Item, TableSchema};

/// So many columns are shown; the rest of an item is in the response itself.
const COLUMNS: usize = 7;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "__type")]
    kind: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
    #[serde(rename = "Items", borrow, default)]
    items: Vec<&'a RawValue>,
    #[serde(rename = "Item", borrow)]
    item: Option<&'a RawValue>,
    #[serde(rename = "Attributes", borrow)]
    attributes: Option<&'a RawValue>,
    #[serde(rename = "Count")]
    count: Option<usize>,
    #[serde(rename = "ScannedCount")]
    scanned: Option<usize>,
    #[serde(rename = "LastEvaluatedKey", borrow)]
    last: Option<&'a RawValue>,
}

/// A response, taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// Of an error: its name, and what it says.
    pub error: Option<(String, String)>,
    pub items: Vec<Item>,
    /// Names of attributes, those of the keys first.
    pub columns: Vec<String>,
    /// How many items a page has, and how many were looked at for it.
    pub counts: Option<[usize; 2]>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Reply {
    /// Reads a response; one that cannot be read has nothing to show.
    pub fn of(json: &str, schema: Option<&TableSchema>, form: Option<&Form>) -> Self {
        let Ok(wire) = serde_json::from_str::<Wire>(json) else { return Self::default() };
        let error = wire.kind.map(|kind| {
            let name = kind.rsplit('#').next().unwrap_or_default().to_owned();
            (name, wire.message.unwrap_or_default())
        });
        let raw = wire.items.into_iter().chain(wire.item).chain(wire.attributes);
        let items: Vec<Item> =
            raw.filter_map(|raw| Item::from_dynamodb_json(raw.get()).ok()).collect();
        let count = wire.count;
        Self {
            error,
            columns: columns(&items, schema, form),
            items,
            counts: count.map(|count| [count, wire.scanned.unwrap_or(count)]),
            next: wire.last.map(|last| last.get().to_owned()),
        }
    }

    /// How much there is, in a sentence; nothing of what is no page.
    pub fn words(&self) -> Option<String> {
        let [count, scanned] = self.counts?;
        let items = if count == 1 { "item" } else { "items" };
        let filtered = match scanned == count {
            true => String::new(),
            false => format!(" of {scanned} looked at"),
        };
        let more = if self.next.is_some() { ", and there may be more" } else { "" };
        Some(format!("{count} {items}{filtered}{more}."))
    }
}

/// Attributes of keys, then those that are tested, then the others.
fn columns(items: &[Item], schema: Option<&TableSchema>, form: Option<&Form>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !columns.iter().any(|known| known == name) {
            columns.push(name.to_owned());
        }
    };
    let is_there = |name: &str| items.iter().any(|item| item.get(name).is_some());
    if let Some(schema) = schema {
        let keys = ["", form.map_or("", |form| &form.index)];
        let keys = keys.map(|index| super::Source::of(schema, index));
        let keys = keys.iter().flat_map(|source| source.partition.iter().chain(&source.sort));
        keys.filter(|key| is_there(&key.name)).for_each(|key| add(&key.name));
    }
    let tested = form.iter().flat_map(|form| &form.clauses).map(|clause| clause.attribute.trim());
    tested.filter(|name| is_there(name)).for_each(&mut add);
    items.iter().flat_map(Item::iter).for_each(|(name, _)| add(name));
    columns.truncate(COLUMNS);
    columns
}
