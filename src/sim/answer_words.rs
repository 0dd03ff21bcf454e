//! Answers in words, as the trace shows them.

use std::fmt;

use crate::node::Answer;

/// An answer, and whether it is that of a write.
pub(super) struct AnswerText<'a>(pub &'a Answer, pub bool);

impl fmt::Display for AnswerText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Answer::Written { stamp } => write!(f, "written as {stamp}"),
            Answer::Read { item: Some(item), stamp: Some(stamp) } => {
                write!(f, "{} as of {stamp}", item.to_json())
            }
            Answer::Read { stamp: Some(stamp), .. } => write!(f, "deleted as of {stamp}"),
            Answer::Read { .. } => f.write_str("no such item"),
            Answer::Siblings { items, context } if items.is_empty() => {
                write!(f, "no such item, context {context}")
            }
            Answer::Siblings { items, context } => {
                if let [_, _, ..] = items.as_slice() {
                    write!(f, "{} siblings: ", items.len())?;
                }
                for (at, (stamp, item)) in items.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{} as of {stamp}", item.to_json())?;
                }
                write!(f, "; context {context}")
            }
            Answer::Failed(failure) if self.1 && failure.leaves_write_unknown() => {
                write!(f, "failed: {failure}; whether the write survives is unknown")
            }
            Answer::Failed(failure) => write!(f, "failed: {failure}"),
            Answer::ConditionFailed { item, stamp } => {
                let found = Answer::Read { item: item.clone(), stamp: *stamp };
                write!(f, "not written, the condition is false: {}", AnswerText(&found, false))
            }
            Answer::Changed { stamp, before: None, after: Some(after) } => {
                write!(f, "written as {stamp}: {}, there was none before", after.to_json())
            }
            Answer::Changed { stamp, before: None, after: None } => {
                write!(f, "written as {stamp}: there was none before, and is none now")
            }
            Answer::Changed { stamp, before: Some(before), after } => {
                write!(f, "written as {stamp}: {}", before.to_json())?;
                match after {
                    Some(after) => write!(f, " is now {}", after.to_json()),
                    None => f.write_str(" is deleted"),
                }
            }
            Answer::Rejected { rejection, .. } => write!(f, "not written: {}", rejection.message()),
            Answer::Page(page) => write!(f, "{page}"),
        }
    }
}
