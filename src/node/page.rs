//! What clients ask for that is not one item: a part of a table or an index, in order.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Freshness;
use crate::base::{Error, Result, VirtualTime};
use crate::causality::{HybridTime, Stamp};
use crate::data::{AttributeValue, Item, Key, KeyAttribute, KeyValue, Number, TableName};
use crate::ring::Token;
use crate::storage::ItemKey;

/// A part of a table, or of an index, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// A table, or `TABLE/INDEX`.
    pub source: TableName,
    pub span: Span,
    /// From the greatest sort key down. Only of a collection.
    pub reverse: bool,
    /// The page begins behind this item, whether or not there is such an item.
    pub after: Option<ItemKey>,
    /// How many items it has at most.
    pub limit: u32,
    /// How large these are together at most, as DynamoDB counts; but it has one item at least.
    pub bytes: u32,
    pub freshness: Freshness,
    /// The local index through which the table is read, if one is.
    pub local: Option<LocalOrder>,
}

/// Which part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// The items with one partition key, in the order of their sort keys. (They live together.)
    Collection { partition: KeyValue, sort: SortRange },
    /// All items in one of so many equal arcs of the ring, clockwise from position 0.
    Segment { number: u32, of: u32 },
}

/// A local index. A scan takes its items in the order of the ring, as those of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalOrder {
    /// A collection is ordered by this attribute, then by sort key. Items that lack it are left out,
    /// and so are those that have another type there. The span's bounds are about this attribute.
    pub attribute: KeyAttribute,
    /// What the item `after` which a page of a collection begins has there.
    pub after: Option<KeyValue>,
}

/// Which sort keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortRange {
    pub from: Bound<KeyValue>,
    pub to: Bound<KeyValue>,
}

/// A part of a table or an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub items: Vec<(ItemKey, Arc<Item>)>,
    /// Which version each of them is.
    pub stamps: Vec<Stamp>,
    /// More may follow behind this item; none: that is all.
    pub last: Option<ItemKey>,
    /// Of all items, as DynamoDB counts.
    pub size: u64,
}

impl PageRequest {
    /// How large a page is at most in DynamoDB (Developer Guide, "Querying tables", "Paginating").
    pub const MOST_BYTES: u32 = 1 << 20;

    /// The name that the request goes by: of a collection, its position is where that lives.
    ///
    /// # Errors
    /// If no key can have such a value.
    pub fn key(&self) -> Result<ItemKey> {
        let partition = match &self.span {
            Span::Collection { partition, .. } => partition.clone(),
            Span::Segment { number, .. } => KeyValue::N(Number::from(i64::from(*number))),
        };
        Ok(ItemKey::new(self.source.clone(), Key::new(partition.into(), None)?))
    }

    /// Refuses what makes no sense.
    pub fn check(&self) -> Result<()> {
        if self.limit == 0 || self.bytes == 0 {
            return Err(Error::invalid("a page has room for one item at least: raise its limit"));
        }
        match &self.span {
            Span::Segment { number, of } if number >= of => Err(Error::invalid(format!(
                "there is no segment {number} of {of}: they are numbered from 0"
            ))),
            Span::Segment { .. } if self.reverse => {
                Err(Error::invalid("a scan goes round the ring: it has no other order"))
            }
            _ if self.as_of().is_some()
                && (!self.is_scan() || self.source.as_index().is_some()) =>
            {
                Err(Error::invalid("what was is shown of whole tables: scan one as of an instant"))
            }
            _ if !self.goes_on_inside() => {
                Err(Error::invalid("the page would go on behind an item that is no part of it"))
            }
            _ => Ok(()),
        }
    }

    /// Whether what it begins behind is a part of the span.
    fn goes_on_inside(&self) -> bool {
        let has_value = self.local.as_ref().and_then(|order| order.after.as_ref()).is_some();
        let Some(after) = &self.after else { return !has_value };
        let is_inside = match &self.span {
            Span::Collection { partition, .. } => after.key().partition() == partition,
            Span::Segment { number, of } => {
                let (first, last) = Span::arc(*number, *of);
                (first..=last).contains(&after.position)
            }
        };
        is_inside && *after.table() == self.source && has_value == self.order().is_some()
    }

    /// The order in which the items of a collection follow each other, if it is not that of their
    /// sort keys.
    pub fn order(&self) -> Option<&LocalOrder> {
        self.local.as_ref().filter(|_| !self.is_scan())
    }

    /// Whether an item counts: one that a scan passes by because the index lacks it does not.
    pub fn has(&self, item: &Item) -> bool {
        let local = self.local.as_ref().filter(|_| self.is_scan());
        local.is_none_or(|LocalOrder { attribute, .. }| {
            let kind = |value: &AttributeValue| value.type_descriptor();
            item.get(&attribute.name).map(kind) == Some(attribute.kind.descriptor())
        })
    }

    pub fn is_consistent(&self) -> bool {
        self.freshness == Freshness::Consistent
    }

    /// The time as of which it shows a table; none: as it is.
    pub fn as_of(&self) -> Option<HybridTime> {
        match self.freshness {
            Freshness::AsOf(at) => Some(at),
            _ => None,
        }
    }

    /// Whether it goes round the ring.
    pub fn is_scan(&self) -> bool {
        matches!(self.span, Span::Segment { .. })
    }

    /// The word for it in the scenario language and on the screen.
    pub fn verb(&self) -> &'static str {
        match self.span {
            Span::Collection { .. } => "query",
            Span::Segment { .. } => "scan",
        }
    }
}

impl Span {
    /// The positions of a segment: the first one, and the last one.
    pub fn arc(number: u32, of: u32) -> (Token, Token) {
        // The ring has one position more than fits: so the last one comes before the first.
        let (each, rest) = (u128::MAX / u128::from(of), u128::MAX % u128::from(of) + 1);
        let begin = |number: u32| {
            let number = u128::from(number);
            (each * number).wrapping_add(rest * number / u128::from(of))
        };
        (Token(begin(number)), Token(begin(number + 1).wrapping_sub(1)))
    }
}

impl SortRange {
    pub const ALL: Self = Self { from: Bound::Unbounded, to: Bound::Unbounded };

    /// This value alone.
    pub fn only(value: KeyValue) -> Self {
        Self { from: Bound::Included(value.clone()), to: Bound::Included(value) }
    }

    /// Strings or binaries that begin so.
    pub fn beginning_with(prefix: KeyValue) -> Self {
        let to = match &prefix {
            KeyValue::S(text) => next_text(text).map(KeyValue::S),
            KeyValue::B(bytes) => next_bytes(bytes).map(KeyValue::B),
            KeyValue::N(_) => return Self::only(prefix),
        };
        Self { from: Bound::Included(prefix), to: to.map_or(Bound::Unbounded, Bound::Excluded) }
    }

    pub fn contains(&self, value: &KeyValue) -> bool {
        self.is_below_end(value) && self.is_above_begin(value)
    }

    fn is_above_begin(&self, value: &KeyValue) -> bool {
        match &self.from {
            Bound::Unbounded => true,
            Bound::Included(from) => value.cmp(from) != Ordering::Less,
            Bound::Excluded(from) => value.cmp(from) == Ordering::Greater,
        }
    }

    fn is_below_end(&self, value: &KeyValue) -> bool {
        match &self.to {
            Bound::Unbounded => true,
            Bound::Included(to) => value.cmp(to) != Ordering::Greater,
            Bound::Excluded(to) => value.cmp(to) == Ordering::Less,
        }
    }
}

/// The least string that is greater than all that begin with this one.
fn next_text(prefix: &str) -> Option<Box<str>> {
    let mut rest = prefix.chars();
    while let Some(last) = rest.next_back() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            return Some(format!("{}{next}", rest.as_str()).into());
        }
    }
    None
}

/// The same for bytes.
fn next_bytes(prefix: &[u8]) -> Option<Box<[u8]>> {
    let keep = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut next = prefix[..=keep].to_vec();
    next[keep] += 1;
    Some(next.into())
}

impl fmt::Display for SortRange {
    /// The bounds, each after a space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from {
            Bound::Unbounded => {}
            Bound::Included(from) if self.to == Bound::Included(from.clone()) => {
                return write!(f, " at {from}");
            }
            Bound::Included(from) => write!(f, " from {from}")?,
            Bound::Excluded(from) => write!(f, " above {from}")?,
        }
        match &self.to {
            Bound::Unbounded => Ok(()),
            Bound::Included(to) => write!(f, " up to {to}"),
            Bound::Excluded(to) => write!(f, " below {to}"),
        }
    }
}

impl fmt::Display for PageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb(), self.source)?;
        match &self.span {
            Span::Collection { partition, sort } => {
                write!(f, "/{partition}")?;
                if let Some(LocalOrder { attribute, .. }) = &self.local {
                    write!(f, " by {}", attribute.name)?;
                }
                sort.fmt(f)?;
            }
            Span::Segment { number, of } => {
                if let Some(LocalOrder { attribute, .. }) = &self.local {
                    write!(f, " by {}", attribute.name)?;
                }
                if *of > 1 {
                    write!(f, " segment={number}/{of}")?;
                }
            }
        }
        if self.limit < u32::MAX {
            write!(f, " limit={}", self.limit)?;
        }
        for (name, is_so) in [("reverse", self.reverse), ("consistent", self.is_consistent())] {
            if is_so {
                write!(f, " {name}=true")?;
            }
        }
        if let Some(at) = self.as_of() {
            write!(f, " at={}", VirtualTime(at.clock_us()))?;
        }
        match &self.after {
            Some(after) => write!(f, " after={}", after.in_table()),
            None => Ok(()),
        }
    }
}

/// How many items are named where all would be too many.
const MOST_NAMED: usize = 8;

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.items.len() {
            0 => f.write_str("no items")?,
            1 => f.write_str("1 item")?,
            count => write!(f, "{count} items")?,
        }
        for (at, (key, _)) in self.items.iter().take(MOST_NAMED).enumerate() {
            write!(f, "{} {}", if at > 0 { "," } else { ":" }, key.in_table())?;
        }
        if self.items.len() > MOST_NAMED {
            f.write_str(", …")?;
        }
        match &self.last {
            Some(last) => write!(f, "; more may follow behind {}", last.in_table()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> KeyValue {
        KeyValue::S(text.into())
    }

    #[test]
    fn segments_are_the_whole_ring_without_gaps() {
        for of in [1u32, 2, 3, 7, 1_000_000] {
            let arcs = [0, 1, of / 2, of.saturating_sub(2), of - 1];
            assert_eq!(Span::arc(0, of).0, Token(0));
            assert_eq!(Span::arc(of - 1, of).1, Token(u128::MAX));
            for number in arcs.into_iter().filter(|number| number + 1 < of) {
                let (first, last) = Span::arc(number, of);
                assert!(first <= last);
                assert_eq!(Span::arc(number + 1, of).0, Token(last.0 + 1), "{number} of {of}");
            }
        }
    }

    #[test]
    fn prefixes_are_ranges() {
        let sea = SortRange::beginning_with(text("Sea"));
        for (value, is_in) in [
            ("Sea", true),
            ("Seattle", true),
            ("Sea\u{10ffff}x", true),
            ("Seb", false),
            ("Se", false),
        ] {
            assert_eq!(sea.contains(&text(value)), is_in, "{value}");
        }
        assert_eq!(SortRange::beginning_with(text("\u{10ffff}")).to, Bound::Unbounded);
        // The character before the surrogates, which are none.
        let odd = SortRange::beginning_with(text("a\u{d7ff}"));
        assert_eq!(odd.to, Bound::Excluded(text("a\u{e000}")));
        let bytes = SortRange::beginning_with(KeyValue::B([1, 255].into()));
        assert_eq!(bytes.to, Bound::Excluded(KeyValue::B([2].into())));
    }

    #[test]
    fn pages_that_make_no_sense_are_refused() {
        let source = TableName::new("T").unwrap();
        let partition = text("p");
        let page = PageRequest {
            source: source.clone(),
            span: Span::Collection { partition, sort: SortRange::ALL },
            reverse: true,
            after: None,
            limit: 1,
            bytes: 1,
            freshness: Freshness::Eventual,
            local: None,
        };
        assert_eq!(page.check(), Ok(()));
        let key = |partition: &str| {
            ItemKey::new(source.clone(), Key::new(partition.into(), Some("s".into())).unwrap())
        };
        let segment = |number, of| Span::Segment { number, of };
        for wrong in [
            PageRequest { limit: 0, ..page.clone() },
            PageRequest { bytes: 0, ..page.clone() },
            PageRequest { after: Some(key("q")), ..page.clone() },
            PageRequest { span: segment(1, 1), reverse: false, ..page.clone() },
            PageRequest { span: segment(0, 0), reverse: false, ..page.clone() },
            PageRequest { span: segment(0, 1), ..page.clone() },
        ] {
            assert!(wrong.check().is_err(), "{wrong}");
        }
        assert_eq!(PageRequest { after: Some(key("p")), ..page }.check(), Ok(()));
    }
}
