//! What a goal asks.

use super::Pattern;
use crate::scenario::{Line, report};
use crate::travel::History;

/// What is to be reached.
#[derive(Clone, Debug)]
pub struct Goal {
    /// In which line of the lesson it begins.
    pub line: usize,
    /// What is to be reached, in words.
    pub words: String,
    /// Events that are to be seen in this order.
    pub sights: Vec<Sight>,
    /// What is to hold then.
    pub conditions: Vec<Condition>,
    /// Events after which it cannot be reached any more.
    pub spoils: Vec<Sight>,
    /// What is said when it is reached: `{name}` points at an event.
    pub because: String,
    /// What is said when it was spoiled.
    pub instead: String,
}

/// An event, by what the trace prints of it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// What `because` calls it.
    pub name: String,
    pub pattern: Pattern,
}

/// What a line that only looks at the cluster has to print.
#[derive(Clone, Debug)]
pub struct Condition {
    pub look: Line,
    pub pattern: Pattern,
    /// Whether it has to print such a line, or must not.
    pub wanted: bool,
}

impl Condition {
    /// Whether it holds at the cursor. What cannot be looked at does not hold.
    pub fn holds(&self, history: &History, bound: &super::pattern::Bound) -> bool {
        let Ok(Some(printed)) = report(history, &self.look) else { return false };
        let mut lines = printed.lines();
        lines.any(|line| self.pattern.matches(line, bound).is_some()) == self.wanted
    }
}
