//! From a JSON tree to attribute values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::syntax::Json;
use crate::base::Error;
use crate::data::{AttributeValue, Item, MAX_NESTING, Number, Set};

/// What is wrong with a value, and where it lies: `address.lines[2]`.
pub(super) struct Fault {
    path: String,
    message: String,
}

type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    fn new(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    /// The same fault, seen from the map in which its value is called `name`.
    fn in_member(self, name: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Self { path: format!("{name}{dot}{}", self.path), ..self }
    }

    /// The same fault, seen from the list in which its value is at `index`.
    fn in_element(self, index: usize) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Self { path: format!("[{index}]{dot}{}", self.path), ..self }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::new(error.message)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault.path.as_str() {
            "" => Self::invalid(fault.message),
            path => Self::invalid(format!("attribute {path:?}: {}", fault.message)),
        }
    }
}

/// True if every member of the item is an object of exactly one member, named as a type, with a
/// value of the kind that the type asks for.
pub(super) fn looks_like_dynamodb(item: &Json<'_>) -> bool {
    let Json::Object(members) = item else { return false };
    members.iter().all(|(_, value)| match value {
        Json::Object(inner) => matches!(&inner[..], [(name, content)] if suits(name, content)),
        _ => false,
    })
}

/// True if `content` is of the kind that the type descriptor `name` asks for.
fn suits(name: &str, content: &Json<'_>) -> bool {
    match (name, content) {
        ("S" | "N" | "B", Json::String(_))
        | ("BOOL" | "NULL", Json::Bool(_))
        | ("M", Json::Object(_))
        | ("L", Json::Array(_)) => true,
        ("SS" | "NS" | "BS", Json::Array(members)) => {
            members.iter().all(|member| matches!(member, Json::String(_)))
        }
        _ => false,
    }
}

/// Reads one value of a list or map that lies inside `depth` others.
type ReadValue = fn(Json<'_>, usize) -> Result<AttributeValue>;

pub(super) fn plain_item(json: Json<'_>) -> Result<Item> {
    item(json, plain_value)
}

pub(super) fn typed_item(json: Json<'_>) -> Result<Item> {
    item(json, typed_value)
}

fn item(json: Json<'_>, read: ReadValue) -> Result<Item> {
    match json {
        Json::Object(members) => map(members, 0, read),
        other => Err(Fault::new(format!(
            "an item is a JSON object such as {{\"name\": \"Seattle\"}}, but this is {}",
            other.described()
        ))),
    }
}

pub(super) fn plain_value(json: Json<'_>, depth: usize) -> Result<AttributeValue> {
    Ok(match json {
        Json::Null => AttributeValue::NULL,
        Json::Bool(value) => AttributeValue::BOOL(value),
        Json::Number(digits) => AttributeValue::N(digits.parse()?),
        Json::String(text) => AttributeValue::S(text),
        Json::Bytes(bytes) => AttributeValue::B(bytes),
        Json::Array(elements) => AttributeValue::L(list(elements, deeper(depth)?, plain_value)?),
        Json::Object(members) => AttributeValue::M(map(members, deeper(depth)?, plain_value)?),
    })
}

pub(super) fn typed_value(json: Json<'_>, depth: usize) -> Result<AttributeValue> {
    let (name, content) = type_and_content(json)?;
    if !suits(&name, &content) {
        return Err(unsuitable(&name, &content));
    }
    Ok(match (&*name, content) {
        ("S", Json::String(text)) => AttributeValue::S(text),
        ("N", Json::String(digits)) => AttributeValue::N(digits.parse()?),
        ("B", Json::String(text)) => AttributeValue::B(binary(&text)?),
        ("BOOL", Json::Bool(value)) => AttributeValue::BOOL(value),
        ("NULL", Json::Bool(true)) => AttributeValue::NULL,
        ("M", Json::Object(members)) => {
            AttributeValue::M(map(members, deeper(depth)?, typed_value)?)
        }
        ("L", Json::Array(elements)) => {
            AttributeValue::L(list(elements, deeper(depth)?, typed_value)?)
        }
        ("SS", Json::Array(members)) => AttributeValue::SS(set(members, Ok)?),
        ("NS", Json::Array(members)) => {
            AttributeValue::NS(set(members, |digits| Ok(digits.parse::<Number>()?))?)
        }
        ("BS", Json::Array(members)) => AttributeValue::BS(set(members, |text| binary(&text))?),
        (name, content) => return Err(unsuitable(name, &content)),
    })
}

/// Takes `{"S": …}` apart.
fn type_and_content(json: Json<'_>) -> Result<(Box<str>, Json<'_>)> {
    match json {
        Json::Object(mut members) if members.len() == 1 => Ok(members.remove(0)),
        Json::Object(members) => Err(Fault::new(format!(
            "a value in DynamoDB JSON names exactly one type, as in {{\"S\": \"Seattle\"}}, but \
             this has {} members",
            members.len()
        ))),
        other => Err(Fault::new(format!(
            "a value in DynamoDB JSON names its type, as in {{\"S\": \"Seattle\"}}, but this is {}",
            other.described()
        ))),
    }
}

fn unsuitable(name: &str, content: &Json<'_>) -> Fault {
    let wanted = match name {
        "S" => "a string",
        "N" => "a number in quotes, such as {\"N\": \"42\"}",
        "B" => "a string in Base64",
        "BOOL" => "true or false",
        "NULL" => "true",
        "M" => "an object",
        "L" => "an array",
        "SS" | "NS" | "BS" => "an array of strings",
        _ => {
            return Fault::new(format!(
                "{name:?} is not a type: the types are S, N, B, BOOL, NULL, M, L, SS, NS and BS"
            ));
        }
    };
    Fault::new(format!("the type {name} takes {wanted}, but this is {}", content.described()))
}

/// Enters one more list or map, if that is allowed.
fn deeper(depth: usize) -> Result<usize> {
    if depth < MAX_NESTING {
        return Ok(depth + 1);
    }
    Err(Fault::new(format!(
        "lists and maps may lie inside each other at most {MAX_NESTING} deep: flatten the item"
    )))
}

fn map(members: Vec<(Box<str>, Json<'_>)>, depth: usize, read: ReadValue) -> Result<Item> {
    let mut attributes = Vec::with_capacity(members.len());
    for (name, json) in members {
        if name.is_empty() {
            return Err(Fault::new("an attribute's name cannot be empty: give it one"));
        }
        let value = read(json, depth).map_err(|fault| fault.in_member(&name))?;
        attributes.push((name, value));
    }
    Ok(Item::from_attributes(attributes)?)
}

fn list(elements: Vec<Json<'_>>, depth: usize, read: ReadValue) -> Result<Box<[AttributeValue]>> {
    let elements = elements.into_iter().enumerate();
    elements
        .map(|(index, json)| read(json, depth).map_err(|fault| fault.in_element(index)))
        .collect()
}

fn set<T: Ord + std::fmt::Debug>(
    members: Vec<Json<'_>>,
    read: impl Fn(Box<str>) -> Result<T>,
) -> Result<Set<T>> {
    let members = members.into_iter().enumerate().map(|(index, json)| match json {
        Json::String(text) => read(text).map_err(|fault| fault.in_element(index)),
        other => Err(Fault::new(format!(
            "the members of a set are written as strings, but this is {}",
            other.described()
        ))
        .in_element(index)),
    });
    Ok(Set::new(members.collect::<Result<Vec<T>>>()?)?)
}

fn binary(text: &str) -> Result<Box<[u8]>> {
    match BASE64.decode(text) {
        Ok(bytes) => Ok(bytes.into_boxed_slice()),
        Err(error) => Err(Fault::new(format!(
            "a binary is written in Base64, such as \"aGVsbG8=\", but this is not: {error}"
        ))),
    }
}
