//! The node as coordinator of a page: whom it asks, and what it makes of the answers.
//!
//! ```text
//!   ask ──▶ parts ──▶ merged, as far as all have told ──▶ room left? ─ yes ─▶ ask for what comes next
//!              │            ▲                                        └ no ──▶ the page
//!              └ consistent: repairs who lacks any of it, and waits;
//!                and holds a round about each item that is undecided
//! ```
//!
//! One answer for each token range is enough, unless the page is to be *consistent*: then it is those
//! of max(R, N − W + 1) owners, which meet every write that was acknowledged, and of W, who all have
//! what is answered before it is. Where rounds are held about an item, what a majority has voted for
//! is chosen; about anything else a round is held first, as a consistent read of it does.
//!
//! A page is no snapshot: each item is as it was at some instant while the page was put together.
//!
//! Where fallbacks count, they are asked about ranges whose owners are all away, as they are for a
//! read of one item: what they keep for others is in the page, and what only the owners have is not.
//! A consistent page never asks them.
//!
//! Caveats: a scan that takes longer than a request may ends early with what it has found, and fails
//! if that is nothing.

use std::sync::Arc;

use super::coordinate::{Operation, Stage};
use super::effect::Effects;
use super::message::{Address, Body};
use super::note::Note;
use super::page::{Page, Span};
use super::paging::{Gathered, Needed, Paging, Phase, cut};
use super::part::PageAsk;
use super::parts::Plan;
use super::step::Node;
use super::{Action, Answer, ClientRequest, Failure};
use crate::base::{Duration, Mutation, NodeId, RequestId, VirtualTime, mutated};
use crate::coordinator::{Found, Part, Seat, Tally, Vote, gather};

impl Node {
    /// Something about a page came from another node.
    pub(super) fn receive_of_page(
        &mut self,
        peer: NodeId,
        request: RequestId,
        body: Body,
        effects: &mut Effects,
    ) {
        match body {
            Body::PageAsk(ask) => self.tell_part(peer, request, &ask, effects),
            Body::PagePart { number, part } => {
                self.count_part(peer, request, number, *part, effects);
            }
            Body::PageRepair { number, entries } => {
                self.take_page_repair(peer, request, number, &entries, effects);
            }
            Body::PageRepaired { number } => {
                self.count_page_repair(peer, request, number, effects);
            }
            body => panic!("{} got a {} from {peer} for {request}", self.id, body.kind()),
        }
    }

    /// Coordinates the request of a page.
    pub(super) fn coordinate_page(
        &mut self,
        reply_to: Address,
        deadline: VirtualTime,
        request: RequestId,
        wanted: Arc<ClientRequest>,
        effects: &mut Effects,
    ) {
        let Some(paging) = Paging::new(self.id, Arc::clone(&wanted)) else { return };
        let (stage, epoch) = (Stage::Paging(Box::new(paging)), self.lists.epoch());
        let operation =
            Operation { reply_to, deadline, wanted, epoch, stage, fallbacks: Vec::new() };
        self.state.operations.insert(request, operation);
        self.ask_for_parts(request, effects);
    }

    pub(super) fn paging(&mut self, request: RequestId) -> Option<&mut Paging> {
        match &mut self.awake(request)?.stage {
            Stage::Paging(paging) => Some(paging),
            _ => None,
        }
    }

    /// How many owners of a token range have to answer.
    pub(super) fn answers_needed(&self, wanted: &ClientRequest) -> Needed {
        let n = self.lists.n();
        let Action::Page(page) = &wanted.action else { unreachable!("only pages are asked for") };
        if page.as_of().is_some() {
            let answers = self.answers_of_past(wanted);
            return Needed { answers, w: None, fallbacks_count: false };
        }
        if !page.is_consistent() {
            let answers = wanted.overrides.r.map_or(1, usize::from).min(n);
            return Needed { answers, w: None, fallbacks_count: self.settings.is_sloppy() };
        }
        let r = usize::from(self.needed(wanted, false, n));
        let w = usize::from(self.needed(wanted, true, n));
        let meets_all = n + 1 - w;
        let fewer = usize::from(mutated(Mutation::PageOfFewer) && meets_all > 1);
        let answers = r.max(meets_all).max(w) - fewer;
        Needed { answers, w: Some(w), fallbacks_count: false }
    }

    /// Asks for the next part of a page.
    pub(super) fn ask_for_parts(&mut self, request: RequestId, effects: &mut Effects) {
        let lists = Arc::clone(&self.lists);
        let Some(paging) = self.paging(request) else { return };
        let wanted = Arc::clone(&paging.wanted);
        let (given_up, silent) = (paging.given_up.clone(), paging.silent.clone());
        let needed = self.answers_needed(&wanted);
        let Some(paging) = self.paging(request) else { return };
        paging.ranges = paging.next_ranges(&lists, needed.answers);
        let ranges = paging.ranges.clone();
        match self.plan_parts(&ranges, needed, &given_up, &silent) {
            Ok(plan) => self.ask_planned(request, plan, effects),
            Err(shortfall) => {
                self.fail_page(request, Failure::QuorumImpossible(shortfall), effects);
            }
        }
    }

    fn ask_planned(&mut self, request: RequestId, plan: Plan, effects: &mut Effects) {
        let (own, patience) = (self.id, self.page_patience());
        let Some(paging) = self.paging(request) else { return };
        let Plan { asked, substitutes } = plan;
        let seats: Vec<Seat> = asked.iter().map(|(node, _)| Seat::of_owner(*node)).collect();
        let ranges = match paging.page().span {
            Span::Collection { .. } => 0,
            Span::Segment { .. } => paging.ranges.len() as u32,
        };
        let needed = seats.len() as u8;
        paging.asked = asked;
        paging.number = paging.number.wrapping_add(1);
        paging.tally = Tally::new(seats.clone(), needed);
        let before =
            std::mem::replace(&mut paging.phase, Phase::Asking { parts: Vec::new(), patience });
        if let Phase::Asking { patience, .. } = before {
            self.end_patience(patience, request);
        }
        self.deadlines.set(patience, request);
        let owners = || seats.iter().map(|seat| seat.owner).collect();
        effects.note(|| Note::AsksForParts { request, owners: owners(), ranges });
        for (owner, fallback) in substitutes {
            effects.note(|| Note::Substituted { request, owner, fallback, counts: true });
        }
        for seat in seats.iter().filter(|seat| seat.replica != own) {
            self.ask_page(request, *seat, effects);
        }
        if let Some(seat) = seats.iter().find(|seat| seat.replica == own) {
            self.ask_page(request, *seat, effects);
        }
    }

    /// Until when who is asked may be silent, before others are asked.
    fn page_patience(&self) -> VirtualTime {
        self.time.now + Duration((self.settings.timeout.0 / 4).max(1))
    }

    /// Nobody is silent any more. Patience may end at the very instant of the request's deadline,
    /// which remains.
    fn end_patience(&mut self, patience: VirtualTime, request: RequestId) {
        if self.operation(request).deadline != patience {
            self.deadlines.clear(patience, request);
        }
    }

    /// Asks one replica for its part, or tells it again what it lacks.
    pub(super) fn ask_page(&mut self, request: RequestId, seat: Seat, effects: &mut Effects) {
        let own = self.id;
        let Some(paging) = self.paging(request) else { return };
        let number = paging.number;
        match &paging.phase {
            Phase::Asking { .. } => {
                let (limit, bytes) = paging.room();
                let mine = paging.asked.iter().filter(|(node, _)| *node == seat.replica);
                let ranges = mine.flat_map(|(_, ranges)| ranges);
                let ranges = ranges.filter_map(|at| paging.ranges.get(*at as usize).copied());
                let (page, ranges) = (Arc::clone(paging.page()), ranges.collect());
                let after = paging.after.clone();
                let ask = PageAsk { number, page, ranges, after, limit, bytes };
                if seat.replica != own {
                    let body = Body::PageAsk(Box::new(ask));
                    return effects.send(Address::Node(seat.replica), request, body);
                }
                match self.may_tell(&ask) {
                    true => {
                        let part = self.part_of(&ask);
                        self.count_part(own, request, number, part, effects);
                    }
                    false => self.lose_part(own, request, Vote::Rebuilding, effects),
                }
            }
            Phase::Repairing { sent, .. } => {
                let its = sent.iter().find(|(node, _)| *node == seat.replica);
                let Some((_, entries)) = its else { return };
                let entries = entries.clone();
                if seat.replica == own {
                    return self.take_page_repair(own, request, number, &entries, effects);
                }
                let body = Body::PageRepair { number, entries };
                effects.send(Address::Node(seat.replica), request, body);
            }
            Phase::Settling { .. } => {}
        }
    }

    /// Counts a replica's part.
    pub(super) fn count_part(
        &mut self,
        replica: NodeId,
        request: RequestId,
        number: u32,
        part: Part,
        effects: &mut Effects,
    ) {
        let Some(paging) = self.paging(request).filter(|paging| paging.number == number) else {
            return;
        };
        let Phase::Asking { parts, .. } = &mut paging.phase else { return };
        let Some((_, _, reached)) = paging.tally.voted(replica) else { return };
        let (items, is_all) = (part.entries.len() as u32, part.last.is_none());
        parts.push((replica, part));
        let (have, needed) = (paging.tally.quorum().have(), paging.tally.quorum().needed());
        effects.note(|| Note::ToldPart { request, replica, items, is_all, have, needed });
        if reached {
            self.conclude_parts(request, effects);
        }
    }

    /// All parts have come: merges them, and sees to it that nobody may miss what they say.
    fn conclude_parts(&mut self, request: RequestId, effects: &mut Effects) {
        let Some(paging) = self.paging(request) else { return };
        let Phase::Asking { parts, patience } = &mut paging.phase else { return };
        let (parts, patience) = (std::mem::take(parts), *patience);
        let (page, room) = (Arc::clone(paging.page()), paging.room().0);
        let (mut found, mut end) = gather(&parts, page.reverse);
        if let Some(at) = page.as_of() {
            self.undo_sweeps(&parts, &mut found, at);
        }
        cut(&mut found, &mut end, room, &page);
        self.end_patience(patience, request);
        let (lacking, undecided) = match page.is_consistent() {
            true => self.unsure(request, &found),
            false => Default::default(),
        };
        let entry = |found: Found| {
            let newest = found.held.newest();
            let item = newest.item.clone().map(|item| (item, newest.stamp));
            (found.key, item)
        };
        let entries = found.into_iter().map(entry).collect();
        let gathered = Gathered { entries, undecided, end };
        if lacking.is_empty() || mutated(Mutation::PageNotRepaired) {
            return self.settle_page(request, gathered, effects);
        }
        let Some(paging) = self.paging(request) else { return };
        let seats: Vec<Seat> = lacking.iter().map(|(node, _)| Seat::of_owner(*node)).collect();
        let needed = seats.len() as u8;
        paging.phase = Phase::Repairing { sent: lacking, gathered };
        paging.tally = Tally::new(seats.clone(), needed);
        let replicas = || seats.iter().map(|seat| seat.replica).collect();
        let (blocking, have) = (true, 0);
        effects.note(|| Note::Repairs { request, replicas: replicas(), blocking, have, needed });
        for seat in &seats {
            self.ask_page(request, *seat, effects);
        }
    }

    /// What was gathered is sure: puts it into the page, and asks for more or answers.
    pub(super) fn turn_page(
        &mut self,
        request: RequestId,
        gathered: Gathered,
        effects: &mut Effects,
    ) {
        let Some(paging) = self.paging(request) else { return };
        let Gathered { entries, end, .. } = gathered;
        let has_room = paging.put(entries);
        paging.advance(end);
        let is_all = has_room && paging.is_through();
        if has_room && !is_all {
            return self.ask_for_parts(request, effects);
        }
        let page = paging.finish(is_all);
        self.end_page(request, Answer::Page(Arc::new(page)), effects);
    }

    pub(super) fn fail_page(
        &mut self,
        request: RequestId,
        failure: Failure,
        effects: &mut Effects,
    ) {
        effects.note(|| Note::Missed { request, failure });
        self.end_page(request, Answer::Failed(failure), effects);
    }

    fn end_page(&mut self, request: RequestId, answer: Answer, effects: &mut Effects) {
        let Some(operation) = self.state.operations.remove(request) else { return };
        self.deadlines.clear(operation.deadline, request);
        if let Stage::Paging(paging) = &operation.stage
            && let Phase::Asking { patience, .. } = paging.phase
        {
            self.deadlines.clear(patience, request);
        }
        self.charge(&operation.wanted, &answer);
        let as_of = match &operation.wanted.action {
            Action::Page(page) => page.as_of(),
            _ => None,
        };
        // The past is shown as it was.
        let answer = if as_of.is_some() { answer } else { self.without_expired(request, answer) };
        effects.send(operation.reply_to, request, Body::Reply(answer));
    }

    /// A replica that was asked will not answer: asks others in its stead. At the deadline the page
    /// ends with what it has.
    pub(super) fn lose_part(
        &mut self,
        replica: NodeId,
        request: RequestId,
        vote: Vote,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.state.operations.get_mut(request) else { return };
        let Stage::Paging(paging) = &mut operation.stage else { return };
        if !paging.tally.waiting().iter().any(|seat| seat.replica == replica) {
            return;
        }
        let quorum = *paging.tally.quorum();
        let (have, needed) = (quorum.have(), quorum.needed());
        effects.note(|| Note::Voted { request, replica, vote, stamp: None, have, needed });
        let was_asked = paging.asked.iter().any(|(node, _)| *node == replica);
        if !was_asked && vote != Vote::TimedOut {
            let failure = Failure::QuorumImpossible(quorum.shortfall());
            return self.fail_page(request, failure, effects);
        }
        if vote != Vote::TimedOut {
            paging.given_up.push(replica);
            return self.ask_for_parts(request, effects);
        }
        if paging.done.items.is_empty() || paging.page().order().is_some() {
            return self.fail_page(request, Failure::TimedOut(quorum.shortfall()), effects);
        }
        let page: Page = paging.finish(false);
        self.end_page(request, Answer::Page(Arc::new(page)), effects);
    }

    /// Those who were asked for their parts have been silent for long: asks others, if there are
    /// any. Whether there is still time.
    pub(super) fn hurry_page(&mut self, request: RequestId, effects: &mut Effects) -> bool {
        let now = self.time.now;
        let Some(operation) = self.state.operations.get(request) else { return false };
        let Stage::Paging(paging) = &operation.stage else { return false };
        if now >= operation.deadline {
            return false;
        }
        let is_late = matches!(paging.phase, Phase::Asking { patience, .. } if patience <= now);
        let waiting = paging.tally.waiting().iter().map(|seat| seat.replica);
        let silent: Vec<NodeId> = paging.silent.iter().copied().chain(waiting).collect();
        let given_up = paging.given_up.clone();
        let (ranges, needed) = (paging.ranges.clone(), self.answers_needed(&paging.wanted));
        if is_late && let Ok(plan) = self.plan_parts(&ranges, needed, &given_up, &silent) {
            if let Some(paging) = self.paging(request) {
                paging.silent = silent;
            }
            self.ask_planned(request, plan, effects);
        }
        true
    }

    /// Asks anew, in an epoch that has just begun.
    pub(super) fn rerun_page(&mut self, request: RequestId, effects: &mut Effects) {
        self.operation_mut(request).epoch = self.lists.epoch();
        if let Some(paging) = self.paging(request) {
            paging.given_up.clear();
            paging.silent.clear();
        }
        self.ask_for_parts(request, effects);
    }
}
