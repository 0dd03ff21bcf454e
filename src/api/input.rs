//! Requests that were checked, field by field.

use super::check::check;
use super::error::{ApiError, ErrorName, Result};
use super::shape::Structure;
use super::value;
use crate::data::{AttributeValue, Item, Json, MAX_NESTING};

/// The deepest request that is read: each level of nesting in an item takes two, and what lies
/// around items takes less than the rest.
pub const MAX_REQUEST_DEPTH: usize = 4 * MAX_NESTING;

/// An object of a request whose fields have their types, and fulfil their constraints.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    members: &'a [(Box<str>, Json<'a>)],
}

/// Reads JSON text.
pub(super) fn read(body: &str) -> Result<Json<'_>> {
    Json::read_within(body, MAX_REQUEST_DEPTH).map_err(|_| {
        // What is valid but for its depth can only be a value in an item.
        match Json::is_valid(body) {
            true => value::too_deep(),
            false => ApiError::new(ErrorName::Serialization, ""),
        }
    })
}

/// The last member of this name, if it is not null.
pub(super) fn present<'a, 'j>(
    members: &'a [(Box<str>, Json<'j>)],
    name: &str,
) -> Option<&'a Json<'j>> {
    let (_, value) = members.iter().rev().find(|(member, _)| **member == *name)?;
    (!matches!(value, Json::Null)).then_some(value)
}

/// The integer part of a number. One that is out of range is the nearest.
pub(super) fn integer(digits: &str) -> i64 {
    let number = digits.parse::<crate::data::Number>();
    let (negative, far) =
        (digits.starts_with('-'), if digits.starts_with('-') { i64::MIN } else { i64::MAX });
    let Ok(number) = number else {
        // Too long, too large or too small: only the last is near zero.
        let tiny = digits.contains("e-") || digits.contains("E-");
        return if tiny { 0 } else { far };
    };
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse::<i64>().unwrap_or(far);
    if negative && !fraction.is_empty() { whole.saturating_sub(1) } else { whole }
}

/// Seconds with decimals, in microseconds. What is smaller than these is left out.
fn microseconds(digits: &str) -> u64 {
    let text = digits.parse::<crate::data::Number>().map(|number| number.to_string());
    let text = text.as_deref().unwrap_or(digits);
    let seconds = integer(digits);
    let Ok(whole) = u64::try_from(seconds) else { return 0 };
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let micros = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = micros.fold(0, |all, digit| 10 * all + u64::from(digit.saturating_sub(b'0')));
    whole.saturating_mul(1_000_000).saturating_add(micros)
}

impl<'a> Input<'a> {
    /// A whole request.
    ///
    /// # Errors
    /// If it is not of this structure.
    pub fn checked(request: &'a Json<'a>, structure: &'static Structure) -> Result<Self> {
        check(request, structure)?;
        Ok(Self::of(request))
    }

    /// An object inside of a request that was checked.
    pub fn of(json: &'a Json<'a>) -> Self {
        match json {
            Json::Object(members) => Self { members },
            _ => Self { members: &[] },
        }
    }

    fn get(self, name: &str) -> Option<&'a Json<'a>> {
        present(self.members, name)
    }

    pub fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn text(self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// A text that the constraints ask for.
    pub fn required(self, name: &str) -> &'a str {
        self.text(name).unwrap_or_default()
    }

    pub fn flag(self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub fn integer(self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Json::Number(digits) => Some(integer(digits)),
            _ => None,
        }
    }

    /// An instant in a field, in microseconds since 1970. One that is out of range is the nearest.
    pub fn instant(self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Json::Number(digits) => Some(microseconds(digits)),
            _ => None,
        }
    }

    /// A structure in a field.
    pub fn inside(self, name: &str) -> Option<Self> {
        self.get(name).map(Self::of)
    }

    /// The structures in a list; none where there is no list.
    pub fn structures(self, name: &str) -> impl Iterator<Item = Self> + Clone {
        self.elements(name).iter().map(Self::of)
    }

    pub fn texts(self, name: &str) -> impl Iterator<Item = &'a str> + Clone {
        self.elements(name).iter().filter_map(|element| match element {
            Json::String(text) => Some(&**text),
            _ => None,
        })
    }

    pub fn elements(self, name: &str) -> &'a [Json<'a>] {
        match self.get(name) {
            Some(Json::Array(elements)) => elements,
            _ => &[],
        }
    }

    /// The members of a map, each name once; nothing where there is no map.
    pub fn map(self, name: &str) -> Vec<(&'a str, &'a Json<'a>)> {
        match self.get(name) {
            Some(Json::Object(members)) => {
                let last = |name: &str| members.iter().rposition(|(other, _)| **other == *name);
                let kept = members.iter().enumerate();
                let kept = kept.filter(|(at, (name, _))| last(name) == Some(*at));
                kept.map(|(_, (name, value))| (&**name, value)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The same, with structures in it.
    pub fn structures_by_name(self, name: &str) -> impl Iterator<Item = (&'a str, Self)> {
        self.map(name).into_iter().map(|(name, value)| (name, Self::of(value)))
    }

    /// The members of this very object.
    pub fn members(self) -> &'a [(Box<str>, Json<'a>)] {
        self.members
    }

    /// An attribute value in a field.
    pub fn value(self, name: &str) -> Result<Option<AttributeValue>> {
        self.get(name).map(value::read).transpose()
    }

    /// A list of attribute values.
    pub fn values(self, name: &str) -> Result<Vec<AttributeValue>> {
        self.elements(name).iter().map(value::read).collect()
    }

    /// A map of attribute values: an item or a key.
    pub fn item(self, name: &str) -> Result<Item> {
        match self.get(name) {
            Some(json) => value::read_item(json),
            None => Ok(Item::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_floored_and_stay_in_range() {
        for (digits, whole) in [
            ("7", 7),
            ("-3", -3),
            ("1.9", 1),
            ("-1.5", -2),
            ("1e3", 1000),
            ("1e400", i64::MAX),
            ("-1e400", i64::MIN),
            ("1e-400", 0),
            ("99999999999999999999", i64::MAX),
        ] {
            assert_eq!(integer(digits), whole, "{digits}");
        }
    }

    #[test]
    fn instants_have_microseconds() {
        for (digits, us) in [
            ("946684800", 946_684_800_000_000),
            ("9.466848005e8", 946_684_800_500_000),
            ("946684800.0000019", 946_684_800_000_001),
            ("0.25", 250_000),
            ("-1", 0),
            ("1e400", 9_223_372_036_854_775_807_000_000_u128.min(u64::MAX.into()) as u64),
        ] {
            assert_eq!(microseconds(digits), us, "{digits}");
        }
    }

    #[test]
    fn what_is_no_json_has_an_error_without_words() {
        for body in ["", "{", "{\"a\":}", "[1,]", "nul", "{\"a\":1}}", "\u{1}"] {
            let error = read(body).expect_err(body);
            assert_eq!(
                error.to_json(),
                r#"{"__type":"com.amazon.coral.service#SerializationException"}"#
            );
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&deep).expect_err("deep").message.starts_with("Nesting Levels"));
    }
}
