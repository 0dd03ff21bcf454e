//! JSON text as a tree whose numbers are still text.
//!
//! `serde_json` reads numbers into binary floating point unless a switch is set that changes it
//! for every crate of the program. Its raw values do not: each is a checked piece of the text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::base::{Error, Result};
use crate::data::MAX_NESTING;

/// The deepest JSON that can hold an item: in DynamoDB JSON each level of nesting takes two, one
/// for the type and one for the content, and the item and its innermost values take three.
pub(super) const MAX_DEPTH: usize = 2 * MAX_NESTING + 3;

/// A JSON value.
#[derive(Debug)]
pub enum Json<'a> {
    Null,
    Bool(bool),
    /// The digits as they were written.
    Number(&'a str),
    String(Box<str>),
    /// What text has in Base64. No text has it as it is, but other languages do.
    Bytes(Box<[u8]>),
    Array(Vec<Json<'a>>),
    /// The members as they were written, duplicates included.
    Object(Vec<(Box<str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Reads text that nests no deeper than items do.
    pub fn read(text: &'a str) -> Result<Self> {
        Self::read_within(text, MAX_DEPTH)
    }

    /// Reads text in which values lie inside at most `depth` arrays and objects.
    pub fn read_within(text: &'a str, depth: usize) -> Result<Self> {
        let raw: &RawValue = parse(text, text)?;
        Self::read_raw(text, raw, depth + 1)
    }

    /// Whether this is JSON, however deep.
    pub fn is_valid(text: &str) -> bool {
        serde_json::from_str::<&RawValue>(text).is_ok()
    }

    /// Reads `raw`, a part of `text` in which there may be so many levels.
    fn read_raw(text: &'a str, raw: &'a RawValue, depth: usize) -> Result<Self> {
        let Some(below) = depth.checked_sub(1) else {
            return Err(Error::invalid(format!(
                "the JSON nests too deep: lists and maps may lie inside each other at most \
                 {MAX_NESTING} deep"
            )));
        };
        let part = raw.get();
        Ok(match part.as_bytes()[0] {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::String(parse(text, part)?),
            b'[' => {
                let elements: Vec<&RawValue> = parse(text, part)?;
                let elements = elements.into_iter().map(|raw| Self::read_raw(text, raw, below));
                Self::Array(elements.collect::<Result<_>>()?)
            }
            b'{' => {
                let Members(members) = parse(text, part)?;
                let members = members
                    .into_iter()
                    .map(|(name, raw)| Ok((name, Self::read_raw(text, raw, below)?)));
                Self::Object(members.collect::<Result<_>>()?)
            }
            _ => Self::Number(part),
        })
    }

    /// What kind of value this is, for messages.
    pub fn described(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Bytes(_) => "binary data",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// The members of an object, unread.
struct Members<'a>(Vec<(Box<str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// Reads `part`, a piece of `text`, and tells mistakes by their place in the whole text.
fn parse<'a, T: Deserialize<'a>>(text: &'a str, part: &'a str) -> Result<T> {
    serde_json::from_str(part).map_err(|error| {
        let (line, column) = place(text, part, &error);
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or_default();
        Error::invalid(format!(
            "this is not valid JSON: {what}, at line {line}, column {column}. Names and strings \
             need double quotes, and commas go between members, not after the last"
        ))
    })
}

/// The line and column of an error found in `part`, counted from the start of `text`.
fn place(text: &str, part: &str, error: &serde_json::Error) -> (usize, usize) {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    let before = &text[..start];
    let line = before.matches('\n').count();
    let column = match (error.line(), before.rfind('\n')) {
        (1, newline) => start - newline.map_or(0, |at| at + 1) + error.column(),
        _ => error.column(),
    };
    (line + error.line(), column)
}
