//! A table as it was beside what it is: what a restore would bring back, leave out and undo.
//!
//! ```text
//!   earliest          ▁▂ ▁▅▁        ▁  now      when things changed
//!      ├───────────────┃────────────────┤       the instant that is looked at
//!   JFK   {"gates":130}   →  gone               a restore brings it back
//! ```
//!
//! Must never know: elements, events of the browser.

use std::sync::Arc;

use crate::base::VirtualTime;
use crate::data::Item;
use crate::sim::{Life, TablePast};

/// What became of an item between then and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was there, and is not any more.
    Deleted,
    /// It was not there yet.
    Created,
    Changed,
}

impl Fate {
    pub const ALL: [Self; 3] = [Self::Deleted, Self::Created, Self::Changed];

    /// What it is called on the page.
    pub fn words(self) -> &'static str {
        match self {
            Self::Deleted => "deleted since",
            Self::Created => "new since",
            Self::Changed => "changed since",
        }
    }

    fn of(life: &Life, at: VirtualTime) -> Option<Self> {
        match (life.at(at), life.now()) {
            (Some(was), Some(is)) => (was != is).then_some(Self::Changed),
            (Some(_), None) => Some(Self::Deleted),
            (None, Some(_)) => Some(Self::Created),
            (None, None) => None,
        }
    }
}

/// An item that was something else then.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub key: String,
    pub fate: Fate,
    /// Of a changed item only the attributes that differ.
    pub was: Option<String>,
    pub is: Option<String>,
}

/// A table as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub items: usize,
    pub items_now: usize,
    /// How many items had each fate, in the order of [`Fate::ALL`].
    pub counts: [usize; 3],
    /// The first of them.
    pub rows: Vec<Row>,
}

impl Preview {
    /// The table at an instant, with so many rows at most.
    pub fn of(past: &TablePast, at: VirtualTime, most: usize) -> Self {
        let mut counts = [0; 3];
        let mut rows = Vec::new();
        for life in &past.lives {
            let Some(fate) = Fate::of(life, at) else { continue };
            counts[fate as usize] += 1;
            if rows.len() < most {
                let [was, is] = contents(life.at(at), life.now());
                rows.push(Row { key: life.key.to_string(), fate, was, is });
            }
        }
        let items_now = past.steady + past.lives.iter().filter(|life| life.now().is_some()).count();
        Self { items: past.items_at(at), items_now, counts, rows }
    }

    /// Whether it is as it was.
    pub fn is_same(&self) -> bool {
        self.counts == [0; 3]
    }
}

/// An item then and now, as JSON; of one that is there both times only what differs.
fn contents(was: Option<&Arc<Item>>, is: Option<&Arc<Item>>) -> [Option<String>; 2] {
    let only = |item: &Item, other: Option<&Arc<Item>>| {
        let Some(other) = other else { return item.to_json().to_string() };
        let mut differing = Item::new();
        for (name, value) in item.iter().filter(|(name, value)| other.get(name) != Some(value)) {
            differing.insert(name, value.clone());
        }
        differing.to_json().to_string()
    };
    [was.map(|item| only(item, is)), is.map(|item| only(item, was))]
}

/// How many changes there were in each of so many equal parts of the window.
pub fn density(
    changes: &[VirtualTime],
    window: (VirtualTime, VirtualTime),
    parts: usize,
) -> Vec<u32> {
    let (earliest, latest) = window;
    let span = latest.since(earliest).0.max(1);
    let mut counts = vec![0; parts];
    for at in changes.iter().filter(|at| (earliest..=latest).contains(at)) {
        let part = at.since(earliest).0 as f64 / span as f64 * parts as f64;
        counts[(part as usize).min(parts - 1)] += 1;
    }
    counts
}

/// The last instant before the last change up to `at`; none if nothing had changed by then.
pub fn before_change(changes: &[VirtualTime], at: VirtualTime) -> Option<VirtualTime> {
    let count = changes.partition_point(|change| *change <= at);
    Some(VirtualTime(changes[count.checked_sub(1)?].0 - 1))
}

/// The first change after an instant.
pub fn next_change(changes: &[VirtualTime], at: VirtualTime) -> Option<VirtualTime> {
    changes.get(changes.partition_point(|change| *change <= at)).copied()
}

/// A name for the table that one is restored to, that is not taken.
pub fn free_name(table: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut names = (2..).map(|number| format!("{table}{number}"));
    names.find(|name| !is_taken(name)).expect("not every number is taken")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Session;

    const STORY: &str = r#"
cluster nodes=5 n=3 r=2 w=2 seed=11
table Music id
put Music early '{"n": 0}'
run 1s
pitr Music on
run 1s
put Music a '{"n": 1, "title": "Help"}'
put Music b '{"n": 1}'
run 100ms
put Music a '{"n": 2, "title": "Help"}'
expire Music gone
put Music c '{"gone": 1767225605}'
run 1s
delete Music b
put Music b '{"n": 3}'
delete Music b
run 10s
---
"#;

    fn told() -> (Session, TablePast) {
        let mut session = Session::default();
        session.run_script(STORY).expect("the story is sound");
        let world = session.world().expect("it has a cluster");
        let schema = world.tables().find(|schema| schema.name.as_str() == "Music");
        let past = world.past_of(schema.expect("it was declared")).expect("it keeps its past");
        (session, past)
    }

    #[test]
    fn it_shows_what_the_cluster_tells_of_every_instant() {
        let (mut session, past) = told();
        assert_eq!((past.steady, past.earliest), (1, VirtualTime(past.earliest.0)));
        let changes = past.changes();
        assert!(changes.len() >= 7, "{changes:?}");
        let around = changes.iter().flat_map(|at| [at.0 - 1, at.0, at.0 + 1]);
        for at in around.chain([past.earliest.0, 5_999_999]).map(VirtualTime) {
            let answer = session.run_script(&format!("scan Music at={}us\n---\n", at.0)).unwrap();
            let mut told: Vec<&str> = answer.lines().filter(|line| line.starts_with('{')).collect();
            told.sort_unstable();
            let lives = past.lives.iter().filter_map(|life| life.at(at));
            let mut shown: Vec<String> = lives.map(|item| item.to_json()).collect();
            shown.push(r#"{"id":"early","n":0}"#.to_owned());
            shown.sort_unstable();
            assert_eq!(shown, told, "as of {at}");
            assert_eq!(past.items_at(at), told.len());
        }
    }

    #[test]
    fn a_preview_says_what_a_restore_would_change() {
        let (_, past) = told();
        let changes = past.changes();
        let start = Preview::of(&past, past.earliest, 9);
        assert_eq!((start.items, start.items_now, start.counts), (1, 2, [0, 1, 0]));
        let with_b = Preview::of(&past, changes[1], 9);
        assert_eq!((with_b.items, with_b.counts), (3, [1, 0, 1]));
        let row = with_b.rows.iter().find(|row| row.fate == Fate::Changed).expect("a has changed");
        assert_eq!(
            (&*row.key, row.was.as_deref(), row.is.as_deref()),
            ("a", Some(r#"{"n":1}"#), Some(r#"{"n":2}"#))
        );
        assert!(Preview::of(&past, *changes.last().unwrap(), 9).is_same());
    }

    #[test]
    fn one_can_walk_from_change_to_change() {
        let (_, past) = told();
        let changes = past.changes();
        let (mut at, mut back) = (VirtualTime(u64::MAX), Vec::new());
        while let Some(before) = before_change(&changes, at) {
            back.push(before);
            at = before;
        }
        assert_eq!(back.len(), changes.len());
        assert_eq!(next_change(&changes, at), Some(changes[0]));
        let window = (past.earliest, VirtualTime(13_000_000));
        assert_eq!(density(&changes, window, 40).iter().sum::<u32>() as usize, changes.len());
        assert_eq!(free_name("Music", |name| name == "Music2"), "Music3");
    }
}
