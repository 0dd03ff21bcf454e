//! Where a page begins: `ExclusiveStartKey`.

use super::super::error::{ApiError, Result};
use super::super::items::key_of;
use super::source::Source;
use crate::data::{AttributeValue, Item, KeyValue, TableSchema};
use crate::index::entry_key;
use crate::storage::ItemKey;

/// The item after which a page begins, whether or not there is such an item.
pub(super) struct Start {
    pub after: ItemKey,
    /// What it has in the order of a local index.
    pub place: Option<KeyValue>,
}

fn invalid(why: &str) -> ApiError {
    ApiError::validation(format!("The provided starting key is invalid{why}"))
}

/// Reads a starting key. It has the attributes of the table's key and of the index's, and no others.
pub(super) fn start(schema: &TableSchema, source: &Source, key: &Item) -> Result<Start> {
    let wanted = source.all_keys(schema);
    if wanted.len() != key.len() {
        return Err(invalid(""));
    }
    for attribute in &wanted {
        let value = key.get(&attribute.name).ok_or_else(|| invalid(""))?;
        if value.type_descriptor() != attribute.kind.descriptor() {
            return Err(invalid(": The provided key element does not match the schema"));
        }
    }
    let own = schema
        .key_attributes()
        .filter_map(|attribute| Some((attribute.name.clone(), key.get(&attribute.name)?.clone())));
    let base = key_of(schema, &own.collect::<Item>());
    let base = base.map_err(|error| invalid(&format!(": {}", error.message)))?;
    match source.index() {
        Some(index) if index.is_global() => {
            let after = entry_key(schema, index, &base, key).ok_or_else(|| invalid(""))?;
            Ok(Start { after, place: None })
        }
        index => {
            let attribute = index.and_then(|index| index.sort.first());
            let place = attribute.and_then(|attribute| key.get(&attribute.name)).cloned();
            let place = place.map(KeyValue::try_from).transpose();
            let place = place.map_err(|_: crate::base::Error| invalid(""))?;
            Ok(Start { after: ItemKey::new(schema.name.clone(), base), place })
        }
    }
}

/// The values that a starting key has for some attributes.
pub(super) fn values<'a>(
    key: &'a Item,
    names: impl Iterator<Item = &'a str>,
) -> Vec<Option<&'a AttributeValue>> {
    names.map(|name| key.get(name)).collect()
}
