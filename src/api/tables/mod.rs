//! Operations on tables. What they do is known at once: nodes hear of tables from their operator.

mod create;
mod describe;
mod schema;
mod settings;
mod update;

pub(super) use create::create;

pub(super) use describe::describe_table;

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

pub(super) fn describe(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let table = describe_table(named(input, world)?, "ACTIVE", world);
    Known::work(Vec::new(), object([("Table", Some(table))]))
}

pub(super) fn delete(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = named(input, world)?;
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
