//! What clients of a plan ask for.

/// What a writer to a table of siblings has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The context of its client's last read of the item; nothing if there is none.
    LastRead,
    /// The context of the read before that.
    Older,
    Nothing,
}

/// What a conditional write expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Absent,
    /// The version that its client was told of last; absence if there is none.
    LastTold,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    Get,
    Put(Seen),
    Delete(Seen),
    GetConsistent,
    PutIf(Expected),
    DeleteIf(Expected),
    /// Add one to a counter of the item; `again`: only if there is one.
    Count {
        again: bool,
    },
    /// A part of the table.
    Page {
        part: TablePart,
        consistent: bool,
    },
    /// All items, as of so many thousandths of what has passed of the run.
    Past {
        share: u16,
    },
}

impl Asking {
    /// Whether owners agree on it in rounds.
    pub fn is_by_round(self) -> bool {
        matches!(
            self,
            Self::GetConsistent | Self::PutIf(_) | Self::DeleteIf(_) | Self::Count { .. }
        )
    }
}

/// What a page is of, with so many items at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TablePart {
    All {
        limit: u32,
    },
    /// The item's collection, which is the item alone in a table without sort keys.
    Collection {
        limit: u32,
        from: Begin,
        reverse: bool,
    },
    /// The collection in the order of its local index.
    ByLocalIndex {
        limit: u32,
        reverse: bool,
    },
}

impl TablePart {
    pub const WHOLE_COLLECTION: Self =
        Self::Collection { limit: u32::MAX, from: Begin::First, reverse: false };
}

/// Where in its collection a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    First,
    /// At the sort key of the item.
    At,
    /// Behind the item, as the next page does.
    Behind,
}
