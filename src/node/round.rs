//! The node as proposer: one round after the other, until a version is chosen or time is up.

use std::sync::Arc;

use super::acceptor::Refusal;
use super::change::Outcome;
use super::consensus::{Attempt, PendingProposal, Phase};
use super::coordinate::{Operation, Stage};
use super::effect::Effects;
use super::message::Told;
use super::note::Note;
use super::settings::QuorumMode;
use super::step::Node;
use super::{Action, Answer, Failure};
use crate::base::{Duration, Mutation, NodeId, RequestId, mutated};
use crate::causality::Stamp;
use crate::consensus::Proposal;
use crate::coordinator::{Shortfall, Vote};
use crate::data::{Item, TableSchema};
use crate::storage::Version;

/// What comes of the promises.
enum Decision {
    /// To propose what was found once more.
    Again(Version),
    /// To propose the request's own write. `before`: the item that it replaces.
    Own { version: Version, before: Option<Arc<Item>> },
    /// To answer at once.
    Answer(Answer),
}

impl Node {
    /// Says which ballot the attempt of a request is at, and asks all owners for their promises.
    pub(super) fn prepare(&mut self, request: RequestId, effects: &mut Effects) {
        let Stage::Round(attempt) = &self.operation(request).stage else { return };
        let ballot = attempt.proposal.ballot();
        let (needed, w) = (attempt.tally.quorum().needed(), self.settings.w);
        let is_strict = self.settings.modes.quorum == QuorumMode::Strict;
        let is_exclusive = is_strict && needed + w > attempt.tally.quorum().asked();
        effects.note(|| Note::Prepares { request, ballot, needed, is_exclusive });
        self.ask_all(request, effects);
    }

    /// Begins another attempt in an epoch that has just begun: votes of the last one do not count.
    pub(super) fn rerun_round(&mut self, request: RequestId, effects: &mut Effects) {
        let epoch = self.lists.epoch();
        let key = self.operation(request).wanted.key.clone();
        let tally = self.round_tally(&key);
        let operation = self.operation_mut(request);
        operation.epoch = epoch;
        let Stage::Round(attempt) = &mut operation.stage else { return };
        attempt.tally = tally;
        if !matches!(attempt.phase, Phase::Waiting { .. }) {
            self.begin_attempt(request, effects);
        }
    }

    /// The attempt of a request, if it is at this ballot and may still do something.
    fn attempt_at(&mut self, request: RequestId, ballot: Stamp) -> Option<&mut Attempt> {
        match &mut self.awake(request)?.stage {
            Stage::Round(attempt) if attempt.proposal.ballot() == ballot => Some(attempt),
            _ => None,
        }
    }

    /// Counts an owner's promise.
    pub(super) fn count_promise(
        &mut self,
        owner: NodeId,
        request: RequestId,
        ballot: Stamp,
        Told { version, accepted }: Told,
        effects: &mut Effects,
    ) {
        let Some(attempt) = self.attempt_at(request, ballot) else { return };
        if attempt.phase != Phase::Preparing {
            return;
        }
        let Some((_, vote, reached)) = attempt.tally.voted(owner) else { return };
        let stamp = version.as_ref().map(|version| version.stamp);
        attempt.proposal.promised(version.map(|version| (version.stamp, version)), accepted);
        self.note_vote(request, owner, vote, stamp, effects);
        if reached {
            match self.decide(request, effects) {
                Decision::Again(version) => self.propose(request, version, None, effects),
                Decision::Own { version, before } => {
                    self.propose(request, version, Some(before), effects);
                }
                Decision::Answer(answer) => self.answer(request, answer, effects),
            }
        }
        self.forget_if_settled(request, effects);
    }

    /// Enough owners have promised: what is to be made of what they told.
    fn decide(&mut self, request: RequestId, effects: &mut Effects) -> Decision {
        let Operation { wanted, stage, .. } = self.operation(request);
        let Stage::Round(attempt) = stage else { unreachable!("promises are counted in a round") };
        let ballot = attempt.proposal.ballot();
        let found = attempt.proposal.found().map(|(_, version)| version);
        let stamp = found.map(|version| version.stamp);
        let own = |item, before| Decision::Own {
            version: Version { stamp: ballot, item, context: None },
            before,
        };
        if let (true, Some(found)) = (wanted.action.depends_on_found(), found) {
            let mut pending = attempt.pending.iter();
            if let Some(made) = pending.find(|it| it.ballot == found.stamp)
                && !mutated(Mutation::UpdateAppliedAgain)
            {
                return own(found.item.clone(), made.before.clone());
            }
            if attempt.pending.iter().any(|it| it.ballot < found.stamp) {
                let failure = Failure::Overtaken;
                effects.note(|| Note::Missed { request, failure });
                return Decision::Answer(Answer::Failed(failure));
            }
        }
        let schema = self.settings.tables.get(wanted.key.table());
        match outcome(&wanted.action, found, schema) {
            Some(Outcome::Write(item)) => {
                return own(item, found.and_then(|found| found.item.clone()));
            }
            Some(Outcome::ConditionFalse) => {
                effects.note(|| Note::ConditionFalse { request, found: stamp });
            }
            Some(Outcome::Rejected(_)) => {
                effects.note(|| Note::CannotChange { request, found: stamp });
            }
            None => {}
        }
        // Votes are not told apart by list: while there are two, what was found is proposed again. So it
        // is when somebody may have accepted what this request proposed itself: unless a majority
        // votes at a higher ballot, that could still be found and chosen.
        let is_in_one_list = self.lists.swap_at(wanted.key.position).is_none();
        let votes = attempt.proposal.votes_for_found();
        let is_chosen = is_in_one_list
            && attempt.pending.is_empty()
            && votes >= attempt.tally.quorum().needed()
            || !wanted.action.is_write() && mutated(Mutation::FoundNotProposed);
        match found {
            Some(found) if !is_chosen => {
                Decision::Again(Version { stamp: ballot, ..found.clone() })
            }
            None if !attempt.pending.is_empty() => {
                let failure = Failure::Overtaken;
                effects.note(|| Note::Missed { request, failure });
                Decision::Answer(Answer::Failed(failure))
            }
            found => {
                effects.note(|| Note::FoundChosen { request, found: stamp });
                Decision::Answer(answer_with(&wanted.action, found, schema))
            }
        }
    }

    /// Asks all owners to accept a version. `own`: it is what the request writes, in the place of
    /// this item.
    fn propose(
        &mut self,
        request: RequestId,
        version: Version,
        own: Option<Option<Arc<Item>>>,
        effects: &mut Effects,
    ) {
        let tally = self.round_tally(&self.operation(request).wanted.key);
        let Stage::Round(attempt) = &mut self.operation_mut(request).stage else { return };
        let ballot = version.stamp;
        let found = attempt.proposal.found().map(|(stamp, _)| *stamp);
        let is_own = own.is_some();
        if let Some(before) = own {
            attempt.has_proposed = true;
            let owners = tally.waiting().iter().map(|seat| seat.owner).collect();
            attempt.pending.push(PendingProposal { ballot, owners, before });
        }
        attempt.phase = Phase::Accepting { version, is_own };
        attempt.tally = tally;
        let found = found.filter(|_| !is_own);
        effects.note(|| Note::Proposes { request, ballot, found });
        self.ask_all(request, effects);
    }

    /// Counts an owner's vote for what was proposed.
    pub(super) fn count_accepted(
        &mut self,
        owner: NodeId,
        request: RequestId,
        ballot: Stamp,
        effects: &mut Effects,
    ) {
        let Some(attempt) = self.attempt_at(request, ballot) else { return };
        let Phase::Accepting { version, is_own } = &attempt.phase else { return };
        let (version, is_own) = (version.clone(), *is_own);
        let Some((_, vote, reached)) = attempt.tally.voted(owner) else { return };
        let made = attempt.pending.iter().find(|it| it.ballot == ballot);
        let before = made.filter(|_| reached).and_then(|made| made.before.clone());
        self.note_vote(request, owner, vote, Some(ballot), effects);
        if reached {
            self.note_reached(request, Vec::new(), effects);
            let wanted = &self.operation(request).wanted;
            let schema = self.settings.tables.get(wanted.key.table());
            let answer = match &wanted.action {
                Action::Change(_) if is_own => {
                    Answer::Changed { stamp: ballot, before, after: version.item }
                }
                _ if is_own => Answer::Written { stamp: ballot },
                action => answer_with(action, Some(&version), schema),
            };
            self.answer(request, answer, effects);
        }
        self.forget_if_settled(request, effects);
    }

    /// Counts an owner's refusal, at whatever ballot it was asked.
    pub(super) fn count_preempted(
        &mut self,
        owner: NodeId,
        request: RequestId,
        Refusal { ballot, highest, never }: Refusal,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.awake(request) else { return };
        let Stage::Round(attempt) = &mut operation.stage else { return };
        if never {
            attempt.forget_pending(ballot, owner);
        }
        let is_waiting = matches!(attempt.phase, Phase::Waiting { .. });
        if attempt.proposal.ballot() == ballot && !is_waiting {
            attempt.preempted_by = attempt.preempted_by.max(Some(highest));
            self.lose_vote(owner, request, Vote::Preempted, effects);
        }
    }

    /// The votes of an attempt cannot come any more: tries again if that is because of higher ballots,
    /// else gives up.
    pub(super) fn lose_round(
        &mut self,
        request: RequestId,
        shortfall: Shortfall,
        is_time_up: bool,
        effects: &mut Effects,
    ) {
        let timeout = self.settings.timeout;
        let now = self.time.now;
        let operation = self.operation(request);
        let (deadline, key) = (operation.deadline, operation.wanted.key.clone());
        let is_write = operation.wanted.action.is_write();
        let Stage::Round(attempt) = &operation.stage else { return };
        let (earlier, has_proposed) = (attempt.earlier, attempt.has_proposed);
        let preempted_by = attempt.preempted_by.filter(|_| !is_time_up && now < deadline);
        let Some(highest) = preempted_by else {
            let failure = match is_time_up {
                _ if is_write && !has_proposed => Failure::NotProposed(shortfall),
                true => Failure::TimedOut(shortfall),
                false => Failure::QuorumImpossible(shortfall),
            };
            effects.note(|| Note::Missed { request, failure });
            return self.answer(request, Answer::Failed(failure), effects);
        };
        // From a 64th of the timeout on, doubled each time, up to a quarter.
        let most = (timeout.0 >> 6u8.saturating_sub(earlier).max(2)).max(1);
        let after = Duration(1 + self.state.background.choices.below(most));
        let until = (now + after).min(deadline);
        let tally = self.round_tally(&key);
        let Stage::Round(attempt) = &mut self.operation_mut(request).stage else { return };
        attempt.phase = Phase::Waiting { until };
        attempt.tally = tally;
        attempt.earlier = earlier.saturating_add(1);
        self.deadlines.set(until, request);
        effects.note(|| Note::TriesAgain { request, highest, after });
    }

    /// The time has come for another attempt, if it has. Whether it did.
    pub(super) fn propose_again(&mut self, request: RequestId, effects: &mut Effects) -> bool {
        let now = self.time.now;
        let Some(operation) = self.state.operations.get(request) else { return false };
        let Stage::Round(attempt) = &operation.stage else { return false };
        let Phase::Waiting { until } = attempt.phase else { return now < operation.deadline };
        if now < until || now >= operation.deadline {
            return now < operation.deadline;
        }
        self.begin_attempt(request, effects);
        true
    }

    fn begin_attempt(&mut self, request: RequestId, effects: &mut Effects) {
        let operation = self.operation(request);
        let Stage::Round(attempt) = &operation.stage else { return };
        let above = attempt.preempted_by.max(Some(attempt.proposal.ballot()));
        let key = operation.wanted.key.clone();
        let ballot = self.new_ballot(&key, above, effects);
        let Stage::Round(attempt) = &mut self.operation_mut(request).stage else { return };
        attempt.proposal = Proposal::new(ballot);
        attempt.phase = Phase::Preparing;
        attempt.preempted_by = None;
        self.prepare(request, effects);
    }
}

/// What a write does where this was found; none for a read.
fn outcome(
    action: &Action,
    found: Option<&Version>,
    schema: Option<&TableSchema>,
) -> Option<Outcome> {
    Some(match action {
        Action::Change(change) => {
            change.outcome(found.and_then(|found| found.item.as_deref()), schema)
        }
        action if action.condition().is_some_and(|it| !it.holds_for(found)) => {
            Outcome::ConditionFalse
        }
        action if action.is_write() => Outcome::Write(action.item().cloned()),
        _ => return None,
    })
}

/// The answer of a read, or of a write that cannot be done, with what is there.
fn answer_with(action: &Action, found: Option<&Version>, schema: Option<&TableSchema>) -> Answer {
    let item = found.and_then(|version| version.item.clone());
    let stamp = found.map(|version| version.stamp);
    match outcome(action, found, schema) {
        Some(Outcome::Rejected(rejection)) => Answer::Rejected { rejection, stamp },
        Some(_) => Answer::ConditionFailed { item, stamp },
        None => Answer::Read { item, stamp },
    }
}
