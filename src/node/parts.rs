//! The node as coordinator of a page: who is asked for which of its token ranges.

use super::paging::Needed;
use super::step::Node;
use crate::base::{NodeId, heap_sort};
use crate::coordinator::Shortfall;
use crate::ring::Token;

/// Whom to ask for the parts of a page.
#[derive(Default)]
pub(super) struct Plan {
    /// For which ranges, by number.
    pub asked: Vec<(NodeId, Vec<u32>)>,
    /// An owner, and the fallback that is asked in its stead.
    pub substitutes: Vec<(NodeId, NodeId)>,
}

impl Plan {
    fn ask(&mut self, node: NodeId, range: u32) {
        match self.asked.iter_mut().find(|(other, _)| *other == node) {
            Some((_, ranges)) => ranges.push(range),
            None => self.asked.push((node, vec![range])),
        }
    }
}

impl Node {
    /// Whom to ask for these ranges: this node itself if it may be, then those who are trusted, then,
    /// where they count, fallbacks.
    pub(super) fn plan_parts(
        &self,
        ranges: &[(Token, Token)],
        needed: Needed,
        given_up: &[NodeId],
        silent: &[NodeId],
    ) -> Result<Plan, Shortfall> {
        let mut plan = Plan::default();
        for (number, (_, last)) in (0..).zip(ranges) {
            let leaves = self.lists.swap_at(*last).map(|swap| swap.leaves);
            let list = self.lists.at(*last);
            let place = |node: NodeId| list.iter().position(|owner| *owner == node);
            let mut owners = list.to_vec();
            owners.retain(|node| !given_up.contains(node) && !silent.contains(node));
            let rank = |node: &NodeId| {
                let is_leaving = needed.w.is_some() && leaves == Some(*node);
                (self.suspects(*node), is_leaving, *node != self.id, place(*node))
            };
            heap_sort(&mut owners, |one, other| rank(one).cmp(&rank(other)));
            let trusted = owners.iter().take_while(|node| !self.suspects(**node)).count();
            // Who is merely silent is not away: a fallback would have nothing of what it has.
            let is_away = |node: &NodeId| given_up.contains(node) || self.suspects(*node);
            let away = list.iter().copied().filter(is_away);
            let away: Vec<NodeId> = away.take(needed.answers.saturating_sub(trusted)).collect();
            let mut fallbacks = match needed.fallbacks_count && !away.is_empty() {
                true => self.lists.fallbacks(*last),
                false => Vec::new(),
            };
            let is_gone = |node: &NodeId| given_up.contains(node) || silent.contains(node);
            fallbacks.retain(|node| !is_gone(node) && !self.suspects(*node));
            fallbacks.truncate(away.len());
            for substitute in away.into_iter().zip(fallbacks.iter().copied()) {
                if !plan.substitutes.contains(&substitute) {
                    plan.substitutes.push(substitute);
                }
            }
            owners.splice(trusted..trusted, fallbacks);
            if owners.len() < needed.answers {
                let (have, asked) = (owners.len() as u8, self.lists.n() as u8);
                return Err(Shortfall { have, needed: needed.answers as u8, asked });
            }
            for node in &owners[..needed.answers] {
                plan.ask(*node, number);
            }
        }
        Ok(plan)
    }
}
