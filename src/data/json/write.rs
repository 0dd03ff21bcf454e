//! From attribute values to JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use crate::data::{AttributeValue, Item, Number};

/// An item or a value that serializes as plain JSON: `{"name": "x"}`. Only for `serde_json`, since
/// no other serializer takes numbers as digits.
#[derive(Clone, Copy, Debug)]
pub struct PlainJson<'a, T>(pub &'a T);

/// An item or a value that serializes as DynamoDB JSON: `{"name": {"S": "x"}}`.
#[derive(Clone, Copy, Debug)]
pub struct DynamoDbJson<'a, T>(pub &'a T);

pub(super) fn to_text(json: &impl Serialize) -> String {
    serde_json::to_string(json).expect("names are strings, and writing to memory cannot fail")
}

impl Serialize for PlainJson<'_, Item> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0.iter() {
            map.serialize_entry(name, &PlainJson(value))?;
        }
        map.end()
    }
}

impl Serialize for DynamoDbJson<'_, Item> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0.iter() {
            map.serialize_entry(name, &DynamoDbJson(value))?;
        }
        map.end()
    }
}

impl Serialize for PlainJson<'_, AttributeValue> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AttributeValue::S(text) => serializer.serialize_str(text),
            AttributeValue::N(number) => PlainJson(number).serialize(serializer),
            AttributeValue::B(bytes) => Base64(bytes).serialize(serializer),
            AttributeValue::BOOL(value) => serializer.serialize_bool(*value),
            AttributeValue::NULL => serializer.serialize_unit(),
            AttributeValue::M(map) => PlainJson(map).serialize(serializer),
            AttributeValue::L(list) => sequence(serializer, list, PlainJson),
            AttributeValue::SS(set) => sequence(serializer, set, |text| text),
            AttributeValue::NS(set) => sequence(serializer, set, PlainJson),
            AttributeValue::BS(set) => sequence(serializer, set, |bytes| Base64(bytes)),
        }
    }
}

impl Serialize for DynamoDbJson<'_, AttributeValue> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_key(self.0.type_descriptor())?;
        map.serialize_value(&Content(self.0))?;
        map.end()
    }
}

/// What stands behind the type descriptor in DynamoDB JSON.
struct Content<'a>(&'a AttributeValue);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AttributeValue::S(text) => serializer.serialize_str(text),
            AttributeValue::N(number) => serializer.collect_str(number),
            AttributeValue::B(bytes) => Base64(bytes).serialize(serializer),
            AttributeValue::BOOL(value) => serializer.serialize_bool(*value),
            AttributeValue::NULL => serializer.serialize_bool(true),
            AttributeValue::M(map) => DynamoDbJson(map).serialize(serializer),
            AttributeValue::L(list) => sequence(serializer, list, DynamoDbJson),
            AttributeValue::SS(set) => sequence(serializer, set, |text| text),
            AttributeValue::NS(set) => sequence(serializer, set, Number::to_string),
            AttributeValue::BS(set) => sequence(serializer, set, |bytes| Base64(bytes)),
        }
    }
}

impl Serialize for PlainJson<'_, Number> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = RawValue::from_string(self.0.to_string());
        digits.expect("a number's normal form is JSON").serialize(serializer)
    }
}

/// Bytes that serialize as a Base64 string.
struct Base64<'a>(&'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(self.0))
    }
}

/// Serializes what `as_json` makes of each member.
fn sequence<'a, S: Serializer, T, J: Serialize>(
    serializer: S,
    members: &'a [T],
    as_json: impl Fn(&'a T) -> J,
) -> Result<S::Ok, S::Error> {
    let mut sequence = serializer.serialize_seq(Some(members.len()))?;
    for member in members {
        sequence.serialize_element(&as_json(member))?;
    }
    sequence.end()
}
