//! GetItem.

use std::sync::Arc;

use super::super::capacity::{Consumed, Told};
use super::super::error::{ApiError, ErrorName, Result};
use super::super::expressions::{attributes_to_get, check_mixture, parsed, placeholders};
use super::super::input::Input;
use super::super::output::object;
use super::super::{Output, Work, table};
use super::keys::key_of;
use super::request;
use crate::base::ClientId;
use crate::data::{Item, Key, TableName, TableSchema, read_units};
use crate::expression::Projection;
use crate::node::{Action, Answer};
use crate::sim::{Command, World};

/// How the items of one table are read.
pub(super) struct Reading {
    pub table: TableName,
    pub consistent: bool,
    pub projection: Option<Projection>,
}

struct Get {
    reading: Reading,
    key: Key,
    told: Told,
}

impl Reading {
    /// Reads what a request says of it; `table` is only looked for afterwards.
    pub fn parse(input: Input<'_>) -> Result<(bool, Option<Projection>)> {
        let mut placeholders = placeholders(input)?;
        let legacy = attributes_to_get(input)?;
        let projection =
            parsed(input, "ProjectionExpression", &mut placeholders, Projection::parse)?;
        placeholders.unused()?;
        Ok((input.flag("ConsistentRead").unwrap_or_default(), projection.or(legacy)))
    }

    pub fn action(&self) -> Action {
        if self.consistent { Action::GetConsistent } else { Action::Get }
    }

    /// The item that an answer brings, as it was found and as it is wanted.
    pub fn found(&self, answer: &Answer) -> Result<Option<(Arc<Item>, Arc<Item>)>> {
        match answer {
            Answer::Read { item, .. } => Ok(item.as_ref().map(|item| {
                let wanted = match &self.projection {
                    Some(projection) => Arc::new(projection.of(item)),
                    None => Arc::clone(item),
                };
                (Arc::clone(item), wanted)
            })),
            answer => Err(unexpected(answer)),
        }
    }
}

/// Why there is no such answer as was hoped for.
pub(in super::super) fn unexpected(answer: &Answer) -> ApiError {
    match answer {
        Answer::Failed(failure) => ApiError::failed(*failure),
        _ => ApiError::new(ErrorName::InternalServer, "Internal server error"),
    }
}

/// Refuses an answer that is a failure.
pub(in super::super) fn failed(answer: &Answer) -> Result<()> {
    match answer {
        Answer::Failed(failure) => Err(ApiError::failed(*failure)),
        _ => Ok(()),
    }
}

pub(in super::super) fn get(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    check_mixture(input, &["ProjectionExpression"], &["AttributesToGet"])?;
    let key = input.item("Key")?;
    let (consistent, projection) = Reading::parse(input)?;
    let schema: &TableSchema = table(input.required("TableName"), world)?;
    let reading = Reading { table: schema.name.clone(), consistent, projection };
    Ok(Box::new(Get { reading, key: key_of(schema, &key)?, told: Told::of(input) }))
}

impl Work for Get {
    fn commands(&self, client: ClientId) -> Vec<Command> {
        vec![request(client, &self.reading.table, &self.key, self.reading.action())]
    }

    fn finish(&self, answers: &[Answer], _: &World) -> Result<Output> {
        let found = answers.first().map_or(Ok(None), |answer| self.reading.found(answer))?;
        let size = found.as_ref().map_or(0, |(item, _)| item.size());
        let table = read_units(size, self.reading.consistent);
        let consumed = Consumed { table, indexes: Vec::new() };
        Ok(object([
            ("Item", found.map(|(_, item)| Output::Item(item))),
            ("ConsumedCapacity", self.told.tell(&self.reading.table, &consumed)),
        ]))
    }
}
