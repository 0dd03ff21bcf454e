//! Loading items into the cluster: sample data, and rows of files as they come. Row by row, by quorum
//! puts like anybody's, into a table that has its indexes before the first of them. So these are in
//! step when the last row is written, and nobody waits for them to be filled.
//!
//! Of two rows with the same key the later one is put when the earlier one has its answer. A row whose
//! quorum fails is tried again a few times, then refused, and the others go on.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::base::{ClientId, Duration, Error, RequestId, Result, VirtualTime};
use crate::data::{
    AttributeValue, IndexKind, IndexName, IndexSchema, Item, KeyAttribute, KeyKind, Projected,
    Resolution, TableName, TableSchema,
};
use crate::node::{Action, Answer, ClientRequest, Overrides};
use crate::sim::{Alteration, Command, Event, EventKind, World};
use crate::storage::{ItemKey, Store};
use crate::transfer;
use crate::travel::History;

/// How many puts may be under way at once.
const WINDOW: usize = 32;
/// How often a row is tried before it is given up.
const ATTEMPTS: u8 = 3;
/// How long the first row waits for its indexes to be filled with what the table has already.
const PATIENCE: Duration = Duration::from_ms(500);

/// A table of sample data, as the page fetches it.
#[derive(Deserialize)]
struct Wire<'a> {
    table: String,
    key: String,
    /// The attributes of each index by its name: its partition key, then its sort key.
    #[serde(default)]
    indexes: Vec<(IndexName, Vec<String>)>,
    columns: Vec<String>,
    #[serde(borrow)]
    rows: Vec<Vec<&'a RawValue>>,
}

struct Row {
    request: Arc<ClientRequest>,
    attempts: u8,
    /// Its line in the file that it comes from.
    line: u64,
}

/// Why a line of a file is not in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub line: u64,
    pub why: String,
}

/// What is particular to a file whose rows come bit by bit.
struct Import {
    schema: TableSchema,
    /// Whether more rows may come.
    is_open: bool,
    /// Whether nothing was put yet: then it may begin a branch, where the cursor is.
    is_fresh: bool,
    /// Whether the first refusal ends it.
    stops: bool,
    was_stopped: bool,
    refusals: Vec<Refusal>,
}

/// Loads a table, a window of puts at a time.
pub struct Loader {
    schema: Option<TableSchema>,
    import: Option<Import>,
    pub table: TableName,
    /// The indexes that it made, and until when they are waited for.
    filling: Vec<TableName>,
    until: VirtualTime,
    total: usize,
    waiting: VecDeque<Row>,
    under_way: Vec<(RequestId, Row)>,
    written: usize,
    given_up: usize,
}

impl Loader {
    /// The client in whose name rows are put.
    pub const CLIENT: ClientId = transfer::LOADER;
    /// So many refusals are kept; the others are counted.
    pub const REFUSALS: usize = 200;

    /// Loads rows that are fed to it into a table, which is made if it is not there. `stops`: the
    /// first row that cannot be put is the last.
    pub fn import(schema: TableSchema, stops: bool) -> Self {
        let bare = TableSchema { indexes: Vec::new(), ..schema.clone() };
        let import = Import {
            schema,
            is_open: true,
            is_fresh: true,
            stops,
            was_stopped: false,
            refusals: Vec::new(),
        };
        Self { import: Some(import), ..Self::of(bare, VecDeque::new()) }
    }

    fn of(schema: TableSchema, waiting: VecDeque<Row>) -> Self {
        Self {
            table: schema.name.clone(),
            total: waiting.len(),
            schema: Some(schema),
            import: None,
            filling: Vec::new(),
            until: VirtualTime::ZERO,
            waiting,
            under_way: Vec::new(),
            written: 0,
            given_up: 0,
        }
    }

    /// Reads sample data: `{"table", "key", "indexes", "columns": […], "rows": [[…], …]}`.
    ///
    /// # Errors
    /// If the text is not of that form, or a row cannot be an item.
    pub fn parse(text: &str) -> Result<Self> {
        let wire: Wire = serde_json::from_str(text)
            .map_err(|error| Error::invalid(format!("the sample data cannot be read: {error}")))?;
        let (name, key) = (TableName::new(&wire.table)?, KeyAttribute::new(wire.key, KeyKind::S));
        let mut schema = TableSchema::new(name, key, None, Resolution::default());
        schema.indexes = wire.indexes.into_iter().map(|(name, keys)| index(name, keys)).collect();
        let waiting = wire
            .rows
            .iter()
            .map(|row| {
                let request = request(&schema, &wire.columns, row)?;
                Ok(Row { request, attempts: 0, line: 0 })
            })
            .collect::<Result<VecDeque<Row>>>()?;
        Ok(Self::of(schema, waiting))
    }

    /// Rows of the file, in order.
    pub fn feed(&mut self, rows: Vec<transfer::Row>) {
        for row in rows {
            let Some(import) = self.import.as_ref().filter(|import| import.is_open) else { return };
            self.total += 1;
            let item = row.item.map_err(Error::invalid);
            match item.and_then(|item| checked_request(&import.schema, item)) {
                Ok(request) => {
                    self.waiting.push_back(Row { request, attempts: 0, line: row.line });
                }
                Err(error) => self.refuse(row.line, error.message),
            }
        }
    }

    /// There are no more rows.
    pub fn close(&mut self) {
        if let Some(import) = &mut self.import {
            import.is_open = false;
        }
    }

    /// Whether it has work for more rows than it has.
    pub fn is_hungry(&self) -> bool {
        self.import.as_ref().is_some_and(|import| import.is_open) && self.waiting.len() < 4 * WINDOW
    }

    /// Whether its rows are those of a file.
    pub fn is_import(&self) -> bool {
        self.import.is_some()
    }

    /// Whether it may begin where the cursor is, though that is in the past.
    pub fn may_part(&self) -> bool {
        self.import.as_ref().is_some_and(|import| import.is_fresh)
    }

    /// What was refused, and whether it was stopped before its end.
    pub fn refusals(&self) -> (&[Refusal], bool) {
        self.import.as_ref().map_or((&[], false), |import| (&import.refusals, import.was_stopped))
    }

    fn refuse(&mut self, line: u64, why: String) {
        self.given_up += 1;
        let Some(import) = &mut self.import else { return };
        if import.refusals.len() < Self::REFUSALS {
            import.refusals.push(Refusal { line, why });
        }
        if import.stops {
            // What stands before it in the file is put all the same.
            (import.is_open, import.was_stopped) = (false, true);
            let all = self.waiting.len();
            self.waiting.retain(|row| row.line < line);
            self.total -= all - self.waiting.len();
        }
    }

    /// Puts rows and lets the run go on while there is time left in this frame.
    pub fn pump(&mut self, history: &mut History, time_left: &mut dyn FnMut() -> bool) {
        if let Some(schema) = self.schema.take() {
            match make_table(history, schema) {
                Ok(indexes) => self.filling = indexes,
                Err(error) => {
                    self.refuse(0, error.message);
                    return self.give_up();
                }
            }
            self.until = history.world().now() + PATIENCE;
        }
        while time_left() && !self.is_over() {
            while self.under_way.len() < WINDOW && !self.is_filling(history.world()) {
                let Some(row) = self.waiting.pop_front() else { break };
                if self.under_way.iter().any(|(_, other)| other.request.key == row.request.key) {
                    self.waiting.push_front(row);
                    break;
                }
                self.put(history, row);
            }
            if self.under_way.is_empty() && self.waiting.is_empty() {
                // Its rows have yet to be read.
                return;
            }
            let seen = history.moment().events;
            if !history.step() {
                self.filling.clear();
            }
            for event in history.events().since(seen) {
                self.observe(event);
            }
        }
    }

    /// Whether an index has yet to be gone through by somebody who could: rows that come meanwhile
    /// would be gone through as well.
    fn is_filling(&mut self, world: &World) -> bool {
        let is_filled = |index: &TableName| {
            let members = world.preference_lists().members().iter();
            let mut known = members.filter_map(|node| world.store(*node)).map(Store::indexes);
            known.all(|known| known.get(index).is_some_and(|(_, filled)| *filled))
        };
        let is_late = world.now() >= self.until;
        self.filling.retain(|index| !is_late && !is_filled(index));
        !self.filling.is_empty()
    }

    fn put(&mut self, history: &mut History, mut row: Row) {
        row.attempts += 1;
        if let Some(import) = &mut self.import {
            import.is_fresh = false;
        }
        match history.apply(Command::Request(Arc::clone(&row.request))) {
            Ok(Some(request)) => self.under_way.push((request, row)),
            Ok(None) => self.given_up += 1,
            Err(error) => self.refuse(row.line, error.message),
        }
    }

    /// Takes note of an answer to one of the rows.
    pub fn observe(&mut self, event: &Event) {
        let EventKind::Answered { request, answer, .. } = &event.kind else { return };
        let place = self.under_way.iter().position(|(under_way, _)| under_way == request);
        let Some((_, row)) = place.map(|at| self.under_way.swap_remove(at)) else { return };
        match answer {
            // In front: what is to be put over it waits for it.
            Answer::Failed(_) if row.attempts < ATTEMPTS => self.waiting.push_front(row),
            Answer::Failed(failure) => {
                let why = format!("{failure}: tried {ATTEMPTS} times, and it may be there");
                self.refuse(row.line, why);
            }
            _ => self.written += 1,
        }
    }

    /// Stops; what was written stays.
    pub fn give_up(&mut self) {
        match &mut self.import {
            Some(import) => {
                import.was_stopped |= import.is_open || !self.waiting.is_empty();
                import.is_open = false;
                self.total -= self.waiting.len();
            }
            None => self.given_up += self.waiting.len(),
        }
        self.waiting.clear();
    }

    pub fn is_over(&self) -> bool {
        let is_open = self.import.as_ref().is_some_and(|import| import.is_open);
        !is_open && self.waiting.is_empty() && self.under_way.is_empty()
    }

    /// Rows written, rows given up, and rows in all.
    pub fn progress(&self) -> (usize, usize, usize) {
        (self.written, self.given_up, self.total)
    }
}

/// A global index of strings that has all of each item.
fn index(name: IndexName, keys: Vec<String>) -> IndexSchema {
    let mut keys = keys.into_iter().map(|name| KeyAttribute::new(name, KeyKind::S));
    IndexSchema {
        name,
        kind: IndexKind::Global,
        partition: keys.by_ref().take(1).collect(),
        sort: keys.collect(),
        projection: Projected::All,
        throughput: None,
    }
}

/// Makes the table and those of its indexes that are not there. What somebody has made of it since
/// stays as it is. The names of the indexes that are new.
fn make_table(history: &mut History, mut schema: TableSchema) -> Result<Vec<TableName>> {
    let indexes = std::mem::take(&mut schema.indexes);
    let table = schema.name.clone();
    let is_there = |world: &World| {
        world.table(&table).is_some_and(|it| it.key_attributes().eq(schema.key_attributes()))
    };
    if !is_there(history.world()) {
        history.apply(Command::DefineTable(schema))?;
    }
    let mut made = Vec::new();
    for index in indexes {
        let name = TableName::of_index(&table, &index.name);
        let change = Command::Alter(table.clone(), Alteration::AddIndex(index));
        if history.world().check(&change).is_ok() {
            history.apply(change)?;
            made.push(name);
        }
    }
    Ok(made)
}

fn request(
    schema: &TableSchema,
    columns: &[String],
    row: &[&RawValue],
) -> Result<Arc<ClientRequest>> {
    let mut item = Item::new();
    for (column, value) in columns.iter().zip(row) {
        let value = AttributeValue::from_json(value.get())?;
        if !matches!(value, AttributeValue::NULL) {
            item.insert(column.as_str(), value);
        }
    }
    put_request(schema, item)
}

/// The request that puts an item of a file.
fn checked_request(schema: &TableSchema, item: Item) -> Result<Arc<ClientRequest>> {
    let unfit = item.iter().find(|(name, value)| schema.index_key_fault(name, value).is_some());
    if let Some((name, _)) = unfit {
        return Err(Error::invalid(format!(
            "the attribute {name:?} is a key of an index, which has another type or limit"
        )));
    }
    put_request(schema, item)
}

fn put_request(schema: &TableSchema, item: Item) -> Result<Arc<ClientRequest>> {
    let key = ItemKey::new(schema.name.clone(), schema.key_of(&item)?);
    let siblings = schema.resolution == Resolution::Siblings;
    Ok(Arc::new(ClientRequest {
        client: Loader::CLIENT,
        key,
        action: Action::Put(Arc::new(item)),
        overrides: Overrides::default(),
        context: siblings.then(Arc::default),
    }))
}

#[cfg(test)]
mod tests;
