//! A ring to try changes on: what would each node bear?
//!
//! ```text
//!   … ──▶ 7 ──▶ 8 ──▶ 9 ──▶ …        the token that ends range 9 goes from C to F
//!        A      B     C→F
//!                                      9 was  C A B   and is  F A B
//!                                      8 was  B C A   and is  B F A
//!                                      7 was  A B C   and is  A B F
//! ```
//!
//! Only lists whose walk passed the token can change, and those are the lists of the ranges before
//! it, up to the first one whose walk ended earlier. Of all that is tried, nothing but these is
//! walked again: a plan tries thousands of changes.

use super::change::Change;
use super::load::{Load, PARTS, Policy, RangeLoad};
use super::meter::end_of_parts;
use crate::base::NodeId;
use crate::ring::{PreferenceLists, Token, Vnode, Weight, Zone};

/// What a token range, or a part of one, bears on each owner.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    heat: u64,
    bytes: u64,
}

/// A token range.
#[derive(Clone, Debug)]
struct Range {
    all: Piece,
    /// None of a range that was split on trial.
    parts: Option<[Piece; PARTS]>,
    owners: Vec<NodeId>,
    /// How many vnodes the walk to the owners passes.
    passes: usize,
}

/// What would come of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What the nodes concerned would bear.
    pub heats: Vec<(NodeId, u64)>,
    /// Bytes that pending owners would have to be sent.
    pub bytes: u64,
}

/// A ring to try changes on.
#[derive(Clone, Debug)]
pub struct Trial {
    vnodes: Vec<Vnode>,
    zones: Vec<Zone>,
    members: Vec<NodeId>,
    n: usize,
    /// How many owners of a range stand in zones of their own.
    in_zones: usize,
    /// By vnode.
    ranges: Vec<Range>,
    /// By node number, what it bears and what it would bear if all was spread evenly.
    heats: Vec<u64>,
    fair: Vec<u64>,
}

impl Trial {
    /// The ring as it is. `loads` are those of its ranges; `weights`, by node number, say in what
    /// proportion nodes are to bear it.
    pub fn new(
        lists: &PreferenceLists,
        loads: &[RangeLoad],
        weights: &[Weight],
        policy: Policy,
    ) -> Self {
        let ring = lists.ring();
        let mut zones: Vec<Zone> = Vec::new();
        for zone in ring.members().iter().map(|node| ring.zone(*node)) {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
        let mut trial = Self {
            vnodes: ring.vnodes().to_vec(),
            zones: ring.zones().to_vec(),
            members: ring.members().to_vec(),
            n: lists.n(),
            in_zones: lists.n().min(zones.len()),
            ranges: Vec::with_capacity(loads.len()),
            heats: vec![0; ring.node_count()],
            fair: vec![0; ring.node_count()],
        };
        for (index, load) in loads.iter().enumerate() {
            let mut owners = Vec::with_capacity(trial.n);
            let passes = trial.walk(index, &mut owners);
            let part = |part: Load| Piece { heat: part.heat(policy), bytes: part.bytes };
            let parts = load.parts.map(part);
            let all = sum(&parts);
            owners.iter().for_each(|owner| trial.heats[owner.index()] += all.heat);
            trial.ranges.push(Range { all, parts: Some(parts), owners, passes });
        }
        let all = u128::from(trial.bears());
        let weight = |node: &NodeId| u128::from(weights[node.index()].0);
        let weight_of_all: u128 = ring.members().iter().map(weight).sum();
        for node in ring.members() {
            trial.fair[node.index()] = (all * weight(node) / weight_of_all.max(1)) as u64;
        }
        trial
    }

    pub fn vnodes(&self) -> &[Vnode] {
        &self.vnodes
    }

    /// The nodes with a token.
    pub fn members(&self) -> impl Iterator<Item = NodeId> {
        self.members.iter().copied()
    }

    /// What a node bears.
    pub fn heat(&self, node: NodeId) -> u64 {
        self.heats[node.index()]
    }

    /// What a node would bear if all was spread in proportion to the weights.
    pub fn fair(&self, node: NodeId) -> u64 {
        self.fair[node.index()]
    }

    /// What the range that ends at vnode number `index` bears on each owner, and its owners.
    pub fn range(&self, index: usize) -> (u64, &[NodeId]) {
        (self.ranges[index].all.heat, &self.ranges[index].owners)
    }

    /// What all nodes bear together.
    pub fn bears(&self) -> u64 {
        self.heats.iter().sum()
    }

    /// Bytes of all ranges, each counted once.
    pub fn bytes(&self) -> u64 {
        self.ranges.iter().map(|range| range.all.bytes).sum()
    }

    /// Where the first `parts` parts of the range that ends at vnode number `index` end, if it can
    /// be split there.
    pub fn cut_at(&self, index: usize, parts: usize) -> Option<Token> {
        let before = index.checked_sub(1).unwrap_or(self.vnodes.len() - 1);
        self.ranges[index].parts?;
        end_of_parts((self.vnodes[before].token, self.vnodes[index].token), parts)
    }

    /// What would come of the change, if it were made; nothing if it cannot be made, or if more
    /// than one owner of some range would be displaced.
    pub fn outcome(&mut self, change: Change) -> Option<Outcome> {
        match change {
            Change::Move { token, to } => {
                let index = self.find(token).ok()?;
                let from = std::mem::replace(&mut self.vnodes[index].node, to);
                let outcome = self.outcome_at(index);
                self.vnodes[index].node = from;
                outcome.filter(|_| from != to)
            }
            Change::Split { token, at, to } => {
                let index = self.cut(token, at, to)?;
                let outcome = self.outcome_at(index);
                self.vnodes.remove(index);
                let first = self.ranges.remove(index);
                let second = &mut self.ranges[index % self.vnodes.len()];
                second.all = sum(&[first.all, second.all]);
                outcome
            }
        }
    }

    /// Makes a change that has an outcome.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn apply(&mut self, change: Change) {
        let index = match change {
            Change::Move { token, to } => {
                let index = self.find(token).expect("a token that moves exists");
                self.vnodes[index].node = to;
                index
            }
            Change::Split { token, at, to } => {
                let index = self.cut(token, at, to).expect("a range that is split exists");
                // What the halves look like inside is measured later.
                let next = (index + 1) % self.vnodes.len();
                self.ranges[next].parts = None;
                index
            }
        };
        let mut changed = Vec::new();
        self.for_concerned(index, |at, owners, passes| changed.push((at, owners.to_vec(), passes)));
        for (at, owners, passes) in changed {
            let range = &mut self.ranges[at];
            for gone in &range.owners {
                self.heats[gone.index()] -= range.all.heat;
            }
            for owner in &owners {
                self.heats[owner.index()] += range.all.heat;
            }
            (range.owners, range.passes) = (owners, passes);
        }
    }

    fn find(&self, token: Token) -> Result<usize, usize> {
        self.vnodes.binary_search_by_key(&token, |vnode| vnode.token)
    }

    /// Cuts a range in two and gives the first half's token to a node, before anybody's list is
    /// changed by that. The index of the new vnode.
    fn cut(&mut self, token: Token, at: Token, to: NodeId) -> Option<usize> {
        let old = self.find(token).ok()?;
        let count = (1..PARTS).find(|parts| self.cut_at(old, *parts) == Some(at))?;
        let parts = self.ranges[old].parts?;
        let (first, second) = parts.split_at(count);
        // The range that passes position 0 is the first one, and its first half may be the last.
        let index = self.find(at).err()?;
        self.ranges[old].all = sum(second);
        let Range { ref owners, passes, .. } = self.ranges[old];
        let first =
            Range { all: sum(first), parts: None, owners: owners.clone(), passes: passes + 1 };
        self.ranges.insert(index, first);
        self.vnodes.insert(index, Vnode { token: at, node: to });
        Some(index)
    }

    /// Finds what differs from the kept lists, now that vnode number `index` has changed.
    fn outcome_at(&self, index: usize) -> Option<Outcome> {
        let mut outcome = Outcome::default();
        let mut is_possible = true;
        self.for_concerned(index, |at, owners, _| {
            let Range { all, owners: before, .. } = &self.ranges[at];
            let mut joined = owners.iter().filter(|node| !before.contains(node));
            let Some(joins) = joined.next() else { return };
            is_possible &= joined.next().is_none();
            outcome.bytes += all.bytes;
            *outcome.heat_of(*joins, self) += all.heat;
            for leaves in before.iter().filter(|node| !owners.contains(node)) {
                *outcome.heat_of(*leaves, self) -= all.heat;
            }
        });
        is_possible.then_some(outcome)
    }

    /// Walks anew to the owners of all ranges whose walk passes vnode number `index`: they, and how
    /// many vnodes are passed.
    fn for_concerned(&self, index: usize, mut see: impl FnMut(usize, &[NodeId], usize)) {
        let count = self.vnodes.len();
        let mut owners = Vec::with_capacity(self.n);
        for back in 0..count {
            let at = (index + count - back) % count;
            if self.ranges[at].passes <= back {
                return;
            }
            let passes = self.walk(at, &mut owners);
            see(at, &owners, passes);
        }
    }

    /// The walk of [`crate::ring::Ring::walk_to_owners`] from vnode number `from`, without its
    /// explanations: how many vnodes it passes.
    fn walk(&self, from: usize, owners: &mut Vec<NodeId>) -> usize {
        owners.clear();
        let around = || self.vnodes[from..].iter().chain(&self.vnodes[..from]).map(|it| it.node);
        let zone = |node: NodeId| self.zones[node.index()];
        let mut passes = 0;
        for (node, place) in around().zip(1..) {
            if owners.len() == self.in_zones {
                break;
            }
            if !owners.iter().any(|owner| zone(*owner) == zone(node)) {
                owners.push(node);
                passes = place;
            }
        }
        for (node, place) in around().zip(1..) {
            if owners.len() == self.n {
                break;
            }
            if !owners.contains(&node) {
                owners.push(node);
                passes = passes.max(place);
            }
        }
        passes
    }
}

impl Outcome {
    /// What a node would bear.
    fn heat_of(&mut self, node: NodeId, trial: &Trial) -> &mut u64 {
        let found = self.heats.iter().position(|(known, _)| *known == node);
        let index = found.unwrap_or_else(|| {
            self.heats.push((node, trial.heat(node)));
            self.heats.len() - 1
        });
        &mut self.heats[index].1
    }
}

fn sum(pieces: &[Piece]) -> Piece {
    let add = |one: Piece, next: &Piece| Piece {
        heat: one.heat + next.heat,
        bytes: one.bytes + next.bytes,
    };
    pieces.iter().fold(Piece::default(), add)
}
