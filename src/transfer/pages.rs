//! Queries and scans as requests. What filtered them and what of the items was shown is not in the run:
//! nodes never hear of it.

use std::ops::Bound;

use super::calls::{key_output, of_table, placeholders};
use crate::api::Output;
use crate::data::{AttributeValue, KeyAttribute, KeyValue, TableName, TableSchema};
use crate::expression::Named;
use crate::node::{PageRequest, SortRange, Span};

/// A page as a request; none if DynamoDB has no such request.
pub fn page_request(
    schema: Option<&TableSchema>,
    page: &PageRequest,
) -> Option<(&'static str, Output)> {
    let schema = schema?;
    if page.as_of().is_some() {
        return None;
    }
    let index = page.source.as_index().map(|(_, index)| index);
    let mut named = Named::default();
    let mut members = Vec::new();
    members.extend(index.as_ref().map(|name| ("IndexName", Output::text(name.as_str()))));
    if page.is_consistent() {
        members.push(("ConsistentRead", Output::Bool(true)));
    }
    if page.limit < u32::MAX {
        members.push(("Limit", Output::Integer(page.limit.into())));
    }
    if let Some(after) = &page.after {
        // Where a page of an index ended says more than its item's key.
        let is_plain = index.is_none() && page.local.is_none();
        members.push(("ExclusiveStartKey", key_output(schema, after.key()).filter(|_| is_plain)?));
    }
    match &page.span {
        Span::Collection { partition, sort } => {
            let found = index.as_ref().and_then(|name| schema.index(name));
            let (first, second) = match (found, &page.local) {
                (None, Some(_)) => return None,
                (None, None) if index.is_some() => return None,
                (None, None) => (&schema.partition_key, schema.sort_key.as_ref()),
                (Some(index), _) if index.partition.len() == 1 && *sort == SortRange::ALL => {
                    (&index.partition[0], None)
                }
                (Some(_), _) => return None,
            };
            let condition = condition(&mut named, (first, partition), second, sort)?;
            members.push(("KeyConditionExpression", Output::text(condition)));
            if page.reverse {
                members.push(("ScanIndexForward", Output::Bool(false)));
            }
        }
        Span::Segment { of: 1, .. } => {}
        Span::Segment { number, of } => {
            members.push(("Segment", Output::Integer((*number).into())));
            members.push(("TotalSegments", Output::Integer((*of).into())));
        }
    }
    members.extend(placeholders(&named));
    let operation = if page.is_scan() { "Scan" } else { "Query" };
    Some((operation, of_table(&page.table(), members)))
}

fn condition(
    named: &mut Named,
    (first, partition): (&KeyAttribute, &KeyValue),
    second: Option<&KeyAttribute>,
    sort: &SortRange,
) -> Option<String> {
    let mut value = |value: &KeyValue| named.value(&AttributeValue::from(value.clone()));
    let partition = value(partition);
    let range = match (&sort.from, &sort.to) {
        (Bound::Unbounded, Bound::Unbounded) => None,
        (Bound::Included(from), Bound::Included(to)) if from == to => {
            Some(("= ", value(from), None))
        }
        (Bound::Included(from), Bound::Included(to)) => {
            let from = value(from);
            Some(("BETWEEN ", from, Some(value(to))))
        }
        (Bound::Included(from), _) if *sort == SortRange::beginning_with(from.clone()) => {
            Some(("begins_with", value(from), None))
        }
        (Bound::Included(from), Bound::Unbounded) => Some((">= ", value(from), None)),
        (Bound::Excluded(from), Bound::Unbounded) => Some(("> ", value(from), None)),
        (Bound::Unbounded, Bound::Included(to)) => Some(("<= ", value(to), None)),
        (Bound::Unbounded, Bound::Excluded(to)) => Some(("< ", value(to), None)),
        _ => return None,
    };
    let text = format!("{} = {partition}", named.name(&first.name));
    let Some((is, one, other)) = range else { return Some(text) };
    let name = named.name(&second?.name);
    Some(match (is, other) {
        ("begins_with", _) => format!("{text} AND begins_with({name}, {one})"),
        (_, Some(other)) => format!("{text} AND {name} {is}{one} AND {other}"),
        (_, None) => format!("{text} AND {name} {is}{one}"),
    })
}

impl PageRequest {
    /// The table that it reads, be it through an index.
    pub(super) fn table(&self) -> TableName {
        self.source.as_index().map_or_else(|| self.source.clone(), |(table, _)| table)
    }
}
