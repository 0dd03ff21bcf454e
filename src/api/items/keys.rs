//! Keys in requests, held against a table's.

use super::super::error::{ApiError, Result};
use crate::data::{
    AttributeValue, Item, Key, KeyAttribute, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES,
    TableSchema,
};

fn mismatch() -> ApiError {
    ApiError::validation("The provided key element does not match the schema")
}

/// The key that `Key` is.
pub(in super::super) fn key_of(schema: &TableSchema, key: &Item) -> Result<Key> {
    if schema.key_attributes().count() != key.len() {
        return Err(mismatch());
    }
    for (attribute, most) in sized(schema) {
        let value = key.get(&attribute.name).ok_or_else(mismatch)?;
        if value.type_descriptor() != attribute.kind.descriptor() {
            return Err(mismatch());
        }
        check_length(attribute, value, most)?;
    }
    Ok(schema.key_of(key)?)
}

/// The key of an item that is to be put. Its values can be in the table's indexes, too.
pub(super) fn key_in(schema: &TableSchema, item: &Item) -> Result<Key> {
    for (attribute, most) in sized(schema) {
        let name = &attribute.name;
        let value = item
            .get(name)
            .ok_or_else(|| ApiError::invalid(format!("Missing the key {name} in the item")))?;
        check_type(attribute, value)?;
        check_length(attribute, value, most)?;
    }
    check_key_values(schema, item.iter())?;
    Ok(schema.key_of(item)?)
}

/// Each key attribute, and how many bytes it can have.
fn sized(schema: &TableSchema) -> impl Iterator<Item = (&KeyAttribute, usize)> {
    schema.key_attributes().zip([MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES])
}

fn check_type(attribute: &KeyAttribute, value: &AttributeValue) -> Result<()> {
    let (expected, actual) = (attribute.kind.descriptor(), value.type_descriptor());
    match expected == actual {
        true => Ok(()),
        false => Err(ApiError::invalid(format!(
            "Type mismatch for key {} expected: {expected} actual: {actual}",
            attribute.name
        ))),
    }
}

fn length(value: &AttributeValue) -> Option<(usize, &'static str)> {
    match value {
        AttributeValue::S(text) => Some((text.len(), "string")),
        AttributeValue::B(bytes) => Some((bytes.len(), "binary")),
        _ => None,
    }
}

fn check_length(attribute: &KeyAttribute, value: &AttributeValue, most: usize) -> Result<()> {
    match length(value) {
        Some((0, kind)) => Err(ApiError::validation(format!(
            "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty {kind} value. Key: {}",
            attribute.name
        ))),
        Some((length, _)) if length > most => Err(ApiError::invalid(too_long(most))),
        _ => Ok(()),
    }
}

fn too_long(most: usize) -> &'static str {
    match most {
        MAX_PARTITION_KEY_BYTES => {
            "Size of hashkey has exceeded the maximum size limit of2048 bytes"
        }
        _ => "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    }
}

/// Refuses values that attributes cannot be given because they are the keys of indexes.
pub(super) fn check_key_values<'a>(
    schema: &TableSchema,
    values: impl Iterator<Item = (&'a str, &'a AttributeValue)>,
) -> Result<()> {
    if schema.indexes.is_empty() {
        return Ok(());
    }
    for (name, value) in values {
        for index in &schema.indexes {
            let partition = index.partition.iter().map(|it| (it, MAX_PARTITION_KEY_BYTES));
            let mut keys = partition.chain(index.sort.iter().map(|it| (it, MAX_SORT_KEY_BYTES)));
            let Some((attribute, most)) = keys.find(|(it, _)| *it.name == *name) else { continue };
            let (expected, actual) = (attribute.kind.descriptor(), value.type_descriptor());
            if expected != actual {
                return Err(ApiError::invalid(format!(
                    "Type mismatch for Index Key {name} Expected: {expected} Actual: {actual} \
                     IndexName: {}",
                    index.name
                )));
            }
            match length(value) {
                Some((0, kind)) => {
                    return Err(ApiError::validation(format!(
                        "One or more parameter values are not valid. A value specified for a \
                         secondary index key is not supported. The AttributeValue for a key \
                         attribute cannot contain an empty {kind} value. IndexName: {}, IndexKey: \
                         {name}",
                        index.name
                    )));
                }
                Some((length, _)) if length > most => {
                    return Err(ApiError::invalid(too_long(most)));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The attributes of a key.
pub(in super::super) fn key_item(schema: &TableSchema, key: &Key) -> Item {
    schema.with_key(Item::new(), key).unwrap_or_default()
}
