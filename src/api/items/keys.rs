//! Keys in requests, held against a table's.

use super::super::error::{ApiError, Result};
use crate::data::{
    AttributeValue, IndexKeyFault, Item, Key, KeyAttribute, KeyFault, MAX_PARTITION_KEY_BYTES,
    MAX_SORT_KEY_BYTES, TableSchema,
};
use crate::expression::Rejection;

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
    check_key_values(schema, item.iter(), false)?;
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

fn check_length(attribute: &KeyAttribute, value: &AttributeValue, most: usize) -> Result<()> {
    match KeyFault::of(attribute, value, most) {
        Some(fault @ (KeyFault::EmptyString | KeyFault::EmptyBinary)) => {
            Err(ApiError::validation(format!(
                "One or more parameter values are not valid. The AttributeValue for a key attribute \
                 cannot contain an empty {} value. Key: {}",
                empty(fault),
                attribute.name
            )))
        }
        Some(KeyFault::TooLong(most)) => Err(ApiError::invalid(too_long(most))),
        Some(KeyFault::Type) | None => Ok(()),
    }
}

fn empty(fault: KeyFault) -> &'static str {
    if fault == KeyFault::EmptyBinary { "binary" } else { "string" }
}

fn too_long(most: usize) -> &'static str {
    match most {
        MAX_PARTITION_KEY_BYTES => {
            "Size of hashkey has exceeded the maximum size limit of2048 bytes"
        }
        _ => "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    }
}

/// Refuses values that attributes cannot be given because they are the keys of indexes. Empty ones
/// are told of otherwise where an update gives them.
pub(super) fn check_key_values<'a>(
    schema: &TableSchema,
    values: impl Iterator<Item = (&'a str, &'a AttributeValue)>,
    by_update: bool,
) -> Result<()> {
    let mut faults = values
        .filter_map(|(name, value)| schema.index_key_fault(name, value).map(|it| (it, value)));
    let Some((IndexKeyFault { index, attribute, why }, value)) = faults.next() else {
        return Ok(());
    };
    let (name, index) = (&attribute.name, &index.name);
    Err(match why {
        KeyFault::Type => ApiError::invalid(format!(
            "Type mismatch for Index Key {name} Expected: {} Actual: {} IndexName: {index}",
            attribute.kind.descriptor(),
            value.type_descriptor()
        )),
        KeyFault::EmptyString if by_update => {
            ApiError::validation(Rejection::EmptyStringInIndex.message())
        }
        KeyFault::EmptyBinary if by_update => {
            ApiError::validation(Rejection::EmptyBinaryInIndex.message())
        }
        KeyFault::EmptyString | KeyFault::EmptyBinary => ApiError::validation(format!(
            "One or more parameter values are not valid. A value specified for a secondary index key \
             is not supported. The AttributeValue for a key attribute cannot contain an empty {} \
             value. IndexName: {index}, IndexKey: {name}",
            empty(why)
        )),
        KeyFault::TooLong(most) => ApiError::invalid(too_long(most)),
    })
}

/// The attributes of a key.
pub(in super::super) fn key_item(schema: &TableSchema, key: &Key) -> Item {
    schema.with_key(Item::new(), key).unwrap_or_default()
}
