//! What is decided by rounds: which versions they made, who won, and whether it was all in order.

use std::sync::Arc;

use super::known::KnownItem;
use super::linearizable::{Content, Makes, Operation, Seen, What, Writer, is_linearizable};
use super::{Checker, Verdict};
use crate::base::RequestId;
use crate::causality::Stamp;
use crate::coordinator::Vote;
use crate::data::{AttributeValue, Item};
use crate::lab::{Invariant, Trait};
use crate::node::{Action, Answer, Condition, Note};

/// What became of a request, as far as the order of all is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its version was written.
    Written,
    /// It wrote nothing, and was told that this is there, or nothing.
    Saw(Option<Stamp>),
    /// It wrote nothing and learned nothing.
    Nothing,
    /// Nobody knows.
    Unknown,
}

impl Checker {
    /// Takes in what nodes say of rounds.
    pub(super) fn notice_round(&mut self, note: &Note) -> Verdict {
        match note {
            Note::Proposes { request, ballot, found } => {
                self.coverage.add_if(found.is_some(), Trait::FoundProposed);
                return self.learn_ballot(*request, *ballot, *found);
            }
            Note::Undecided { request, key } => {
                self.coverage.add(Trait::PageSettled);
                let item = self.items.iter().position(|item| item.key == *key);
                let item = item.expect("only a plan's items are there");
                self.requests[request.0 as usize].key = item as u8;
            }
            Note::Prepares { request, .. } => {
                let known = &mut self.requests[request.0 as usize];
                known.in_round = true;
                self.items[usize::from(known.key)].has_rounds = true;
            }
            Note::AsksForParts { ranges, .. } => {
                self.coverage.add_if(*ranges > 1, Trait::SeveralRanges);
            }
            Note::FoundChosen { .. } => self.coverage.add(Trait::FoundChosen),
            Note::TriesAgain { .. } => self.coverage.add(Trait::TriedAgain),
            Note::TurnsToRound { .. } => self.coverage.add(Trait::TurnedToRound),
            Note::LearnsPromises { .. } => self.coverage.add(Trait::PromisesLearned),
            Note::Voted { vote: Vote::Preempted, .. } => self.coverage.add(Trait::PreemptedVote),
            _ => {}
        }
        Ok(())
    }

    /// A round proposes a version: its request's own, or once more the one that it `found`.
    fn learn_ballot(&mut self, request: RequestId, ballot: Stamp, found: Option<Stamp>) -> Verdict {
        let item = &mut self.items[usize::from(self.requests[request.0 as usize].key)];
        let writer = match found {
            None => Some(request),
            Some(found) => item.writes.get(&found.dot).copied(),
        };
        let Some(writer) = writer else {
            // What came to light on a crashed node's disk only, nobody knows the writer of: proposed
            // once more it is no better known.
            let foundling = found.and_then(|found| item.foundlings.get(&found.dot).copied());
            if let Some(request) = foundling {
                item.foundlings.insert(ballot.dot, request);
            }
            return Ok(());
        };
        item.ballots.insert(ballot.dot, ballot);
        match item.writes.insert(ballot.dot, writer) {
            None => Ok(()),
            Some(other) => self.fail(Invariant::DotsUnique, || {
                format!("{other} and {request} both proposed a version {}", ballot.dot)
            }),
        }
    }

    /// A version that a round proposed is durable somewhere: whoever wrote it.
    pub(super) fn note_durable(&mut self, request: RequestId, stamp: Stamp) {
        let item = &self.items[usize::from(self.known(request).key)];
        if let Some(writer) = item.writes.get(&stamp.dot) {
            self.requests[writer.0 as usize].is_durable = true;
        }
    }

    /// Whether a stamp is that of a version that a round made.
    pub(super) fn is_ballot(&self, key: u8, stamp: Stamp) -> bool {
        self.items[usize::from(key)].ballots.get(&stamp.dot) == Some(&stamp)
    }

    /// Whether few enough disks were lost for promises to hold.
    fn keeps_promises(&self) -> bool {
        !self.too_many_lost_for_rounds
    }

    /// Whether a round meets every plain write that was acknowledged before; where it need not,
    /// nothing is promised but about items that are only ever written by rounds.
    pub(super) fn meets_plain_writes(&self, request: RequestId) -> bool {
        let known = self.known(request);
        !known.in_round || self.promises.exclusive || self.items[usize::from(known.key)].is_register
    }

    /// Remembers what became of a request with a condition, or of a consistent read.
    pub(super) fn judge_outcome(&mut self, request: RequestId, answer: &Answer) -> Verdict {
        let known = &mut self.requests[request.0 as usize];
        let outcome = match answer {
            Answer::Written { .. } | Answer::Changed { .. } => Outcome::Written,
            Answer::Read { stamp, .. }
            | Answer::ConditionFailed { stamp, .. }
            | Answer::Rejected { stamp, .. } => Outcome::Saw(*stamp),
            Answer::Failed(failure) if failure.leaves_write_unknown() => Outcome::Unknown,
            Answer::Failed(_) | Answer::Siblings { .. } | Answer::Page(_) => Outcome::Nothing,
        };
        known.outcome = outcome;
        known.content = match answer {
            Answer::Changed { before, .. } => Some(content_of(before.as_ref())),
            Answer::Read { item, .. } | Answer::ConditionFailed { item, .. } => {
                Some(content_of(item.as_ref()))
            }
            _ => None,
        };
        let is_won = outcome == Outcome::Written && known.is_update;
        self.coverage.add_if(is_won, Trait::UpdateApplied);
        let known = &self.requests[request.0 as usize];
        let Some(condition) = known.action.condition() else { return Ok(()) };
        let key = known.key;
        match (outcome, condition) {
            (Outcome::Written, condition) => {
                self.coverage.add(Trait::RoundWon);
                match condition {
                    Condition::VersionIs(stamp) => self.win(key, request, stamp),
                    Condition::Absent => Ok(()),
                }
            }
            (Outcome::Saw(found), condition) => {
                self.coverage.add(Trait::ConditionFailed);
                let holds = match condition {
                    Condition::Absent => {
                        matches!(answer, Answer::ConditionFailed { item: None, .. })
                    }
                    Condition::VersionIs(stamp) => found == Some(stamp),
                };
                match holds {
                    false => Ok(()),
                    true => self.fail(Invariant::OneConditionWins, || {
                        format!("{request} was refused, although its condition held")
                    }),
                }
            }
            _ => Ok(()),
        }
    }

    /// A write that was to replace exactly this version did so: no other one may.
    fn win(&mut self, key: u8, request: RequestId, replaced: Stamp) -> Verdict {
        let other = self.items[usize::from(key)].won.insert(replaced, request);
        match other.filter(|_| self.keeps_promises()) {
            None => Ok(()),
            Some(other) => self.fail(Invariant::OneConditionWins, || {
                format!("{other} and {request} both replaced {replaced}")
            }),
        }
    }

    /// Whether what won replaced what it was to replace, and not what came in between.
    pub(super) fn check_replaced(&self) -> Verdict {
        if !self.keeps_promises() || self.too_many_lost || !self.promises.exclusive {
            return Ok(());
        }
        for item in &self.items {
            let acknowledged = item.acknowledged.iter();
            let mut stamps: Vec<_> = acknowledged.filter_map(|it| self.known(*it).stamp).collect();
            stamps.sort_unstable();
            for (replaced, request) in &item.won {
                let Some(own) = self.known(*request).stamp else { continue };
                let after = stamps.partition_point(|stamp| stamp <= replaced);
                let between = stamps.get(after).filter(|stamp| **stamp < own);
                if let Some(between) = between {
                    return self.fail(Invariant::OneConditionWins, || {
                        format!("{request} replaced {replaced}, but {between} came in between")
                    });
                }
            }
        }
        Ok(())
    }

    /// Whether everything about items that were only ever written by rounds was in order.
    pub(super) fn check_registers(&mut self) -> Verdict {
        if !self.keeps_promises() || self.keeps_siblings {
            return Ok(());
        }
        for key in 0..self.items.len() {
            let item = &self.items[key];
            if !item.is_register || !item.has_rounds {
                continue;
            }
            let history = self.history(key as u8);
            match is_linearizable(history) {
                Some(true) => self.coverage.add(Trait::RegisterInOrder),
                Some(false) => {
                    let item = &self.items[key].key;
                    return self.fail(Invariant::RegisterLinearizable, || {
                        format!("there is no order of what was done to {item} and found there")
                    });
                }
                None => {}
            }
        }
        Ok(())
    }

    /// What was done to an item by rounds, and found there by consistent reads.
    fn history(&self, key: u8) -> Vec<Operation> {
        let item = &self.items[usize::from(key)];
        let mut history = Vec::new();
        for (number, known) in (0..).zip(&self.requests) {
            let (began, ended) = (known.began, known.answered);
            for (_, found, content) in known.found.iter().filter(|(of, ..)| *of == key) {
                let (what, content) = (What::Saw(seen(item, *found)), Some(*content));
                history.push(Operation { began, ended, what, content });
            }
            if known.key != key || matches!(known.action, Action::Get | Action::Page(_)) {
                continue;
            }
            let makes = match () {
                () if known.is_update => Makes::OneMore,
                () if known.is_delete() => Makes::Nothing,
                () => Makes::Item,
            };
            let wrote = |found| What::Wrote { version: number, makes, found };
            let wanted = known.action.condition().and_then(|condition| match condition {
                Condition::Absent => Some(Seen::Absent),
                Condition::VersionIs(stamp) => writer(item, stamp).map(Seen::Version),
            });
            let wanted = wanted.or(known.is_update.then_some(Seen::Anything));
            let (what, ended) = match (known.outcome, wanted) {
                (Outcome::Saw(found), _) => (What::Saw(seen(item, found)), known.answered),
                // A version that nobody ever wrote cannot have been replaced.
                (Outcome::Written, found) => {
                    (wrote(found.unwrap_or(Seen::Version(Writer::MAX))), known.answered)
                }
                (Outcome::Unknown, Some(found)) => (wrote(found), None),
                (Outcome::Unknown | Outcome::Nothing, _) => continue,
            };
            history.push(Operation { began, ended, what, content: known.content });
        }
        history
    }
}

/// What an item is like, as far as requests make it differ.
pub(super) fn content_of(item: Option<&Arc<Item>>) -> Content {
    let item = item?;
    let put = match item.get("v") {
        Some(AttributeValue::S(number)) => number.parse().ok(),
        _ => None,
    };
    let count = match item.get("n") {
        Some(AttributeValue::N(number)) => number.to_string().parse().unwrap_or(u32::MAX),
        _ => 0,
    };
    Some((put, count))
}

/// Which request wrote a version.
fn writer(item: &KnownItem, stamp: Stamp) -> Option<Writer> {
    item.writes.get(&stamp.dot).map(|request| request.0)
}

fn seen(item: &KnownItem, stamp: Option<Stamp>) -> Seen {
    stamp.and_then(|stamp| writer(item, stamp)).map_or(Seen::Absent, Seen::Version)
}
