//! Key schemas, projections and types, as requests write them.

use super::json::{Object, list, text};
use crate::base::{Error, Result};
use crate::data::{KeyAttribute, KeyKind, TableSchema};

/// What a query reads: a table, or one of its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub partition: Vec<KeyAttribute>,
    pub sort: Vec<KeyAttribute>,
}

impl Source {
    /// The table itself if no index is named, or there is none of that name.
    pub fn of(schema: &TableSchema, index: &str) -> Self {
        match schema.indexes.iter().find(|one| one.name.as_str() == index) {
            Some(index) => Self { partition: index.partition.clone(), sort: index.sort.clone() },
            None => Self {
                partition: vec![schema.partition_key.clone()],
                sort: schema.sort_key.iter().cloned().collect(),
            },
        }
    }
}

/// Key attributes as they are written in a field: `state` or `city, elevation N`.
pub fn attributes(field: &str) -> Result<Vec<KeyAttribute>> {
    let parts = field.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, kind) = part.rsplit_once(' ').unwrap_or((part, "S"));
            Ok(KeyAttribute::new(name.trim(), kind_of(kind)?))
        })
        .collect()
}

pub fn kind_of(letter: &str) -> Result<KeyKind> {
    match letter {
        "S" => Ok(KeyKind::S),
        "N" => Ok(KeyKind::N),
        "B" => Ok(KeyKind::B),
        other => Err(Error::invalid(format!("{other:?} is no type of a key: S, N or B"))),
    }
}

pub fn letter_of(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::S => "S",
        KeyKind::N => "N",
        KeyKind::B => "B",
    }
}

pub fn key_schema(partition: &[KeyAttribute], sort: &[KeyAttribute]) -> String {
    let all = [("HASH", partition), ("RANGE", sort)];
    let elements = all.into_iter().flat_map(|(role, attributes)| {
        let element = move |attribute: &KeyAttribute| {
            Object::new().text("AttributeName", &attribute.name).text("KeyType", role).end()
        };
        attributes.iter().map(element)
    });
    list(elements)
}

/// The types of all attributes that a key has, each once.
pub fn definitions(attributes: &[KeyAttribute]) -> String {
    let mut seen: Vec<&KeyAttribute> = Vec::new();
    for attribute in attributes {
        if !seen.contains(&attribute) {
            seen.push(attribute);
        }
    }
    list(seen.into_iter().map(|one| {
        Object::new()
            .text("AttributeName", &one.name)
            .text("AttributeType", letter_of(one.kind))
            .end()
    }))
}

/// What an index has of its items: `ALL`, `KEYS_ONLY`, or the attributes that are named.
pub fn projection(field: &str) -> String {
    match field.trim() {
        whole @ ("ALL" | "KEYS_ONLY") => Object::new().text("ProjectionType", whole).end(),
        named => {
            let names = named.split(',').map(str::trim).filter(|name| !name.is_empty());
            Object::new()
                .text("ProjectionType", "INCLUDE")
                .member("NonKeyAttributes", &list(names.map(text)))
                .end()
        }
    }
}
