//! Items, keys and versions in the lasting format.
//!
//! ```text
//!   item       list of attributes by name: text, value
//!   value      0 S text   1 N text   2 B bytes   3 BOOL flag   4 NULL   5 M item   6 L list of values
//!              7 SS list of texts    8 NS list of texts        9 BS list of bytes
//!   key        value (S, N or B), then maybe another one
//!   stamp      microseconds of the clock, steps beyond it, node, incarnation, counter: numbers
//!   version    stamp, maybe an item (else it is a tombstone), maybe a context: text, such as A1:2,B1:4-6
//! ```
//!
//! Numbers are texts in DynamoDB's form: digits, maybe a sign and a point.

use std::sync::Arc;

use super::bytes::{Reader, Writer};
use super::pool::empty_stamp;
use crate::base::{Incarnation, NodeId};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::data::{AttributeValue, Item, Key, KeyValue, MAX_NESTING, Number, Set};
use crate::storage::Version;

/// No part of the key of an index's entry is longer.
const MOST_OF_ENTRY: usize = 1 << 15;

pub(super) fn write_item(item: &Item, w: &mut Writer) {
    w.count(item.len());
    for (name, value) in item.iter() {
        w.text(name);
        write_value(value, w);
    }
}

fn write_value(value: &AttributeValue, w: &mut Writer) {
    let tag = |w: &mut Writer, tag: u8| w.bytes.push(tag);
    match value {
        AttributeValue::S(text) => {
            tag(w, 0);
            w.text(text);
        }
        AttributeValue::N(number) => {
            tag(w, 1);
            w.text(&number.to_string());
        }
        AttributeValue::B(bytes) => {
            tag(w, 2);
            w.blob(bytes);
        }
        AttributeValue::BOOL(flag) => {
            tag(w, 3);
            w.flag(*flag);
        }
        AttributeValue::NULL => tag(w, 4),
        AttributeValue::M(map) => {
            tag(w, 5);
            write_item(map, w);
        }
        AttributeValue::L(list) => {
            tag(w, 6);
            w.count(list.len());
            list.iter().for_each(|value| write_value(value, w));
        }
        AttributeValue::SS(set) => {
            tag(w, 7);
            w.count(set.len());
            set.iter().for_each(|text| w.text(text));
        }
        AttributeValue::NS(set) => {
            tag(w, 8);
            w.count(set.len());
            set.iter().for_each(|number| w.text(&number.to_string()));
        }
        AttributeValue::BS(set) => {
            tag(w, 9);
            w.count(set.len());
            set.iter().for_each(|bytes| w.blob(bytes));
        }
    }
}

/// An item as DynamoDB allows it.
pub(super) fn read_item(r: &mut Reader<'_>) -> Option<Item> {
    let item = read_map(r, MAX_NESTING)?;
    item.check_limits().is_ok().then_some(item)
}

/// A map in which at most so many lists and maps lie inside each other.
fn read_map(r: &mut Reader<'_>, levels: usize) -> Option<Item> {
    let attributes = r.list(|r| Some((r.text()?.into(), read_value(r, levels)?)))?;
    Item::from_attributes(attributes).ok()
}

fn read_value(r: &mut Reader<'_>, levels: usize) -> Option<AttributeValue> {
    Some(match r.number::<u8>()? {
        0 => AttributeValue::S(r.text()?.into()),
        1 => AttributeValue::N(r.word()?),
        2 => AttributeValue::B(r.blob()?.into()),
        3 => AttributeValue::BOOL(r.flag()?),
        4 => AttributeValue::NULL,
        5 => AttributeValue::M(read_map(r, levels.checked_sub(1)?)?),
        6 => {
            let levels = levels.checked_sub(1)?;
            AttributeValue::L(r.list(|r| read_value(r, levels))?.into_boxed_slice())
        }
        7 => AttributeValue::SS(Set::new(r.list(|r| Some(r.text()?.into()))?).ok()?),
        8 => AttributeValue::NS(Set::new(r.list(Reader::word::<Number>)?).ok()?),
        9 => AttributeValue::BS(Set::new(r.list(|r| Some(r.blob()?.into()))?).ok()?),
        _ => return None,
    })
}

pub(super) fn write_key(key: &Key, w: &mut Writer) {
    write_key_value(key.partition(), w);
    w.flag(key.sort().is_some());
    key.sort().into_iter().for_each(|sort| write_key_value(sort, w));
}

fn write_key_value(value: &KeyValue, w: &mut Writer) {
    w.bytes.push(value.kind() as u8);
    w.blob(&value.bytes());
}

/// A key of an item, or of an index's entry.
pub(super) fn read_key(r: &mut Reader<'_>, is_entry: bool) -> Option<Key> {
    let partition = read_value(r, 0)?;
    let sort = r.maybe(|r| read_value(r, 0))?;
    if !is_entry {
        return Key::new(partition, sort).ok();
    }
    let partition = KeyValue::try_from(partition).ok()?;
    let fits = (1..=MOST_OF_ENTRY).contains(&partition.bytes().len());
    match sort {
        Some(AttributeValue::B(sort)) if fits && sort.len() <= MOST_OF_ENTRY => {
            Some(Key::of_entry(partition, sort))
        }
        _ => None,
    }
}

pub(super) fn write_version(version: &Version, w: &mut Writer) {
    let Stamp { time, dot } = version.stamp;
    w.number(time.clock_us());
    w.number(time.logical());
    w.number(dot.node.0);
    w.number(dot.incarnation.0);
    w.number(dot.counter);
    w.flag(version.item.is_some());
    version.item.iter().for_each(|item| write_item(item, w));
    w.flag(version.context.is_some());
    version.context.iter().for_each(|context| w.text(&context.to_string()));
}

pub(super) fn read_version(r: &mut Reader<'_>) -> Option<Version> {
    let time = HybridTime::new(r.number()?, r.number()?);
    let (node, incarnation) = (NodeId(r.number()?), Incarnation(r.number()?));
    let dot = Dot { node, incarnation, counter: r.number()? };
    let stamp = Stamp { time, dot };
    let item = r.maybe(read_item)?.map(Arc::new);
    let context = r.maybe(Reader::word)?.map(Arc::new);
    let is_possible = match stamp == empty_stamp() {
        true => item.is_some() && context.is_none(),
        false => {
            let (clock_us, incarnation) = (time.clock_us(), incarnation.0);
            clock_us < u64::MAX / 2 && incarnation < u32::MAX / 2 && dot.counter > 0
        }
    };
    is_possible.then_some(Version { stamp, item, context })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(json: &str) {
        let item = Item::from_dynamodb_json(json).expect(json);
        let mut writer = Writer::default();
        write_item(&item, &mut writer);
        let mut reader = Reader::new(&writer.bytes);
        assert_eq!(read_item(&mut reader), Some(item), "{json}");
        assert!(reader.is_at_end());
        for end in 0..writer.bytes.len() {
            assert_eq!(read_item(&mut Reader::new(&writer.bytes[..end])), None, "{json}");
        }
    }

    #[test]
    fn every_type_is_read_back() {
        read_back(
            r#"{"a":{"S":"Zürich"},"b":{"N":"-12.5e-3"},"c":{"B":"AAEC"},"d":{"BOOL":true}}"#,
        );
        read_back(r#"{"a":{"NULL":true},"b":{"M":{"c":{"L":[{"S":""},{"L":[]}]}}}}"#);
        read_back(r#"{"a":{"SS":["b","a"]},"b":{"NS":["3","1e100"]},"c":{"BS":["AA==","AQ=="]}}"#);
    }

    #[test]
    fn lists_nest_as_deep_as_dynamodb_allows_and_no_deeper() {
        let nested = |levels: usize| [&[1, 1, b'a'][..], &[6, 1].repeat(levels), &[4]].concat();
        assert!(read_item(&mut Reader::new(&nested(MAX_NESTING))).is_some());
        assert!(read_item(&mut Reader::new(&nested(MAX_NESTING + 1))).is_none());
        assert!(read_item(&mut Reader::new(&nested(1 << 20))).is_none());
    }

    #[test]
    fn keys_are_read_back_and_checked() {
        let of = |value: AttributeValue| Key::new(value, Some(7.into())).expect("short");
        for key in [of("SEA".into()), of((-3).into()), of(AttributeValue::B([0, 255].into()))] {
            let mut writer = Writer::default();
            write_key(&key, &mut writer);
            assert_eq!(read_key(&mut Reader::new(&writer.bytes), false), Some(key));
        }
        assert_eq!(read_key(&mut Reader::new(&[0, 0, 0]), false), None, "an empty key");
        assert_eq!(read_key(&mut Reader::new(&[4, 0]), false), None, "NULL is no key");
        assert_eq!(read_key(&mut Reader::new(&[0, 1, b'a', 0]), true), None, "entries are sorted");
    }
}
