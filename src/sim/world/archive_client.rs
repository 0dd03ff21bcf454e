//! What the archive asks as a client, and how it takes the answers.

use std::sync::Arc;

use crate::backup::{Heard, Row};
use crate::base::ClientId;
use crate::causality::HybridTime;
use crate::data::{Item, Key, TableName};
use crate::node::{Action, Answer, ClientRequest, Freshness, Overrides, Page, PageRequest, Span};
use crate::storage::ItemKey;

/// A page of a table as of a time.
pub(super) fn page_of(table: &TableName, at: HybridTime, after: Option<ItemKey>) -> ClientRequest {
    let page = PageRequest {
        source: table.clone(),
        span: Span::Segment { number: 0, of: 1 },
        reverse: false,
        after,
        limit: u32::MAX,
        bytes: PageRequest::MOST_BYTES,
        freshness: Freshness::AsOf(at),
        local: None,
    };
    ClientRequest::of_page(ClientId::ARCHIVE, page).expect("a scan of a table makes sense")
}

/// A write of a restore.
pub(super) fn put(table: TableName, key: Key, item: Arc<Item>) -> ClientRequest {
    ClientRequest {
        client: ClientId::ARCHIVE,
        key: ItemKey::new(table, key),
        action: Action::Put(item),
        overrides: Overrides::default(),
        context: None,
    }
}

/// What an answer says to a job.
pub(super) fn heard(answer: Answer) -> Heard {
    match answer {
        Answer::Page(page) => {
            let rows = page.items.iter();
            let rows = rows.map(|(key, item)| (key.key().clone(), Arc::clone(item))).collect();
            Heard::Page(rows, page.last.clone())
        }
        Answer::Failed(_) => Heard::Failed,
        _ => Heard::Stored,
    }
}

/// What was read, as an answer.
pub(super) fn page(table: &TableName, rows: &[Row]) -> Answer {
    let one = |(key, item): &Row| (ItemKey::new(table.clone(), key.clone()), Arc::clone(item));
    let size = rows.iter().map(|(_, item)| item.size() as u64).sum();
    let items = rows.iter().map(one).collect();
    Answer::Page(Arc::new(Page { items, stamps: Vec::new(), last: None, size }))
}
