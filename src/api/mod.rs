//! DynamoDB's operations, over commands (DynamoDB API Reference, version 2012-08-10).
//!
//! ```text
//!  "PutItem", {"TableName": …}                       what a client sends
//!       │  parse: types, constraints, expressions, the table's keys
//!       ▼
//!     Call ──▶ commands ──▶ World ──▶ answers         what the cluster does about it
//!       │                                │
//!       └──────────── finish ◀───────────┘
//!                       ▼
//!  {"Attributes": …}, or an error with a name         what the client gets
//! ```
//!
//! A [`Call`] is a request that makes sense. Parsing it changes nothing: all that happens to the
//! world are the commands that it asks for, one for each item, page or table. A batch is several
//! requests at one instant, put together again in [`Call::finish`]: what failed in it comes back as
//! unprocessed. Whether the cluster can do what it is asked is the cluster's affair, and where it
//! cannot, clients see the errors that SDKs answer by trying again.
//!
//! **Mistakes are DynamoDB's own**, word for word where the word is known: SDKs, and people's code,
//! read them. They come in its order: JSON, then types (a SerializationException each), then
//! constraints (up to ten at once), then what only the operation knows, then the table. What each
//! operation takes is data, in `inputs`.
//!
//! Must never know: who owns what, messages, sockets.
//!
//! Caveats: a table is ACTIVE as soon as the answer that calls it CREATING is under way, but for one
//! that is restored, which is when all of it is there. ItemCount
//! and TableSizeBytes are those of now, not of some hours ago. A table that keeps siblings has no
//! place here: DynamoDB knows no such thing. Item collections of tables with local indexes end at
//! 10 GB in DynamoDB (an ItemCollectionSizeLimitExceededException): no collection can grow so large
//! in memory, and so nobody counts. That throughput may be decreased only so many times a day is not
//! held against anybody.

mod arn;
mod backups;
mod capacity;
mod check;
mod error;
mod exchange;
mod expressions;
mod input;
mod inputs;
mod items;
mod output;
mod pages;
mod shape;
mod tables;
#[cfg(test)]
mod tests;
mod value;

use crate::base::ClientId;
use crate::data::{Json, Resolution, TableName, TableSchema};
use crate::node::Answer;
use crate::sim::{Command, World};
use arn::Called;
use error::Result;
pub use error::{ApiError, ErrorName};
pub use exchange::{Stage, awaits_any, exchange};
use input::Input;
pub use input::MAX_REQUEST_DEPTH;
pub use output::Output;
pub use pages::span_of;
use shape::Structure;
pub use tables::{add_index_request, create_request, settings_request};

/// A request that makes sense, and how its answers become a response.
pub struct Call {
    operation: &'static str,
    work: Box<dyn Work>,
    called: Called,
}

/// What an operation does.
trait Work {
    /// What it asks of the world, for this client.
    fn commands(&self, client: ClientId) -> Vec<Command>;
    /// The response. There is an answer to each request among the commands, in their order.
    fn finish(&self, answers: &[Answer], world: &World) -> Result<Output>;
}

/// Reads a request of one operation.
type Parse = fn(Input<'_>, &World) -> Result<Box<dyn Work>>;

/// Name, what it takes, and who reads that.
struct Operation(&'static str, &'static Structure, Parse);

static OPERATIONS: &[Operation] = &[
    Operation("BatchGetItem", &inputs::BATCH_GET_ITEM, items::batch_get),
    Operation("BatchWriteItem", &inputs::BATCH_WRITE_ITEM, items::batch_write),
    Operation("CreateBackup", &inputs::CREATE_BACKUP, backups::create),
    Operation("CreateTable", &inputs::CREATE_TABLE, tables::create),
    Operation("DeleteBackup", &inputs::NAMED_BACKUP, backups::delete),
    Operation("DeleteItem", &inputs::DELETE_ITEM, items::delete),
    Operation("DeleteTable", &inputs::NAMED_TABLE, tables::delete),
    Operation("DescribeBackup", &inputs::NAMED_BACKUP, backups::describe),
    Operation(
        "DescribeContinuousBackups",
        &inputs::DESCRIBE_CONTINUOUS_BACKUPS,
        backups::describe_continuous,
    ),
    Operation("DescribeEndpoints", &inputs::NOTHING, tables::describe_endpoints),
    Operation("DescribeLimits", &inputs::NOTHING, tables::describe_limits),
    Operation("DescribeTable", &inputs::NAMED_TABLE, tables::describe),
    Operation("DescribeTimeToLive", &inputs::NAMED_TABLE, tables::describe_expiry),
    Operation("GetItem", &inputs::GET_ITEM, items::get),
    Operation("ListBackups", &inputs::LIST_BACKUPS, backups::list),
    Operation("ListTables", &inputs::LIST_TABLES, tables::list),
    Operation("ListTagsOfResource", &inputs::LIST_TAGS_OF_RESOURCE, tables::list_tags),
    Operation("PutItem", &inputs::PUT_ITEM, items::put),
    Operation("Query", &inputs::QUERY, pages::query),
    Operation("RestoreTableFromBackup", &inputs::RESTORE_FROM_BACKUP, backups::from_backup),
    Operation("RestoreTableToPointInTime", &inputs::RESTORE_TO_INSTANT, backups::to_instant),
    Operation("Scan", &inputs::SCAN, pages::scan),
    Operation("TagResource", &inputs::TAG_RESOURCE, tables::tag),
    Operation("UntagResource", &inputs::UNTAG_RESOURCE, tables::untag),
    Operation(
        "UpdateContinuousBackups",
        &inputs::UPDATE_CONTINUOUS_BACKUPS,
        backups::update_continuous,
    ),
    Operation("UpdateItem", &inputs::UPDATE_ITEM, items::update),
    Operation("UpdateTable", &inputs::UPDATE_TABLE, tables::update),
    Operation("UpdateTimeToLive", &inputs::UPDATE_TIME_TO_LIVE, tables::update_expiry),
];

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    /// If it makes no sense in this world. Nothing has changed either way.
    pub fn parse(operation: &str, body: &str, world: &World) -> Result<Self> {
        Self::of(operation, input::read(body), world)
    }

    /// Makes sense of a request that is no text: `None` is one that nests deeper than
    /// [`MAX_REQUEST_DEPTH`].
    ///
    /// # Errors
    /// As for [`Call::parse`].
    pub fn understand(operation: &str, input: Option<Json<'_>>, world: &World) -> Result<Self> {
        Self::of(operation, input.ok_or_else(value::too_deep), world)
    }

    fn of(operation: &str, input: Result<Json<'_>>, world: &World) -> Result<Self> {
        let found = OPERATIONS.iter().find(|Operation(name, ..)| *name == operation);
        let Some(Operation(operation, structure, parse)) = found else {
            return Err(ApiError::new(ErrorName::UnknownOperation, ""));
        };
        let mut json = input?;
        let called = Called::by_arn(&mut json);
        let work = parse(Input::checked(&json, structure)?, world)?;
        Ok(Self { operation, work, called })
    }

    /// The name of the operation.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What is to be carried out, all at this instant.
    pub fn commands(&self, client: ClientId) -> Vec<Command> {
        self.work.commands(client)
    }

    /// The response to the request, from the answers to all requests among the commands, in order.
    ///
    /// # Errors
    /// If the cluster could not do it, or the items were not as the request wants them.
    pub fn finish(&self, answers: &[Answer], world: &World) -> Result<Output> {
        self.work.finish(answers, world).map(|response| self.called.restore(response))
    }

    /// The names of all operations.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        OPERATIONS.iter().map(|Operation(name, ..)| *name)
    }
}

/// What is known at once: commands that need no answers, and the response.
struct Known {
    commands: Vec<Command>,
    response: Output,
}

impl Known {
    fn work(commands: Vec<Command>, response: Output) -> Result<Box<dyn Work>> {
        Ok(Box::new(Self { commands, response }))
    }
}

impl Work for Known {
    fn commands(&self, _: ClientId) -> Vec<Command> {
        self.commands.clone()
    }

    fn finish(&self, _: &[Answer], _: &World) -> Result<Output> {
        Ok(self.response.clone())
    }
}

/// The table whose items a request is about.
fn table<'w>(name: &str, world: &'w World) -> Result<&'w TableSchema> {
    let schema = TableName::new(name).ok().and_then(|name| world.table(&name));
    match schema {
        Some(schema) if schema.resolution == Resolution::Siblings => Err(ApiError::validation(
            format!("Table {name} keeps concurrent writes as siblings, which DynamoDB does not"),
        )),
        Some(schema) if world.restore_into(&schema.name).is_none() => Ok(schema),
        _ => Err(ApiError::new(ErrorName::ResourceNotFound, "Requested resource not found")),
    }
}
