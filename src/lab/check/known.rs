//! What the checker knows of requests and items.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::linearizable::Content;
use super::rounds::Outcome;
use crate::base::RequestId;
use crate::causality::{Context, Dot, Stamp};
use crate::data::Item;
use crate::lab::Plan;
use crate::node::{Action, ClientRequest, Write};
use crate::storage::ItemKey;

/// What is known of a request.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub key: u8,
    pub is_write: bool,
    /// What it puts, if it is a put.
    pub item: Option<Arc<Item>>,
    /// What its writer had seen, where siblings are kept.
    pub context: Option<Arc<Context>>,
    /// When it began, and when it was answered, counted in events.
    pub began: u64,
    pub answered: Option<u64>,
    /// Its version, if it is a write that reached any replica.
    pub stamp: Option<Stamp>,
    /// Whether its version was durable anywhere.
    pub is_durable: bool,
    /// Whether a version that replaces its own was written.
    pub is_replaced: bool,
    /// What was known of the item when it began.
    pub before: Before,
    pub action: Action,
    pub outcome: Outcome,
    /// Whether a round was held for it.
    pub in_round: bool,
    /// Whether it makes its version from the one that it finds.
    pub is_update: bool,
    /// What it was told that the item was like.
    pub content: Option<Content>,
    /// What was known of every item when it began, if it is a page.
    pub pages: Vec<Before>,
    /// What a consistent page found of the items that it covers, by number.
    pub found: Vec<(u8, Option<Stamp>, Content)>,
}

fn is_update(action: &Action) -> bool {
    matches!(action, Action::Change(change) if matches!(change.write, Write::Update { .. }))
}

/// What was known of an item when a request began.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    /// The highest stamp that was acknowledged.
    pub acknowledged: Option<Stamp>,
    /// The highest stamp that was acknowledged or read.
    pub told: Option<Stamp>,
    /// How many tombstones had been collected.
    pub collected: usize,
    /// How many writes had been acknowledged.
    pub acknowledgements: usize,
    /// What the writers of all those had seen.
    pub replaced: Context,
}

/// What is known of an item.
#[derive(Clone, Debug)]
pub(super) struct KnownItem {
    pub key: ItemKey,
    /// Who made which version.
    pub writes: BTreeMap<Dot, RequestId>,
    /// Tombstones that came to light on the disk of a crashed node, before anybody told of them, and
    /// a request that may have made them: nothing tells deletes of the same context apart.
    pub foundlings: BTreeMap<Dot, RequestId>,
    /// The tombstones of versions that expired, and these versions.
    pub swept: BTreeMap<Stamp, Stamp>,
    /// These tombstones, and the ballots under which rounds proposed them once more, by their dots:
    /// which of them it is, in the order in which they came.
    pub sweeps: BTreeMap<Dot, (u64, Stamp)>,
    /// When each of them came, counted in events, and the version that it took away.
    pub swept_at: Vec<(u64, Stamp)>,
    /// Acknowledged writes, in the order of their answers.
    pub acknowledged: Vec<RequestId>,
    /// The versions that were.
    pub stamps: Vec<Stamp>,
    /// The highest stamp acknowledged, and the highest one acknowledged or read.
    pub highest: Option<Stamp>,
    pub told: Option<Stamp>,
    /// What the writers of all acknowledged versions had seen.
    pub replaced: Context,
    /// Tombstones that were collected anywhere.
    pub collected: Vec<Stamp>,
    /// The versions of requests that may have several: those of rounds, and what was written before
    /// it became one.
    pub ballots: BTreeMap<Dot, Stamp>,
    /// Which request replaced exactly which version.
    pub won: BTreeMap<Stamp, RequestId>,
    /// Whether nobody ever asked for a plain write.
    pub is_register: bool,
    pub has_rounds: bool,
}

impl KnownItem {
    /// Every item that a plan can have.
    pub fn all(plan: &Plan) -> Vec<Self> {
        let new = |number| KnownItem {
            key: plan.key(number),
            writes: BTreeMap::new(),
            foundlings: BTreeMap::new(),
            swept: BTreeMap::new(),
            sweeps: BTreeMap::new(),
            swept_at: Vec::new(),
            acknowledged: Vec::new(),
            stamps: Vec::new(),
            highest: None,
            told: None,
            replaced: Context::default(),
            collected: Vec::new(),
            ballots: BTreeMap::new(),
            won: BTreeMap::new(),
            is_register: true,
            has_rounds: false,
        };
        (0..Plan::KEYS).map(new).collect()
    }

    pub fn before(&self) -> Before {
        Before {
            acknowledged: self.highest,
            told: self.told,
            collected: self.collected.len(),
            acknowledgements: self.acknowledged.len(),
            replaced: self.replaced.clone(),
        }
    }
}

impl Known {
    pub fn new(key: u8, wanted: &ClientRequest, began: u64, before: Before) -> Self {
        let item = wanted.action.item().cloned();
        Self {
            key,
            is_write: wanted.action.is_write(),
            item,
            context: wanted.context.clone(),
            began,
            answered: None,
            stamp: None,
            is_durable: false,
            is_replaced: false,
            before,
            action: wanted.action.clone(),
            outcome: Outcome::Unknown,
            in_round: false,
            is_update: is_update(&wanted.action),
            content: None,
            pages: Vec::new(),
            found: Vec::new(),
        }
    }

    pub fn is_delete(&self) -> bool {
        self.is_write && self.item.is_none() && !self.is_update
    }

    /// Whether it may have written this; no item: a tombstone.
    pub fn writes(&self, item: Option<&Arc<Item>>) -> bool {
        match (&self.item, item) {
            (Some(put), Some(read)) => Arc::ptr_eq(put, read) || put == read,
            (None, item) => item.is_some() == self.is_update,
            (Some(_), None) => false,
        }
    }

    /// When everybody concerned knew of it, at the earliest.
    pub fn told_at(&self) -> u64 {
        self.answered.unwrap_or(self.began)
    }
}
