//! Keys and indexes as requests define them.

use super::super::error::{ApiError, Result};
use super::super::input::Input;
use crate::data::{IndexKind, IndexName, IndexSchema, KeyAttribute, KeyKind, Projected};

/// The most units of throughput that one can ask for.
const MOST_UNITS: i64 = 1_000_000_000_000;

/// The attributes that keys may be made of, and their types.
pub(super) struct Definitions(Vec<(Box<str>, KeyKind)>);

impl Definitions {
    pub fn of(input: Input<'_>) -> Self {
        let definitions = input.structures("AttributeDefinitions").map(|definition| {
            let kind = match definition.required("AttributeType") {
                "N" => KeyKind::N,
                "B" => KeyKind::B,
                _ => KeyKind::S,
            };
            (definition.required("AttributeName").into(), kind)
        });
        Self(definitions.collect())
    }

    /// Adds those that a table's keys are made of already.
    pub fn add<'a>(&mut self, attributes: impl Iterator<Item = &'a KeyAttribute>) {
        for attribute in attributes {
            if self.kind(&attribute.name).is_none() {
                self.0.push((attribute.name.clone(), attribute.kind));
            }
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn kind(&self, name: &str) -> Option<KeyKind> {
        self.0.iter().find(|(defined, _)| **defined == *name).map(|(_, kind)| *kind)
    }

    /// `[a, b]`.
    pub fn listed(&self) -> String {
        listed(self.0.iter().map(|(name, _)| &**name))
    }
}

/// `[a, b]`.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", names.collect::<Vec<_>>().join(", "))
}

/// A key schema: its partition key attributes and its sort key attributes.
pub(super) struct Keys {
    pub partition: Vec<KeyAttribute>,
    pub sort: Vec<KeyAttribute>,
}

impl Keys {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.partition.iter().chain(&self.sort).map(|attribute| &*attribute.name)
    }

    /// Reads `KeySchema`. `most`: of how many attributes each key may be.
    pub fn of(input: Input<'_>, definitions: &Definitions, most: usize) -> Result<Self> {
        let keys = input.structures("KeySchema");
        let keys = keys.map(|key| (key.required("AttributeName"), key.required("KeyType")));
        let keys: Vec<(&str, &str)> = keys.collect();
        if keys.iter().any(|(name, _)| definitions.kind(name).is_none()) {
            return Err(ApiError::invalid(format!(
                "Some index key attributes are not defined in AttributeDefinitions. Keys: {}, \
                 AttributeDefinitions: {}",
                listed(keys.iter().map(|(name, _)| *name)),
                definitions.listed()
            )));
        }
        let twice = |at: usize| keys[..at].iter().any(|(name, _)| *name == keys[at].0);
        if (1..keys.len()).any(twice) {
            return Err(ApiError::validation(
                "Both the Hash Key and the Range Key element in the KeySchema have the same name",
            ));
        }
        let hashes = keys.iter().take_while(|(_, kind)| *kind == "HASH").count();
        let trouble = match hashes {
            0 => Some("The first KeySchemaElement is not a HASH key type"),
            _ if hashes > most || keys[hashes..].iter().any(|(_, kind)| *kind != "RANGE") => {
                Some("The second KeySchemaElement is not a RANGE key type")
            }
            _ if keys.len() - hashes > most => Some("Too many RANGE key elements"),
            _ => None,
        };
        if let Some(trouble) = trouble {
            return Err(ApiError::validation(format!("Invalid KeySchema: {trouble}")));
        }
        let attribute = |(name, _): &(&str, &str)| {
            KeyAttribute::new(*name, definitions.kind(name).unwrap_or(KeyKind::S))
        };
        let (partition, sort) = keys.split_at(hashes);
        let all = |keys: &[(&str, &str)]| keys.iter().map(attribute).collect();
        Ok(Self { partition: all(partition), sort: all(sort) })
    }
}

/// Reads a secondary index, but for what its kind asks of its keys.
pub(super) fn index(input: Input<'_>, kind: IndexKind, keys: Keys) -> Result<IndexSchema> {
    let name = IndexName::new(input.required("IndexName"))?;
    let projection = projected(input)?;
    let Keys { partition, sort } = keys;
    Ok(IndexSchema { name, kind, partition, sort, projection, throughput: None })
}

fn projected(input: Input<'_>) -> Result<Projected> {
    let Some(projection) = input.inside("Projection") else { return Ok(Projected::All) };
    let kind = projection.text("ProjectionType").unwrap_or("null");
    let names: Vec<Box<str>> = projection.texts("NonKeyAttributes").map(Box::from).collect();
    let refuse = |what: String| Err(ApiError::invalid(what));
    match (kind, names.is_empty()) {
        ("null", _) => refuse("Unknown ProjectionType: null".to_owned()),
        ("INCLUDE", true) => {
            refuse("ProjectionType is INCLUDE, but NonKeyAttributes is not specified".to_owned())
        }
        ("INCLUDE", false) => Ok(Projected::Include(names)),
        (kind, false) => {
            refuse(format!("ProjectionType is {kind}, but NonKeyAttributes is specified"))
        }
        ("KEYS_ONLY", true) => Ok(Projected::KeysOnly),
        _ => Ok(Projected::All),
    }
}

/// `ProvisionedThroughput`: read and write units, in bounds. `of` ends the message.
pub(super) fn units(input: Input<'_>, of: &str) -> Result<Option<(u64, u64)>> {
    let Some(throughput) = input.inside("ProvisionedThroughput") else { return Ok(None) };
    let unit = |name: &str| match throughput.integer(name).unwrap_or(1) {
        given if given > MOST_UNITS => Err(ApiError::validation(format!(
            "Given value {given} for {name} is out of bounds{of}"
        ))),
        given => Ok(given.unsigned_abs()),
    };
    Ok(Some((unit("ReadCapacityUnits")?, unit("WriteCapacityUnits")?)))
}

pub(super) const NO_UNITS_ALLOWED: &str = "Neither ReadCapacityUnits nor WriteCapacityUnits can \
    be specified when BillingMode is PAY_PER_REQUEST";
pub(super) const UNITS_WANTED: &str = "ReadCapacityUnits and WriteCapacityUnits must both be \
    specified when BillingMode is PROVISIONED";
