//! The life of one request, put together from the trace: what the ring, the timeline and the words
//! beside them tell.

use std::sync::Arc;

use crate::base::{Duration, MessageId, NodeId, RequestId, VirtualTime};
use crate::causality::Stamp;
use crate::coordinator::Vote;
use crate::node::{Address, Answer, ClientRequest, Failure, MessageKind, Note};
use crate::sim::{Event, EventKind};

/// A message of a request, as an arrow in the space-time diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    pub message: MessageId,
    pub kind: MessageKind,
    pub from: Address,
    pub to: Address,
    pub sent_at: VirtualTime,
    pub arrives_at: VirtualTime,
    pub fate: Fate,
}

/// What became of a message so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    UnderWay,
    Delivered,
    /// The receiver is down; the sender hears of it at this instant.
    Refused {
        heard_at: VirtualTime,
    },
    /// Nobody will ever read it, and nobody is told.
    Lost,
}

/// A replica's place among the votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    pub replica: NodeId,
    /// None: no vote yet.
    pub vote: Option<Vote>,
    pub stamp: Option<Stamp>,
    pub at: Option<VirtualTime>,
    /// It answered with an older version than another replica.
    pub stale: bool,
}

/// How a request stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// The coordinator has its quorum; the answer is on its way.
    Reached {
        at: VirtualTime,
    },
    /// The coordinator knows that it will not have its quorum.
    Missed {
        at: VirtualTime,
        failure: Failure,
    },
}

/// One request from its first message to its last vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    pub request: RequestId,
    pub wanted: Arc<ClientRequest>,
    pub began: VirtualTime,
    pub coordinator: Option<NodeId>,
    /// In the order of the preference list.
    pub ballots: Vec<Ballot>,
    pub have: u8,
    pub needed: u8,
    pub standing: Standing,
    pub answer: Option<(Answer, Duration)>,
    pub arrows: Vec<Arrow>,
    /// When and where a version became durable.
    pub stored: Vec<(VirtualTime, NodeId)>,
    /// Its coordinator crashed: nobody counts its votes any more.
    abandoned: bool,
}

impl Story {
    /// Begins a story with the event that begins a request.
    pub fn begin(event: &Event) -> Option<Self> {
        let EventKind::Asked { request, wanted } = &event.kind else { return None };
        Some(Self {
            request: *request,
            wanted: Arc::clone(wanted),
            began: event.at,
            coordinator: None,
            ballots: Vec::new(),
            have: 0,
            needed: 0,
            standing: Standing::Open,
            answer: None,
            arrows: Vec::new(),
            stored: Vec::new(),
            abandoned: false,
        })
    }

    /// Takes one more event in; events that have nothing to do with the request change nothing.
    pub fn tell(&mut self, event: &Event) {
        if let EventKind::Crashed { node, .. } = event.kind {
            self.abandoned |= self.coordinator == Some(node);
        }
        if event.kind.request() != Some(self.request) {
            return;
        }
        match &event.kind {
            EventKind::Sent { message, kind, from, to, arrives_at, .. } => {
                self.arrows.push(Arrow {
                    message: *message,
                    kind: *kind,
                    from: *from,
                    to: *to,
                    sent_at: event.at,
                    arrives_at: *arrives_at,
                    fate: Fate::UnderWay,
                });
            }
            EventKind::Delivered { message, .. } => self.settle(*message, Fate::Delivered),
            EventKind::Refused { message, heard_at, .. } => {
                self.settle(*message, Fate::Refused { heard_at: *heard_at });
            }
            EventKind::Lost { message, .. } => self.settle(*message, Fate::Lost),
            EventKind::Answered { answer, took, .. } => {
                self.answer = Some((answer.clone(), *took));
            }
            EventKind::Noted { node, note } => self.note(event.at, *node, note),
            _ => {}
        }
    }

    fn settle(&mut self, message: MessageId, fate: Fate) {
        if let Some(arrow) = self.arrows.iter_mut().rfind(|arrow| arrow.message == message) {
            arrow.fate = fate;
        }
    }

    fn note(&mut self, at: VirtualTime, node: NodeId, note: &Note) {
        match note {
            Note::Coordinates { owners, needed, .. } => {
                let ballot = |replica: &NodeId| Ballot {
                    replica: *replica,
                    vote: None,
                    stamp: None,
                    at: None,
                    stale: false,
                };
                self.coordinator = Some(node);
                self.needed = *needed;
                self.ballots = owners.iter().map(ballot).collect();
            }
            Note::Voted { replica, vote, stamp, have, .. } => {
                self.have = *have;
                if let Some(ballot) = self.ballots.iter_mut().find(|b| b.replica == *replica) {
                    ballot.vote = Some(*vote);
                    ballot.stamp = *stamp;
                    ballot.at = Some(at);
                }
                self.mark_stale();
            }
            Note::Reached { .. } => self.standing = Standing::Reached { at },
            Note::Missed { failure, .. } => {
                self.standing = Standing::Missed { at, failure: *failure };
            }
            Note::Applied { .. } | Note::KeepsHint { .. } => self.stored.push((at, node)),
            Note::Substituted { owner, fallback, counts: true, .. } => {
                if let Some(ballot) = self.ballots.iter_mut().find(|b| b.replica == *owner) {
                    ballot.replica = *fallback;
                    ballot.vote = None;
                }
            }
            _ => {}
        }
    }

    fn mark_stale(&mut self) {
        let answered = |ballot: &Ballot| matches!(ballot.vote, Some(Vote::Counted | Vote::Late));
        let newest = self.ballots.iter().filter(|b| answered(b)).map(|b| b.stamp).max().flatten();
        for ballot in &mut self.ballots {
            ballot.stale = answered(ballot) && ballot.stamp < newest;
        }
    }

    /// Whether nothing more is expected of it: answered, and every vote in, given up, or not counted
    /// by anyone.
    pub fn is_over(&self) -> bool {
        self.answer.is_some()
            && (self.abandoned || self.ballots.iter().all(|ballot| ballot.vote.is_some()))
            && self.arrows.iter().all(|arrow| arrow.fate != Fate::UnderWay)
    }

    /// When its last known happening is or will be.
    pub fn ends(&self) -> VirtualTime {
        let arrivals = self.arrows.iter().map(|arrow| match arrow.fate {
            Fate::Refused { heard_at } => heard_at,
            _ => arrow.arrives_at,
        });
        arrivals.chain(self.ballots.iter().filter_map(|b| b.at)).max().unwrap_or(self.began)
    }

    pub fn is_write(&self) -> bool {
        self.wanted.action.is_write()
    }

    /// How it stands, in one sentence or two.
    pub fn words(&self) -> String {
        if let Some((answer, took)) = &self.answer {
            return self.answer_words(answer, *took);
        }
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
            (_, Some(coordinator)) => format!(
                "{coordinator} coordinates this {what}: {} of {} votes so far.",
                self.have, self.needed
            ),
            (_, None) => format!("The client looks for a coordinator for its {what}."),
        }
    }

    fn answer_words(&self, answer: &Answer, took: Duration) -> String {
        let voters = self.voters();
        match answer {
            Answer::Written { .. } => format!(
                "Written: {} of {} votes ({voters}), answered after {took}.",
                self.needed, self.needed
            ),
            Answer::Read { item, stamp } => {
                let what = match (item, stamp) {
                    (Some(_), _) => "Found",
                    (None, Some(_)) => "Deleted",
                    (None, None) => "No such item",
                };
                let votes = format!("{} of {} votes", self.needed, self.needed);
                format!("{what}: {votes} ({voters}), answered after {took}.{}", self.stale_words())
            }
            Answer::Siblings { items, .. } => {
                let what = match items.len() {
                    0 => "No such item".to_owned(),
                    1 => "Found".to_owned(),
                    count => format!("{count} siblings"),
                };
                let votes = format!("{} of {} votes", self.needed, self.needed);
                format!("{what}: {votes} ({voters}), answered after {took}.{}", self.stale_words())
            }
            Answer::Failed(failure) => {
                let doubt = match self.is_write() && failure.leaves_write_unknown() {
                    true => " Whether the write survives is unknown.",
                    false => "",
                };
                format!("Failed after {took}: {failure}.{doubt}")
            }
        }
    }

    fn voters(&self) -> String {
        let counted = self.ballots.iter().filter(|b| b.vote == Some(Vote::Counted));
        counted.map(|ballot| ballot.replica.to_string()).collect::<Vec<_>>().join(", ")
    }

    fn stale_words(&self) -> String {
        let stale: Vec<String> =
            self.ballots.iter().filter(|b| b.stale).map(|b| b.replica.to_string()).collect();
        match stale.len() {
            0 => String::new(),
            1 => format!(" {} is stale.", stale[0]),
            _ => format!(" {} are stale.", stale.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Session;

    fn story_of(script: &str) -> Story {
        let mut session = Session::default();
        session.run_script(&format!("{script}\n---\n")).expect("the script runs");
        let mut story: Option<Story> = None;
        for event in session.world().expect("there is a world").trace().events() {
            match Story::begin(event) {
                Some(begun) => story = Some(begun),
                None => story.iter_mut().for_each(|story| story.tell(event)),
            }
        }
        story.expect("the script makes a request")
    }

    #[test]
    fn quorum_write_is_told_with_its_votes() {
        let story = story_of("cluster seed=7 vnodes=4\nput T k '{}'\nrun");
        assert!(story.is_over());
        assert_eq!(story.ballots.len(), 3);
        assert_eq!(story.stored.len(), 3);
        assert_eq!(story.have, 3);
        assert!(story.words().starts_with("Written: 2 of 2 votes ("), "{}", story.words());
    }

    #[test]
    fn failed_write_says_that_its_fate_is_unknown() {
        let story = story_of("cluster nodes=3 w=3\ncrash C\nput T k '{}'\nrun");
        assert!(matches!(story.standing, Standing::Missed { .. }));
        assert!(story.words().contains("unknown"), "{}", story.words());
        assert!(story.arrows.iter().any(|arrow| matches!(arrow.fate, Fate::Refused { .. })));
    }
}
