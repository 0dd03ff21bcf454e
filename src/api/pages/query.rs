//! Query.

use std::ops::Bound;

use super::super::capacity::Told;
use super::super::error::{ApiError, Result};
use super::super::expressions::{
    attributes_to_get, check_mixture, comparisons, joined, parsed, placeholders,
};
use super::super::input::Input;
use super::super::{Work, table};
use super::Paged;
use super::select::{check_filter, select};
use super::source::Source;
use super::start::{Start, start, values};
use crate::data::ordered::{after, begin, encode};
use crate::data::{AttributeValue, IndexSchema, Item, KeyValue, TableSchema};
use crate::expression::{Comparator, Comparison, Condition, KeyCondition, KeyRange, Projection};
use crate::index::partition_of;
use crate::node::{Freshness, PageRequest, SortRange, Span};
use crate::sim::World;

/// The expressions of a query.
struct Expressions {
    key: KeyCondition,
    filter: Option<Condition>,
    projection: Option<Projection>,
}

fn expressions(input: Input<'_>) -> Result<Expressions> {
    check_mixture(
        input,
        &["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
        &["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"],
    )?;
    let legacy_filter = joined(input, comparisons(input, "QueryFilter")?);
    let legacy_projection = attributes_to_get(input)?;
    if !input.has("KeyConditions") && !input.has("KeyConditionExpression") {
        return Err(ApiError::validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the \
             request.",
        ));
    }
    let mut placeholders = placeholders(input)?;
    let key = parsed(input, "KeyConditionExpression", &mut placeholders, KeyCondition::parse)?;
    let filter = parsed(input, "FilterExpression", &mut placeholders, Condition::parse)?;
    let projection = parsed(input, "ProjectionExpression", &mut placeholders, Projection::parse)?;
    placeholders.unused()?;
    let key = match key {
        Some(key) => key,
        None => KeyCondition::legacy(comparisons(input, "KeyConditions")?)?,
    };
    let projection = projection.or(legacy_projection);
    Ok(Expressions { key, filter: filter.or(legacy_filter), projection })
}

pub(in super::super) fn query(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let Expressions { key, filter, projection } = expressions(input)?;
    let start_key = input.has("ExclusiveStartKey").then(|| input.item("ExclusiveStartKey"));
    let start_key = start_key.transpose().map_err(|error| {
        let message = format!("The provided starting key is invalid: {}", error.message);
        ApiError { message, ..error }
    })?;
    let schema = table(input.required("TableName"), world)?;
    let source = Source::of(input, schema)?;
    let (partition, sort) = source.keys(schema);
    let range = key.on(partition, sort)?;
    let begin = start_key.as_ref().map(|key| start(schema, &source, key)).transpose()?;
    if let Some(key) = &start_key {
        check_inside(schema, &source, &range, key)?;
    }
    let parameter = if input.has("QueryFilter") { "QueryFilter" } else { "Filter Expression" };
    check_filter(parameter, filter.as_ref(), schema, &source)?;
    let selected = select(input, schema, &source, projection)?;
    let request = page(input, schema, &source, range, begin)?;
    Ok(Box::new(Paged {
        schema: schema.clone(),
        source,
        request,
        filter,
        projection: selected.projection,
        only_counts: selected.only_counts,
        told: Told::of(input),
    }))
}

/// Refuses a starting key that the query itself would not find.
fn check_inside(schema: &TableSchema, source: &Source, range: &KeyRange, key: &Item) -> Result<()> {
    let (partition, sort) = source.keys(schema);
    let names = sort.iter().map(|attribute| &*attribute.name);
    let sorts = values(key, names).into_iter().zip(&range.sort);
    let matches = sorts.clone().all(|(value, it)| value.is_some_and(|value| it.holds(value)));
    if !matches {
        return Err(ApiError::validation(
            "The provided starting key does not match the range key predicate",
        ));
    }
    let names = partition.iter().map(|attribute| &*attribute.name);
    let own = values(key, names).into_iter().zip(&range.partition);
    if own.clone().all(|(value, wanted)| value == Some(wanted)) {
        return Ok(());
    }
    Err(ApiError::validation(match range.sort.is_empty() {
        true => {
            "The provided starting key is outside query boundaries based on provided conditions"
        }
        false => "The query can return at most one row and cannot be restarted",
    }))
}

fn page(
    input: Input<'_>,
    schema: &TableSchema,
    source: &Source,
    range: KeyRange,
    begin: Option<Start>,
) -> Result<PageRequest> {
    let span = span_of(source.index(), range)?;
    let (after, place) = begin.map_or((None, None), |it| (Some(it.after), it.place));
    let limit = input.integer("Limit").unwrap_or(i64::from(u32::MAX));
    Ok(PageRequest {
        source: source.name(schema),
        span,
        reverse: input.flag("ScanIndexForward") == Some(false),
        after,
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
        bytes: PageRequest::MOST_BYTES,
        freshness: Freshness::of(input.flag("ConsistentRead").unwrap_or_default()),
        local: source.local(place),
    })
}

/// Where the items are that a key condition of a table, or of an index, asks for.
///
/// # Errors
/// If no key can have such values.
pub fn span_of(index: Option<&IndexSchema>, range: KeyRange) -> Result<Span> {
    let partition = range.partition.into_iter().map(key_value).collect::<Result<Vec<_>>>()?;
    let sort = match index.is_some_and(IndexSchema::is_global) {
        true => encoded_range(range.sort)?,
        false => range.sort.into_iter().next().map_or(Ok(SortRange::ALL), plain_range)?,
    };
    Ok(Span::Collection { partition: partition_of(partition), sort })
}

fn key_value(value: AttributeValue) -> Result<KeyValue> {
    KeyValue::try_from(value).map_err(|_| ApiError::validation("Query key condition not supported"))
}

/// The range of a sort key of one attribute.
fn plain_range(comparison: Comparison) -> Result<SortRange> {
    let all = SortRange::ALL;
    Ok(match comparison {
        Comparison::Between(lower, upper) => SortRange {
            from: Bound::Included(key_value(lower)?),
            to: Bound::Included(key_value(upper)?),
        },
        Comparison::BeginsWith(prefix) => SortRange::beginning_with(key_value(prefix)?),
        Comparison::Is(comparator, value) => {
            let value = key_value(value)?;
            match comparator {
                Comparator::Less => SortRange { to: Bound::Excluded(value), ..all },
                Comparator::LessOrEqual => SortRange { to: Bound::Included(value), ..all },
                Comparator::Greater => SortRange { from: Bound::Excluded(value), ..all },
                Comparator::GreaterOrEqual => SortRange { from: Bound::Included(value), ..all },
                Comparator::Equal | Comparator::NotEqual => SortRange::only(value),
            }
        }
    })
}

/// The range of the entries of a global index, whose sort keys are bytes: values in order, and then
/// the item's own key.
fn encoded_range(comparisons: Vec<Comparison>) -> Result<SortRange> {
    let mut prefix = Vec::new();
    let mut last = None;
    for comparison in comparisons {
        match comparison.equality() {
            Some(value) => encode(&key_value(value.clone())?, &mut prefix),
            None => last = Some(comparison),
        }
    }
    let with = |value: AttributeValue, add: fn(&KeyValue, &mut Vec<u8>)| {
        let mut bytes = prefix.clone();
        add(&key_value(value)?, &mut bytes);
        Ok::<_, ApiError>(bytes)
    };
    // All bounds are about what begins so: it is in, or comes after.
    let (from, to) = match last {
        None => (prefix.clone(), after(&prefix)),
        Some(Comparison::BeginsWith(value)) => {
            let bytes = with(value, begin)?;
            (bytes.clone(), after(&bytes))
        }
        Some(Comparison::Between(lower, upper)) => {
            (with(lower, encode)?, after(&with(upper, encode)?))
        }
        Some(Comparison::Is(comparator, value)) => {
            let bytes = with(value, encode)?;
            let behind = after(&bytes);
            match comparator {
                Comparator::Less => (prefix.clone(), Some(bytes.into())),
                Comparator::LessOrEqual => (prefix.clone(), behind),
                Comparator::Greater => (behind.unwrap_or_default().into(), after(&prefix)),
                _ => (bytes, after(&prefix)),
            }
        }
    };
    let from = match from.is_empty() {
        true => Bound::Unbounded,
        false => Bound::Included(KeyValue::B(from.into())),
    };
    let to = to.map_or(Bound::Unbounded, |to| Bound::Excluded(KeyValue::B(to)));
    Ok(SortRange { from, to })
}
