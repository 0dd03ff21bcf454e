//! Operations on tables. What they do is known at once: nodes hear of tables from their operator.

mod create;
mod describe;
mod request;
mod schema;
mod settings;
mod update;

pub(super) use create::create;

pub(super) use describe::{
    billing, describe_table, id, index_details, key_schema_of, throughput, unix_ms,
};

pub use request::{add_index_request, create_request, settings_request};

pub(super) use settings::{
    describe_endpoints, describe_expiry, describe_limits, list, list_tags, tag, untag,
    update_expiry,
};
pub(super) use update::update;

use super::error::{ApiError, ErrorName, Result};
use super::input::Input;
use super::output::object;
use super::{Known, Work};
use crate::data::{TableName, TableSchema};
use crate::sim::{Command, World};

/// The table that an operation on tables names.
fn named<'w>(input: Input<'_>, world: &'w World) -> Result<&'w TableSchema> {
    let name = input.required("TableName");
    let found = TableName::new(name).ok().and_then(|name| world.table(&name));
    found.ok_or_else(|| {
        ApiError::new(
            ErrorName::ResourceNotFound,
            format!("Requested resource not found: Table: {name} not found"),
        )
    })
}

/// The same, to change it: it has to be ready.
fn changeable<'w>(input: Input<'_>, world: &'w World) -> Result<&'w TableSchema> {
    let schema = named(input, world)?;
    check_ready(schema, world)?;
    Ok(schema)
}

/// Refuses a table that is being restored.
fn check_ready(schema: &TableSchema, world: &World) -> Result<()> {
    match world.restore_into(&schema.name) {
        None => Ok(()),
        Some(_) => Err(ApiError::new(
            ErrorName::ResourceInUse,
            format!(
                "Attempt to change a resource which is still in use: Table is being created: {}",
                schema.name
            ),
        )),
    }
}

pub(super) fn describe(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = named(input, world)?;
    let is_ready = world.restore_into(&schema.name).is_none();
    let status = if is_ready { "ACTIVE" } else { "CREATING" };
    let table = describe_table(schema, status, world);
    Known::work(Vec::new(), object([("Table", Some(table))]))
}

pub(super) fn delete(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = changeable(input, world)?;
    if schema.about.is_protected {
        return Err(ApiError::validation(
            "Resource cannot be deleted as it is currently protected against deletion. Disable \
             deletion protection first.",
        ));
    }
    let described = describe_table(schema, "DELETING", world);
    let command = Command::DropTable(schema.name.clone());
    Known::work(vec![command], object([("TableDescription", Some(described))]))
}
