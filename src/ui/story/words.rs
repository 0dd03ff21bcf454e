//! A story in words.

use super::{Ballot, Round, Standing, Story};
use crate::base::{Duration, NodeId};
use crate::coordinator::Vote;
use crate::node::Answer;
use crate::ring::Swap;

impl Story {
    /// How it stands, in a sentence for each thing worth saying.
    pub fn words(&self) -> String {
        let mut words = match &self.answer {
            Some((answer, took)) => self.answer_words(answer, *took),
            None => self.open_words(),
        };
        self.attempt_words(&mut words);
        self.both_words(&mut words);
        self.stale_words(&mut words);
        self.repair_words(&mut words);
        self.stand_in_words(&mut words);
        words
    }

    fn open_words(&self) -> String {
        let what = if self.is_write() { "write" } else { "read" };
        match (&self.standing, self.coordinator) {
            (Standing::Reached { .. }, Some(coordinator)) => format!(
                "Quorum reached: {coordinator} has {} of {} votes and answers.",
                self.have.max(self.needed),
                self.needed
            ),
            (Standing::Missed { failure, .. }, Some(coordinator)) => {
                format!("No quorum: {coordinator} has {failure}.")
            }
            (_, Some(coordinator)) if let Some(round) = self.round => {
                self.round_words(coordinator, round)
            }
            (_, Some(coordinator)) => format!(
                "{coordinator} coordinates this {what}: {} of {} votes so far.",
                self.have, self.needed
            ),
            (_, None) => format!("The client looks for a coordinator for its {what}."),
        }
    }

    /// The half of a round that goes on.
    fn round_words(&self, coordinator: NodeId, round: Round) -> String {
        let (have, needed) = (self.have, self.needed);
        let doubt = if self.is_condition_false { "The condition does not hold. " } else { "" };
        match round {
            Round::Preparing => format!(
                "{coordinator} prepares a round: {have} of {needed} owners have promised so far to \
                 take nothing older."
            ),
            Round::Accepting { is_found: false } => format!(
                "{coordinator} has its promises and proposes its version: {have} of {needed} owners \
                 have voted for it so far."
            ),
            Round::Accepting { is_found: true } => format!(
                "{doubt}{coordinator} proposes once more what it found, so that nobody misses it any \
                 more: {have} of {needed} owners have voted for it so far."
            ),
        }
    }

    fn attempt_words(&self, words: &mut String) {
        *words += &match self.preempted {
            0 => String::new(),
            1 => " Another round got in its way once.".to_owned(),
            times => format!(" Other rounds got in its way {times} times."),
        };
    }

    fn answer_words(&self, answer: &Answer, took: Duration) -> String {
        let what = match answer {
            Answer::Written { .. } | Answer::Changed { .. } => "Written",
            Answer::Page(page) => {
                return self.with_votes(&format!("{} items", page.items.len()), took);
            }
            Answer::Rejected { rejection, .. } => {
                return self.with_votes(&format!("Not written: {}", rejection.message()), took);
            }
            Answer::Read { item: Some(_), .. } => "Found",
            Answer::Read { stamp: Some(_), .. } => "Deleted",
            Answer::Siblings { items, .. } if items.len() > 1 => {
                return self.with_votes(&format!("{} siblings", items.len()), took)
                    + " These writes did not see each other: put with the context to replace them all.";
            }
            Answer::Siblings { items, .. } if items.len() == 1 => "Found",
            Answer::Read { .. } | Answer::Siblings { .. } => "No such item",
            Answer::ConditionFailed { item: Some(_), .. } => {
                "Not written, because there is another version"
            }
            Answer::ConditionFailed { .. } => "Not written, because there is no such item",
            Answer::Failed(failure) => {
                let doubt = match self.is_write() && failure.leaves_write_unknown() {
                    true => " Whether the write survives is unknown.",
                    false => "",
                };
                return format!("Failed after {took}: {failure}.{doubt}");
            }
        };
        self.with_votes(what, took)
    }

    fn with_votes(&self, what: &str, took: Duration) -> String {
        let counted = self.ballots.iter().filter(|b| b.vote == Some(Vote::Counted));
        let voters = counted.map(Ballot::name).collect::<Vec<_>>().join(", ");
        let needed = self.needed;
        let votes = if needed == 1 { "vote" } else { "votes" };
        format!("{what}: {needed} of {needed} {votes} ({voters}), answered after {took}.")
    }

    fn both_words(&self, words: &mut String) {
        if let Some(Swap { leaves, joins }) = self.both_lists {
            let needed = self.needed;
            *words += &format!(
                " Its token range changes hands: it needs {needed} of the old owners (with {leaves}) \
                 and {needed} of the new ones (with {joins})."
            );
        }
    }

    fn stale_words(&self, words: &mut String) {
        let stale = self.ballots.iter().filter(|b| b.stale).map(|b| b.replica);
        push_about(words, stale, "is stale.", "are stale.");
        let rebuilding = self.ballots.iter().filter(|b| b.vote == Some(Vote::Rebuilding));
        let rebuilding = rebuilding.map(|b| b.replica);
        let [one, several] = ["lost its disk", "lost their disks"];
        push_about(
            words,
            rebuilding,
            &format!("{one} and votes only once it is rebuilt."),
            &format!("{several} and vote only once they are rebuilt."),
        );
    }

    fn repair_words(&self, words: &mut String) {
        let Some(repair) = &self.repair else { return };
        let open = repair.replicas.iter().copied().filter(|node| !repair.done.contains(node));
        let when = match repair.blocking {
            Some(needed) => {
                format!("repaired; the answer waited until {needed} replicas had it.")
            }
            None => "repaired after the answer.".to_owned(),
        };
        let done = repair.done.iter().copied();
        push_about(words, done, &format!("was {when}"), &format!("were {when}"));
        let [one, several] = match repair.blocking {
            Some(_) => ["is sent what it may lack.", "are sent what they may lack."],
            None => ["is sent what it lacks.", "are sent what they lack."],
        };
        push_about(words, open, one, several);
    }

    fn stand_in_words(&self, words: &mut String) {
        for one in &self.stand_ins {
            let (fallback, owner) = (one.fallback, one.owner);
            *words += &match (self.is_write(), one.kept, one.counts) {
                (false, ..) => format!(" {fallback} is asked in the stead of {owner}."),
                (true, false, _) => format!(" {fallback} is to keep a hint for {owner}."),
                (true, true, true) => {
                    format!(" {fallback} keeps a hint for {owner}, and its vote counts.")
                }
                (true, true, false) => {
                    format!(" {fallback} keeps a hint for {owner}, which is no vote.")
                }
            };
        }
    }
}

/// Adds a sentence about nodes, if there are any.
fn push_about(words: &mut String, nodes: impl Iterator<Item = NodeId>, one: &str, several: &str) {
    let names: Vec<String> = nodes.map(|node| node.to_string()).collect();
    let predicate = if names.len() == 1 { one } else { several };
    if !names.is_empty() {
        *words += &format!(" {} {predicate}", names.join(", "));
    }
}
