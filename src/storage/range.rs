//! What lies in a token range, as it is, and as of an instant.

use std::borrow::Cow;
use std::iter::Peekable;
use std::ops::Bound;

use super::{Held, ItemKey, Store, Version};
use crate::causality::HybridTime;
use crate::ring::Token;

/// Between which names.
type Between = (Bound<ItemKey>, Bound<ItemKey>);

/// Which names lie at positions after `from`, up to and including `to`. A range that ends before it
/// begins passes position 0; one that ends where it begins is the whole ring.
fn between(from: Token, to: Token) -> impl Iterator<Item = Between> {
    let begin = |token: Token| match token.0.checked_add(1) {
        Some(next) => Bound::Included(ItemKey::first_at(Token(next))),
        None => Bound::Unbounded,
    };
    let end = |token: Token| match token.0.checked_add(1) {
        Some(next) => Bound::Excluded(ItemKey::first_at(Token(next))),
        None => Bound::Unbounded,
    };
    // Nothing lies after the last position but what lies after passing position 0.
    let (first, second) = match from < to {
        true => ((begin(from), end(to)), None),
        false if from.0 == u128::MAX => ((Bound::Unbounded, end(to)), None),
        false => ((begin(from), Bound::Unbounded), Some((Bound::Unbounded, end(to)))),
    };
    [first].into_iter().chain(second)
}

/// Names of two ordered sources, each once, in order.
struct Names<'a, A: Iterator<Item = &'a ItemKey>, B: Iterator<Item = &'a ItemKey>> {
    one: Peekable<A>,
    other: Peekable<B>,
}

impl<'a, A, B> Iterator for Names<'a, A, B>
where
    A: Iterator<Item = &'a ItemKey>,
    B: Iterator<Item = &'a ItemKey>,
{
    type Item = &'a ItemKey;

    fn next(&mut self) -> Option<&'a ItemKey> {
        match (self.one.peek(), self.other.peek()) {
            (Some(one), Some(other)) if one == other => {
                self.other.next();
                self.one.next()
            }
            (Some(one), Some(other)) if other < one => self.other.next(),
            (Some(_), _) => self.one.next(),
            (None, _) => self.other.next(),
        }
    }
}

impl Store {
    /// What is held at positions after `from`, up to and including `to`. A range that ends before
    /// it begins passes position 0; one that ends where it begins is the whole ring.
    pub fn range(&self, from: Token, to: Token) -> impl Iterator<Item = (&ItemKey, &Held)> {
        between(from, to).flat_map(|range| self.items.range(range))
    }

    /// The names of everything there, be it held or remembered.
    pub fn names_in(&self, from: Token, to: Token) -> impl Iterator<Item = &ItemKey> {
        between(from, to).flat_map(|range| {
            let one = self.items.range(range.clone()).map(|(key, _)| key).peekable();
            let other = self.changes.names().range(range).map(|(key, _)| key).peekable();
            Names { one, other }
        })
    }

    /// What an item was at a time: its newest version among those not stamped later. Of tables that
    /// keep one version of an item, and their past.
    pub fn as_of(&self, key: &ItemKey, at: HybridTime) -> Option<Cow<'_, Held>> {
        let past = self.changes.as_of(key, at);
        match self.items.get(key).filter(|held| held.stamp().time <= at) {
            Some(held) if past.is_none_or(|past| past.stamp < held.stamp()) => {
                Some(Cow::Borrowed(held))
            }
            _ => past.map(|past: &Version| Cow::Owned(past.clone().into())),
        }
    }
}
