//! Changes that cannot be made, and why.

use super::plan::{Basis, Change, MOST_NODES, MOST_TOKENS, MOST_VNODES};
use super::{Placement, Ring, Token, Weight};
use crate::base::{Error, NodeId, Result};

/// Refuses a change that makes no sense for this ring, or leads to one that cannot be. `after` is the
/// basis that it leads to.
pub(super) fn check(ring: &Ring, after: &Basis, change: &Change) -> Result<()> {
    let is_equal = after.placement == Placement::EqualRanges;
    match *change {
        Change::Add { node, weight, .. } => {
            check_newcomer(ring, node)?;
            check_weight(weight)?;
            let (ranges, members) = (ring.vnodes().len(), ring.members().len());
            if is_equal && ranges <= members {
                return Err(Error::refused(format!(
                    "there are {ranges} equal ranges for {members} nodes, and their number is \
                     fixed: {node} would get none"
                )));
            }
        }
        Change::Remove { node } => {
            check_member(ring, node)?;
            check_rest(ring, after, node)?;
        }
        Change::Replace { node, by, .. } => {
            check_member(ring, node)?;
            check_newcomer(ring, by)?;
        }
        Change::Weigh { node, weight } => {
            check_member(ring, node)?;
            check_weight(weight)?;
        }
        Change::Vnodes { count } => {
            if !(1..=MOST_VNODES).contains(&count) {
                return Err(Error::invalid(format!(
                    "a node has 1 to {MOST_VNODES} vnodes, not {count}"
                )));
            }
            if is_equal {
                return Err(Error::refused(
                    "with placement=equal the number of ranges is fixed when the cluster begins",
                ));
            }
        }
        Change::Move { token, to } => {
            check_member(ring, to)?;
            check_move(ring, after, token, to)?;
        }
        Change::Split { token, at, to } => {
            check_member(ring, to)?;
            let (from, end) = ring.range(vnode_at(ring, token)?);
            // Only the whole ring has the same end twice.
            let is_within = from == end || from.distance_to(at) < from.distance_to(end);
            if !is_within || at == from || at == end {
                return Err(Error::invalid(format!(
                    "{at} is not within the token range from {from} to {end}"
                )));
            }
        }
    }
    check_tokens(ring, after, change)
}

fn check_member(ring: &Ring, node: NodeId) -> Result<()> {
    if node.index() >= ring.node_count() {
        return Err(Error::not_found(format!("there is no node {node}")));
    }
    match ring.members().contains(&node) {
        true => Ok(()),
        false => Err(Error::refused(format!("{node} is no member: it owns nothing"))),
    }
}

fn check_newcomer(ring: &Ring, node: NodeId) -> Result<()> {
    if ring.members().contains(&node) {
        return Err(Error::refused(format!("{node} is a member already")));
    }
    match node.0 < MOST_NODES {
        true => Ok(()),
        false => Err(Error::refused(format!(
            "a cluster has at most {MOST_NODES} nodes, the last one being {}",
            NodeId(MOST_NODES - 1)
        ))),
    }
}

/// Refuses to do without a node that is needed.
fn check_rest(ring: &Ring, after: &Basis, node: NodeId) -> Result<()> {
    let rest = ring.members().len() - 1;
    match (rest, after.n) {
        (0, _) => Err(Error::refused(format!("{node} is the last node: nobody could take over"))),
        (rest, n) if rest < n.into() => Err(Error::refused(format!(
            "N = {n} replicas need {n} distinct nodes, and without {node} there would be {rest}: \
             add another one first"
        ))),
        _ => Ok(()),
    }
}

fn check_weight(weight: Weight) -> Result<()> {
    match (Weight::LEAST..=Weight::MOST).contains(&weight) {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "a node weighs {} to {}, not {weight}",
            Weight::LEAST,
            Weight::MOST
        ))),
    }
}

fn check_move(ring: &Ring, after: &Basis, token: Token, to: NodeId) -> Result<()> {
    let owner = ring.vnodes()[vnode_at(ring, token)?].node;
    if owner == to {
        return Err(Error::refused(format!(
            "the token range that ends at {token} is {to}'s already"
        )));
    }
    match ring.vnodes().iter().filter(|vnode| vnode.node == owner).count() {
        1 => check_rest(ring, after, owner),
        _ => Ok(()),
    }
}

/// The number of the vnode with this token.
fn vnode_at(ring: &Ring, token: Token) -> Result<usize> {
    let at = ring.successor(token);
    match ring.vnodes()[at].token == token {
        true => Ok(at),
        false => Err(Error::not_found(format!("no vnode has the token {token}"))),
    }
}

/// Refuses a ring with more tokens than there can be.
fn check_tokens(ring: &Ring, after: &Basis, change: &Change) -> Result<()> {
    let all = ring.vnodes().len();
    let of = |node: &NodeId| after.weights[node.index()].vnodes(after.vnodes);
    let has = |node: NodeId| ring.vnodes().iter().filter(|vnode| vnode.node == node).count();
    let tokens = match (change, after.placement) {
        (Change::Split { .. }, _) => all + 1,
        (Change::Vnodes { .. }, _) => ring.members().iter().map(of).sum(),
        (Change::Add { node, .. } | Change::Weigh { node, .. }, Placement::RandomTokens) => {
            all - has(*node) + of(node)
        }
        _ => all,
    };
    match tokens <= MOST_TOKENS {
        true => Ok(()),
        false => Err(Error::refused(format!(
            "there would be {tokens} tokens, and a ring has at most {MOST_TOKENS}"
        ))),
    }
}
