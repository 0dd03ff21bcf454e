//! Programs as text for people: as expressions, with the values in them.

use std::fmt;

use super::condition::Condition;
use super::path::Path;
use super::program::{Comparator, Step, beginnings};
use super::update::{Change, Update};
use crate::data::AttributeValue;

/// How the paths and the values of a program are written.
pub(super) trait Style {
    fn path(&mut self, path: &Path) -> String;
    fn value(&mut self, value: &AttributeValue) -> String;
}

/// As they are: paths with their names, values in plain JSON.
struct Plain;

impl Style for Plain {
    fn path(&mut self, path: &Path) -> String {
        path.to_string()
    }

    fn value(&mut self, value: &AttributeValue) -> String {
        value.to_json()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_program(self.steps(), false, &mut Plain, &mut text);
        f.write_str(&text)
    }
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&update_text(self, &mut Plain))
    }
}

/// An update as an expression.
pub(super) fn update_text(update: &Update, style: &mut dyn Style) -> String {
    let mut text = String::new();
    let mut last = "";
    for action in update.actions() {
        let section = action.change.section();
        if section == last {
            text.push_str(", ");
        } else {
            text.push_str(if last.is_empty() { "" } else { " " });
            text.push_str(section);
            text.push(' ');
        }
        last = section;
        text.push_str(&style.path(&action.path));
        match &action.change {
            Change::Set(value) => {
                text.push_str(" = ");
                write_program(value.steps(), true, style, &mut text);
            }
            Change::Remove => {}
            Change::Add(value) | Change::Delete(value) => {
                text.push(' ');
                text.push_str(&style.value(value));
            }
        }
    }
    text
}

/// How tightly a step binds its operands.
fn tightness(step: &Step) -> u8 {
    match step {
        Step::Or => 0,
        Step::And => 1,
        Step::Not => 2,
        _ => 3,
    }
}

/// What remains to be written.
enum Rest {
    /// The part that the step at this place completes; in parentheses if it binds less tightly.
    Part(usize, u8),
    Text(&'static str),
}

/// Writes a program as an expression. What is left to write waits in a list.
pub(super) fn write_program(
    steps: &[Step],
    updates: bool,
    style: &mut dyn Style,
    text: &mut String,
) {
    let beginnings = beginnings(steps, updates).expect("programs are checked when they are made");
    let mut rest = vec![Rest::Part(steps.len() - 1, 0)];
    while let Some(next) = rest.pop() {
        let (at, tight) = match next {
            Rest::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Rest::Part(at, tight) => (at, tight),
        };
        let step = &steps[at];
        match step {
            Step::Path(path) => text.push_str(&style.path(path)),
            Step::Value(value) => text.push_str(&style.value(value)),
            Step::Call(function) => text.push_str(function.name()),
            _ => {}
        }
        if tightness(step) < tight {
            text.push('(');
            rest.push(Rest::Text(")"));
        }
        if *step == Step::Not {
            text.push_str("NOT ");
        }
        // The operands, from the last to the first, with what stands after each.
        let shape = step.shape();
        let count = shape.operands + shape.truths;
        let mut end = at;
        for operand in (0..count).rev() {
            let after = separator(step, operand, operand + 1 == count);
            rest.push(Rest::Text(after));
            let tight = tightness(step) + u8::from(operand > 0);
            rest.push(Rest::Part(end - 1, if shape.truths > 0 { tight } else { 0 }));
            end = beginnings[end - 1] as usize;
        }
        if matches!(step, Step::Call(_)) {
            text.push('(');
        }
    }
}

/// What stands after an operand of a step.
fn separator(step: &Step, operand: usize, last: bool) -> &'static str {
    match (step, operand) {
        (Step::Call(_), _) | (Step::In(_), 1..) => {
            if last {
                ")"
            } else {
                ", "
            }
        }
        (Step::In(_), _) => " IN (",
        _ if last => "",
        (Step::Compare(Comparator::Equal), _) => " = ",
        (Step::Compare(Comparator::NotEqual), _) => " <> ",
        (Step::Compare(Comparator::Less), _) => " < ",
        (Step::Compare(Comparator::LessOrEqual), _) => " <= ",
        (Step::Compare(Comparator::Greater), _) => " > ",
        (Step::Compare(Comparator::GreaterOrEqual), _) => " >= ",
        (Step::Between, 0) => " BETWEEN ",
        (Step::Between | Step::And, _) => " AND ",
        (Step::Or, _) => " OR ",
        (Step::Plus, _) => " + ",
        (Step::Minus, _) => " - ",
        _ => "",
    }
}
