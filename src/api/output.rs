//! Responses: JSON that shares its items with the world.

use std::borrow::Cow;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::data::{DynamoDbJson, Item, Json};

/// A value of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Bool(bool),
    Integer(u64),
    /// A number with up to three decimals: `1500` is 1.5.
    Thousandths(u64),
    Text(Cow<'static, str>),
    Bytes(Box<[u8]>),
    List(Vec<Output>),
    Object(Vec<(Cow<'static, str>, Output)>),
    Item(Arc<Item>),
}

impl Output {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }

    /// A part of a request, as it was.
    pub(super) fn of(json: &Json<'_>) -> Self {
        match json {
            Json::Null => Self::Object(Vec::new()),
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(digits) => Self::Integer(super::input::integer(digits).unsigned_abs()),
            Json::String(text) => Self::text(&**text),
            Json::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Json::Array(values) => Self::List(values.iter().map(Self::of).collect()),
            Json::Object(members) => {
                let member = |(name, value): &(Box<str>, Json<'_>)| {
                    (Cow::Owned(name.to_string()), Self::of(value))
                };
                Self::Object(members.iter().map(member).collect())
            }
        }
    }

    /// As a line of JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("names are strings, and memory can be written to")
    }

    /// The member of this name, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Output> {
        match self {
            Self::Object(members) => {
                members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }
}

impl From<&'static str> for Output {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// An object of those members that there are.
pub(super) fn object(members: impl IntoIterator<Item = (&'static str, Option<Output>)>) -> Output {
    let members = members.into_iter();
    let present = members.filter_map(|(name, value)| Some((Cow::Borrowed(name), value?)));
    Output::Object(present.collect())
}

impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_u64(*value),
            Self::Thousandths(value) => {
                let digits = RawValue::from_string(decimal(*value));
                digits.expect("a decimal is JSON").serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_str(&super::value::base64(bytes)),
            Self::List(values) => serializer.collect_seq(values),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Item(item) => DynamoDbJson(&**item).serialize(serializer),
        }
    }
}

/// With at least one decimal, and no zeros after that.
fn decimal(thousandths: u64) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    let trimmed = text.trim_end_matches('0');
    let zero = if trimmed.ends_with('.') { "0" } else { "" };
    format!("{trimmed}{zero}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_json() {
        let item = Item::from_json(r#"{"iata": "SEA"}"#).expect("valid");
        let output = object([
            ("Items", Some(Output::List(vec![Output::Item(Arc::new(item))]))),
            ("LastEvaluatedKey", None),
            ("Count", Some(Output::Integer(1))),
            ("Units", Some(Output::Thousandths(500))),
            ("Whole", Some(Output::Thousandths(2000))),
            ("Backfilling", Some(Output::Bool(true))),
        ]);
        assert_eq!(
            output.to_json(),
            r#"{"Items":[{"iata":{"S":"SEA"}}],"Count":1,"Units":0.5,"Whole":2.0,"Backfilling":true}"#
        );
        assert_eq!(output.get("Count"), Some(&Output::Integer(1)));
    }
}
