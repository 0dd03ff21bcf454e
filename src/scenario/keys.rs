//! Keys as people write them.
//!
//! `SEA` in a table without a sort key; `Acme/1999` in one with a sort key: the partition key, a
//! slash, the sort key. A slash that belongs to such a partition key is written `\/`, and a backslash
//! `\\`; the sort key is as it stands. Numbers are in decimals, binaries in Base64.
//!
//! In an index, `Seattle+WA/132/SEA`: the values of its partition key with a plus sign between them,
//! those of its sort key, and the item's own key. In all of them `/`, `+` and `\` have a backslash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::interpret::undeclared;
use crate::base::{Error, Result};
use crate::data::{
    AttributeValue, IndexSchema, Item, Key, KeyAttribute, KeyKind, KeyValue, Number, TableName,
    TableSchema,
};
use crate::index::entry_key;
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

/// The entry of an index that a person writes so: what the trace shows of it.
pub(super) fn entry_from_text(
    schema: &TableSchema,
    index: &IndexSchema,
    text: &str,
) -> Result<ItemKey> {
    let own: Vec<&KeyAttribute> = index.sort.iter().chain(schema.key_attributes()).collect();
    let parts = split_all(text, '/');
    let partition = match (index.partition.len(), parts.first()) {
        (1, Some(part)) => vec![*part],
        (_, part) => part.map_or(Vec::new(), |part| split_all(part, '+')),
    };
    let attributes: Vec<&KeyAttribute> = index.partition.iter().chain(own).collect();
    let texts: Vec<&str> = partition.into_iter().chain(parts.into_iter().skip(1)).collect();
    let item = item_of(&attributes, &texts)?;
    let entry = match &item {
        Some(item) => entry_key(schema, index, &schema.key_of(item)?, item),
        None => None,
    };
    entry.ok_or_else(|| {
        let names = |attributes: &[KeyAttribute], sign: &str| {
            attributes.iter().map(|it| &*it.name).collect::<Vec<_>>().join(sign)
        };
        let own = schema.key_attributes().map(|it| &*it.name).collect::<Vec<_>>().join("/");
        let sort = names(&index.sort, "/");
        let between = if sort.is_empty() { "" } else { "/" };
        Error::invalid(format!(
            "in index {} a page goes on behind {}/{sort}{between}{own}: write all of these values, as \
             the trace shows them",
            index.name,
            names(&index.partition, "+"),
        ))
    })
}

/// An item in a local index: partition key, what the index sorts by, sort key. The key in the table,
/// and the value in between.
pub(super) fn local_from_text(
    schema: &TableSchema,
    index: &IndexSchema,
    text: &str,
) -> Result<(Key, KeyValue)> {
    let attributes: Vec<&KeyAttribute> =
        [&schema.partition_key].into_iter().chain(&index.sort).chain(&schema.sort_key).collect();
    let place = |item: &Item| item.get(&index.sort.first()?.name).cloned();
    match item_of(&attributes, &split_all(text, '/'))? {
        Some(item) => {
            let place = place(&item).map(KeyValue::try_from).transpose()?;
            let place = place.ok_or_else(|| Error::invalid("the index sorts by nothing"))?;
            Ok((schema.key_of(&item)?, place))
        }
        None => {
            let names: Vec<&str> = attributes.iter().map(|it| &*it.name).collect();
            Err(Error::invalid(format!(
                "in index {} a page goes on behind {}: write all of these values",
                index.name,
                names.join("/")
            )))
        }
    }
}

/// The item that has these values; none if there are more or fewer.
fn item_of(attributes: &[&KeyAttribute], texts: &[&str]) -> Result<Option<Item>> {
    if attributes.len() != texts.len() {
        return Ok(None);
    }
    let mut item = Item::new();
    for (attribute, text) in attributes.iter().zip(texts) {
        item.insert(attribute.name.clone(), value(attribute, &unescaped(text))?);
    }
    Ok(Some(item))
}

/// What lies between signs that have no backslash before them.
fn split_all(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut begin, mut is_escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if c == sign && !is_escaped {
            parts.push(&text[begin..at]);
            begin = at + c.len_utf8();
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    parts.push(&text[begin..]);
    parts
}

fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text.chars());
    while let Some(c) = rest.next() {
        plain.push(if c == '\\' { rest.next().unwrap_or(c) } else { c });
    }
    plain
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
