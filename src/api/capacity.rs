//! What requests cost, as their responses tell it.

use super::Output;
use super::input::Input;
use super::output::object;
use crate::data::{Halves, TableName};

/// How much of it a request wants to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Total,
    /// The table's and each index's apart.
    Indexes,
}

/// What was consumed of one table.
#[derive(Default)]
pub(super) struct Consumed {
    pub table: Halves,
    /// By index, and whether it is a local one.
    pub indexes: Vec<(Box<str>, bool, Halves)>,
}

impl Told {
    pub fn of(input: Input<'_>) -> Self {
        match input.text("ReturnConsumedCapacity") {
            Some("TOTAL") => Self::Total,
            Some("INDEXES") => Self::Indexes,
            _ => Self::Nothing,
        }
    }

    /// The `ConsumedCapacity` of one table, if it is wanted.
    pub fn tell(self, table: &TableName, consumed: &Consumed) -> Option<Output> {
        let units = |halves: Halves| Output::Thousandths(500 * halves);
        let one = |halves: Halves| object([("CapacityUnits", Some(units(halves)))]);
        let total = consumed.indexes.iter().map(|(_, _, halves)| halves).sum::<Halves>();
        let indexes = |local: bool| {
            let some = consumed.indexes.iter().filter(|(_, is_local, _)| *is_local == local);
            let some = some.map(|(name, _, halves)| (String::from(&**name).into(), one(*halves)));
            let some: Vec<_> = some.collect();
            (self == Self::Indexes && !some.is_empty()).then_some(Output::Object(some))
        };
        (self != Self::Nothing).then(|| {
            object([
                ("TableName", Some(Output::text(table.as_str()))),
                ("CapacityUnits", Some(units(consumed.table + total))),
                ("Table", (self == Self::Indexes).then(|| one(consumed.table))),
                ("LocalSecondaryIndexes", indexes(true)),
                ("GlobalSecondaryIndexes", indexes(false)),
            ])
        })
    }
}

impl Consumed {
    pub fn add(&mut self, other: Self) {
        self.table += other.table;
        for (name, is_local, halves) in other.indexes {
            match self.indexes.iter_mut().find(|(one, ..)| *one == name) {
                Some((_, _, sum)) => *sum += halves,
                None => self.indexes.push((name, is_local, halves)),
            }
        }
    }
}
