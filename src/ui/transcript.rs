//! What was commanded on this page, and what came of it.

use std::collections::VecDeque;
use std::rc::Rc;

use super::story::Story;
use crate::base::{Error, RequestId};
use crate::node::Answer;
use crate::travel::BranchId;

const KEPT: usize = 100;
/// Happenings told in one entry; the others are counted.
const TOLD: usize = 12;
/// Of a response so many characters are told among the lines of the session.
const RESPONSE_TOLD: usize = 400;

/// One line and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub number: u64,
    pub line: String,
    pub outcome: Outcome,
    pub request: Option<RequestId>,
    /// DynamoDB's response in JSON, or its error.
    pub response: Option<Rc<str>>,
    /// The branch that it was given on: there, the request has this number.
    branch: BranchId,
}

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A request whose answer is not known yet.
    Pending,
    Done(String),
    Failed(String),
    /// Not a line's: what happened in the cluster by itself, and how much more of it.
    Happened(Vec<String>, usize),
}

/// The last lines given on this page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    entries: VecDeque<Entry>,
    count: u64,
}

impl Transcript {
    pub fn enter(
        &mut self,
        line: &str,
        output: String,
        request: Option<RequestId>,
        branch: BranchId,
    ) {
        let outcome = match request {
            Some(_) => Outcome::Pending,
            None => Outcome::Done(output.trim_end().to_owned()),
        };
        self.push(line, outcome, request);
        if let Some(entry) = self.entries.back_mut() {
            entry.branch = branch;
        }
    }

    pub fn refuse(&mut self, line: &str, error: &Error) {
        self.push(line, Outcome::Failed(error.message.clone()), None);
    }

    /// The newest line could not be carried out after all.
    pub fn refuse_newest(&mut self, error: &Error) {
        if let Some(entry) = self.entries.back_mut() {
            entry.outcome = Outcome::Failed(error.message.clone());
        }
    }

    fn push(&mut self, line: &str, outcome: Outcome, request: Option<RequestId>) {
        self.count += 1;
        let line = line.trim().to_owned();
        self.entries.push_back(Entry {
            number: self.count,
            line,
            outcome,
            request,
            response: None,
            branch: BranchId(0),
        });
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }

    /// Something happened by itself that is worth telling. What happens between two lines is told
    /// together, after the first one.
    pub fn happened(&mut self, what: String) {
        if !matches!(self.entries.back(), Some(Entry { outcome: Outcome::Happened(..), .. })) {
            self.push("", Outcome::Happened(Vec::new(), 0), None);
        }
        let Some(Entry { outcome: Outcome::Happened(told, more), .. }) = self.entries.back_mut()
        else {
            return;
        };
        match told.len() < TOLD {
            true => told.push(what),
            false => *more += 1,
        }
    }

    /// A request has its answer.
    pub fn answer(&mut self, branch: BranchId, request: RequestId, story: &Story) {
        let Some((answer, _)) = &story.answer else { return };
        let outcome = match answer {
            Answer::Failed(_) => Outcome::Failed(story.words()),
            Answer::Read { item: Some(item), .. }
            | Answer::ConditionFailed { item: Some(item), .. } => {
                Outcome::Done(format!("{}\n{}", item.to_json(), story.words()))
            }
            Answer::Siblings { items, context } => {
                let mut text = String::new();
                for (stamp, item) in items {
                    text += &format!("{} ({stamp})\n", item.to_json());
                }
                Outcome::Done(format!("{text}context {context}\n{}", story.words()))
            }
            _ => Outcome::Done(story.words()),
        };
        self.settle(branch, request, outcome);
    }

    /// It is known what came of a line's request, or more of it. A response stays.
    pub fn settle(&mut self, branch: BranchId, request: RequestId, outcome: Outcome) {
        let mut entries = self.entries.iter_mut().rev();
        let entry = entries.find(|entry| entry.request == Some(request) && entry.branch == branch);
        if let Some(entry) = entry.filter(|entry| entry.response.is_none()) {
            entry.outcome = outcome;
        }
    }

    /// The number of the line that comes next.
    pub fn next_number(&self) -> u64 {
        self.count + 1
    }

    /// A request of DynamoDB's API has its response, or its error.
    pub fn respond(&mut self, number: u64, response: Result<String, String>) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.number == number) else {
            return;
        };
        let json = match &response {
            Ok(json) | Err(json) => json,
        };
        entry.response = Some(Rc::from(json.as_str()));
        let told: String = json.chars().take(RESPONSE_TOLD).collect();
        let more = if told.len() < json.len() { " …" } else { "" };
        entry.outcome = match response {
            Ok(_) => Outcome::Done(told + more),
            Err(_) => Outcome::Failed(told + more),
        };
    }

    /// Newest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
    }
}
