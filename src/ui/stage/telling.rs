//! What the world's events mean to the reader: stories go on, answers and what happens in the
//! background are written down, what matters is said aloud.

use super::{STORIES_KEPT, Stage};
use crate::base::{EventSeq, NodeId, RequestId};
use crate::data::Resolution;
use crate::node::{Answer, Note};
use crate::sim::{ArchiveNews, Command, Event, EventKind};
use crate::ui::motion::departure;
use crate::ui::story::Story;
use crate::ui::transcript::Outcome;

impl Stage {
    /// Tells the stories on. True if there was anything new.
    pub(super) fn catch_up_with_events(&mut self) -> bool {
        let end = self.history.moment().events;
        let events = self.history.events();
        let new = events.since(self.told).take_while(|event| event.seq < end);
        let events: Vec<Event> = new.cloned().collect();
        self.told = end;
        let branch = self.history.branch().id;
        let loads_here = self.loads_into.0 == branch;
        let told = self.told_of.iter().position(|(of, _)| *of == branch);
        let told_before = told.map_or(EventSeq(0), |at| self.told_of[at].1);
        for event in &events {
            if let Some(loader) = self.loader.as_mut().filter(|_| loads_here) {
                loader.observe(event);
            }
            self.tell(event, event.seq >= told_before);
        }
        match told {
            Some(at) => self.told_of[at].1 = told_before.max(end),
            None => self.told_of.push((branch, end)),
        }
        self.stories.drain(..self.stories.len().saturating_sub(STORIES_KEPT));
        let now = self.world().now();
        self.strays.forget(now);
        !events.iter().all(|event| event.kind.is_routine())
    }

    /// The story of a request of the reader's own: the loader's have none.
    pub(super) fn begin_story(&self, event: &Event) -> Option<Story> {
        let EventKind::Asked { wanted, .. } = &event.kind else { return None };
        if !self.history.branch().asked_by_line(event.seq) {
            return None;
        }
        let mut story = Story::begin(event)?;
        let table = self.world().table(wanted.key.table());
        story.keeps_siblings = table.is_some_and(|table| table.resolution == Resolution::Siblings);
        Some(story)
    }

    /// Tells one more event. What happens again, because the reader has gone back, is not written
    /// into the session again.
    fn tell(&mut self, event: &Event, is_first: bool) {
        let history = &self.history;
        self.strays.tell(event, |message| departure(&history.events(), event.seq, message));
        match &event.kind {
            EventKind::Asked { .. } => {
                self.stories.extend(self.begin_story(event));
                return;
            }
            EventKind::Crashed { node, lost_records, .. } => {
                self.announcement = crash_words(*node, *lost_records);
                self.stories.iter_mut().for_each(|story| story.tell(event));
                return;
            }
            EventKind::Restarted { node, versions, .. } => {
                self.announcement =
                    format!("{node} restarted with {versions} versions from its commit log.");
            }
            EventKind::Commanded(Command::StartWorkload(_)) => {
                self.announcement = "Requests come by themselves now.".to_owned();
            }
            EventKind::Archived { request, news } => {
                let words = format!("{news}.");
                let outcome = match news {
                    ArchiveNews::GaveUp { .. } => Outcome::Failed(words.clone()),
                    _ => Outcome::Done(words.clone()),
                };
                self.tell_archived(*request, outcome, is_first);
                self.announcement = words;
                return;
            }
            EventKind::Answered { request, answer: Answer::Failed(failure), .. }
                if self.place_of(*request).is_none() =>
            {
                let words =
                    format!("nothing has changed, as the table could not be read: {failure}.");
                self.tell_archived(*request, Outcome::Failed(words), is_first);
            }
            kind if is_first && is_worth_telling(kind) => {
                self.transcript.happened(event.to_string().trim_start().to_owned());
                if is_worth_saying(kind) {
                    self.announcement = format!("{kind}.");
                }
            }
            _ => {}
        }
        if let EventKind::Noted { note, .. } = &event.kind
            && let Some(words) = self.tell_change(note)
        {
            if is_first {
                self.transcript.happened(words.clone());
            }
            self.announcement = words;
        }
        let Some(request) = event.kind.request() else { return };
        self.tell_story(event, request, is_first);
        if let EventKind::Answered { request, answer, .. } = &event.kind {
            self.tell_call(*request, answer);
        }
    }

    /// Something is known of a backup or a restore.
    fn tell_archived(&mut self, request: RequestId, outcome: Outcome, is_first: bool) {
        if is_first {
            self.transcript.settle(self.history.branch().id, request, outcome);
        }
    }

    fn tell_story(&mut self, event: &Event, request: RequestId, is_first: bool) {
        let Some(at) = self.place_of(request) else { return };
        let story = &mut self.stories[at];
        let (standing, answered) = (story.standing.clone(), story.answer.is_some());
        let repaired = story.repair.clone();
        story.tell(event);
        if story.standing != standing
            || story.answer.is_some() != answered
            || story.repair != repaired
        {
            self.announcement = story.words();
        }
        if is_first && story.answer.is_some() && (!answered || story.repair != repaired) {
            self.transcript.answer(self.history.branch().id, request, story);
        }
    }
}

fn crash_words(node: NodeId, lost_records: u32) -> String {
    match lost_records {
        0 => format!("{node} crashed; nothing that it had stored was lost."),
        1 => format!("{node} crashed; 1 record was not durable and is lost."),
        lost => format!("{node} crashed; {lost} records were not durable and are lost."),
    }
}

/// Whether the transcript tells it although no line asked for it.
fn is_worth_telling(kind: &EventKind) -> bool {
    match kind {
        EventKind::Noted { note, .. } => match note {
            Note::Exchanged { differing, .. } => *differing > 0,
            // What indexes are told is what they always do: the table's panel says how far they are.
            Note::HandedOver { key, .. } => !key.is_entry(),
            Note::Suspects { .. }
            | Note::Trusts { .. }
            | Note::Rebuilding { .. }
            | Note::Rebuilt
            | Note::Waits { .. }
            | Note::Collected { .. } => true,
            _ => false,
        },
        EventKind::Skipped { .. }
        | EventKind::TornRecordCut { .. }
        | EventKind::Wiped { .. }
        | EventKind::WorkloadEnded { .. } => true,
        _ => false,
    }
}

/// Whether it matters so much that it is said aloud.
fn is_worth_saying(kind: &EventKind) -> bool {
    match kind {
        EventKind::Noted { note, .. } => matches!(
            note,
            Note::Suspects { .. }
                | Note::Trusts { .. }
                | Note::Rebuilding { .. }
                | Note::Rebuilt
                | Note::Waits { .. }
        ),
        _ => true,
    }
}
