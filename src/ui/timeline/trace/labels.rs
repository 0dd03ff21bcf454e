//! What is written beside a lane when something happens, and in which tone. What has no label has a
//! sign on its lane or an arrow, and a name when it is pointed at.

use crate::base::{NodeId, format_us};
use crate::coordinator::Vote;
use crate::node::{Answer, Note};
use crate::sim::EventKind;
use crate::storage::Applied;

/// Where labels stand below each other: beside the axis, or beside a node's lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// What is said to the cluster and what it answers.
    Axis,
    Lane(NodeId),
}

impl Column {
    pub fn index(self) -> usize {
        match self {
            Column::Axis => 0,
            Column::Lane(node) => 1 + node.index(),
        }
    }
}

/// How a label or a sign is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Quiet,
    Good,
    Warn,
    Bad,
}

/// A sign on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A version became durable.
    Durable,
    /// A version came that was not needed.
    Spare,
    /// The log was synced.
    Synced,
    /// The process ended here.
    Stop,
    /// It began or goes on.
    Start,
    /// Something was decided or noticed.
    Decision,
}

/// The column that an event's label stands in; none if it has no label.
pub fn column(kind: &EventKind) -> Option<Column> {
    Some(match kind {
        EventKind::Started(_)
        | EventKind::Commanded(_)
        | EventKind::Skipped { .. }
        | EventKind::Asked { .. }
        | EventKind::Answered { .. } => Column::Axis,
        EventKind::Crashed { node, .. }
        | EventKind::Restarted { node, .. }
        | EventKind::Resumed { node, .. }
        | EventKind::ClockSet { node, .. }
        | EventKind::Wiped { node, .. }
        | EventKind::TornRecordCut { node } => Column::Lane(*node),
        EventKind::Noted { node, note } if has_label(note) => Column::Lane(*node),
        _ => return None,
    })
}

fn has_label(note: &Note) -> bool {
    matches!(
        note,
        Note::Voted { .. }
            | Note::Reached { .. }
            | Note::Missed { .. }
            | Note::Repairs { .. }
            | Note::KeepsHint { .. }
            | Note::HandedOver { .. }
            | Note::Suspects { .. }
            | Note::Trusts { .. }
            | Note::Rebuilding { .. }
            | Note::Rebuilt
            | Note::Proposes { .. }
            | Note::FoundChosen { .. }
            | Note::ConditionFalse { .. }
            | Note::TriesAgain { .. }
            | Note::TurnsToRound { .. }
            | Note::Exchanged { differing: 1.., .. }
    )
}

/// The label: at most seven letters beside a lane, more beside the axis.
pub fn label(kind: &EventKind, is_write: bool) -> (String, Tone) {
    let (text, tone) = match kind {
        EventKind::Started(_) => ("cluster".into(), Tone::Plain),
        EventKind::Commanded(command) => (command.to_string(), Tone::Plain),
        EventKind::Skipped { command, .. } => (format!("skipped {command}"), Tone::Warn),
        EventKind::Asked { wanted, .. } => {
            (format!("{} {}", wanted.action.verb(), wanted.key.key()), Tone::Plain)
        }
        EventKind::Answered { answer, took, .. } => {
            let (sign, tone) = match answer {
                Answer::Failed(_) => ('✗', Tone::Bad),
                Answer::ConditionFailed { .. } => ('≠', Tone::Warn),
                _ => ('✓', Tone::Good),
            };
            (format!("{sign} {}", brief(took.0)), tone)
        }
        EventKind::Crashed { .. } => ("crash".into(), Tone::Bad),
        EventKind::Restarted { .. } => ("up".into(), Tone::Good),
        EventKind::Resumed { .. } => ("goes on".into(), Tone::Good),
        EventKind::ClockSet { .. } => ("clock".into(), Tone::Warn),
        EventKind::Wiped { .. } => ("no disk".into(), Tone::Bad),
        EventKind::TornRecordCut { .. } => ("torn".into(), Tone::Warn),
        EventKind::Noted { note, .. } => return of_note(note, is_write),
        _ => (String::new(), Tone::Quiet),
    };
    (text, tone)
}

fn of_note(note: &Note, is_write: bool) -> (String, Tone) {
    let quorum = if is_write { 'W' } else { 'R' };
    match note {
        Note::Voted { replica, vote, .. } => match vote {
            Vote::Counted => (format!("✓ {replica}"), Tone::Plain),
            Vote::Late => (format!("✓ {replica}"), Tone::Quiet),
            Vote::Refused | Vote::Rebuilding | Vote::Preempted => {
                (format!("✗ {replica}"), Tone::Bad)
            }
            Vote::TimedOut => (format!("… {replica}"), Tone::Bad),
        },
        Note::Reached { needed, .. } => (format!("{quorum}={needed} ✓"), Tone::Good),
        Note::Missed { .. } => (format!("{quorum} ✗"), Tone::Bad),
        Note::Repairs { .. } => ("repairs".into(), Tone::Warn),
        Note::KeepsHint { owner, .. } => (format!("for {owner}"), Tone::Warn),
        Note::HandedOver { owner, .. } => (format!("{owner} has"), Tone::Good),
        Note::Suspects { peer, .. } => (format!("{peer}?"), Tone::Warn),
        Note::Trusts { peer } => (format!("{peer} up"), Tone::Good),
        Note::Rebuilding { .. } => ("rebuild".into(), Tone::Warn),
        Note::Rebuilt => ("rebuilt".into(), Tone::Good),
        Note::Proposes { .. } => ("propose".into(), Tone::Plain),
        Note::FoundChosen { .. } => ("chosen".into(), Tone::Good),
        Note::ConditionFalse { .. } => ("if ✗".into(), Tone::Warn),
        Note::TriesAgain { .. } => ("again".into(), Tone::Warn),
        Note::TurnsToRound { .. } => ("round".into(), Tone::Warn),
        Note::Exchanged { differing, .. } => (format!("≠ {differing}"), Tone::Warn),
        _ => (String::new(), Tone::Quiet),
    }
}

/// The sign that an event leaves on its node's lane.
pub fn sign(kind: &EventKind) -> Option<Sign> {
    Some(match kind {
        EventKind::Synced { .. } => Sign::Synced,
        EventKind::Crashed { .. } => Sign::Stop,
        EventKind::Restarted { .. } | EventKind::Resumed { .. } => Sign::Start,
        EventKind::Noted { note, .. } => match note {
            Note::Applied { outcome: Applied::Stored, .. } | Note::KeepsHint { .. } => {
                Sign::Durable
            }
            Note::Applied { .. } => Sign::Spare,
            Note::Voted { .. } => return None,
            _ => Sign::Decision,
        },
        EventKind::ClockSet { .. } | EventKind::Wiped { .. } | EventKind::TornRecordCut { .. } => {
            Sign::Decision
        }
        _ => return None,
    })
}

/// A span in few digits, as far as they matter beside an axis.
pub fn brief(us: u64) -> String {
    let unit = 10u64.pow(us.max(1).ilog10().saturating_sub(1));
    format_us((us + unit / 2) / unit * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_brief() {
        for (us, text) in
            [(0, "0µs"), (312, "310µs"), (1_234, "1.2ms"), (99_960, "100ms"), (12_345_678, "12s")]
        {
            assert_eq!(brief(us), text);
        }
    }
}
