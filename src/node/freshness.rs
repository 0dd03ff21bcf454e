//! As of when a page shows its table.

use serde::{Deserialize, Serialize};

use crate::causality::HybridTime;

/// Which versions a page shows. (In bytes the first two are what a `bool` is.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Freshness {
    /// Those that one replica has.
    #[default]
    Eventual,
    /// Every write that was acknowledged before is among them.
    Consistent,
    /// The newest ones up to a time, of a table that keeps its past.
    AsOf(HybridTime),
}

impl Freshness {
    /// What DynamoDB calls ConsistentRead.
    pub fn of(consistent: bool) -> Self {
        if consistent { Self::Consistent } else { Self::Eventual }
    }
}
