//! Keys as people write them.
//!
//! `SEA` in a table without a sort key; `Acme/1999` in one with a sort key: the partition key, a
//! slash, the sort key. A slash that belongs to such a partition key is written `\/`, and a backslash
//! `\\`; the sort key is as it stands. Numbers are in decimals, binaries in Base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::interpret::undeclared;
use crate::base::{Error, Result};
use crate::data::{AttributeValue, Key, KeyAttribute, KeyKind, Number, TableName, TableSchema};
use crate::sim::World;
use crate::storage::ItemKey;

/// The full name of the item that a person calls `key` in `table`.
///
/// # Errors
/// If either is no such name.
pub fn item_key(world: &World, table: &str, key: &str) -> Result<ItemKey> {
    let name = TableName::new(table)?;
    let key = match world.table(&name) {
        Some(schema) => key_from_text(schema, key)?,
        None => Key::from_text(key)?,
    };
    Ok(ItemKey::new(name, key))
}

/// The key that a person writes so in a table.
pub(super) fn key_from_text(schema: &TableSchema, text: &str) -> Result<Key> {
    let Some(sort_key) = &schema.sort_key else {
        return Key::new(value(&schema.partition_key, text)?, None);
    };
    let (partition, sort) = split(text).ok_or_else(|| {
        Error::invalid(format!(
            "table {} has a sort key: write both parts with a slash between them, such as {}/{}",
            schema.name, schema.partition_key.name, sort_key.name
        ))
    })?;
    Key::new(value(&schema.partition_key, &partition)?, Some(value(sort_key, sort)?))
}

/// The partition key, without its escapes, and what follows the first slash that is none of it.
fn split(text: &str) -> Option<(String, &str)> {
    let mut partition = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '/' => return Some((partition, rest.as_str())),
            '\\' => partition.push(rest.next()?),
            c => partition.push(c),
        }
    }
    None
}

fn value(attribute: &KeyAttribute, text: &str) -> Result<AttributeValue> {
    Ok(match attribute.kind {
        KeyKind::S => text.into(),
        KeyKind::N => AttributeValue::N(text.parse::<Number>()?),
        KeyKind::B => {
            let bytes = BASE64.decode(text).map_err(|_| {
                let name = &attribute.name;
                Error::invalid(format!("{name} is a binary: write it in Base64, not as {text:?}"))
            })?;
            AttributeValue::B(bytes.into())
        }
    })
}

/// The attribute of a key that a person declares so: its name, and maybe its type.
pub(super) fn key_attribute(text: &str) -> Result<KeyAttribute> {
    let (name, kind) = match text.rsplit_once(':') {
        Some((name, "S")) => (name, KeyKind::S),
        Some((name, "N")) => (name, KeyKind::N),
        Some((name, "B")) => (name, KeyKind::B),
        _ => (text, KeyKind::S),
    };
    match name.len() {
        1..=255 => Ok(KeyAttribute::new(name, kind)),
        _ => Err(Error::invalid("a key's name has 1 to 255 bytes, such as iata")),
    }
}

/// The schema of a table that a line speaks of, and whether it was never declared.
pub(super) fn schema_of(world: &World, table: &str) -> Result<(TableSchema, bool)> {
    match world.table(&TableName::new(table)?) {
        Some(schema) => Ok((schema.clone(), false)),
        None => Ok((undeclared(table)?, true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Resolution;

    #[test]
    fn keys_are_written_and_read_back() {
        let attribute = |text| key_attribute(text).expect(text);
        let (s, n, b) = (attribute("a"), attribute("a:b:N"), attribute("b:B"));
        for (partition, sort, text) in [
            (&s, Some(&s), "Acme/1999"),
            (&s, Some(&s), "AC\\/DC\\\\x/Back/in \\ Black"),
            (&s, Some(&n), "Acme/-2.5"),
            (&n, Some(&b), "7/AQID"),
            (&s, None, "AC/DC\\"),
            (&b, None, "AQID"),
        ] {
            let name = TableName::new("T").expect("a letter");
            let resolution = Resolution::default();
            let schema = TableSchema::new(name, partition.clone(), sort.cloned(), resolution);
            let key = key_from_text(&schema, text).expect(text);
            assert_eq!(key.to_string(), text);
        }
        for declaration in ["a", "a:N", "a:b:S", "a:b:N"] {
            assert_eq!(attribute(declaration).to_string(), declaration);
        }
    }
}
