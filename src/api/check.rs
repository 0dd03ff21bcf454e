//! Requests held against their description: first all types, then all constraints.
//!
//! The first wrong type ends it, as a SerializationException. Constraints are collected, up to ten
//! of them, into one ValidationException that names the place of each:
//!
//! ```text
//! 2 validation errors detected: Value null at 'keySchema' failed to satisfy constraint: Member must
//! not be null; Value 'abc;' at 'tableName' failed to satisfy constraint: Member must satisfy …
//! ```

use std::fmt;

use super::error::{ApiError, Result};
use super::input::present;
use super::shape::{Field, Rule, Shape, Structure};
use crate::data::Json;

/// So many constraints are told at once.
const MOST_ERRORS: usize = 10;

/// Refuses a request that is not of this structure.
pub(super) fn check(request: &Json<'_>, structure: &'static Structure) -> Result<()> {
    check_type(request, &Shape::Struct(structure), false)?;
    for field in structure.fields {
        check_first(field, member(request, field.name))?;
    }
    let mut errors = Vec::new();
    check_fields(request, structure, &Path::Root, &mut errors);
    match errors.len() {
        0 => Ok(()),
        count => {
            let plural = if count == 1 { "" } else { "s" };
            let errors = errors.join("; ");
            Err(ApiError::validation(format!(
                "{count} validation error{plural} detected: {errors}"
            )))
        }
    }
}

/// A member of an object that is there and not null.
fn member<'a, 'j>(object: &'a Json<'j>, name: &str) -> Option<&'a Json<'j>> {
    match object {
        Json::Object(members) => present(members, name),
        _ => None,
    }
}

// Types.

/// Refuses a value of another type. `inside` a list or a map, messages are others than in a field.
fn check_type(value: &Json<'_>, shape: &Shape, inside: bool) -> Result<()> {
    match (shape, value) {
        (_, Json::Null) => Ok(()),
        (Shape::Text, Json::String(_)) | (Shape::Flag, Json::Bool(_)) => Ok(()),
        (Shape::Integer | Shape::Long | Shape::Moment, Json::Number(_)) => Ok(()),
        (Shape::Blob, Json::String(text)) => check_base64(text),
        (Shape::Blob, Json::Bytes(_)) => Ok(()),
        (Shape::List(inner), Json::Array(values)) => {
            values.iter().try_for_each(|value| check_type(value, inner, true))
        }
        (Shape::Map(inner), Json::Object(members)) => {
            members.iter().try_for_each(|(_, value)| check_type(value, inner, true))
        }
        (Shape::Struct(structure), Json::Object(members)) => {
            members.iter().try_for_each(|(name, value)| {
                let field = structure.fields.iter().find(|field| *field.name == **name);
                field.map_or(Ok(()), |field| check_type(value, &field.shape, false))
            })
        }
        _ => Err(ApiError::serialization(wrong_type(value, shape, inside))),
    }
}

/// What Java calls a list of something, seen where nobody expects to meet it.
const NO_CLASS: &str = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot \
    be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl \
    and java.lang.Class are in module java.base of loader 'bootstrap')";

fn wrong_type(value: &Json<'_>, shape: &Shape, inside: bool) -> String {
    let token = match value {
        Json::Object(_) | Json::Bytes(_) => {
            return "Start of structure or map found where not expected".to_owned();
        }
        Json::Array(_) => {
            return format!("Unrecognized collection type {}{}", shape.class_word(), shape.class());
        }
        Json::Null => "NULL_VALUE",
        Json::Bool(true) => "TRUE_VALUE",
        Json::Bool(false) => "FALSE_VALUE",
        Json::String(_) => "STRING_VALUE",
        Json::Number(digits) if digits.contains(['.', 'e', 'E']) => "DECIMAL_VALUE",
        Json::Number(_) => "NUMBER_VALUE",
    };
    let wanted = match shape {
        Shape::Text => "String",
        Shape::Flag if token == "STRING_VALUE" => {
            return "Unexpected token received from parser".to_owned();
        }
        Shape::Flag => "Boolean",
        Shape::Integer => "Integer",
        Shape::Long => "Long",
        Shape::Moment => "Date",
        Shape::Blob => return "only base-64-encoded strings are convertible to bytes".to_owned(),
        Shape::Struct(_) if inside => return "Unexpected value type in payload".to_owned(),
        Shape::List(_) | Shape::Map(_) if inside => return NO_CLASS.to_owned(),
        _ => return "Unexpected field type".to_owned(),
    };
    format!("{token} cannot be converted to {wanted}")
}

fn check_base64(text: &str) -> Result<()> {
    let wrong = |message: String| Err(ApiError::serialization(message));
    if !text.len().is_multiple_of(4) {
        return wrong(format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {}",
            text.len()
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    match text.chars().find(|c| !allowed(*c)) {
        Some(c) => wrong(format!("Invalid Base64 character: '{c}'")),
        None if super::value::binary(text).is_none() => {
            wrong("Invalid last non-pad Base64 character dectected".to_owned())
        }
        None => Ok(()),
    }
}

// Constraints.

/// The rules that come before all others, and alone.
fn check_first(field: &Field, value: Option<&Json<'_>>) -> Result<()> {
    for rule in field.rules {
        match (rule, value) {
            (Rule::Present, None) => {
                return Err(ApiError::validation(format!(
                    "The parameter '{}' is required but was not present in the request",
                    field.name
                )));
            }
            (Rule::NameLength, Some(Json::String(name))) if !(3..=255).contains(&name.len()) => {
                return Err(ApiError::validation(format!(
                    "{} must be at least 3 characters long and at most 255 characters long",
                    field.name
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where a value stands. It is only written out for a message: most requests need none.
enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'static str),
    /// In a list, counted from 1.
    Element(&'a Path<'a>, usize),
    /// In a map.
    Member(&'a Path<'a>, &'a str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(Path::Root, name) => f.write_str(&lower_first(name)),
            Path::Field(parent, name) => write!(f, "{parent}.{}", lower_first(name)),
            Path::Element(parent, number) => write!(f, "{parent}.{number}.member"),
            Path::Member(parent, name) => write!(f, "{parent}.{name}.member"),
        }
    }
}

/// Collects what is wrong with the fields of an object, which stands at `path`.
fn check_fields(
    object: &Json<'_>,
    structure: &Structure,
    path: &Path<'_>,
    errors: &mut Vec<String>,
) {
    for field in structure.fields {
        let value = member(object, field.name);
        if value.is_none() && field.rules.is_empty() {
            continue;
        }
        let path = Path::Field(path, field.name);
        for rule in field.rules {
            if errors.len() < MOST_ERRORS && !holds(rule, value) {
                let shown = value
                    .map_or("null".to_owned(), |value| format!("'{}'", shown(value, &field.shape)));
                let rule = told(rule);
                errors.push(format!(
                    "Value {shown} at '{path}' failed to satisfy constraint: {rule}"
                ));
            }
        }
        if let Some(value) = value {
            check_inside(value, &field.shape, &path, errors);
        }
    }
}

fn check_inside(value: &Json<'_>, shape: &Shape, path: &Path<'_>, errors: &mut Vec<String>) {
    if errors.len() >= MOST_ERRORS {
        return;
    }
    match (shape, value) {
        (Shape::Struct(structure), _) => {
            check_fields(value, structure, path, errors);
        }
        (Shape::List(inner), Json::Array(values)) => {
            for (value, number) in values.iter().zip(1..) {
                check_inside(value, inner, &Path::Element(path, number), errors);
            }
        }
        (Shape::Map(inner), Json::Object(members)) => {
            for (name, value) in members {
                check_inside(value, inner, &Path::Member(path, name), errors);
            }
        }
        _ => {}
    }
}

fn holds(rule: &Rule, value: Option<&Json<'_>>) -> bool {
    let Some(value) = value else { return !matches!(rule, Rule::NotNull) };
    match (rule, value) {
        (Rule::Least(least), Json::Number(digits)) => super::input::integer(digits) >= *least,
        (Rule::Most(most), Json::Number(digits)) => super::input::integer(digits) <= *most,
        (Rule::Shortest(least), value) => length(value) >= *least,
        (Rule::Longest(most), value) => length(value) <= *most,
        (Rule::Pattern, Json::String(text)) => is_name(text),
        (Rule::OneOf(words), Json::String(text)) => words.contains(&&**text),
        (Rule::Keys(rules), Json::Object(members)) => members.iter().all(|(name, _)| {
            let name = Json::String(name.clone());
            rules.iter().all(|rule| holds(rule, Some(&name)))
        }),
        (Rule::Values(rules), Json::Object(members)) => {
            members.iter().all(|(_, value)| rules.iter().all(|rule| holds(rule, Some(value))))
        }
        _ => true,
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(allowed)
}

fn length(value: &Json<'_>) -> usize {
    match value {
        Json::String(text) => text.chars().count(),
        Json::Array(values) => values.len(),
        Json::Object(members) => members.len(),
        _ => 0,
    }
}

fn told(rule: &Rule) -> String {
    let all = |rules: &[Rule]| rules.iter().map(told).collect::<Vec<_>>().join(", ");
    match rule {
        Rule::Present | Rule::NotNull => "Member must not be null".to_owned(),
        Rule::Least(least) => {
            format!("Member must have value greater than or equal to {least}")
        }
        Rule::Most(most) => format!("Member must have value less than or equal to {most}"),
        Rule::Shortest(least) => {
            format!("Member must have length greater than or equal to {least}")
        }
        Rule::Longest(most) => format!("Member must have length less than or equal to {most}"),
        Rule::Pattern | Rule::NameLength => {
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+".to_owned()
        }
        Rule::OneOf(words) => {
            format!("Member must satisfy enum value set: [{}]", words.join(", "))
        }
        Rule::Keys(rules) => format!("Map keys must satisfy constraint: [{}]", all(rules)),
        Rule::Values(rules) => format!("Map value must satisfy constraint: [{}]", all(rules)),
    }
}

/// A value as Java writes it: `[KeySchemaElement(attributeName=a, keyType=HASH)]`.
fn shown(value: &Json<'_>, shape: &Shape) -> String {
    match (shape, value) {
        (_, Json::String(text)) => text.to_string(),
        (_, Json::Number(digits)) => (*digits).to_owned(),
        (_, Json::Bool(value)) => value.to_string(),
        (Shape::List(inner), Json::Array(values)) => {
            let values = values.iter().map(|value| shown(value, inner));
            format!("[{}]", values.collect::<Vec<_>>().join(", "))
        }
        (Shape::Map(inner), Json::Object(members)) => {
            let each =
                |(name, value): &(Box<str>, Json<'_>)| format!("{name}={}", shown(value, inner));
            format!("{{{}}}", members.iter().map(each).collect::<Vec<_>>().join(", "))
        }
        (Shape::Struct(structure), Json::Object(_)) => {
            let each = structure.fields.iter().map(|field| {
                let value = member(value, field.name);
                let value = value.map_or("null".to_owned(), |value| shown(value, &field.shape));
                format!("{}={value}", lower_first(field.name))
            });
            format!("{}({})", structure.name, each.collect::<Vec<_>>().join(", "))
        }
        _ => "null".to_owned(),
    }
}

fn lower_first(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

#[cfg(test)]
mod tests;
