//! UpdateTable.

use super::super::error::{ApiError, ErrorName, Result};
use super::super::input::Input;
use super::super::output::object;
use super::super::{Known, Work};
use super::changeable;
use super::create::{MOST_GLOBAL, global};
use super::describe::describe_table;
use super::schema::{Definitions, NO_UNITS_ALLOWED, UNITS_WANTED, units};
use crate::data::{IndexName, IndexSchema, TableSchema};
use crate::sim::{Alteration, Command, World};

pub(in super::super) fn update(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    const CHANGES: [&str; 5] = [
        "ProvisionedThroughput",
        "BillingMode",
        "TableClass",
        "DeletionProtectionEnabled",
        "GlobalSecondaryIndexUpdates",
    ];
    let changes = CHANGES.iter().any(|name| input.has(name));
    let only_updates = CHANGES[..4].iter().all(|name| !input.has(name));
    if !changes || (only_updates && input.elements(CHANGES[4]).is_empty()) {
        return Err(ApiError::validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, \
             GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
        ));
    }
    check_updates(input)?;
    units(input, "")?;
    let present = changeable(input, world)?;
    let mut schema = present.clone();
    pay(input, &mut schema)?;
    change_indexes(input, &mut schema)?;
    if let Some(is_protected) = input.flag("DeletionProtectionEnabled") {
        schema.about.is_protected = is_protected;
    }
    if let Some(class) = input.text("TableClass") {
        schema.about.is_infrequent = class == "STANDARD_INFREQUENT_ACCESS";
    }
    let described = describe_table(&schema, "UPDATING", world);
    let response = object([("TableDescription", Some(described))]);
    Known::work(alterations(present, schema), response)
}

/// The commands that make one schema of another: indexes go and come one at a time, and what the table
/// says of itself comes last.
fn alterations(present: &TableSchema, next: TableSchema) -> Vec<Command> {
    let gone = present.indexes.iter().filter(|index| next.index(&index.name).is_none());
    let gone = gone.map(|index| Alteration::DropIndex(index.name.clone()));
    let new = next.indexes.iter().filter(|index| present.index(&index.name).is_none());
    let new = new.map(|index| Alteration::AddIndex(index.clone()));
    let mut changes: Vec<Alteration> = gone.chain(new).collect();
    let paid = |index: &IndexSchema| {
        present.index(&index.name).is_some_and(|it| it.throughput != index.throughput)
    };
    if next.about != present.about || next.indexes.iter().any(paid) {
        let throughputs = next.indexes.iter().map(|index| index.throughput).collect();
        changes.push(Alteration::Say(next.about, throughputs));
    }
    changes.into_iter().map(|change| Command::Alter(next.name.clone(), change)).collect()
}

/// What an element of `GlobalSecondaryIndexUpdates` does.
fn action(update: Input<'_>) -> Option<Input<'_>> {
    ["Update", "Create", "Delete"].into_iter().find_map(|name| update.inside(name))
}

fn check_updates(input: Input<'_>) -> Result<()> {
    let mut named: Vec<&str> = Vec::new();
    for update in input.structures("GlobalSecondaryIndexUpdates") {
        let Some(action) = action(update) else {
            return Err(ApiError::invalid(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, \
                 GlobalSecondaryIndexUpdate.Delete must not be null",
            ));
        };
        let name = action.required("IndexName");
        if named.contains(&name) {
            return Err(ApiError::invalid(format!(
                "Only one global secondary index update per index is allowed simultaneously. \
                 Index: {name}"
            )));
        }
        named.push(name);
    }
    Ok(())
}

fn pay(input: Input<'_>, schema: &mut TableSchema) -> Result<()> {
    let wanted = units(input, "")?;
    let present = schema.about.throughput;
    schema.about.throughput = match (input.text("BillingMode"), wanted, present) {
        (Some("PAY_PER_REQUEST"), Some(_), _) | (None, Some(_), None) => {
            return Err(ApiError::invalid(NO_UNITS_ALLOWED));
        }
        (Some("PAY_PER_REQUEST"), None, _) => None,
        (Some(_), None, None) => return Err(ApiError::invalid(UNITS_WANTED)),
        (None, Some(wanted), Some(present)) if wanted == present => {
            return Err(unchanged(present));
        }
        (_, wanted, present) => wanted.or(present),
    };
    if schema.about.throughput.is_none() {
        schema.indexes.iter_mut().for_each(|index| index.throughput = None);
    }
    Ok(())
}

fn unchanged((read, write): (u64, u64)) -> ApiError {
    ApiError::validation(format!(
        "The provisioned throughput for the table will not change. The requested value equals the \
         current value. Current ReadCapacityUnits provisioned for the table: {read}. Requested \
         ReadCapacityUnits: {read}. Current WriteCapacityUnits provisioned for the table: {write}. \
         Requested WriteCapacityUnits: {write}. Refer to the Amazon DynamoDB Developer Guide for \
         current limits and how to request higher limits."
    ))
}

fn change_indexes(input: Input<'_>, schema: &mut TableSchema) -> Result<()> {
    let updates = input.structures("GlobalSecondaryIndexUpdates");
    let online = updates.clone().filter(|update| !update.has("Update")).count();
    if online > 1 {
        return Err(ApiError::new(
            ErrorName::LimitExceeded,
            "Subscriber limit exceeded: Only 1 online index can be created or deleted \
             simultaneously per table",
        ));
    }
    for update in updates {
        if let Some(create) = update.inside("Create") {
            schema.indexes.push(created(input, create, schema)?);
        } else if let Some(delete) = update.inside("Delete") {
            let at = position(schema, delete)?;
            schema.indexes.remove(at);
        } else if let Some(update) = update.inside("Update") {
            let at = position(schema, update)?;
            let index = &mut schema.indexes[at];
            index.throughput = units(update, &format!(" for index {}", index.name))?;
        }
    }
    Ok(())
}

fn created(input: Input<'_>, create: Input<'_>, schema: &TableSchema) -> Result<IndexSchema> {
    let name = IndexName::new(create.required("IndexName"))?;
    if schema.index(&name).is_some() {
        return Err(ApiError::validation("Attempting to create an index which already exists"));
    }
    if schema.indexes.iter().filter(|index| index.is_global()).count() >= MOST_GLOBAL {
        return Err(ApiError::new(
            ErrorName::LimitExceeded,
            format!("GlobalSecondaryIndex count exceeds the per-table limit of {MOST_GLOBAL}"),
        ));
    }
    let mut definitions = Definitions::of(input);
    definitions.add(schema.key_attributes());
    definitions.add(schema.indexes.iter().flat_map(IndexSchema::key_attributes));
    global(create, &definitions, schema.about.throughput.is_some())
}

/// The place of the global index that an action names.
fn position(schema: &TableSchema, action: Input<'_>) -> Result<usize> {
    let name = action.required("IndexName");
    let is_it = |index: &IndexSchema| index.is_global() && index.name.as_str() == name;
    schema.indexes.iter().position(is_it).ok_or_else(|| {
        ApiError::new(
            ErrorName::ResourceNotFound,
            format!("Requested resource not found: Index: {name} not found"),
        )
    })
}
