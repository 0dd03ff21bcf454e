//! Queries and scans, as lines ask for them, and what they show.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::arguments::Segment;
use super::expressions::condition;
use super::keys::{entry_from_text, key_from_text, local_from_text, schema_of};
use super::literals::with_placeholders;
use super::{Line, quoted};
use crate::api::span_of;
use crate::base::{ClientId, Duration, Error, Result};
use crate::causality::HybridTime;
use crate::data::{
    AttributeValue, IndexKind, IndexName, IndexSchema, KeyAttribute, KeyValue, TableName,
    TableSchema,
};
use crate::expression::{KeyCondition, Projection};
use crate::node::{ClientRequest, Freshness, LocalOrder, Page, PageRequest, SortRange, Span};
use crate::sim::{Command, World};
use crate::storage::ItemKey;

/// What stands for the key attributes of any table, where it has no attributes of these names.
const PARTITION: &str = "pk";
const SORT: &str = "sk";

/// The commands of a `query` or a `scan`.
pub(super) fn pages(world: &World, line: &Line, client: ClientId) -> Result<Vec<Command>> {
    if let Line::Ask { request, .. } = line {
        return asked_as_logged(request, client);
    }
    shown(line)?;
    let (table, index, limit, consistent, after) = match line {
        Line::Query { table, index, limit, consistent, after, .. }
        | Line::Scan { table, index, limit, consistent, after, .. } => {
            (table, index, limit, consistent, after)
        }
        _ => return Ok(Vec::new()),
    };
    let (schema, is_new) = schema_of(world, table)?;
    let index = index.as_deref().map(|name| index_of(&schema, name)).transpose()?;
    let (after, place) = match after {
        Some(text) => behind(&schema, index, matches!(line, Line::Query { .. }), text)?,
        None => (None, None),
    };
    let page = PageRequest {
        source: source(&schema, index),
        span: Span::Segment { number: 0, of: 1 },
        reverse: false,
        after,
        limit: limit.unwrap_or(u32::MAX),
        bytes: PageRequest::MOST_BYTES,
        freshness: Freshness::of(consistent.unwrap_or(false)),
        local: local(index, place),
    };
    let page = match line {
        Line::Query { condition, reverse, .. } => {
            let span = collection(&schema, index, condition)?;
            PageRequest { span, reverse: reverse.unwrap_or(false), ..page }
        }
        Line::Scan { segment, at, .. } => {
            let Segment { number, of } = segment.unwrap_or(Segment::WHOLE);
            let freshness = freshness_of(page.freshness, *at)?;
            PageRequest { span: Span::Segment { number, of }, freshness, ..page }
        }
        _ => page,
    };
    if page.is_consistent() && index.is_some_and(IndexSchema::is_global) {
        return Err(Error::invalid(
            "a global index is up to date a little later than its table: leave consistent= out",
        ));
    }
    let define = is_new.then_some(Command::DefineTable(schema));
    let request = Command::Request(Arc::new(ClientRequest::of_page(client, page)?));
    Ok(define.into_iter().chain([request]).collect())
}

fn freshness_of(asked: Freshness, at: Option<Duration>) -> Result<Freshness> {
    match at {
        None => Ok(asked),
        Some(_) if asked == Freshness::Consistent => Err(Error::invalid(
            "what was is read from enough replicas as it is: leave consistent= out",
        )),
        Some(at) => Ok(Freshness::AsOf(HybridTime::end_of(at.0))),
    }
}

fn index_of<'a>(schema: &'a TableSchema, name: &str) -> Result<&'a IndexSchema> {
    schema
        .index(&IndexName::new(name)?)
        .ok_or_else(|| Error::not_found(format!("table {} has no index {name}", schema.name)))
}

/// Where the items of an index are.
fn source(schema: &TableSchema, index: Option<&IndexSchema>) -> TableName {
    match index {
        Some(index) if index.is_global() => TableName::of_index(&schema.name, &index.name),
        _ => schema.name.clone(),
    }
}

/// Which items a key condition asks for.
fn collection(schema: &TableSchema, index: Option<&IndexSchema>, condition: &str) -> Result<Span> {
    let (text, mut placeholders) = with_placeholders(&named(schema, index, condition))?;
    let table: Vec<KeyAttribute> = schema.sort_key.iter().cloned().collect();
    let own = [schema.partition_key.clone()];
    let (partition, sort) = match index {
        Some(index) => (&index.partition[..], &index.sort[..]),
        None => (&own[..], &table[..]),
    };
    let range = KeyCondition::parse(&text, &mut placeholders)?.on(partition, sort)?;
    span_of(index, range).map_err(|error| Error::invalid(error.message))
}

/// The local index through which a table is read.
fn local(index: Option<&IndexSchema>, after: Option<KeyValue>) -> Option<LocalOrder> {
    let index = index.filter(|index| index.kind == IndexKind::Local)?;
    index.sort.first().map(|attribute| LocalOrder { attribute: attribute.clone(), after })
}

/// Behind which item a page goes on, and what that item has in the order of a local index.
fn behind(
    schema: &TableSchema,
    index: Option<&IndexSchema>,
    is_query: bool,
    text: &str,
) -> Result<(Option<ItemKey>, Option<KeyValue>)> {
    match index {
        Some(index) if index.is_global() => Ok((Some(entry_from_text(schema, index, text)?), None)),
        Some(index) if is_query => {
            let (key, place) = local_from_text(schema, index, text)?;
            Ok((Some(ItemKey::new(schema.name.clone(), key)), Some(place)))
        }
        // A scan of a local index goes round the ring, as its table does.
        _ => Ok((Some(ItemKey::new(schema.name.clone(), key_from_text(schema, text)?)), None)),
    }
}

/// A key condition in which `pk` and `sk` are the table's own names.
fn named(schema: &TableSchema, index: Option<&IndexSchema>, condition: &str) -> String {
    let sort = match index {
        Some(index) => index.sort.first(),
        None => schema.sort_key.as_ref(),
    };
    let partition = index.map_or(Some(&schema.partition_key), |index| index.partition.first());
    let is_name = |alias: &str| {
        let mut names = partition.into_iter().chain(sort).map(|attribute| &*attribute.name);
        names.any(|name| name == alias)
    };
    let replaced = |text: String, alias: &str, attribute: Option<&KeyAttribute>| match attribute {
        Some(attribute) if !is_name(alias) => replace_word(&text, alias, &attribute.name),
        _ => text,
    };
    let text = replaced(condition.to_owned(), PARTITION, partition);
    replaced(text, SORT, sort)
}

/// Replaces a word outside of strings.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let (mut in_string, mut rest) = (false, text);
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(c) = rest.chars().next() {
        let is_first = !replaced.ends_with(is_of_word);
        let is_word = rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_of_word));
        let taken = if is_word && is_first && !in_string { word.len() } else { c.len_utf8() };
        if taken == word.len() && is_word && is_first && !in_string {
            replaced += by;
        } else {
            in_string ^= c == '"' && !replaced.ends_with('\\');
            replaced.push(c);
        }
        rest = &rest[taken..];
    }
    replaced
}

/// Which of the items found a line shows, and what of them.
struct Shown {
    filter: Option<crate::expression::Condition>,
    project: Option<Projection>,
}

fn shown(line: &Line) -> Result<Shown> {
    let (Line::Query { filter, project, .. } | Line::Scan { filter, project, .. }) = line else {
        return Ok(Shown { filter: None, project: None });
    };
    let projection = |text: &String| {
        let (text, mut placeholders) = with_placeholders(text)?;
        Projection::parse(&text, &mut placeholders)
    };
    Ok(Shown {
        filter: filter.as_deref().map(condition).transpose()?,
        project: project.as_ref().map(projection).transpose()?,
    })
}

/// What a `query` or a `scan` found, one item a line.
///
/// # Errors
/// If its filter or projection is none.
pub(super) fn results(line: &Line, page: &Page) -> Result<String> {
    let Shown { filter, project } = shown(line)?;
    let mut text = String::new();
    for (_, item) in &page.items {
        if filter.as_ref().is_none_or(|filter| filter.holds(Some(item))) {
            let item = match &project {
                Some(project) => project.of(item).to_json(),
                None => item.to_json(),
            };
            let _ = writeln!(text, "{item}");
        }
    }
    Ok(text)
}

/// A request that the session log wrote as bytes.
fn asked_as_logged(text: &str, client: ClientId) -> Result<Vec<Command>> {
    let wrong = || Error::invalid("this is no request that a session log wrote");
    let bytes = BASE64.decode(text).map_err(|_| wrong())?;
    let wanted: ClientRequest = postcard::from_bytes(&bytes).map_err(|_| wrong())?;
    Ok(vec![Command::Request(Arc::new(ClientRequest { client, ..wanted }))])
}

/// A request as bytes, where no other line says it.
pub(super) fn logged(wanted: &ClientRequest) -> String {
    let bytes = postcard::to_allocvec(wanted).expect("memory suffices");
    format!("ask {}", quoted(&BASE64.encode(bytes)))
}

/// A page as a line, but for `wait=`; none if there is no such line.
pub(super) fn page_line(page: &PageRequest) -> Option<String> {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    let mut text = format!("{} {}", page.verb(), quoted(page.source.as_str()));
    if page.local.is_some() || page.source.as_str().contains('/') {
        return None;
    }
    match &page.span {
        Span::Collection { partition, sort } => {
            let mut condition = format!("{PARTITION} = {}", literal(partition));
            let one =
                |comparator: &str, value| format!(" AND {SORT} {comparator} {}", literal(value));
            condition += &match (&sort.from, &sort.to) {
                (Unbounded, Unbounded) => String::new(),
                (Included(from), Included(to)) if from == to => one("=", from),
                (Included(from), Included(to)) => {
                    format!(" AND {SORT} BETWEEN {} AND {}", literal(from), literal(to))
                }
                (Included(from), _) if *sort == SortRange::beginning_with(from.clone()) => {
                    format!(" AND begins_with({SORT}, {})", literal(from))
                }
                (Included(from), Unbounded) => one(">=", from),
                (Excluded(from), Unbounded) => one(">", from),
                (Unbounded, Included(to)) => one("<=", to),
                (Unbounded, Excluded(to)) => one("<", to),
                _ => return None,
            };
            let _ = write!(text, " {}", quoted(&condition));
        }
        Span::Segment { of: 1, .. } => {}
        Span::Segment { number, of } => {
            let _ = write!(text, " segment={number}/{of}");
        }
    }
    if page.bytes != PageRequest::MOST_BYTES {
        return None;
    }
    if page.limit < u32::MAX {
        let _ = write!(text, " limit={}", page.limit);
    }
    for (name, is_so) in [("reverse", page.reverse), ("consistent", page.is_consistent())] {
        if is_so {
            let _ = write!(text, " {name}=true");
        }
    }
    match page.as_of() {
        Some(at) if at != HybridTime::end_of(at.clock_us()) => return None,
        Some(at) => drop(write!(text, " at={}us", at.clock_us())),
        None => {}
    }
    if let Some(after) = &page.after {
        let _ = write!(text, " after={}", quoted(&after.key().to_string()));
    }
    Some(text)
}

/// A key's value as a literal.
fn literal(value: &KeyValue) -> String {
    let value = AttributeValue::from(value.clone());
    match value {
        AttributeValue::B(_) => value.to_dynamodb_json(),
        value => value.to_json(),
    }
}
