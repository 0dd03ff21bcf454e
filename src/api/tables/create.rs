//! CreateTable.

use super::super::error::{ApiError, ErrorName, Result};
use super::super::input::Input;
use super::super::output::object;
use super::super::{Known, Work};
use super::describe::describe_table;
use super::schema::{Definitions, Keys, NO_UNITS_ALLOWED, UNITS_WANTED, index, listed, units};
use super::settings::tags;
use crate::data::{IndexKind, IndexSchema, Resolution, TableAbout, TableName, TableSchema};
use crate::sim::{Command, World};

/// The most indexes of a table (Developer Guide, "Quotas").
pub(super) const MOST_LOCAL: usize = 5;
pub(super) const MOST_GLOBAL: usize = 20;
/// The most tables of an account that has not asked for more.
const MOST_TABLES: usize = 2_500;

pub(in super::super) fn create(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = schema(input, world)?;
    if world.table(&schema.name).is_some() || world.restore_into(&schema.name).is_some() {
        return Err(ApiError::new(
            ErrorName::ResourceInUse,
            format!("Table already exists: {}", schema.name),
        ));
    }
    check_count(world.tables().count())?;
    let described = describe_table(&schema, "CREATING", world);
    let response = object([("TableDescription", Some(described))]);
    Known::work(vec![Command::DefineTable(schema)], response)
}

/// Refuses one table more than there may be.
fn check_count(tables: usize) -> Result<()> {
    match tables < MOST_TABLES {
        true => Ok(()),
        false => Err(ApiError::new(
            ErrorName::LimitExceeded,
            format!(
                "Subscriber limit exceeded: There is a limit of {MOST_TABLES} tables per subscriber"
            ),
        )),
    }
}

/// Reads the table that a request describes.
pub(super) fn schema(input: Input<'_>, world: &World) -> Result<TableSchema> {
    let throughput = throughput(input)?;
    let definitions = Definitions::of(input);
    let keys = keys(input, &definitions)?;
    let mut indexes = locals(input, &definitions, &keys)?;
    globals(input, &definitions, throughput.is_some(), &mut indexes)?;
    check_all_used(input, &definitions, &keys, &indexes)?;
    let name = TableName::new(input.required("TableName"))?;
    let Keys { partition, sort } = keys;
    let mut keys = partition.into_iter().chain(sort);
    let partition_key = keys.next().ok_or_else(|| ApiError::invalid("No key"))?;
    let about = TableAbout {
        created: world.now(),
        throughput,
        is_protected: input.flag("DeletionProtectionEnabled").unwrap_or_default(),
        is_infrequent: input.text("TableClass") == Some("STANDARD_INFREQUENT_ACCESS"),
        tags: tags(input, Vec::new())?,
    };
    let schema = TableSchema::new(name, partition_key, keys.next(), Resolution::default());
    Ok(TableSchema { indexes, about, ..schema })
}

fn throughput(input: Input<'_>) -> Result<Option<(u64, u64)>> {
    let given = input.has("ProvisionedThroughput");
    match input.text("BillingMode") {
        Some("PAY_PER_REQUEST") if given => Err(ApiError::invalid(NO_UNITS_ALLOWED)),
        Some("PAY_PER_REQUEST") => Ok(None),
        _ if !given => Err(ApiError::invalid(UNITS_WANTED)),
        _ => units(input, ""),
    }
}

/// The table's own keys.
fn keys(input: Input<'_>, definitions: &Definitions) -> Result<Keys> {
    if input.structures("KeySchema").count() > definitions.len() {
        return Err(ApiError::validation(
            "Invalid KeySchema: Some index key attribute have no definition",
        ));
    }
    let keys = Keys::of(input, definitions, 1)?;
    let has_indexes = input.has("LocalSecondaryIndexes") || input.has("GlobalSecondaryIndexes");
    if !has_indexes && keys.names().count() != definitions.len() {
        return Err(ApiError::invalid(
            "Number of attributes in KeySchema does not exactly match number of attributes defined \
             in AttributeDefinitions",
        ));
    }
    Ok(keys)
}

fn locals(input: Input<'_>, definitions: &Definitions, table: &Keys) -> Result<Vec<IndexSchema>> {
    const LIST: &str = "LocalSecondaryIndexes";
    let mut indexes = Vec::new();
    if !input.has(LIST) {
        return Ok(indexes);
    }
    if input.elements(LIST).is_empty() {
        return Err(ApiError::invalid("List of LocalSecondaryIndexes is empty"));
    }
    if table.sort.is_empty() {
        return Err(ApiError::invalid(
            "Table KeySchema does not have a range key, which is required when specifying a \
             LocalSecondaryIndex",
        ));
    }
    for given in input.structures(LIST) {
        let keys = Keys::of(given, definitions, 1)?;
        let name = given.required("IndexName");
        if keys.sort.is_empty() {
            return Err(ApiError::invalid(format!(
                "Index KeySchema does not have a range key for index: {name}"
            )));
        }
        if keys.partition != table.partition {
            return Err(ApiError::invalid(format!(
                "Index KeySchema does not have the same leading hash key as table KeySchema for \
                 index: {name}. index hash key: {}, table hash key: {}",
                keys.partition[0].name, table.partition[0].name
            )));
        }
        add(index(given, IndexKind::Local, keys)?, &mut indexes)?;
    }
    match indexes.len() > MOST_LOCAL {
        true => Err(ApiError::invalid(format!(
            "Number of LocalSecondaryIndexes exceeds per-table limit of {MOST_LOCAL}"
        ))),
        false => Ok(indexes),
    }
}

fn globals(
    input: Input<'_>,
    definitions: &Definitions,
    is_provisioned: bool,
    indexes: &mut Vec<IndexSchema>,
) -> Result<()> {
    const LIST: &str = "GlobalSecondaryIndexes";
    if input.has(LIST) && input.elements(LIST).is_empty() {
        return Err(ApiError::invalid("List of GlobalSecondaryIndexes is empty"));
    }
    for given in input.structures(LIST) {
        add(global(given, definitions, is_provisioned)?, indexes)?;
    }
    match indexes.iter().filter(|index| index.is_global()).count() > MOST_GLOBAL {
        true => Err(ApiError::invalid(format!(
            "GlobalSecondaryIndex count exceeds the per-table limit of {MOST_GLOBAL}"
        ))),
        false => Ok(()),
    }
}

/// Reads a global index, of a table that pays for throughput or for requests.
pub(super) fn global(
    given: Input<'_>,
    definitions: &Definitions,
    is_provisioned: bool,
) -> Result<IndexSchema> {
    let keys = Keys::of(given, definitions, IndexSchema::MAX_KEY_ATTRIBUTES)?;
    let index = index(given, IndexKind::Global, keys)?;
    let throughput = units(given, &format!(" for index {}", index.name))?;
    match (throughput, is_provisioned) {
        (Some(_), false) => Err(ApiError::invalid(format!(
            "ProvisionedThroughput should not be specified for index: {} when BillingMode is \
             PAY_PER_REQUEST",
            index.name
        ))),
        (None, true) => Err(ApiError::invalid(format!(
            "ProvisionedThroughput must be specified for index: {}",
            index.name
        ))),
        _ => Ok(IndexSchema { throughput, ..index }),
    }
}

fn add(index: IndexSchema, indexes: &mut Vec<IndexSchema>) -> Result<()> {
    if indexes.iter().any(|other| other.name == index.name) {
        return Err(ApiError::invalid(format!("Duplicate index name: {}", index.name)));
    }
    indexes.push(index);
    Ok(())
}

/// Refuses definitions that no key uses.
fn check_all_used(
    input: Input<'_>,
    definitions: &Definitions,
    keys: &Keys,
    indexes: &[IndexSchema],
) -> Result<()> {
    let mut used: Vec<&str> = keys.names().collect();
    for attribute in indexes.iter().flat_map(IndexSchema::key_attributes) {
        if !used.contains(&&*attribute.name) {
            used.push(&attribute.name);
        }
    }
    let defined = input.structures("AttributeDefinitions");
    let mut defined = defined.map(|definition| definition.required("AttributeName"));
    match defined.all(|name| used.contains(&name)) {
        true => Ok(()),
        false => Err(ApiError::invalid(format!(
            "Some AttributeDefinitions are not used. AttributeDefinitions: {}, keys used: {}",
            definitions.listed(),
            listed(used.into_iter())
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_only_so_many_tables() {
        assert_eq!(check_count(MOST_TABLES - 1), Ok(()));
        let error = check_count(MOST_TABLES).expect_err("one too many");
        assert_eq!(error.name, ErrorName::LimitExceeded);
    }
}
