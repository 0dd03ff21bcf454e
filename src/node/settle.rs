//! The node as coordinator of a consistent page: what makes sure that nobody misses what it says.
//!
//! Whoever was asked and lacks any of it is repaired first. But an item that rounds are held about is
//! left alone: if a majority has voted for what was found it is chosen, else a round about it is held
//! here, as for a consistent read of the item. The page waits meanwhile.

use std::sync::Arc;

use super::coordinate::Stage;
use super::effect::Effects;
use super::note::Note;
use super::paging::{Gathered, Paging, Phase};
use super::step::Node;
use super::{Action, Answer, ClientRequest, Overrides};
use crate::base::{NodeId, RequestId};
use crate::coordinator::Found;
use crate::storage::{Held, ItemKey};

/// What each replica lacks.
pub(super) type Lacking = Vec<(NodeId, Vec<(ItemKey, Held)>)>;

impl Node {
    /// Who lacks what of it, and which items nobody can be sure of before there was a round.
    pub(super) fn unsure(
        &mut self,
        request: RequestId,
        found: &[Found],
    ) -> (Lacking, Vec<ItemKey>) {
        let votes_needed = self.votes_in_round(self.lists.n());
        let lists = Arc::clone(&self.lists);
        let (mut lacking, mut undecided) = (Vec::new(), Vec::new());
        let Some(Paging { wanted, .. }) = self.paging(request) else { return (lacking, undecided) };
        let wanted = Arc::clone(wanted);
        let w = self.answers_needed(&wanted).w.unwrap_or_default();
        let Some(paging) = self.paging(request) else { return (lacking, undecided) };
        for Found { key, held, having, in_rounds, votes } in found {
            let swap = lists.swap_at(key.position);
            if *in_rounds {
                if *votes < votes_needed || swap.is_some() {
                    undecided.push(key.clone());
                }
                continue;
            }
            // While the range changes hands, W of the other list have to have it as well.
            let stay = |node: &NodeId| swap.is_none_or(|swap| *node != swap.leaves);
            let is_short = paging.asked_at(key.position).filter(stay).count() < w;
            let joins = swap.filter(|_| is_short).map(|swap| swap.joins);
            let all = paging.asked_at(key.position).chain(joins);
            for node in all.filter(|node| !having.contains(node)) {
                let entry = (key.clone(), held.clone());
                match lacking.iter_mut().find(|(other, _)| *other == node) {
                    Some((_, entries)) => entries.push(entry),
                    None => lacking.push((node, vec![entry])),
                }
            }
        }
        undecided.reverse();
        (lacking, undecided)
    }

    /// Counts a replica's word that it has what it lacked.
    pub(super) fn count_page_repair(
        &mut self,
        replica: NodeId,
        request: RequestId,
        number: u32,
        effects: &mut Effects,
    ) {
        let Some(paging) = self.paging(request).filter(|paging| paging.number == number) else {
            return;
        };
        let Phase::Repairing { .. } = paging.phase else { return };
        let Some((_, _, reached)) = paging.tally.voted(replica) else { return };
        let (have, needed) = (paging.tally.quorum().have(), paging.tally.quorum().needed());
        let gathered = reached.then(|| paging.take_gathered());
        effects.note(|| Note::Confirmed { request, replica, have, needed });
        if let Some(gathered) = gathered {
            self.settle_page(request, gathered, effects);
        }
    }

    /// Holds a round about the next item that is undecided; if there is none, goes on.
    pub(super) fn settle_page(
        &mut self,
        request: RequestId,
        gathered: Gathered,
        effects: &mut Effects,
    ) {
        let Some(key) = gathered.undecided.last().cloned() else {
            return self.turn_page(request, gathered, effects);
        };
        let Some(operation) = self.awake(request) else { return };
        let client = operation.wanted.client;
        let action = Action::GetConsistent;
        let overrides = Overrides::default();
        let wanted = ClientRequest { client, key: key.clone(), action, overrides, context: None };
        operation.wanted = Arc::new(wanted);
        let first = self.first_attempt(&key, None, effects);
        let operation = self.operation_mut(request);
        let Stage::Paging(mut paging) = std::mem::replace(&mut operation.stage, first) else {
            return;
        };
        paging.phase = Phase::Settling { gathered };
        if let Stage::Round(attempt) = &mut operation.stage {
            attempt.page = Some(paging);
        }
        effects.note(|| Note::Undecided { request, key });
        self.prepare(request, effects);
    }

    /// A round about an item of a page is over.
    pub(super) fn go_on_with_page(
        &mut self,
        request: RequestId,
        answer: &Answer,
        effects: &mut Effects,
    ) {
        let operation = self.operation_mut(request);
        let Stage::Round(attempt) = &mut operation.stage else { return };
        let Some(mut paging) = attempt.page.take() else { return };
        operation.wanted = Arc::clone(&paging.wanted);
        let mut gathered = paging.take_gathered();
        operation.stage = Stage::Paging(paging);
        match answer {
            Answer::Read { item, stamp } => {
                let key = gathered.undecided.pop();
                let mut entries = gathered.entries.iter_mut();
                if let Some((_, found)) = entries.find(|(other, _)| Some(other) == key.as_ref()) {
                    *found = item.clone().zip(*stamp);
                }
                self.settle_page(request, gathered, effects);
            }
            Answer::Failed(failure) => self.fail_page(request, *failure, effects),
            _ => {}
        }
    }
}
