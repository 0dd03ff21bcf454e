//! Requests and their answers.

use std::sync::Arc;

use super::known::{Known, KnownItem};
use super::{Checker, Verdict};
use crate::base::RequestId;
use crate::causality::{Context, Dot, Stamp};
use crate::data::Item;
use crate::lab::{Invariant, Trait};
use crate::node::{Action, Answer, ClientRequest, Failure};

impl Checker {
    pub(super) fn ask(&mut self, request: RequestId, wanted: &ClientRequest) -> Verdict {
        if let Action::Page(_) = wanted.action {
            return self.ask_page(request, wanted);
        }
        let key = self.items.iter().position(|item| item.key == wanted.key);
        let key = key.expect("only a plan's items are asked for");
        let known = Known::new(key as u8, wanted, self.order, self.items[key].before());
        let is_plain = wanted.action.is_write() && !wanted.action.depends_on_found();
        self.items[key].is_register &= !is_plain;
        assert_eq!(request.0 as usize, self.requests.len(), "requests are numbered from 0");
        self.requests.push(known);
        Ok(())
    }

    pub(super) fn judge(&mut self, request: RequestId, answer: &Answer) -> Verdict {
        self.requests[request.0 as usize].answered = Some(self.order);
        self.digest(request.0 ^ self.now.0 << 20);
        self.judge_outcome(request, answer)?;
        match answer {
            Answer::Written { stamp } | Answer::Changed { stamp, .. } => {
                self.digest_stamp(*stamp);
                self.judge_write(request, *stamp)
            }
            Answer::Read { item, stamp } => {
                stamp.iter().for_each(|stamp| self.digest_stamp(*stamp));
                match self.keeps_siblings {
                    true => self.judge_siblings(request, &[], &Context::default()),
                    false => self.judge_read(request, item.as_ref(), *stamp),
                }
            }
            Answer::ConditionFailed { item, stamp } => {
                stamp.iter().for_each(|stamp| self.digest_stamp(*stamp));
                self.judge_read(request, item.as_ref(), *stamp)
            }
            Answer::Rejected { stamp, .. } => {
                stamp.iter().for_each(|stamp| self.digest_stamp(*stamp));
                Ok(())
            }
            Answer::Page(page) => self.judge_page(request, page),
            Answer::Siblings { items, context } => {
                items.iter().for_each(|(stamp, _)| self.digest_stamp(*stamp));
                self.judge_siblings(request, items, context)
            }
            Answer::Failed(failure) => {
                let had = match failure {
                    Failure::QuorumImpossible(_) => Trait::Impossible,
                    Failure::TimedOut(_) => Trait::TimedOut,
                    Failure::NoAnswer => Trait::NoAnswer,
                    Failure::NoCoordinator | Failure::NoEntry | Failure::Throttled => {
                        Trait::NoCoordinator
                    }
                    Failure::NotProposed(_) => Trait::NotProposed,
                    Failure::Overtaken => Trait::Overtaken,
                };
                self.coverage.add(had);
                self.digest(had as u64);
                Ok(())
            }
        }
    }

    /// FNV, a word at a time: two runs of one plan are compared by it, and nothing depends on it.
    fn digest(&mut self, word: u64) {
        self.answers = (self.answers ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }

    pub(super) fn digest_stamp(&mut self, Stamp { time, dot }: Stamp) {
        self.digest(time.clock_us());
        self.digest(u64::from(time.logical()) << 32 | u64::from(dot.counter));
        self.digest(u64::from(dot.incarnation.0) << 16 | u64::from(dot.node.0));
    }

    fn judge_write(&mut self, request: RequestId, stamp: Stamp) -> Verdict {
        self.learn(request, stamp)?;
        let known = self.known(request);
        let (key, told) = (known.key, known.before.told);
        if self.promises.real_time
            && self.is_strict()
            && known.context.is_none()
            && self.meets_plain_writes(request)
            && told.is_some_and(|told| stamp <= told)
        {
            return self.fail(Invariant::RealTimeOrder, || {
                let told = told.expect("it was compared");
                format!("{request} was written as {stamp}, but {told} was told before it began")
            });
        }
        if known.context.as_ref().is_some_and(|context| self.saw_siblings(key, context)) {
            self.coverage.add(Trait::SiblingsReplaced);
        }
        let context = self.known(request).context.clone();
        let item = &mut self.items[usize::from(key)];
        item.acknowledged.push(request);
        item.stamps.push(stamp);
        item.highest = item.highest.max(Some(stamp));
        item.told = item.told.max(Some(stamp));
        context.iter().for_each(|context| item.replaced.join(context));
        Ok(())
    }

    /// Whether a writer had seen two versions of which none replaces the other. A sign of it only:
    /// that two of three last writes acknowledged did not see each other.
    fn saw_siblings(&self, key: u8, context: &Context) -> bool {
        let last = self.items[usize::from(key)].acknowledged.iter().rev().take(3);
        let seen: Vec<&Known> = last.map(|request| self.known(*request)).collect();
        let saw = |known: &Known, other: &Known| match (&known.context, other.stamp) {
            (Some(context), Some(stamp)) => context.contains(stamp.dot),
            _ => false,
        };
        let is_seen = |known: &Known| known.stamp.is_some_and(|stamp| context.contains(stamp.dot));
        let seen: Vec<&Known> = seen.into_iter().filter(|known| is_seen(known)).collect();
        let mut pairs = seen.iter().zip(seen.iter().skip(1));
        pairs.any(|(a, b)| !saw(a, b) && !saw(b, a))
    }

    /// Whether a version below `floor`, or nothing, is right because a tombstone was collected, or its
    /// item has expired.
    pub(super) fn is_excused(&self, key: u8, floor: Stamp, found: Option<Stamp>) -> bool {
        let began = found.map(|found| self.writer(key, found.dot).map_or(0, |known| known.began));
        let KnownItem { collected, swept, .. } = &self.items[usize::from(key)];
        // A page does not show what took its place.
        if found.is_none() && swept.keys().any(|tombstone| *tombstone >= floor) {
            return true;
        }
        collected.iter().any(|collected| {
            let told = self.writer(key, collected.dot).map_or(0, Known::told_at);
            *collected >= floor
                && began.is_none_or(|began| began > told && !self.promises.real_time)
        })
    }

    /// A read where the last writer wins.
    fn judge_read(
        &mut self,
        request: RequestId,
        item: Option<&Arc<Item>>,
        stamp: Option<Stamp>,
    ) -> Verdict {
        let key = self.known(request).key;
        if let Some(stamp) = stamp {
            self.check_written(request, key, stamp, item)?;
        }
        let before = &self.known(request).before;
        let (acknowledged, told) = (before.acknowledged, before.told);
        if self.is_strict() && self.meets_plain_writes(request) {
            self.check_not_below(request, key, acknowledged, stamp, Invariant::AcknowledgedIsRead)?;
            if self.promises.real_time {
                self.check_not_below(request, key, told, stamp, Invariant::RealTimeOrder)?;
            }
        }
        self.check_not_resurrected(request, key, stamp)?;
        if self.is_strict() {
            self.check_swept(key, stamp, acknowledged)?;
        }
        let item = &mut self.items[usize::from(key)];
        item.told = item.told.max(stamp);
        Ok(())
    }

    pub(super) fn check_not_below(
        &self,
        request: RequestId,
        key: u8,
        floor: Option<Stamp>,
        found: Option<Stamp>,
        invariant: Invariant,
    ) -> Verdict {
        let Some(floor) = floor else { return Ok(()) };
        if found >= Some(floor) || self.is_excused(key, floor, found) {
            return Ok(());
        }
        let is_back = self.is_resurrection(key, floor, found);
        let invariant = if is_back { Invariant::NoResurrection } else { invariant };
        self.fail(invariant, || {
            let found = found.map_or("nothing".to_owned(), |stamp| stamp.to_string());
            format!("{request} read {found}, but {floor} was known before it began")
        })
    }

    /// Whether a version below a delete was there before that was answered.
    pub(super) fn is_resurrection(&self, key: u8, floor: Stamp, found: Option<Stamp>) -> bool {
        let delete = self.writer(key, floor.dot).filter(|known| known.is_delete());
        let found = found.and_then(|found| self.writer(key, found.dot));
        delete
            .zip(found)
            .is_some_and(|(delete, found)| found.item.is_some() && found.began < delete.told_at())
    }

    /// What a read that began after a tombstone was collected must not return: what that deleted.
    fn check_not_resurrected(&self, request: RequestId, key: u8, found: Option<Stamp>) -> Verdict {
        let Some(found) = found else { return Ok(()) };
        let collected = &self.items[usize::from(key)].collected;
        let mut before = collected[..self.known(request).before.collected].iter();
        let back = before.find(|collected| {
            found < **collected && self.is_resurrection(key, **collected, Some(found))
        });
        match back {
            None => Ok(()),
            Some(collected) => self.fail(Invariant::NoResurrection, || {
                format!("{request} read {found}, although the tombstone {collected} was collected")
            }),
        }
    }

    /// Whether a version that a read returned was written, with that content.
    pub(super) fn check_written(
        &self,
        request: RequestId,
        key: u8,
        stamp: Stamp,
        item: Option<&Arc<Item>>,
    ) -> Verdict {
        let is_right = |known: &Known| {
            (known.stamp == Some(stamp) || self.is_ballot(key, stamp)) && known.writes(item)
        };
        let foundlings = &self.items[usize::from(key)].foundlings;
        let is_foundling = item.is_none() && foundlings.contains_key(&stamp.dot);
        match is_foundling || self.writer(key, stamp.dot).is_some_and(is_right) {
            true => Ok(()),
            false => self.fail(Invariant::NothingInvented, || {
                format!("{request} read {stamp}, which nobody wrote so")
            }),
        }
    }

    /// A read where siblings are kept.
    fn judge_siblings(
        &mut self,
        request: RequestId,
        items: &[(Stamp, Arc<Item>)],
        context: &Context,
    ) -> Verdict {
        let key = self.known(request).key;
        for (stamp, item) in items {
            self.check_written(request, key, *stamp, Some(item))?;
        }
        if items.len() > 1 {
            self.coverage.add(Trait::Siblings);
        }
        if !self.is_strict() {
            return Ok(());
        }
        let before = &self.known(request).before;
        let returned = |dot: Dot| items.iter().any(|(stamp, _)| stamp.dot == dot);
        let acknowledged = &self.items[usize::from(key)].acknowledged[..before.acknowledgements];
        for write in acknowledged {
            let known = self.known(*write);
            let Some(stamp) = known.stamp else { continue };
            let is_seen = context.contains(stamp.dot)
                && (returned(stamp.dot) || known.is_delete() || known.is_replaced);
            if !is_seen && !self.is_collected(key, stamp.dot) {
                return self.fail(Invariant::AcknowledgedIsSeen, || {
                    format!("{request} lacks {stamp}, which was acknowledged before it began")
                });
            }
        }
        let back = items.iter().find(|(stamp, _)| before.replaced.contains(stamp.dot));
        match back {
            None => Ok(()),
            Some((stamp, _)) => self.fail(Invariant::ReplacedIsGone, || {
                format!("{request} read {stamp}, which an acknowledged write had seen")
            }),
        }
    }

    /// Whether a collected tombstone was this version or replaced it.
    pub(super) fn is_collected(&self, key: u8, dot: Dot) -> bool {
        let item = &self.items[usize::from(key)];
        item.collected.iter().any(|collected| {
            let saw = |known: &Known| known.context.as_ref().is_some_and(|seen| seen.contains(dot));
            collected.dot == dot || self.writer(key, collected.dot).is_some_and(saw)
        })
    }
}
