//! Branches: where runs part, and how one changes over from one to another.

use std::fmt;

use super::marks::Notes;
use super::stretch::{Checkpoint, Stretch, StretchId};
use super::{History, Mark, MarkKind, Moment, Pause};
use crate::base::{Error, EventSeq, Result};
use crate::sim::{Command, Origin, RunStep};

/// No name of a branch or a mark is longer than this, in characters.
const LONGEST_NAME: usize = 40;

/// Names a branch for good: its name for people may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

/// What a branch began as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// A run of its own, from a fresh cluster or a snapshot.
    Run(Origin),
    /// A branch of another one, whose name then was `from`, at this moment.
    Fork { from: String, at: Moment },
}

/// One run, from its origin to its end.
pub struct Branch {
    pub id: BranchId,
    pub name: String,
    /// The branch that the run began as; its own if it is not parted from any.
    pub root: BranchId,
    pub beginning: Beginning,
    /// As far as it has come.
    pub end: Moment,
    /// All its commands.
    pub(super) run: Vec<RunStep>,
    /// Which of these are the first ones of a line.
    pub(super) lines: Vec<usize>,
    pub(super) notes: Notes,
    pub(super) stretches: Vec<StretchId>,
    /// How it was at its end, while the cursor is elsewhere and there is room.
    pub(super) at_end: Option<Checkpoint>,
    /// Where the cursor was when it left.
    pub(super) cursor: Moment,
}

impl Branch {
    pub(super) fn new(id: BranchId, name: String, beginning: Beginning, at: Moment) -> Self {
        Self {
            id,
            name,
            root: id,
            beginning,
            end: at,
            run: Vec::new(),
            lines: Vec::new(),
            notes: Notes::from(at),
            stretches: Vec::new(),
            at_end: None,
            cursor: at,
        }
    }

    /// All its commands, those after the cursor included.
    pub fn run(&self) -> &[RunStep] {
        &self.run
    }

    /// What the reader's lines did: one command for each. Of a line that declares the table of its
    /// request, that is the request.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &RunStep> {
        self.lines.iter().map(|line| &self.run[self.asked_by(*line).unwrap_or(*line)])
    }

    /// The request that a line made, by its place in the run.
    fn asked_by(&self, line: usize) -> Option<usize> {
        let at = if self.declares_table(line) { line + 1 } else { line };
        let step = self.run.get(at)?;
        let is_of_line = step.happenings == self.run[line].happenings;
        (is_of_line && matches!(step.command, Command::Request(_))).then_some(at)
    }

    /// Events worth going back to, in order.
    pub fn marks(&self) -> &[Mark] {
        &self.notes.marks
    }

    /// Long times without news, in order.
    pub fn pauses(&self) -> &[Pause] {
        &self.notes.pauses
    }

    /// Whether the request that began with this event was a line of the reader's own.
    pub fn asked_by_line(&self, event: EventSeq) -> bool {
        let at = self.run.partition_point(|step| step.after < event);
        let is_request = self.run.get(at).is_some_and(|step| step.after == event);
        let lines = [Some(at), at.checked_sub(1)];
        let is_line = |line: &usize| self.lines.binary_search(line).is_ok();
        is_request
            && lines.into_iter().flatten().filter(is_line).any(|l| self.asked_by(l) == Some(at))
    }

    fn declares_table(&self, at: usize) -> bool {
        matches!(self.run[at].command, Command::DefineTable(_))
    }

    /// The events with which the requests began that lines of the reader's made, latest first.
    pub fn asked_by_lines(&self) -> impl Iterator<Item = EventSeq> {
        let request = |line: &usize| Some(self.run[self.asked_by(*line)?].after);
        self.lines.iter().rev().filter_map(request)
    }

    pub(super) fn last_stretch(&self) -> StretchId {
        *self.stretches.last().expect("a branch has a stretch")
    }
}

impl fmt::Display for Beginning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Beginning::Run(Origin::Fresh) => f.write_str("a fresh cluster"),
            Beginning::Run(Origin::Snapshot(digest)) => {
                write!(f, "the snapshot with state {}", digest.short())
            }
            Beginning::Run(Origin::Unrecorded) => f.write_str("a cluster that kept no record"),
            Beginning::Fork { from, at } => write!(f, "parted from {from} at {}", at.at),
        }
    }
}

impl History {
    /// All branches, in the order in which they began.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Begins another branch at the cursor, which stands in the past of this one.
    pub(super) fn part(&mut self) {
        let at = self.moment();
        let place = self.stretch_at_cursor();
        let (id, name) = self.new_name();
        let from = &mut self.branches[self.current];
        from.cursor = at;
        let beginning = Beginning::Fork { from: from.name.clone(), at };
        let mut branch = Branch::new(id, name, beginning, at);
        branch.root = from.root;
        branch.run = from.run[..at.commands].to_vec();
        branch.lines = from.lines.iter().copied().filter(|line| *line < at.commands).collect();
        branch.notes = from.notes.until(at);
        branch.stretches = from.stretches[..place].to_vec();
        // The stretch that the cursor is in is shared up to here only.
        let shared = self.stretches.get(from.stretches[place]);
        let known = shared.events.as_ref().map(|events| {
            events.iter().take_while(|event| event.seq < at.events).cloned().collect()
        });
        let checkpoint = shared.checkpoint.clone();
        let stretch = Stretch { start: shared.start, checkpoint, events: known };
        branch.stretches.push(self.stretches.add(stretch));
        self.branches.push(branch);
        self.current = self.branches.len() - 1;
        self.standing_on = id;
        self.is_growing = false;
    }

    /// The place of a branch among all.
    fn place_of(&self, name: &str) -> Result<usize> {
        let place = self.branches.iter().position(|branch| branch.name == name);
        place.ok_or_else(|| {
            let names: Vec<&str> = self.branches.iter().map(|b| b.name.as_str()).collect();
            Error::not_found(format!("there is no branch {name:?}: there is {}", names.join(", ")))
        })
    }

    /// The branch of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn branch_named(&self, name: &str) -> Result<&Branch> {
        Ok(&self.branches[self.place_of(name)?])
    }

    /// Changes over to another branch, to where the cursor was when it left that one.
    ///
    /// # Errors
    /// If there is no such branch.
    pub fn change_over(&mut self, name: &str) -> Result<()> {
        let place = self.place_of(name)?;
        if place == self.current {
            return Ok(());
        }
        self.leave();
        self.current = place;
        let cursor = self.branch().cursor;
        self.stand_at(cursor);
        Ok(())
    }

    /// Gives the present branch another name.
    ///
    /// # Errors
    /// If another branch has it, or it is none.
    pub fn rename(&mut self, name: &str) -> Result<()> {
        let name = checked(name, "a branch")?;
        if self.branches.iter().any(|branch| branch.name == name && branch.id != self.branch().id) {
            return Err(Error::refused(format!("there is a branch {name:?} already")));
        }
        self.branch_mut().name = name.to_owned();
        Ok(())
    }

    /// Forgets a branch for good.
    ///
    /// # Errors
    /// If there is no such branch, or the cursor is on it.
    pub fn discard(&mut self, name: &str) -> Result<()> {
        let place = self.place_of(name)?;
        if place == self.current {
            return Err(Error::refused(format!(
                "the cursor is on branch {name:?}: change over to another one first"
            )));
        }
        self.branches.remove(place);
        self.current -= usize::from(place < self.current);
        self.drop_unnamed();
        Ok(())
    }

    /// Sets a mark at the cursor.
    ///
    /// # Errors
    /// If the branch has one of that name already, or it is none.
    pub fn mark(&mut self, name: &str) -> Result<()> {
        let words = checked(name, "a mark")?.to_owned();
        let has = |mark: &Mark| mark.kind == MarkKind::Named && mark.words == words;
        if self.branch().marks().iter().any(has) {
            return Err(Error::refused(format!("there is a mark {words:?} already")));
        }
        let moment = self.moment();
        let (at, event) = (moment.at, moment.events);
        let marks = &mut self.branch_mut().notes.marks;
        let place = marks.partition_point(|mark| mark.event < event);
        marks.insert(place, Mark { event, at, kind: MarkKind::Named, words, moment: Some(moment) });
        Ok(())
    }
}

fn checked<'a>(name: &'a str, what: &str) -> Result<&'a str> {
    let name = name.trim();
    match name.is_empty() || name.chars().count() > LONGEST_NAME {
        true => {
            Err(Error::invalid(format!("the name of {what} has 1 to {LONGEST_NAME} characters")))
        }
        false => Ok(name),
    }
}
