//! Query and Scan: a page of a table or an index, filtered and projected here.
//!
//! The cluster gives items in order, up to the limit and the megabyte, as DynamoDB counts both:
//! before any filter. What the filter leaves, and which attributes of that, is decided on the
//! answer.

mod query;
mod scan;
mod select;
mod source;
mod start;

pub(super) use query::query;
pub use query::span_of;
pub(super) use scan::scan;

use std::sync::Arc;

use super::capacity::{Consumed, Told};
use super::error::Result;
use super::items::unexpected;
use super::output::object;
use super::{Output, Work};
use crate::base::ClientId;
use crate::data::{Item, TableSchema, read_units};
use crate::expression::{Condition, Projection};
use crate::node::{Answer, ClientRequest, Page, PageRequest};
use crate::sim::{Command, World};
use source::Source;

/// A page that is asked for.
struct Paged {
    schema: TableSchema,
    source: Source,
    request: PageRequest,
    filter: Option<Condition>,
    /// The attributes that are wanted; none: all.
    projection: Option<Projection>,
    only_counts: bool,
    told: Told,
}

impl Work for Paged {
    fn commands(&self, client: ClientId) -> Vec<Command> {
        let request = ClientRequest::of_page(client, self.request.clone());
        request.map(|request| Command::Request(Arc::new(request))).into_iter().collect()
    }

    fn finish(&self, answers: &[Answer], _: &World) -> Result<Output> {
        let page = match answers.first() {
            Some(Answer::Page(page)) => page,
            Some(answer) => return Err(unexpected(answer)),
            None => return Ok(self.response(&Page::default())),
        };
        Ok(self.response(page))
    }
}

impl Paged {
    fn response(&self, page: &Page) -> Output {
        let scanned: Vec<&Arc<Item>> = page.items.iter().map(|(_, item)| item).collect();
        let holds =
            |item: &Arc<Item>| self.filter.as_ref().is_none_or(|filter| filter.holds(Some(item)));
        let found: Vec<&Arc<Item>> = scanned.iter().copied().filter(|item| holds(item)).collect();
        let shown = |item: &Arc<Item>| match &self.projection {
            Some(projection) => Output::Item(Arc::new(projection.of(item))),
            None => Output::Item(Arc::clone(item)),
        };
        let items = (!self.only_counts)
            .then(|| Output::List(found.iter().map(|item| shown(item)).collect()));
        let last = page.last.as_ref();
        let last = last.and_then(|last| self.source.start_key(&self.schema, page, last));
        object([
            ("Items", items),
            ("Count", Some(Output::Integer(found.len() as u64))),
            ("ScannedCount", Some(Output::Integer(scanned.len() as u64))),
            ("LastEvaluatedKey", last.map(|key| Output::Item(Arc::new(key)))),
            ("ConsumedCapacity", self.told.tell(&self.schema.name, &self.consumed(page))),
        ])
    }

    fn consumed(&self, page: &Page) -> Consumed {
        let units = read_units(page.size as usize, self.request.is_consistent());
        match self.source.index() {
            Some(index) => Consumed {
                table: 0,
                indexes: vec![(index.name.as_str().into(), !index.is_global(), units)],
            },
            None => Consumed { table: units, indexes: Vec::new() },
        }
    }
}
