//! Lines about the run itself: going somewhere in it, and its branches. They change no world, so
//! they are no commands, and no session log has them.

use std::fmt::Write as _;
use std::sync::Arc;

use super::Line;
use crate::base::{Duration, Error, EventSeq, Result, VirtualTime};
use crate::data::Item;
use crate::travel::{Comparison, Difference, History, Side, Target};

/// So many events at a time are gone back or forward at most.
const MOST_EVENTS: u64 = 10_000;
/// So much may happen at most before there is an event that is worth a step.
const MOST_HAPPENINGS: u32 = 100_000;
/// So many differing items, and so many commands, are told at most.
const TOLD: usize = 12;

/// Carries out a line about the run and says where the cursor is then, or what was asked; none for
/// any other line.
///
/// # Errors
/// If there is no such place, mark or branch. Then nothing has changed.
pub fn travel(history: &mut History, line: &Line) -> Result<Option<String>> {
    match line {
        Line::Back(count) => {
            for _ in 0..times(*count)? {
                history.back()?;
            }
        }
        Line::Forward(count) => {
            for _ in 0..times(*count)? {
                history.forward(MOST_HAPPENINGS);
            }
        }
        Line::Goto { place, event, mark } => history.go(&target(place, *event, mark)?)?,
        Line::Undo => history.go(&Target::BeforeLine)?,
        Line::Mark(name) => history.mark(name)?,
        Line::Branches => return Ok(Some(branches(history))),
        Line::Branch { name: Some(name), rename: None } => history.change_over(name)?,
        Line::Branch { name: None, rename: Some(name) } => history.rename(name)?,
        Line::Branch { .. } => {
            return Err(Error::invalid(
                "name the branch to change over to, such as: branch b2; or say branch rename=NAME",
            ));
        }
        Line::Discard(name) => {
            history.discard(name)?;
            return Ok(Some(branches(history)));
        }
        Line::Compare { one, other } => {
            return Ok(Some(comparison(&history.compare([one, other])?)));
        }
        _ => return Ok(None),
    }
    Ok(Some(position(history)))
}

fn times(count: Option<u64>) -> Result<u64> {
    let count = count.unwrap_or(1);
    match count <= MOST_EVENTS {
        true => Ok(count),
        false => Err(Error::refused(format!("{count} events? At most {MOST_EVENTS} at a time"))),
    }
}

fn target(place: &Option<String>, event: Option<u64>, mark: &Option<String>) -> Result<Target> {
    match (place.as_deref(), event, mark) {
        (Some("start"), None, None) => Ok(Target::Start),
        (Some("end"), None, None) => Ok(Target::End),
        (Some(instant), None, None) => {
            let since_zero: Duration = instant.parse()?;
            Ok(Target::At(VirtualTime::ZERO + since_zero))
        }
        (None, Some(event), None) => Ok(Target::After(EventSeq(event))),
        (None, None, Some(mark)) => Ok(Target::Mark(mark.clone())),
        _ => Err(Error::invalid(
            "go where? To an instant such as 2.5s, to start or end, to event=123, or to mark=NAME",
        )),
    }
}

/// Where the cursor is.
fn position(history: &History) -> String {
    let (moment, branch) = (history.moment(), history.branch());
    let what = match history.is_at_end() {
        true => "at its end".to_owned(),
        false => format!("before event {} of {}", moment.events.0, branch.end.events.0),
    };
    format!("{} at {}, {what}\n", branch.name, moment.at)
}

/// All branches, one line each; the present one with a star.
fn branches(history: &History) -> String {
    let mut text = String::new();
    for branch in history.branches() {
        let star = if branch.id == history.branch().id { '*' } else { ' ' };
        let _ = writeln!(
            text,
            "{star} {}: {}; {} lines, {} events, ends at {}",
            branch.name,
            branch.beginning,
            branch.lines().count(),
            branch.end.events.0,
            branch.end.at
        );
    }
    text
}

/// What differs between two branches.
pub fn comparison(comparison: &Comparison) -> String {
    let mut text = match comparison.parted_at {
        Some(at) => format!("parted at {at}\n"),
        None => "no common past\n".to_owned(),
    };
    for side in &comparison.sides {
        let Side { name, end, commands, events, answered, failed } = side;
        let _ = writeln!(
            text,
            "{name}: {events} events, {answered} answers, {failed} of them failures; ends at {}",
            end.at
        );
        for command in commands.iter().take(TOLD) {
            let _ = writeln!(text, "  only here: {command}");
        }
        if commands.len() > TOLD {
            let _ = writeln!(text, "  and {} more commands", commands.len() - TOLD);
        }
    }
    let names = comparison.sides.each_ref().map(|side| side.name.as_str());
    if comparison.items.is_empty() {
        text += "no item differs\n";
    }
    for Difference { key, contents } in comparison.items.iter().take(TOLD) {
        let _ = writeln!(text, "{key}");
        for (name, items) in names.iter().zip(contents) {
            let _ = writeln!(text, "  {name}: {}", content(items));
        }
    }
    if comparison.items.len() > TOLD {
        let _ = writeln!(text, "and {} more items", comparison.items.len() - TOLD);
    }
    text
}

fn content(items: &[Arc<Item>]) -> String {
    match items.is_empty() {
        true => "nothing".to_owned(),
        false => items.iter().map(|item| item.to_json()).collect::<Vec<_>>().join(" | "),
    }
}
