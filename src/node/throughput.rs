//! The node as keeper of what a table is paid for: so many read and write units a second.
//!
//! A node grants requests as their coordinator, its even share of the table's units, as each of
//! DynamoDB's partitions has its own. What is left unused is kept for 300 seconds (Developer Guide,
//! "Burst and adaptive capacity"). Two instants say all of that, one for reads and one for writes: until
//! then, everything that was granted is paid.
//!
//! ```text
//!        now              now + 300 s
//!   ──────┼────────●───────────┼──────▶     granted: ● moves on by what it costs
//!   ──────┼────────────────────┼──●───▶     refused, until now has come closer
//! ```
//!
//! What a request costs is known when it is answered, so one is granted as long as anything is left,
//! and may be larger than what is. A table that is paid by request grants everything.
//!
//! Caveats: a crash forgets what was charged, and a request that fails costs nothing. A delete that does
//! not look at what it deletes costs one unit. The write units of an index are its own affair in
//! DynamoDB, and can hold up its table; here only its reads are counted.

use super::request::{Action, ClientRequest};
use super::step::Node;
use super::{Answer, Failure};
use crate::base::{Duration, SortedMap, VirtualTime};
use crate::data::{Halves, Item, TableName, read_units, write_units};

/// For how long units that were not used can be used later.
const BURST: Duration = Duration::from_ms(300_000);

/// Of tables, and of indexes that are kept apart from them: until when reads and writes are paid.
pub(super) type Paid = SortedMap<TableName, [VirtualTime; 2]>;

impl Node {
    /// Read and write units a second of a table, or of an index; none if it is paid by request.
    fn units_of(&self, source: &TableName) -> Option<[u64; 2]> {
        let units = match self.settings.tables.get(source) {
            Some(schema) => schema.about.throughput,
            None => self.table_of(source)?.1.throughput,
        };
        units.map(|(read, write)| [read, write])
    }

    /// Refuses a request for which there are no units left.
    pub(super) fn grant(&self, wanted: &ClientRequest) -> Result<(), Failure> {
        let source = wanted.key.table();
        let paid = &self.state.background.extra.paid;
        if paid.is_empty() || self.units_of(source).is_none() {
            return Ok(());
        }
        let until = paid.get(source).map(|paid| paid[usize::from(wanted.action.is_write())]);
        match until.is_none_or(|until| until < self.time.now + BURST) {
            true => Ok(()),
            false => Err(Failure::Throttled),
        }
    }

    /// Charges a request with what its answer shows that it cost.
    pub(super) fn charge(&mut self, wanted: &ClientRequest, answer: &Answer) {
        let source = wanted.key.table();
        let Some(units) = self.units_of(source) else { return };
        let Some(cost) = cost(&wanted.action, answer) else { return };
        let kind = usize::from(wanted.action.is_write());
        // Half a unit takes so long where a member has its share of so many units a second.
        let members = self.lists.members().len() as u64;
        let span = cost.saturating_mul(500_000 * members).div_ceil(units[kind].max(1));
        let now = self.time.now;
        let until = &mut self.state.background.extra.paid.get_or_default(source.clone())[kind];
        *until = (*until).max(now) + Duration(span);
    }
}

fn cost(action: &Action, answer: &Answer) -> Option<Halves> {
    let size = |item: Option<&Item>| item.map_or(0, Item::size);
    let consistent = match action {
        Action::GetConsistent => true,
        Action::Page(page) => page.is_consistent(),
        _ => false,
    };
    match answer {
        Answer::Read { item, .. } => Some(read_units(size(item.as_deref()), consistent)),
        Answer::Page(page) => Some(read_units(page.size as usize, consistent)),
        Answer::Written { .. } => Some(write_units(size(action.item().map(|item| &**item)))),
        Answer::ConditionFailed { item, .. } => Some(write_units(size(item.as_deref()))),
        Answer::Changed { before, after, .. } => {
            Some(write_units(size(before.as_deref()).max(size(after.as_deref()))))
        }
        Answer::Siblings { .. } | Answer::Rejected { .. } | Answer::Failed(_) => None,
    }
}
