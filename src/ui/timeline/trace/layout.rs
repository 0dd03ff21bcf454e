//! At which height each event stands. Needs no browser.
//!
//! Time runs downwards. Between one instant and the next the height grows with the time between
//! them, so that the slope of an arrow is its latency, within two limits: labels that stand in one
//! column never overprint, and a long silence is cut short.
//!
//! ```text
//!   y │ •  instant: everything that happens at it, labels of one column below each other
//!     │ •  a little later
//!     │
//!     │ •  later
//!     ┊    nothing for long: as high as `LONGEST`, whatever its length
//!     │ •
//! ```
//!
//! So height is a monotone, piecewise linear function of time. What comes is appended, and changes
//! nothing above it; another filter or pace lays everything out anew.

use super::arrows::Arrows;
use super::filter::Filter;
use super::labels::{self, Column};
use super::lives::Lives;
use super::sheet::lane_of;
use crate::base::{EventSeq, RequestId, VirtualTime};
use crate::node::Address;
use crate::sim::{Event, EventKind};
use crate::travel::Events;

/// The height of a label, in CSS pixels.
pub const LABEL: f64 = 17.0;
/// So many labels of one instant stand in one column; the last one tells how many more there are.
pub const STACK: u8 = 4;
/// Different instants are so far apart at least.
const APART: f64 = 2.0;
/// A silence is so high at most.
pub const LONGEST: f64 = 110.0;
/// When so many events are forgotten, those that are left are laid out anew.
const FORGOTTEN: u64 = 100_000;
/// The height of the first instant.
pub const TOP: f64 = 14.0;
/// An event without a label.
pub const NO_LABEL: u8 = u8::MAX;

/// The place of one event that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub at: VirtualTime,
    pub y: f64,
    /// Counted from the first event laid out.
    offset: u32,
    /// Which label of its column it has at this instant; [`STACK`] and more are not written.
    pub slot: u8,
}

/// Where the events of a window on the trace stand.
pub struct Layout {
    filter: Filter,
    per_us: f64,
    base: EventSeq,
    next: EventSeq,
    /// The newest event taken in, and the newest message: what tells another past from this one.
    newest: [Option<Event>; 2],
    rows: Vec<Row>,
    pub arrows: Arrows,
    pub lives: Lives,
    /// How far down labels reach, by column.
    reach: Vec<f64>,
    /// Labels at the newest instant, by column; only the columns that have any.
    stacks: Vec<(usize, u8)>,
    /// A bit for each request by its number, set for writes.
    writes: Vec<u64>,
    /// Clients that have a part in what is shown, in the order of their numbers.
    clients: Vec<Address>,
}

impl Layout {
    /// A layout of nothing yet; a microsecond is `per_us` high.
    pub fn new(filter: Filter, per_us: f64) -> Self {
        Self {
            filter,
            per_us,
            base: EventSeq(0),
            next: EventSeq(0),
            newest: [None, None],
            rows: Vec::new(),
            arrows: Arrows::default(),
            lives: Lives::default(),
            reach: Vec::new(),
            stacks: Vec::new(),
            writes: Vec::new(),
            clients: Vec::new(),
        }
    }

    /// Takes in the events that it does not know yet. False if these events have another past than
    /// those it knows, or have lost much of it: then everything is to be laid out anew.
    pub fn take_in(&mut self, events: &Events) -> bool {
        let first = events.first().unwrap_or_default();
        if self.rows.is_empty() && self.newest[0].is_none() {
            (self.base, self.next) = (first, first);
        }
        let known = |event: &Event| events.get(event.seq) == Some(event);
        let forgotten = first.0.saturating_sub(self.base.0);
        if first < self.base || forgotten > FORGOTTEN || !self.newest.iter().flatten().all(known) {
            return false;
        }
        let mut newest = [None, None];
        for event in events.since(self.next) {
            self.push(event);
            newest[0] = Some(event);
            if matches!(event.kind, EventKind::Sent { .. }) {
                newest[1] = Some(event);
            }
        }
        for (kept, new) in self.newest.iter_mut().zip(newest) {
            if let Some(event) = new {
                *kept = Some(event.clone());
            }
        }
        self.next = events.end().max(self.next);
        true
    }

    fn push(&mut self, event: &Event) {
        self.lives.observe(event);
        if let EventKind::Asked { request, wanted } = &event.kind {
            self.begin(*request, wanted.action.is_write());
        }
        let is_write = event.kind.request().is_none_or(|request| self.is_write(request));
        if !self.filter.shows(&event.kind, is_write) {
            return;
        }
        self.meet(&event.kind);
        let column = labels::column(&event.kind).map(Column::index);
        let y = self.make_room(event.at, column);
        let slot = column.map_or(NO_LABEL, |column| self.stack(column, y));
        let offset = (event.seq.0 - self.base.0) as u32;
        self.arrows.observe(event, self.rows.len() as u32);
        self.rows.push(Row { at: event.at, y, offset, slot });
    }

    fn begin(&mut self, request: RequestId, is_write: bool) {
        let (word, bit) = ((request.0 / 64) as usize, request.0 % 64);
        if self.writes.len() <= word {
            self.writes.resize(word + 1, 0);
        }
        self.writes[word] |= u64::from(is_write) << bit;
    }

    /// Gives the clients that have a part in an event a lane.
    fn meet(&mut self, kind: &EventKind) {
        let asks = match kind {
            EventKind::Asked { wanted, .. } => Some(Address::Client(wanted.client)),
            EventKind::Sent { from, .. } => Some(*from),
            EventKind::Delivered { to, .. } => Some(*to),
            _ => None,
        };
        if let Some(client @ Address::Client(_)) = asks.map(lane_of)
            && let Err(place) = self.clients.binary_search(&client)
        {
            self.clients.insert(place, client);
        }
    }

    /// Whether a request is one to write, as far as its beginning is known.
    pub fn is_write(&self, request: RequestId) -> bool {
        self.writes
            .get((request.0 / 64) as usize)
            .is_some_and(|word| word >> (request.0 % 64) & 1 == 1)
    }

    /// The height of an instant at which something happens, with room for a label in a column.
    fn make_room(&mut self, at: VirtualTime, column: Option<usize>) -> f64 {
        let room = column.map_or(0.0, |column| self.reach.get(column).copied().unwrap_or(0.0));
        let Some(last) = self.rows.last().copied() else { return TOP };
        if last.at < at {
            let largest = self.stacks.iter().map(|(_, count)| *count).max().unwrap_or(0);
            let stacked = f64::from(largest.min(STACK).saturating_sub(1)) * LABEL;
            self.stacks.clear();
            let gap = self.proportional(last.at, at).max(APART).max(stacked);
            return (last.y + gap).max(room);
        }
        let is_first =
            column.is_some_and(|column| self.stacks.iter().all(|(one, _)| *one != column));
        if !is_first || room <= last.y {
            return last.y;
        }
        // The instant as a whole moves down: it has a label now.
        for row in self.rows.iter_mut().rev().take_while(|row| row.at == at) {
            row.y = room;
        }
        for (column, count) in &self.stacks {
            self.reach[*column] = room + f64::from((*count).min(STACK)) * LABEL;
        }
        room
    }

    /// Takes the next place in a column at the newest instant.
    fn stack(&mut self, column: usize, y: f64) -> u8 {
        let at = match self.stacks.iter().position(|(one, _)| *one == column) {
            Some(at) => at,
            None => {
                self.stacks.push((column, 0));
                self.stacks.len() - 1
            }
        };
        let count = &mut self.stacks[at].1;
        let slot = *count;
        *count = count.saturating_add(1).min(NO_LABEL - 1);
        if self.reach.len() <= column {
            self.reach.resize(column + 1, 0.0);
        }
        self.reach[column] = y + f64::from((*count).min(STACK)) * LABEL;
        slot
    }

    fn proportional(&self, from: VirtualTime, to: VirtualTime) -> f64 {
        (to.since(from).0 as f64 * self.per_us).min(LONGEST)
    }

    /// How many events are shown, and of how many.
    pub fn counts(&self) -> (usize, usize) {
        (self.rows.len(), (self.next.0 - self.base.0) as usize)
    }

    /// Clients that have a part in what is shown.
    pub fn clients(&self) -> &[Address] {
        &self.clients
    }

    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    pub fn per_us(&self) -> f64 {
        self.per_us
    }

    /// The height of everything together.
    pub fn height(&self) -> f64 {
        let lowest = self.reach.iter().copied().fold(0.0, f64::max);
        self.rows.last().map_or(TOP, |row| row.y).max(lowest)
    }

    /// The height of an instant in microseconds.
    pub fn height_at(&self, us: f64) -> f64 {
        let next = self.rows.partition_point(|row| row.at.0 as f64 <= us);
        let Some(before) = next.checked_sub(1).map(|at| self.rows[at]) else {
            return self.rows.first().map_or(TOP, |row| row.y.min(TOP));
        };
        let passed = us - before.at.0 as f64;
        match self.rows.get(next) {
            Some(after) => {
                let whole = after.at.since(before.at).0 as f64;
                before.y + (after.y - before.y) * passed / whole
            }
            None => before.y + (passed * self.per_us).min(LONGEST),
        }
    }

    /// The instant at a height, in microseconds: the earliest one, and never before the first event
    /// nor after the last one.
    pub fn time_at(&self, y: f64) -> f64 {
        let next = self.rows.partition_point(|row| row.y < y);
        let after = self.rows.get(next).or(self.rows.last()).map_or(0.0, |row| row.at.0 as f64);
        let Some(before) = next.checked_sub(1).map(|at| self.rows[at]) else { return after };
        match self.rows.get(next) {
            Some(row) => {
                let from = before.at.0 as f64;
                from + (after - from) * (y - before.y) / (row.y - before.y)
            }
            None => after,
        }
    }

    /// The rows from a height to another, labels that begin above included.
    pub fn rows_between(&self, top: f64, bottom: f64) -> &[Row] {
        let from = self.rows.partition_point(|row| row.y < top - f64::from(STACK) * LABEL);
        let to = self.rows.partition_point(|row| row.y <= bottom);
        // The silence into which the window falls begins with the row before it, and ends with the
        // one after it.
        &self.rows[from.saturating_sub(1)..(to + 1).min(self.rows.len())]
    }

    /// Whether the silence between two neighbours is drawn shorter than it was.
    pub fn is_cut(&self, before: &Row, after: &Row) -> bool {
        after.at.since(before.at).0 as f64 * self.per_us > LONGEST
    }

    /// The event of a row.
    pub fn seq(&self, row: &Row) -> EventSeq {
        EventSeq(self.base.0 + u64::from(row.offset))
    }

    pub fn row(&self, at: u32) -> Option<&Row> {
        self.rows.get(at as usize)
    }

    /// The row of an event, if it is shown.
    pub fn row_of(&self, seq: EventSeq) -> Option<&Row> {
        let offset = u32::try_from(seq.0.checked_sub(self.base.0)?).ok()?;
        let at = self.rows.binary_search_by_key(&offset, |row| row.offset).ok()?;
        Some(&self.rows[at])
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

#[cfg(test)]
mod tests;
