//! PutItem, UpdateItem and DeleteItem.

use std::sync::Arc;

use super::super::capacity::{Consumed, Told};
use super::super::error::{ApiError, ErrorName, Result};
use super::super::expressions::{attribute_updates, check_mixture, expected, parsed, placeholders};
use super::super::input::Input;
use super::super::output::object;
use super::super::{Output, Work, table};
use super::keys::{check_key_values, key_in, key_item, key_of};
use super::read::unexpected;
use super::request;
use crate::base::ClientId;
use crate::data::{Item, Key, MAX_ITEM_SIZE, Projected, TableName, TableSchema, write_units};
use crate::expression::{self, Condition, Placeholders, Projection, Update};
use crate::node::{self, Action, Answer};
use crate::sim::{Command, World};

/// A write of one item.
struct Write {
    table: TableName,
    key: Key,
    action: Action,
    returns: Returns,
    /// Whether an error about the condition shows what was found.
    shows_found: bool,
    /// What else it wants to know, and of which table. Most do not.
    about: Option<Box<About>>,
}

struct About {
    schema: TableSchema,
    told: Told,
    metrics: bool,
}

/// What a write returns of the item.
enum Returns {
    Nothing,
    Before,
    After,
    /// The attributes that an update changes, before it or after it.
    ChangedBefore(Projection),
    ChangedAfter(Projection),
}

impl Returns {
    /// Of a write that replaces the whole item.
    fn of_whole(input: Input<'_>) -> Result<Self> {
        match input.text("ReturnValues") {
            Some("ALL_OLD") => Ok(Self::Before),
            None | Some("NONE") => Ok(Self::Nothing),
            _ => Err(ApiError::validation("ReturnValues can only be ALL_OLD or NONE")),
        }
    }

    fn of_update(input: Input<'_>, update: &Update) -> Self {
        match input.text("ReturnValues") {
            Some("ALL_OLD") => Self::Before,
            Some("ALL_NEW") => Self::After,
            Some("UPDATED_OLD") => Self::ChangedBefore(update.changed()),
            Some("UPDATED_NEW") => Self::ChangedAfter(update.changed()),
            _ => Self::Nothing,
        }
    }

    fn show(&self, before: Option<&Arc<Item>>, after: Option<&Arc<Item>>) -> Option<Output> {
        let item = match self {
            Self::Nothing => return None,
            Self::Before => Arc::clone(before?),
            Self::After => Arc::clone(after?),
            Self::ChangedBefore(projection) => Arc::new(projection.of(before?)),
            Self::ChangedAfter(projection) => Arc::new(projection.of(after?)),
        };
        (!item.is_empty()).then_some(Output::Item(item))
    }
}

/// The condition of a request, in whichever way it says it.
fn condition(input: Input<'_>, placeholders: &mut Placeholders) -> Result<Option<Condition>> {
    let legacy = expected(input)?;
    let condition = parsed(input, "ConditionExpression", placeholders, Condition::parse)?;
    Ok(condition.or(legacy))
}

impl Write {
    fn work(
        input: Input<'_>,
        schema: &TableSchema,
        key: Key,
        action: Action,
        returns: Returns,
    ) -> Box<dyn Work> {
        let asks = |name: &str, for_what: &str| input.text(name) == Some(for_what);
        let told = Told::of(input);
        let metrics = asks("ReturnItemCollectionMetrics", "SIZE");
        let wants_more = told != Told::Nothing || metrics;
        Box::new(Self {
            table: schema.name.clone(),
            key,
            action,
            returns,
            shows_found: asks("ReturnValuesOnConditionCheckFailure", "ALL_OLD"),
            about: wants_more.then(|| Box::new(About { schema: schema.clone(), told, metrics })),
        })
    }
}

/// A write that a round decides only if it has to.
fn decided(condition: Option<Condition>, returns: &Returns, write: node::Write) -> Action {
    match (condition, returns, write) {
        (None, Returns::Nothing, node::Write::Put(item)) => Action::Put(item),
        (None, Returns::Nothing, node::Write::Delete) => Action::Delete,
        (condition, _, write) => Action::Change(Arc::new(node::Change { condition, write })),
    }
}

pub(super) fn check_size(item: &Item) -> Result<()> {
    match item.size() > MAX_ITEM_SIZE {
        true => Err(ApiError::validation("Item size has exceeded the maximum allowed size")),
        false => Ok(()),
    }
}

pub(in super::super) fn put(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    check_mixture(input, &["ConditionExpression"], &["Expected", "ConditionalOperator"])?;
    let item = input.item("Item")?;
    let returns = Returns::of_whole(input)?;
    check_size(&item)?;
    let mut placeholders = placeholders(input)?;
    let condition = condition(input, &mut placeholders)?;
    placeholders.unused()?;
    let schema = table(input.required("TableName"), world)?;
    let key = key_in(schema, &item)?;
    let action = decided(condition, &returns, node::Write::Put(Arc::new(item)));
    Ok(Write::work(input, schema, key, action, returns))
}

pub(in super::super) fn delete(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    check_mixture(input, &["ConditionExpression"], &["Expected", "ConditionalOperator"])?;
    let key = input.item("Key")?;
    let returns = Returns::of_whole(input)?;
    let mut placeholders = placeholders(input)?;
    let condition = condition(input, &mut placeholders)?;
    placeholders.unused()?;
    let schema = table(input.required("TableName"), world)?;
    let key = key_of(schema, &key)?;
    let action = decided(condition, &returns, node::Write::Delete);
    Ok(Write::work(input, schema, key, action, returns))
}

pub(in super::super) fn update(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    check_mixture(
        input,
        &["UpdateExpression", "ConditionExpression"],
        &["AttributeUpdates", "Expected", "ConditionalOperator"],
    )?;
    let key = input.item("Key")?;
    let mut placeholders = placeholders(input)?;
    let legacy = attribute_updates(input)?;
    let update = parsed(input, "UpdateExpression", &mut placeholders, Update::parse)?;
    let condition = condition(input, &mut placeholders)?;
    placeholders.unused()?;
    let update = match update.or(legacy) {
        Some(update) => update,
        None => Update::legacy(Vec::new())?,
    };
    let schema = table(input.required("TableName"), world)?;
    let key = key_of(schema, &key)?;
    check_update(schema, &update)?;
    let returns = Returns::of_update(input, &update);
    let write = node::Write::Update { update, key: Arc::new(key_item(schema, &key)) };
    let action = decided(condition, &returns, write);
    Ok(Write::work(input, schema, key, action, returns))
}

/// Refuses an update of the key, and values that no key of an index can have.
fn check_update(schema: &TableSchema, update: &Update) -> Result<()> {
    for path in update.paths() {
        if schema.key_attributes().any(|attribute| *attribute.name == *path.top()) {
            return Err(ApiError::invalid(format!(
                "Cannot update attribute {}. This attribute is part of the key",
                path.top()
            )));
        }
    }
    let given = update.actions().iter().filter_map(|action| {
        let value = match &action.change {
            expression::Change::Set(value) => value.constant()?,
            expression::Change::Add(value) => value,
            _ => return None,
        };
        (!action.path.is_nested()).then_some((action.path.top(), value))
    });
    check_key_values(schema, given, true)
}

impl Work for Write {
    fn commands(&self, client: ClientId) -> Vec<Command> {
        vec![request(client, &self.table, &self.key, self.action.clone())]
    }

    fn finish(&self, answers: &[Answer], _: &World) -> Result<Output> {
        let (before, after) = match answers.first() {
            Some(Answer::Written { .. }) => (None, self.action.item()),
            Some(Answer::Changed { before, after, .. }) => (before.as_ref(), after.as_ref()),
            Some(Answer::ConditionFailed { item, .. }) => {
                let name = ErrorName::ConditionalCheckFailed;
                let error = ApiError::new(name, "The conditional request failed");
                let item = item.clone().filter(|_| self.shows_found);
                return Err(ApiError { item, ..error });
            }
            Some(Answer::Rejected { rejection, .. }) => {
                return Err(ApiError::validation(rejection.message()));
            }
            Some(answer) => return Err(unexpected(answer)),
            None => (None, None),
        };
        let about = self.about.as_deref();
        let capacity = about.and_then(|About { schema, told, .. }| {
            told.tell(
                &schema.name,
                &consumed(schema, before.map(|it| &**it), after.map(|it| &**it)),
            )
        });
        let metrics = about.filter(|about| about.metrics);
        Ok(object([
            ("Attributes", self.returns.show(before, after)),
            ("ConsumedCapacity", capacity),
            ("ItemCollectionMetrics", metrics.and_then(|it| metrics_of(&it.schema, &self.key))),
        ]))
    }
}

/// What a write consumes, as far as its answer tells what it replaced.
pub(super) fn consumed(
    schema: &TableSchema,
    before: Option<&Item>,
    after: Option<&Item>,
) -> Consumed {
    let size = [before, after].into_iter().flatten().map(Item::size).max().unwrap_or(0);
    let indexes = schema.indexes.iter().filter_map(|index| {
        let is_in = |item: &&Item| index.key_attributes().all(|key| item.get(&key.name).is_some());
        let item = after.filter(is_in).or(before.filter(is_in))?;
        let size = match &index.projection {
            Projected::All => item.size(),
            projected => {
                let keys = schema.key_attributes().chain(index.key_attributes());
                let more: &[Box<str>] = match projected {
                    Projected::Include(names) => names,
                    _ => &[],
                };
                let names = keys.map(|key| &*key.name).chain(more.iter().map(|name| &**name));
                Projection::of_attributes(names).of(item).size()
            }
        };
        Some((index.name.as_str().into(), !index.is_global(), write_units(size)))
    });
    Consumed { table: write_units(size), indexes: indexes.collect() }
}

/// How large the collection of an item is: only tables with local indexes bound it.
pub(super) fn metrics_of(schema: &TableSchema, key: &Key) -> Option<Output> {
    if schema.indexes.iter().all(|index| index.is_global()) {
        return None;
    }
    let name = schema.partition_key.name.clone();
    let collection = [(name, key.partition().clone().into())].into_iter().collect::<Item>();
    // In GB, and none is as large as one.
    let range = vec![Output::Thousandths(0), Output::Thousandths(1000)];
    Some(object([
        ("ItemCollectionKey", Some(Output::Item(Arc::new(collection)))),
        ("SizeEstimateRangeGB", Some(Output::List(range))),
    ]))
}
