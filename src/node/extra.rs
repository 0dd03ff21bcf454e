//! What only some clusters do in the background, and how it is written so that others' bytes stay.

use serde::{Deserialize, Serialize};

use super::balance::Balance;
use super::throughput::Paid;
use super::upkeep::Upkeep;

/// What only some clusters do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenExtra", into = "WrittenExtra")]
pub(super) struct Extra {
    /// While there is a policy.
    pub balance: Option<Balance>,
    /// While there are indexes, or items expire.
    pub upkeep: Option<Upkeep>,
    /// Where tables are paid for units a second, and were used.
    pub paid: Paid,
}

/// The same in bytes. Without upkeep they are what they were before there was such a thing: digests
/// and snapshots go on.
#[derive(Serialize, Deserialize)]
enum WrittenExtra {
    Nothing,
    Balance(Box<Balance>),
    More(Box<(Option<Balance>, Upkeep)>),
    Paid(Box<(Option<Balance>, Option<Upkeep>, Paid)>),
}

impl From<Extra> for WrittenExtra {
    fn from(extra: Extra) -> Self {
        match extra {
            Extra { balance, upkeep, paid } if !paid.is_empty() => {
                Self::Paid(Box::new((balance, upkeep, paid)))
            }
            Extra { balance, upkeep: Some(upkeep), .. } => Self::More(Box::new((balance, upkeep))),
            Extra { balance: Some(balance), .. } => Self::Balance(Box::new(balance)),
            Extra { .. } => Self::Nothing,
        }
    }
}

impl From<WrittenExtra> for Extra {
    fn from(written: WrittenExtra) -> Self {
        match written {
            WrittenExtra::Nothing => Self::default(),
            WrittenExtra::Balance(balance) => Self { balance: Some(*balance), ..Self::default() },
            WrittenExtra::More(more) => {
                let (balance, upkeep) = *more;
                Self { balance, upkeep: Some(upkeep), paid: Paid::default() }
            }
            WrittenExtra::Paid(all) => {
                let (balance, upkeep, paid) = *all;
                Self { balance, upkeep, paid }
            }
        }
    }
}
