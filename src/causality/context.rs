//! Which writes have been seen: a set of dots, compact where they follow each other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Dot;
use crate::base::{Error, Incarnation, NodeId, Result};

/// Who counts dots: one life of a node.
type Actor = (NodeId, Incarnation);

/// Dots of one actor that follow each other without a gap, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Span {
    node: NodeId,
    incarnation: Incarnation,
    first: u32,
    last: u32,
}

impl Span {
    fn actor(&self) -> Actor {
        (self.node, self.incarnation)
    }
}

/// An exact set of dots, as a version vector with gaps.
///
/// A plain version vector claims every write of an actor up to its counter. A reader that got an
/// actor's second write but never its first would then overwrite both. Here an actor may have
/// several spans, so that nothing is claimed that was not seen (dotted version vectors, Preguiça et
/// al. 2012); nearly always there is one span from 1 on, and the set is as short as a vector.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Span>", into = "Vec<Span>")]
pub struct Context {
    /// Sorted; spans of one actor neither overlap nor touch.
    spans: Vec<Span>,
}

impl Context {
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether this write was seen.
    pub fn contains(&self, dot: Dot) -> bool {
        let actor = (dot.node, dot.incarnation);
        let after = self.spans.partition_point(|s| (s.actor(), s.first) <= (actor, dot.counter));
        after > 0 && {
            let span = &self.spans[after - 1];
            span.actor() == actor && dot.counter <= span.last
        }
    }

    /// Takes one write in.
    pub fn insert(&mut self, dot: Dot) {
        let Dot { node, incarnation, counter } = dot;
        self.insert_span(Span { node, incarnation, first: counter, last: counter });
    }

    /// Takes in everything that another context has seen.
    pub fn join(&mut self, other: &Context) {
        other.spans.iter().for_each(|span| self.insert_span(*span));
    }

    /// About how many bytes it takes in a message.
    pub fn size(&self) -> u64 {
        14 * self.spans.len() as u64
    }

    fn insert_span(&mut self, mut new: Span) {
        let touches = |old: &Span| {
            old.actor() == new.actor()
                && old.first <= new.last.saturating_add(1)
                && new.first <= old.last.saturating_add(1)
        };
        let begin = self.spans.partition_point(|s| {
            s.actor() < new.actor()
                || s.actor() == new.actor() && s.last.saturating_add(1) < new.first
        });
        let count = self.spans[begin..].iter().take_while(|span| touches(span)).count();
        for old in &self.spans[begin..begin + count] {
            new.first = new.first.min(old.first);
            new.last = new.last.max(old.last);
        }
        self.spans.splice(begin..begin + count, [new]);
    }
}

impl TryFrom<Vec<Span>> for Context {
    type Error = String;

    /// Refuses spans that no context has: a snapshot or a caller may claim anything.
    fn try_from(spans: Vec<Span>) -> std::result::Result<Self, String> {
        let whole = spans.iter().all(|span| 1 <= span.first && span.first <= span.last);
        let apart = spans.is_sorted_by(|a, b| {
            a.actor() < b.actor() || a.actor() == b.actor() && a.last.saturating_add(1) < b.first
        });
        match whole && apart {
            true => Ok(Self { spans }),
            false => Err("the spans of a context are not in order".to_owned()),
        }
    }
}

impl From<Context> for Vec<Span> {
    fn from(context: Context) -> Self {
        context.spans
    }
}

impl FromIterator<Dot> for Context {
    fn from_iter<I: IntoIterator<Item = Dot>>(dots: I) -> Self {
        let mut context = Context::default();
        dots.into_iter().for_each(|dot| context.insert(dot));
        context
    }
}

impl fmt::Display for Context {
    /// `A1:2,B1:4-6`: the first two writes of A's first life, and the fourth to sixth of B's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        for (at, Span { node, incarnation, first, last }) in self.spans.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            write!(f, "{comma}{node}{}:", incarnation.0)?;
            match first {
                1 => write!(f, "{last}")?,
                _ => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Context {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(format!(
                "{text:?} is no context: give the one that a read returned, such as A1:2,B1:1"
            ))
        };
        let mut context = Context::default();
        if text == "nothing" || text.is_empty() {
            return Ok(context);
        }
        for part in text.split(',') {
            let (actor, counters) = part.split_once(':').ok_or_else(wrong)?;
            let digits = actor.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
            let (node, incarnation) = actor.split_at(digits);
            let number = |text: &str| text.parse::<u32>().map_err(|_| wrong());
            let (first, last) = match counters.split_once('-') {
                Some((first, last)) => (number(first)?, number(last)?),
                None => (1, number(counters)?),
            };
            if first < 1 || last < first {
                return Err(wrong());
            }
            let (node, incarnation) = (node.parse()?, Incarnation(number(incarnation)?));
            context.insert_span(Span { node, incarnation, first, last });
        }
        Ok(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(node: u16, counter: u32) -> Dot {
        Dot { node: NodeId(node), incarnation: Incarnation(1), counter }
    }

    #[test]
    fn a_context_claims_nothing_that_was_not_seen() {
        let mut context: Context = [dot(0, 1), dot(0, 3), dot(1, 2)].into_iter().collect();
        assert_eq!(context.to_string(), "A1:1,A1:3-3,B1:2-2");
        assert!(!context.contains(dot(0, 2)) && !context.contains(dot(1, 1)));
        context.insert(dot(0, 2));
        assert_eq!(context.to_string(), "A1:3,B1:2-2");
    }

    #[test]
    fn contexts_are_written_and_read_back() {
        for text in ["nothing", "A1:2", "A1:2,A1:5-9,A2:1,AB3:7-7"] {
            assert_eq!(text.parse::<Context>().unwrap().to_string(), text);
        }
        for wrong in ["A", "A1", "A1:", "A1:0", "A1:3-2", ":2", "A1:2;B1:1"] {
            assert!(wrong.parse::<Context>().is_err(), "{wrong:?} was taken for a context");
        }
    }

    #[test]
    fn joining_is_the_union() {
        // All subsets of five dots of two actors, in any order.
        let all = [dot(0, 1), dot(0, 2), dot(0, 4), dot(1, 1), dot(1, 2)];
        let subset = |mask: usize| -> Context {
            (0..all.len()).rev().filter(|at| mask >> at & 1 == 1).map(|at| all[at]).collect()
        };
        for one in 0..32 {
            for other in 0..32 {
                let mut joined = subset(one);
                joined.join(&subset(other));
                assert_eq!(joined, subset(one | other));
            }
        }
    }
}
