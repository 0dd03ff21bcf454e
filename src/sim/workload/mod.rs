//! Workloads: requests that come by themselves while virtual time passes.
//!
//! A workload is one command. From then on its clients ask at random instants, whether or not they
//! were answered before: an *open loop*, as the many people are who do not know of each other. Gaps
//! between requests are exponential, so that arrivals are a Poisson process: they come in clumps, and
//! queues form as they do in life. At fixed gaps every request would find the cluster as the one
//! before left it, in step with its timers.
//!
//! ```text
//!   workload 2s rate=5      ─●──●●───────●─●────●──●●●──┤ w1 ends
//!                             │
//!                             └ which client? a read? of which item?
//! ```
//!
//! Its draws come from a stream of its own, so that nothing else shifts, and its requests are
//! ordinary ones: the run records the command and nothing more. What goes on is a [`Running`], which
//! lies in the world's queue as the next thing that the workload does; so a snapshot has it, and a
//! replay meets it again at the same instants.
//!
//! A workload with a span is awaited. One without is work in the background: it never ends, and
//! nobody waits for its requests.
//!
//! Caveats: items are not written before they are read; a read of nothing is answered as such. Items
//! are named by number, `k0001` being the most wanted one, and lie on the ring where their hashes
//! put them.

mod keys;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use keys::{Exponent, HotSet, KeyPattern, Keys};

use super::Limits;
use super::faults::bare_span;
use crate::base::{
    ClientId, Distribution, Duration, Error, RandomStream, Result, VirtualTime, WorkloadId,
};
use crate::data::{AttributeValue, Item, Key, MAX_ITEM_SIZE, TableName};
use crate::node::{Action, ClientRequest, Overrides};
use crate::storage::ItemKey;

/// What a workload asks for, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    pub table: TableName,
    /// For how long; none: until it is stopped.
    pub span: Option<Duration>,
    /// Requests per second of virtual time.
    pub rate: u32,
    /// How many of a hundred are reads; the others put.
    pub reads: u8,
    /// Different items.
    pub items: u32,
    /// Which of them are wanted how often.
    pub keys: Keys,
    /// Bytes of the value that is put.
    pub size: u32,
    /// Who asks.
    pub clients: u8,
}

impl Workload {
    /// The most of each number; the least is 1, but for the share of reads and the size, 0.
    pub const MAX_RATE: u32 = 100_000;
    pub const MAX_ITEMS: u32 = 1_000_000;
    pub const MAX_CLIENTS: u8 = 64;
    pub const MAX_SIZE: u32 = MAX_ITEM_SIZE as u32 - 1_024;

    /// What a line asks for that names a table and nothing else.
    pub fn of(table: TableName) -> Self {
        let (keys, span) = (Keys::Uniform, None);
        Self { table, span, rate: 100, reads: 90, items: 1_000, keys, size: 100, clients: 4 }
    }

    /// Refuses numbers that are out of range.
    pub fn check(&self) -> Result<()> {
        let ranges = [
            ("rate", self.rate, 1, Self::MAX_RATE),
            ("reads", self.reads.into(), 0, 100),
            ("items", self.items, 1, Self::MAX_ITEMS),
            ("size", self.size, 0, Self::MAX_SIZE),
            ("clients", self.clients.into(), 1, Self::MAX_CLIENTS.into()),
        ];
        if let Some((name, value, least, most)) =
            ranges.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value))
        {
            return Err(Error::invalid(format!(
                "{name}={value} is out of range: a workload has {name}={least} to {most}"
            )));
        }
        let longest = Limits::END.since(VirtualTime::ZERO);
        if self.span.is_some_and(|span| span == Duration(0) || span > longest) {
            return Err(Error::invalid(format!(
                "a workload goes on for some time, up to {longest}, or until it is stopped"
            )));
        }
        self.keys.check()
    }

    /// About how many requests it makes in a span of time.
    pub fn requests_in(&self, span: Duration) -> u64 {
        span.0.saturating_mul(self.rate.into()) / 1_000_000
    }
}

impl fmt::Display for Workload {
    /// What follows the command's name, but for the table, whose name may have to be quoted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, reads, items, keys, size, clients, .. } = self;
        if let Some(span) = self.span {
            write!(f, "{} ", bare_span(span))?;
        }
        write!(f, "rate={rate} reads={reads} items={items} {keys} size={size} clients={clients}")
    }
}

/// A workload that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    pub id: WorkloadId,
    pub workload: Workload,
    pub since: VirtualTime,
    /// Requests so far.
    pub asked: u64,
    stream: RandomStream,
}

impl Running {
    /// Begins at an instant of the run with this seed.
    pub(super) fn begin(id: WorkloadId, workload: Workload, seed: u64, now: VirtualTime) -> Self {
        // One that begins later does not repeat one before with the same number.
        let stream = RandomStream::new(seed, &format!("workload {id} at {}", now.0));
        Self { id, workload, since: now, asked: 0, stream }
    }

    /// When it ends by itself.
    pub fn ends(&self) -> Option<VirtualTime> {
        self.workload.span.map(|span| self.since + span)
    }

    /// About how many requests it still makes in a span that begins now.
    pub(super) fn requests_in(&self, now: VirtualTime, span: Duration) -> u64 {
        let left = self.ends().map_or(span, |ends| ends.since(now).min(span));
        self.workload.requests_in(left)
    }

    /// When it next does something: ask, or end.
    pub(super) fn draw_next(&mut self, now: VirtualTime) -> VirtualTime {
        let mean_us = 1_000_000.0 / f64::from(self.workload.rate);
        let gap = Distribution::Exponential { floor_us: 0, mean_us }.sample(&mut self.stream);
        let next = now + gap;
        self.ends().map_or(next, |ends| ends.min(next))
    }

    /// The next request, to a table whose partition key has this name.
    pub(super) fn draw(&mut self, key_name: &str) -> ClientRequest {
        let Self { id, workload, stream, asked, .. } = self;
        let client = ClientId::of_workload(*id, stream.below(workload.clients.into()) as u8);
        let is_read = stream.below(100) < workload.reads.into();
        let number = workload.keys.draw(workload.items, *asked, stream);
        *asked += 1;
        let name = item_name(number, workload.items);
        let action = match is_read {
            true => Action::Get,
            false => Action::Put(Arc::new(item([key_name, &name], *asked, workload.size))),
        };
        let key = Key::from_text(&name).expect("the name of an item is a key");
        let key = ItemKey::new(workload.table.clone(), key);
        ClientRequest { client, key, action, overrides: Overrides::default(), context: None }
    }

    /// Whether a snapshot may claim this.
    pub(super) fn is_sound(&self, now: VirtualTime) -> bool {
        self.workload.check().is_ok() && self.since <= now && self.asked < 1 << 62
    }
}

/// `k0001`: with as many digits as the last of them needs.
fn item_name(number: u32, items: u32) -> String {
    let digits = items.max(1_000).ilog10() as usize + 1;
    format!("k{number:0digits$}")
}

/// An item whose value says which write it is, and is as long as was asked for.
fn item([key_name, name]: [&str; 2], write: u64, size: u32) -> Item {
    let size = size as usize;
    let mut value = format!("write {write} ");
    value.truncate(size);
    value.extend(std::iter::repeat_n('.', size - value.len()));
    let name = AttributeValue::string(name);
    // Last, so that it is the key even of a table whose key is called value.
    [("value", AttributeValue::string(value)), (key_name, name)].into_iter().collect()
}
