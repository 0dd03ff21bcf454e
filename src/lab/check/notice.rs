//! Everything but requests and answers: what nodes decide, and what befalls them.

use super::{Checker, Verdict};
use crate::base::NodeId;
use crate::coordinator::Vote;
use crate::lab::Trait;
use crate::node::{Cause, Note};
use crate::ring::{Change, Turn, Wish};
use crate::sim::{Alteration, Command, EventKind, Loss};
use crate::storage::Applied;

impl Checker {
    pub(super) fn notice(&mut self, kind: &EventKind) -> Verdict {
        match kind {
            EventKind::Noted { note, node } => return self.notice_note(*node, note),
            EventKind::Commanded(command) => self.notice_command(command),
            EventKind::Wiped { node, .. } => self.lose(*node),
            EventKind::Crashed { lost_records, survived, .. } => {
                self.has_survivors |= *survived > 0;
                self.coverage.add_if(*survived > 0, Trait::UnsyncedSurvived);
                self.coverage.add_if(*lost_records > 0, Trait::UnsyncedLost);
            }
            EventKind::TornRecordCut { .. } => self.coverage.add(Trait::TornRecordCut),
            EventKind::Skipped { .. } => self.coverage.add(Trait::Skipped),
            EventKind::Duplicated { .. } => self.coverage.add(Trait::Duplicated),
            EventKind::Held { .. } => self.coverage.add(Trait::Held),
            EventKind::Lost { why, .. } => self.coverage.add(match why {
                Loss::Split => Trait::LostInSplit,
                Loss::Link | Loss::NoWord | Loss::ByHand | Loss::WithTable => Trait::LostOnLink,
                Loss::Expired => Trait::Expired,
            }),
            _ => {}
        }
        Ok(())
    }

    fn notice_command(&mut self, command: &Command) {
        self.commanded += 1;
        self.coverage.add_if(self.commanded > self.given, Trait::Scheduled);
        if let Command::Wish(Wish::Change(Change::Replace { node, .. })) = command {
            self.lose(*node);
        }
        let coverage = &mut self.coverage;
        match command {
            Command::Crash(_) => coverage.add(Trait::Crash),
            Command::Restart(_) => coverage.add(Trait::Restart),
            Command::Wipe(_) => coverage.add(Trait::Wipe),
            Command::Pause(_) => coverage.add(Trait::Pause),
            Command::Resume(_) => coverage.add(Trait::Resume),
            Command::Alter(_, Alteration::DropIndex(_)) => self.any_index_dropped = true,
            Command::Heal => coverage.add(Trait::Heal),
            Command::Slow { by, .. } => coverage.add_if(by.0 > 0, Trait::Slow),
            Command::SetClock { skew, drift_ppm, .. } => {
                coverage.add_if(skew.is_some_and(|skew| skew.0 != 0), Trait::Skew);
                coverage.add_if(drift_ppm.is_some_and(|ppm| ppm != 0), Trait::Drift);
            }
            Command::Split(split) => {
                coverage.add(if split.oneway { Trait::OneWaySplit } else { Trait::Split });
            }
            Command::SetLink { fault, .. } => {
                coverage.add_if(fault.latency.0 > 0, Trait::BadLink);
                coverage.add_if(fault.loss > 0, Trait::LossyLink);
                coverage.add_if(fault.duplicate > 0, Trait::DoublingLink);
            }
            _ => {}
        }
    }

    fn notice_note(&mut self, node: NodeId, note: &Note) -> Verdict {
        match note {
            Note::Applied { outcome, cause: Cause::Index, .. } => {
                self.coverage.add_if(*outcome == Applied::Stored, Trait::EntryStored);
            }
            Note::Applied { request, stamp, outcome, cause } => {
                self.coverage.add_if(*outcome == Applied::Superseded, Trait::Superseded);
                let is_handoff = *cause == Cause::Handoff && *outcome == Applied::Stored;
                self.coverage.add_if(is_handoff, Trait::HandoffApplied);
                if let (Cause::Round, Some(request)) = (cause, request) {
                    self.note_durable(*request, *stamp);
                }
                if let (Cause::Write, Some(request)) = (cause, request) {
                    self.learn(*request, *stamp)?;
                    self.requests[request.0 as usize].is_durable = true;
                }
            }
            Note::KeepsHint { request, stamp, .. } => {
                self.coverage.add(Trait::HintKept);
                if let Some(request) = request.filter(|request| self.known(*request).is_write) {
                    self.learn(request, *stamp)?;
                    self.requests[request.0 as usize].is_durable = true;
                }
            }
            Note::Sweeps { key, expired, stamp } => {
                return self.note_swept(key, *expired, *stamp);
            }
            Note::Rebuilt => {
                self.losses.retain(|lost| *lost != node);
                self.coverage.add(Trait::Rebuilt);
            }
            Note::Collected { key, .. } if key.is_entry() => {
                self.coverage.add(Trait::EntryCollected);
            }
            Note::Collected { key, stamp } => {
                self.coverage.add(Trait::Collected);
                let item = self.items.iter_mut().find(|item| item.key == *key);
                let collected = &mut item.expect("only a plan's items are there").collected;
                if !collected.contains(stamp) {
                    collected.push(*stamp);
                }
            }
            Note::Agreed { turn, .. } => self.notice_turn(turn),
            note => {
                self.notice_mechanism(note);
                return self.notice_round(note);
            }
        }
        Ok(())
    }

    fn notice_turn(&mut self, turn: &Turn) {
        match turn {
            // Its successor has what it had.
            Turn::Done(Change::Replace { node, .. }) => {
                self.losses.retain(|lost| lost != node);
                self.coverage.add(Trait::NodeReplaced);
                self.coverage.add(Trait::ChangeDone);
            }
            Turn::Done(_) => self.coverage.add(Trait::ChangeDone),
            Turn::Cancelled(_) => self.coverage.add(Trait::ChangeCancelled),
            _ => {}
        }
    }

    /// A disk, and what was on it, is out of reach for ever.
    fn lose(&mut self, node: NodeId) {
        self.any_disk_lost = true;
        if !self.losses.contains(&node) {
            self.losses.push(node);
        }
        self.too_many_lost |= self.losses.len() > self.promises.losses;
        self.too_many_lost_for_rounds |= self.losses.len() > self.promises.losses_for_rounds;
    }

    fn notice_mechanism(&mut self, note: &Note) {
        let coverage = &mut self.coverage;
        match note {
            Note::Voted { vote: Vote::Late, .. } => coverage.add(Trait::LateVote),
            Note::Voted { vote: Vote::Rebuilding, .. } => coverage.add(Trait::RebuildingVote),
            Note::Reached { stale, .. } => coverage.add_if(!stale.is_empty(), Trait::StaleRead),
            Note::Substituted { counts: true, .. } => coverage.add(Trait::SubstituteCounted),
            Note::Substituted { counts: false, .. } => coverage.add(Trait::SubstituteUncounted),
            Note::Surpasses { highest, .. } => {
                coverage.add_if(highest.is_some(), Trait::Surpassed);
            }
            Note::Repairs { blocking: true, .. } => coverage.add(Trait::RepairFirst),
            Note::Repairs { blocking: false, .. } => coverage.add(Trait::RepairAfterwards),
            Note::Queues { gone: true, .. } => coverage.add(Trait::EntryReplaced),
            Note::Filled { items: 1.., .. } => coverage.add(Trait::IndexFilled),
            Note::Discarded { items: 1.., .. } => coverage.add(Trait::IndexDropped),
            Note::FoundMissing { .. } => coverage.add(Trait::EntryMissing),
            Note::Disowned { .. } => coverage.add(Trait::EntryDisowned),
            Note::HandedOver { .. } => coverage.add(Trait::HandedOver),
            Note::Suspects { phi: Some(_), .. } => coverage.add(Trait::SuspectedByPhi),
            Note::Suspects { phi: None, .. } => coverage.add(Trait::SuspectedByRefusal),
            Note::Trusts { .. } => coverage.add(Trait::TrustedAgain),
            Note::Exchanged { sent, received, .. } => {
                coverage.add_if(sent + received > 0, Trait::AntiEntropy);
            }
            Note::Rebuilding { .. } => coverage.add(Trait::RebuildBegun),
            Note::InBothLists { .. } => coverage.add(Trait::BothLists),
            Note::Reruns { .. } => coverage.add(Trait::Reran),
            Note::Complete { items: 1.. } => coverage.add(Trait::Streamed),
            Note::Dropped { .. } => coverage.add(Trait::StraysDropped),
            Note::Waits { .. } => coverage.add(Trait::ChangeWaits),
            Note::Leaves => coverage.add(Trait::NodeLeft),
            Note::Balanced { .. } => coverage.add(Trait::Balanced),
            Note::NotBalanced(_) | Note::HotKey(_) => coverage.add(Trait::NotBalanced),
            _ => {}
        }
    }
}
