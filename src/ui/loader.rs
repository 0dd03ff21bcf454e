//! Loading sample data into the cluster: row by row, by quorum puts like anybody's, into a table that
//! has its indexes before the first of them. So these are in step when the last row is written, and
//! nobody waits for them to be filled.

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
}

/// Loads a table, a window of puts at a time.
pub struct Loader {
    schema: Option<TableSchema>,
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
    pub const CLIENT: ClientId = ClientId(1);

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
            .map(|row| Ok(Row { request: request(&schema, &wire.columns, row)?, attempts: 0 }))
            .collect::<Result<VecDeque<Row>>>()?;
        Ok(Self {
            table: schema.name.clone(),
            total: waiting.len(),
            schema: Some(schema),
            filling: Vec::new(),
            until: VirtualTime::ZERO,
            waiting,
            under_way: Vec::new(),
            written: 0,
            given_up: 0,
        })
    }

    /// Puts rows and lets the run go on while there is time left in this frame.
    pub fn pump(&mut self, history: &mut History, time_left: &mut dyn FnMut() -> bool) {
        if let Some(schema) = self.schema.take() {
            match make_table(history, schema) {
                Ok(indexes) => self.filling = indexes,
                Err(_) => return self.give_up(),
            }
            self.until = history.world().now() + PATIENCE;
        }
        while time_left() && !self.is_over() {
            while self.under_way.len() < WINDOW && !self.is_filling(history.world()) {
                let Some(row) = self.waiting.pop_front() else { break };
                self.put(history, row);
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
        let began = history.apply(Command::Request(Arc::clone(&row.request)));
        match began.ok().flatten() {
            Some(request) => self.under_way.push((request, row)),
            None => self.given_up += 1,
        }
    }

    /// Takes note of an answer to one of the rows.
    pub fn observe(&mut self, event: &Event) {
        let EventKind::Answered { request, answer, .. } = &event.kind else { return };
        let place = self.under_way.iter().position(|(under_way, _)| under_way == request);
        let Some((_, row)) = place.map(|at| self.under_way.swap_remove(at)) else { return };
        match answer {
            Answer::Failed(_) if row.attempts < ATTEMPTS => self.waiting.push_back(row),
            Answer::Failed(_) => self.given_up += 1,
            _ => self.written += 1,
        }
    }

    /// Stops; what was written stays.
    pub fn give_up(&mut self) {
        self.given_up += self.waiting.len();
        self.waiting.clear();
    }

    pub fn is_over(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
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
    let key = ItemKey::new(schema.name.clone(), schema.key_of(&item)?);
    let action = Action::Put(Arc::new(item));
    Ok(Arc::new(ClientRequest {
        client: Loader::CLIENT,
        key,
        action,
        overrides: Overrides::default(),
        context: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;
    use crate::sim::ClusterConfig;
    use crate::travel::Keep;

    fn history(config: ClusterConfig) -> History {
        History::new(World::new(config).unwrap(), Keep::PAGE)
    }

    const SAMPLE: &str = r#"{"source": "a test", "table": "T", "key": "id", "columns": ["id", "n"],
        "rows": [["a", 1], ["b", 2.50], ["c", null]]}"#;

    #[test]
    fn rows_become_items_by_quorum_puts() {
        let mut history = history(ClusterConfig::default());
        let mut loader = Loader::parse(SAMPLE).unwrap();
        loader.pump(&mut history, &mut || true);
        assert_eq!(loader.progress(), (3, 0, 3));
        history.run_while(|world| !world.is_idle());
        let stored: usize = history.world().node_statuses().iter().map(|status| status.items).sum();
        assert_eq!(stored, 9);
    }

    #[test]
    fn the_table_has_its_indexes_before_its_rows() {
        let indexed = SAMPLE.replace(r#""columns""#, r#""indexes": [["by-n", ["n"]]], "columns""#);
        let mut history = history(ClusterConfig::default());
        let key = KeyAttribute::new("id", KeyKind::S);
        let name = TableName::new("T").unwrap();
        let plain = TableSchema::new(name, key, None, Resolution::default());
        history.apply(Command::DefineTable(plain)).unwrap();
        for time in 0..2 {
            let mut loader =
                Loader::parse(&indexed.replace("[\"a\", 1]", "[\"a\", \"x\"]")).unwrap();
            loader.pump(&mut history, &mut || true);
            assert_eq!(loader.progress(), (3, 0, 3), "time {time}");
        }
        history.run_until(VirtualTime(2_000_000));
        let [status] = &history.world().index_statuses()[..] else { panic!("one index") };
        assert_eq!((status.entries, status.behind, status.queued), (1, 0, 0));
    }

    #[test]
    fn rows_that_cannot_be_written_are_given_up_in_the_end() {
        let mut history = history(ClusterConfig { nodes: 3, w: 3, ..Default::default() });
        history.apply(Command::Crash(NodeId(1))).unwrap();
        let mut loader = Loader::parse(SAMPLE).unwrap();
        loader.pump(&mut history, &mut || true);
        assert_eq!(loader.progress(), (0, 3, 3));
    }

    #[test]
    fn damaged_sample_data_is_refused() {
        for text in ["", "[]", r#"{"table":"T","key":"id","columns":["id"],"rows":[[""]]}"#] {
            assert!(Loader::parse(text).is_err(), "{text}");
        }
    }
}
