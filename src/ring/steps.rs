//! From one ring to another in steps, each of which changes every preference list by one member at
//! most.
//!
//! Why this matters: while one owner makes room for another, a quorum of the old owners and one of
//! the new still have a member in common. If two changed at once, a write could be acknowledged by
//! owners of whom no later reader asks a single one.
//!
//! A step takes as many tokens to where they are going as it can, node by node. Three facts bound
//! how many steps there are:
//!
//! - All tokens of *one node* can come at once, or go. They only change when the walk first meets
//!   this node: it enters the list and the last one drops out, or the other way round. With zones as
//!   well: where it becomes the first of its zone, the former first either stays among the others or
//!   is the one that drops out.
//! - One node can take *all tokens of another* at once, in the same zone: every list stays as it is
//!   but for the name.
//! - One token that goes from one node to another in another zone may change two members: one that
//!   comes with its zone, one that goes with its zone. Then nobody has this token for one step.
//!
//! The lists are those of the walk in `preference`, on a table of tokens in which one can change a
//! single owner and look at what that does nearby.

use super::{Ring, Token, Vnode, Zone};
use crate::base::{NodeId, heap_sort};

/// Whether a node may join these owners.
type Takes<'a> = dyn Fn(&[NodeId], NodeId) -> bool + 'a;

/// The rings to go through, the last being `target`; none if it is the same ring.
///
/// # Panics
/// If either has less than `n` members.
pub(super) fn steps(ring: &Ring, target: &Ring, n: usize) -> Vec<Ring> {
    assert!(ring.members().len() >= n && target.members().len() >= n, "every item has N owners");
    let mut table = Table::new(ring, target, n);
    let mut rings = Vec::new();
    while table.now != table.goal {
        table.step();
        rings.push(table.ring());
    }
    rings
}

/// All tokens of both rings, and who has them.
struct Table<'a> {
    zones: &'a [Zone],
    n: usize,
    tokens: Vec<Token>,
    /// Who has them before the step that is being made.
    base: Vec<Option<NodeId>>,
    /// Who has them after it, as far as it is made.
    now: Vec<Option<NodeId>>,
    goal: Vec<Option<NodeId>>,
    /// How many tokens each zone has now.
    of_zone: Vec<usize>,
    /// In how many zones the first owners stand, before the step.
    base_zones: usize,
}

/// A preference list, and how many tokens the walk passed that found it.
struct Found {
    owners: Vec<NodeId>,
    passed: usize,
}

impl<'a> Table<'a> {
    fn new(ring: &Ring, target: &'a Ring, n: usize) -> Self {
        let both = ring.vnodes().iter().chain(target.vnodes());
        let mut tokens: Vec<Token> = both.map(|vnode| vnode.token).collect();
        heap_sort(&mut tokens, Token::cmp);
        tokens.dedup();
        let owner = |of: &Ring, token: Token| {
            let vnode = of.vnodes()[of.successor(token)];
            (vnode.token == token).then_some(vnode.node)
        };
        let owners = |of: &Ring| tokens.iter().map(|token| owner(of, *token)).collect::<Vec<_>>();
        let (base, goal) = (owners(ring), owners(target));
        let zones = target.zones().iter().map(|zone| usize::from(zone.0) + 1).max();
        let mut of_zone = vec![0; zones.unwrap_or(0)];
        for node in base.iter().flatten() {
            of_zone[usize::from(target.zone(*node).0)] += 1;
        }
        let now = base.clone();
        Self { zones: target.zones(), n, tokens, base, now, goal, of_zone, base_zones: 0 }
    }

    /// Gives a token to another node, or to nobody.
    fn give(&mut self, at: usize, to: Option<NodeId>) {
        let zone = |node: NodeId| usize::from(self.zones[node.index()].0);
        if let Some(node) = self.now[at] {
            self.of_zone[zone(node)] -= 1;
        }
        if let Some(node) = to {
            self.of_zone[zone(node)] += 1;
        }
        self.now[at] = to;
    }

    /// In how many zones the first owners stand now.
    fn first_zones(&self) -> usize {
        self.n.min(self.of_zone.iter().filter(|tokens| **tokens > 0).count())
    }

    /// Takes as many tokens as possible to where they are going.
    fn step(&mut self) {
        self.base.clone_from(&self.now);
        self.base_zones = self.first_zones();
        let pending = self.pending();
        pending.iter().for_each(|at| self.give(*at, self.goal[*at]));
        if self.fits_everywhere() {
            return;
        }
        pending.iter().for_each(|at| self.give(*at, self.base[*at]));
        let mut has_moved = false;
        for at in &pending {
            self.give(*at, self.goal[*at]);
            let fits = match self.first_zones() == self.base_zones {
                true => self.fits_before(*at),
                false => self.fits_everywhere(),
            };
            has_moved |= fits;
            if !fits {
                self.give(*at, self.base[*at]);
            }
        }
        if !has_moved {
            self.give(pending[0], None);
            assert!(self.fits_everywhere(), "a token that nobody has changes one member at most");
        }
    }

    /// The tokens that are not yet where they are going, node by node.
    fn pending(&self) -> Vec<usize> {
        let is_pending = |at: &usize| self.now[*at] != self.goal[*at];
        let mut pending: Vec<usize> = (0..self.tokens.len()).filter(is_pending).collect();
        let node = |at: usize| self.goal[at].or(self.base[at]);
        heap_sort(&mut pending, |one, other| (node(*one), one).cmp(&(node(*other), other)));
        pending
    }

    /// The lists of the range that ends at the token number `at`, before the step and now.
    fn lists(&self, at: usize) -> [Found; 2] {
        [(&self.base, self.base_zones), (&self.now, self.first_zones())]
            .map(|(of, first_zones)| self.found(of, at, first_zones))
    }

    fn fits_everywhere(&self) -> bool {
        (0..self.tokens.len()).all(|at| differ_by_one(&self.lists(at)))
    }

    /// The same for the lists that the token number `at` has a part in: those of the tokens before it
    /// whose walks come so far.
    fn fits_before(&self, at: usize) -> bool {
        let count = self.tokens.len();
        for back in 0..count {
            let lists = self.lists((at + count - back) % count);
            if lists.iter().all(|found| found.passed <= back) {
                return true;
            }
            if !differ_by_one(&lists) {
                return false;
            }
        }
        true
    }

    /// The walk clockwise from the token number `start`.
    fn found(&self, of: &[Option<NodeId>], start: usize, first_zones: usize) -> Found {
        let mut found = Found { owners: Vec::with_capacity(self.n), passed: 0 };
        let zone = |node: NodeId| self.zones[node.index()];
        let once_around = || of[start..].iter().chain(&of[..start]).enumerate();
        let takes: [&Takes; 2] = [
            &|owners, node| owners.iter().all(|owner| zone(*owner) != zone(node)),
            &|owners, node| !owners.contains(&node),
        ];
        for (takes, enough) in takes.into_iter().zip([first_zones, self.n]) {
            for (at, node) in once_around() {
                if found.owners.len() == enough {
                    break;
                }
                if let Some(node) = node.filter(|node| takes(&found.owners, *node)) {
                    found.owners.push(node);
                    found.passed = found.passed.max(at + 1);
                }
            }
        }
        found
    }

    fn ring(&self) -> Ring {
        let vnode = |(token, node): (&Token, &Option<NodeId>)| {
            Some(Vnode { token: *token, node: (*node)? })
        };
        let vnodes = self.tokens.iter().zip(&self.now).filter_map(vnode).collect();
        Ring::new(vnodes, self.zones.to_vec())
    }
}

fn differ_by_one([old, new]: &[Found; 2]) -> bool {
    let stays = |node: &&NodeId| old.owners.contains(node);
    old.owners.len() == new.owners.len()
        && new.owners.iter().filter(stays).count() + 1 >= new.owners.len()
}
