//! Programs: what expressions become.
//!
//! A program is a list of steps in postfix order. A step takes what the steps before it gave, and
//! gives an operand or a truth. So `size(tags) > :two AND NOT open` (with `:two` 2) is
//!
//! ```text
//! tags · size · 2 · > · open … · NOT · AND
//! ```

use serde::{Deserialize, Serialize};

use super::path::Path;
use crate::base::{Error, Result};
use crate::data::AttributeValue;

/// A comparator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    pub fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// This comparator with its operands exchanged.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            equality => equality,
        }
    }
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Function {
    AttributeExists,
    AttributeNotExists,
    AttributeType,
    BeginsWith,
    Contains,
    Size,
    IfNotExists,
    ListAppend,
}

impl Function {
    const ALL: [Self; 8] = [
        Self::AttributeExists,
        Self::AttributeNotExists,
        Self::AttributeType,
        Self::BeginsWith,
        Self::Contains,
        Self::Size,
        Self::IfNotExists,
        Self::ListAppend,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::AttributeExists => "attribute_exists",
            Self::AttributeNotExists => "attribute_not_exists",
            Self::AttributeType => "attribute_type",
            Self::BeginsWith => "begins_with",
            Self::Contains => "contains",
            Self::Size => "size",
            Self::IfNotExists => "if_not_exists",
            Self::ListAppend => "list_append",
        }
    }

    /// How many operands it has.
    pub(super) fn operands(self) -> usize {
        match self {
            Self::AttributeExists | Self::AttributeNotExists | Self::Size => 1,
            _ => 2,
        }
    }

    /// True of those that only an update has.
    pub(super) fn updates(self) -> bool {
        matches!(self, Self::IfNotExists | Self::ListAppend)
    }

    /// True of those that are an operand, not a condition.
    pub(super) fn is_operand(self) -> bool {
        matches!(self, Self::Size | Self::IfNotExists | Self::ListAppend)
    }
}

/// A step of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Path(Path),
    Value(AttributeValue),
    Call(Function),
    Compare(Comparator),
    Between,
    /// True if an operand equals one of so many others.
    In(u32),
    And,
    Or,
    Not,
    Plus,
    Minus,
}

/// What a step takes, and whether it gives a truth.
pub(super) struct Shape {
    pub operands: usize,
    pub truths: usize,
    pub gives_truth: bool,
    /// Whether it belongs to an update's values; `None` if it may be anywhere.
    pub updates: Option<bool>,
}

impl Step {
    pub(super) fn shape(&self) -> Shape {
        let shape = |operands, truths, gives_truth, updates| Shape {
            operands,
            truths,
            gives_truth,
            updates,
        };
        match self {
            Self::Path(_) | Self::Value(_) => shape(0, 0, false, None),
            Self::Call(function) => {
                shape(function.operands(), 0, !function.is_operand(), Some(function.updates()))
            }
            Self::Compare(_) => shape(2, 0, true, Some(false)),
            Self::Between => shape(3, 0, true, Some(false)),
            Self::In(others) => shape((*others as usize).saturating_add(1), 0, true, Some(false)),
            Self::And | Self::Or => shape(0, 2, true, Some(false)),
            Self::Not => shape(0, 1, true, Some(false)),
            Self::Plus | Self::Minus => shape(2, 0, false, Some(true)),
        }
    }
}

/// Where the part of a program begins that each of its steps completes. Refuses stored steps that
/// are no program: that take what is not there, or leave something else than one result.
pub(super) fn beginnings(steps: &[Step], updates: bool) -> Result<Vec<u32>> {
    let damaged = || Error::damaged("the stored steps are no program");
    let mut beginnings: Vec<u32> = Vec::with_capacity(steps.len());
    // Of each result that waits to be taken: whether it is a truth, and where its part begins.
    let mut waiting: Vec<(bool, u32)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let Shape { operands, truths, gives_truth, updates: belongs } = step.shape();
        if belongs.is_some_and(|belongs| belongs != updates) || *step == Step::In(0) {
            return Err(damaged());
        }
        let taken = operands.saturating_add(truths);
        let left = waiting.len().checked_sub(taken).ok_or_else(damaged)?;
        if waiting[left..].iter().any(|(truth, _)| *truth != (truths > 0)) {
            return Err(damaged());
        }
        let begins = waiting.get(left).map_or(at as u32, |(_, begins)| *begins);
        waiting.truncate(left);
        waiting.push((gives_truth, begins));
        beginnings.push(begins);
    }
    match waiting[..] {
        [(truth, _)] if truth != updates => Ok(beginnings),
        _ => Err(damaged()),
    }
}
