//! Identifiers. Small integers inside, the names that people see outside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Error;

/// A node of the cluster, numbered from 0 and shown as a letter: A, B, … Z, AA, AB, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u16);

impl NodeId {
    /// The node's number as an index into per-node tables.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0u8; 4];
        let mut at = letters.len();
        let mut rest = u32::from(self.0) + 1;
        while rest > 0 {
            at -= 1;
            letters[at] = b'A' + ((rest - 1) % 26) as u8;
            rest = (rest - 1) / 26;
        }
        f.pad(std::str::from_utf8(&letters[at..]).expect("letters are ASCII"))
    }
}

impl FromStr for NodeId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::invalid(format!("{text:?} is not a node: nodes are named A, B, … Z, AA, AB, …"))
        };
        if text.is_empty() || text.len() > 3 {
            return Err(wrong());
        }
        let mut number = 0u32;
        for letter in text.bytes() {
            let letter = letter.to_ascii_uppercase();
            if !letter.is_ascii_uppercase() {
                return Err(wrong());
            }
            number = number * 26 + u32::from(letter - b'A') + 1;
        }
        u16::try_from(number - 1).map(NodeId).map_err(|_| wrong())
    }
}

/// A client of the cluster, numbered from 0. The one at number 0 is shown as `client`, others as
/// `client2`, `client3`, … Those of workloads are shown as `w1.1`, `w1.2`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientId(pub u16);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.pad("client"),
            n if n == Self::ARCHIVE.0 => f.pad("archive"),
            n if let Some(workload) = self.workload() => {
                f.pad(&format!("{workload}.{}", n % ClientId::OF_ONE_WORKLOAD + 1))
            }
            n => f.pad(&format!("client{}", u32::from(n) + 1)),
        }
    }
}

impl ClientId {
    /// Whoever makes backups and restores tables, for others.
    pub const ARCHIVE: Self = Self(Self::OF_WORKLOADS - 1);

    /// From here on clients are workloads', so many for each.
    const OF_WORKLOADS: u16 = 1 << 15;
    const OF_ONE_WORKLOAD: u16 = 1 << 8;

    /// A client of a workload, numbered from 0.
    pub fn of_workload(WorkloadId(workload): WorkloadId, number: u8) -> Self {
        let first = Self::OF_WORKLOADS + u16::from(workload) * Self::OF_ONE_WORKLOAD;
        Self(first + u16::from(number))
    }

    /// The workload whose client it is.
    pub fn workload(self) -> Option<WorkloadId> {
        let number = self.0.checked_sub(Self::OF_WORKLOADS)? / Self::OF_ONE_WORKLOAD;
        Some(WorkloadId(number as u8))
    }
}

/// A workload that goes on, numbered from 0 and shown as `w1`, `w2`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkloadId(pub u8);

impl WorkloadId {
    /// So many can go on at once.
    pub const MOST: u8 = 8;

    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::MOST).map(Self)
    }
}

impl fmt::Display for WorkloadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "w{}", self.0 + 1)
    }
}

impl FromStr for WorkloadId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::all().find(|id| id.to_string() == text).ok_or_else(|| {
            Error::invalid(format!("{text:?} is no workload: they are named w1 to w{}", Self::MOST))
        })
    }
}

macro_rules! counted {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize,
            Deserialize,
        )]
        pub struct $name(pub $inner);

        impl $name {
            /// Returns this number and advances to the next.
            pub fn take(&mut self) -> Self {
                let taken = *self;
                self.0 += 1;
                taken
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

counted! {
    /// One client request, from its first message to its answer; unique within a run.
    RequestId, u64, "#"
}
counted! {
    /// One message on the simulated network; unique within a run.
    MessageId, u64, "m"
}
counted! {
    /// The place of an event in the trace, counted from 0.
    EventSeq, u64, "e"
}
counted! {
    /// How many times a node has started: part of every dot, so that counters which a crash
    /// forgot are never issued twice.
    Incarnation, u32, "i"
}

impl FromStr for MessageId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = text.strip_prefix('m').and_then(|digits| digits.parse().ok());
        number.map(MessageId).ok_or_else(|| {
            Error::invalid(format!(
                "{text:?} is not a message: messages are named m0, m1, m2, … The line messages \
                 lists those under way"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_names_count_like_spreadsheet_columns() {
        for (number, name) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")]
        {
            assert_eq!(NodeId(number).to_string(), name);
            assert_eq!(name.parse::<NodeId>(), Ok(NodeId(number)));
        }
        for wrong in ["", "1", "A1", "ÄÖ", "AAAA"] {
            assert!(wrong.parse::<NodeId>().is_err(), "{wrong:?} was taken for a node");
        }
    }
}
