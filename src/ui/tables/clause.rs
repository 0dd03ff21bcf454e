//! Conditions in rows: an attribute, a test, and what it is held against.

use super::json::{self, Object};
use crate::base::{Error, Result};
use crate::data::{AttributeValue, KeyKind, Number};

/// Tests and what they are called. Those of a key come first.
pub const TESTS: [(&str, &str); 12] = [
    ("=", "="),
    ("<", "<"),
    ("<=", "≤"),
    (">", ">"),
    (">=", "≥"),
    ("between", "between"),
    ("begins_with", "begins with"),
    ("<>", "≠"),
    ("contains", "contains"),
    ("in", "is one of"),
    ("attribute_exists", "exists"),
    ("attribute_not_exists", "does not exist"),
];

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    pub attribute: String,
    pub test: String,
    pub value: String,
    /// The other end of what lies between.
    pub other: String,
}

impl Clause {
    pub fn takes_no_value(&self) -> bool {
        self.test.starts_with("attribute_")
    }

    /// As an expression, its values of a kind if that is known.
    pub fn expression(&self, named: &mut Named, kind: Option<KeyKind>) -> Result<String> {
        let attribute = self.attribute.trim();
        let path = named.path(attribute);
        let mut value = |text: &str| Ok::<_, Error>(named.value(&literal(attribute, text, kind)?));
        Ok(match self.test.as_str() {
            test if self.takes_no_value() => format!("{test}({path})"),
            "between" => {
                format!("{path} BETWEEN {} AND {}", value(&self.value)?, value(&self.other)?)
            }
            "in" => {
                let all: Vec<String> =
                    self.value.split(',').map(|one| value(one.trim())).collect::<Result<_>>()?;
                format!("{path} IN ({})", all.join(", "))
            }
            test @ ("begins_with" | "contains") => {
                format!("{test}({path}, {})", value(&self.value)?)
            }
            test => format!("{path} {test} {}", value(&self.value)?),
        })
    }
}

/// A value as a person writes it: JSON in either notation, or else a string. Of a key it is known
/// what type it has.
pub fn literal(attribute: &str, text: &str, kind: Option<KeyKind>) -> Result<AttributeValue> {
    match kind {
        Some(KeyKind::S) => Ok(text.into()),
        Some(KeyKind::N) => match text.trim().parse::<Number>() {
            Ok(number) => Ok(AttributeValue::N(number)),
            Err(_) => Err(Error::invalid(format!("{attribute} is a number: {text:?} is none"))),
        },
        Some(KeyKind::B) => {
            AttributeValue::from_dynamodb_json(&format!("{{\"B\":{}}}", json::text(text.trim())))
        }
        None => {
            let text = text.trim();
            let typed = AttributeValue::from_dynamodb_json(text);
            Ok(typed.or_else(|_| AttributeValue::from_json(text)).unwrap_or_else(|_| text.into()))
        }
    }
}

/// Placeholders for names and values, so that no attribute's name is a reserved word.
#[derive(Default)]
pub struct Named {
    names: Vec<(String, String)>,
    values: Vec<String>,
}

impl Named {
    /// A path such as `address.lines[0]`, each of its names by a placeholder.
    pub fn path(&mut self, path: &str) -> String {
        let part = |part: &str| {
            let (name, rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            self.name(name) + rest
        };
        path.split('.').map(part).collect::<Vec<_>>().join(".")
    }

    fn name(&mut self, name: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| known == name) {
            return placeholder.clone();
        }
        let is_plain =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let placeholder = match is_plain {
            true => format!("#{name}"),
            false => format!("#{}", self.names.len() + 1),
        };
        self.names.push((placeholder.clone(), name.to_owned()));
        placeholder
    }

    pub fn value(&mut self, value: &AttributeValue) -> String {
        self.values.push(value.to_dynamodb_json());
        format!(":{}", self.values.len())
    }

    /// Adds what the placeholders stand for to a request.
    pub fn write(&self, request: &mut Object) {
        if !self.names.is_empty() {
            let mut names = Object::new();
            for (placeholder, name) in &self.names {
                names.text(placeholder, name);
            }
            request.member("ExpressionAttributeNames", &names.end());
        }
        if !self.values.is_empty() {
            let mut values = Object::new();
            for (at, value) in self.values.iter().enumerate() {
                values.member(&format!(":{}", at + 1), value);
            }
            request.member("ExpressionAttributeValues", &values.end());
        }
    }
}
