//! Whether a history of one register is linearizable: whether its operations can be put in an order
//! that keeps to real time, and in which each finds what it found (Herlihy and Wing 1990).
//!
//! The search is that of Wing and Gong (1993), with the memory of Lowe (2017): at each step it tries
//! every operation that may come next, because it began before any other one that is left had ended,
//! and never tries the same operations done with the same version left twice. What only looks is taken
//! as soon as it fits: it changes nothing, and so can do no harm.
//!
//! ```text
//!   put 1  ├────┤             put 1 · get 1 · put 2 · get 2: in order
//!   put 2     ├──────…        nobody knows whether it was done, or when
//!   get 2          ├──┤
//!   get 1              ├──┤   there is no order: 1 was gone before this began
//! ```
//!
//! Caveat: the worst case takes exponential time, so it gives up after so many steps.

use std::collections::BTreeSet;

/// How many operations are tried at most, and how often.
const MOST_STEPS: u32 = 100_000;

/// A version by the number of the request that wrote it.
pub(super) type Writer = u64;

/// What the register holds: nothing, or what put it there, if anything did, and how often one was added
/// to it since.
pub(super) type Content = Option<(Option<Writer>, u32)>;

/// One operation on the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    pub began: u64,
    /// None: nobody knows whether it was done. It may be later, too.
    pub ended: Option<u64>,
    pub what: What,
    /// What it was told that the register held when it looked, or wrote.
    pub content: Option<Content>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It found this.
    Saw(Seen),
    /// It wrote its version, if what it wanted to find was there.
    Wrote { version: Writer, makes: Makes, found: Seen },
}

/// What a write makes of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Makes {
    Item,
    Nothing,
    /// What was there, and one more: an update of a counter.
    OneMore,
}

/// What an operation found, or has to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// No item: never written, or deleted by whomever.
    Absent,
    /// This version; a tombstone is one as well.
    Version(Writer),
    /// Whatever there is.
    Anything,
}

/// The register: the version that was written last, and what it is.
type State = Option<(Writer, Content)>;

impl Seen {
    fn fits(self, state: State) -> bool {
        match self {
            Seen::Absent => content(state).is_none(),
            Seen::Version(writer) => state.is_some_and(|(version, _)| version == writer),
            Seen::Anything => true,
        }
    }
}

fn content(state: State) -> Content {
    state.and_then(|(_, content)| content)
}

impl Operation {
    /// Whether it could find what it found.
    fn fits(&self, state: State) -> bool {
        let (What::Saw(found) | What::Wrote { found, .. }) = self.what;
        found.fits(state) && self.content.is_none_or(|told| told == content(state))
    }
}

impl Makes {
    fn of(self, version: Writer, before: Content) -> Content {
        match (self, before) {
            (Makes::Item, _) => Some((Some(version), 0)),
            (Makes::Nothing, _) => None,
            (Makes::OneMore, None) => Some((None, 1)),
            (Makes::OneMore, Some((put, count))) => Some((put, count + 1)),
        }
    }
}

/// Whether a history is linearizable; none if that would take too long to find out.
pub(super) fn is_linearizable(mut history: Vec<Operation>) -> Option<bool> {
    leave_out_unseen(&mut history);
    history.sort_by_key(|operation| operation.began);
    let done = vec![0; history.len().div_ceil(64)];
    let mut search = Search { history, done, tried: BTreeSet::new(), steps: 0 };
    let found = search.goes_on_from(0, None);
    (found || search.steps < MOST_STEPS).then_some(found)
}

/// A put of which nobody knows whether it was done, and which nobody ever saw, was not: what comes
/// after it would have to find it.
fn leave_out_unseen(history: &mut Vec<Operation>) {
    let seen = |operation: &Operation| match operation.what {
        What::Saw(Seen::Version(writer)) | What::Wrote { found: Seen::Version(writer), .. } => {
            Some(writer)
        }
        _ => None,
    };
    let held = |operation: &Operation| operation.content??.0;
    let mut all: BTreeSet<Writer> = history.iter().filter_map(seen).collect();
    all.extend(history.iter().filter_map(held));
    history.retain(|operation| match operation.what {
        What::Wrote { version, makes: Makes::Item, .. } => {
            operation.ended.is_some() || all.contains(&version)
        }
        _ => true,
    });
}

struct Search {
    /// By beginning.
    history: Vec<Operation>,
    /// A bit for each operation that has its place in the order.
    done: Vec<u64>,
    /// What was done and left where it was to no avail.
    tried: BTreeSet<(Vec<u64>, State)>,
    steps: u32,
}

impl Search {
    fn is_done(&self, at: usize) -> bool {
        self.done[at / 64] >> (at % 64) & 1 == 1
    }

    fn turn(&mut self, at: usize) {
        self.done[at / 64] ^= 1 << (at % 64);
    }

    /// Whether the rest can be put in order; everything before `first` is done.
    fn goes_on_from(&mut self, mut first: usize, state: State) -> bool {
        let mut looked = Vec::new();
        let next = loop {
            while first < self.history.len() && self.is_done(first) {
                first += 1;
            }
            let next = self.candidates(first);
            let Some(next) = next else { return true };
            let fits = |at: &usize| {
                let operation = &self.history[*at];
                matches!(operation.what, What::Saw(_)) && operation.fits(state)
            };
            match next.iter().copied().find(|at| fits(at)) {
                Some(at) => {
                    self.turn(at);
                    looked.push(at);
                }
                None => break next,
            }
        };
        let found = self.try_writes(first, state, &next);
        looked.into_iter().for_each(|at| self.turn(at));
        found
    }

    fn try_writes(&mut self, first: usize, state: State, next: &[usize]) -> bool {
        if !self.tried.insert((self.done.clone(), state)) {
            return false;
        }
        for at in next.iter().copied() {
            self.steps += 1;
            if self.steps >= MOST_STEPS {
                return false;
            }
            let What::Wrote { version, makes, .. } = self.history[at].what else { continue };
            if self.history[at].fits(state) {
                self.turn(at);
                let made = makes.of(version, content(state));
                if self.goes_on_from(first, Some((version, made))) {
                    return true;
                }
                self.turn(at);
            }
        }
        false
    }

    /// What may come next: it began before anything else that is left had ended. None if nothing has
    /// to come any more.
    fn candidates(&self, first: usize) -> Option<Vec<usize>> {
        let (mut ends, mut next) = (u64::MAX, Vec::new());
        for (at, operation) in self.history.iter().enumerate().skip(first) {
            if operation.began > ends {
                break;
            }
            if !self.is_done(at) {
                ends = ends.min(operation.ended.unwrap_or(u64::MAX));
                next.push(at);
            }
        }
        next.retain(|at| self.history[*at].began < ends);
        (ends < u64::MAX).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(
        version: Writer,
        makes: Makes,
        found: Seen,
        began: u64,
        ended: Option<u64>,
    ) -> Operation {
        Operation { began, ended, what: What::Wrote { version, makes, found }, content: None }
    }

    /// An update that was told that so often one had been added before.
    fn counted(version: Writer, before: u32, began: u64, ended: u64) -> Operation {
        let content = Some((before > 0).then_some((None, before)));
        let operation = wrote(version, Makes::OneMore, Seen::Anything, began, Some(ended));
        Operation { content, ..operation }
    }

    fn put(version: Writer, found: Seen, began: u64, ended: Option<u64>) -> Operation {
        wrote(version, Makes::Item, found, began, ended)
    }

    fn delete(version: Writer, found: Seen, began: u64, ended: Option<u64>) -> Operation {
        wrote(version, Makes::Nothing, found, began, ended)
    }

    fn saw(seen: Seen, began: u64, ended: u64) -> Operation {
        Operation { began, ended: Some(ended), what: What::Saw(seen), content: None }
    }

    use Seen::{Absent, Version};

    #[test]
    fn one_after_the_other_is_in_order() {
        let history = vec![
            saw(Absent, 0, 1),
            put(1, Absent, 2, Some(3)),
            saw(Version(1), 4, 5),
            put(2, Version(1), 6, Some(7)),
            delete(3, Version(2), 8, Some(9)),
            saw(Absent, 10, 11),
            put(4, Absent, 12, Some(13)),
        ];
        assert_eq!(is_linearizable(history), Some(true));
    }

    #[test]
    fn what_overlaps_may_come_in_any_order() {
        let history = vec![
            put(1, Absent, 0, Some(10)),
            saw(Absent, 1, 9),
            saw(Version(1), 2, 8),
            put(2, Version(1), 3, Some(7)),
        ];
        assert_eq!(is_linearizable(history), Some(true));
    }

    #[test]
    fn two_that_found_the_same_are_not_in_order() {
        let history = vec![put(1, Absent, 0, Some(5)), put(2, Absent, 1, Some(6))];
        assert_eq!(is_linearizable(history), Some(false));
    }

    #[test]
    fn a_read_that_goes_back_is_not_in_order() {
        let history = vec![
            put(1, Absent, 0, Some(1)),
            put(2, Version(1), 2, None),
            saw(Version(2), 3, 4),
            saw(Version(1), 5, 6),
        ];
        assert_eq!(is_linearizable(history), Some(false));
    }

    #[test]
    fn what_is_unknown_may_be_done_late_or_never() {
        let late = vec![
            put(1, Absent, 0, Some(1)),
            put(2, Version(1), 2, None),
            saw(Version(1), 3, 4),
            saw(Version(2), 5, 6),
        ];
        assert_eq!(is_linearizable(late), Some(true));
        let never = vec![put(1, Absent, 0, None), saw(Absent, 1, 2), put(3, Absent, 3, Some(4))];
        assert_eq!(is_linearizable(never), Some(true));
        // Only an unknown delete explains the second put.
        let needed = vec![
            put(1, Absent, 0, Some(1)),
            delete(2, Version(1), 2, None),
            put(3, Absent, 4, Some(5)),
        ];
        assert_eq!(is_linearizable(needed), Some(true));
    }

    #[test]
    fn updates_are_neither_lost_nor_doubled() {
        let counts = |befores: [u32; 3]| {
            let updates = befores.into_iter().zip([1, 2, 3]);
            let updates = updates.map(|(before, version)| counted(version, before, 0, 9));
            is_linearizable(updates.collect())
        };
        assert_eq!(counts([1, 0, 2]), Some(true));
        assert_eq!(counts([0, 1, 1]), Some(false), "one was lost");
        assert_eq!(counts([0, 1, 3]), Some(false), "one was done twice");
        let unknown = wrote(4, Makes::OneMore, Seen::Anything, 0, None);
        let once = vec![counted(1, 0, 0, 1), unknown, counted(2, 2, 4, 5)];
        assert_eq!(is_linearizable(once), Some(true));
        let twice = vec![counted(1, 0, 0, 1), unknown, counted(2, 3, 4, 5)];
        assert_eq!(is_linearizable(twice), Some(false));
    }

    #[test]
    fn nothing_is_done_twice() {
        let history = vec![
            put(1, Absent, 0, Some(20)),
            saw(Version(1), 1, 2),
            delete(2, Version(1), 3, Some(4)),
            saw(Absent, 5, 6),
            saw(Version(1), 7, 8),
        ];
        assert_eq!(is_linearizable(history), Some(false));
    }
}
