//! Attribute values of requests, with DynamoDB's messages about those that it refuses.
//!
//! Their types were checked: what `S` and `N` have is text, what `M` has is an object.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::error::{ApiError, Result};
use super::input::present;
use crate::data::{AttributeValue, Item, Json, MAX_DIGITS, MAX_NESTING, Number, Set};

/// The bytes that Base64 stands for.
pub(super) fn binary(text: &str) -> Option<Box<[u8]>> {
    BASE64.decode(text).ok().map(Vec::into_boxed_slice)
}

pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(super) fn too_deep() -> ApiError {
    ApiError::validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels \
         beyond supported limit",
    )
}

/// The bytes that a value was found to hold, in Base64 or as they are.
fn bytes_of(json: &Json<'_>) -> Box<[u8]> {
    match json {
        Json::Bytes(bytes) => bytes.clone(),
        Json::String(text) => binary(text).unwrap_or_default(),
        _ => Box::default(),
    }
}

/// Reads an attribute value.
pub(super) fn read(json: &Json<'_>) -> Result<AttributeValue> {
    read_inside(json, 0)
}

/// Reads an item, a key, or the content of a map.
pub(super) fn read_item(json: &Json<'_>) -> Result<Item> {
    attributes(json, 0)
}

const TYPES: [&str; 10] = ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"];

/// Reads a value that lies inside `depth` lists and maps.
fn read_inside(json: &Json<'_>, depth: usize) -> Result<AttributeValue> {
    let members = match json {
        Json::Object(members) => &members[..],
        _ => &[],
    };
    let mut types = TYPES.into_iter().filter_map(|name| Some((name, present(members, name)?)));
    let Some((name, content)) = types.next() else {
        return Err(ApiError::validation(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ));
    };
    let value = typed(name, content, depth)?;
    match types.next() {
        None => Ok(value),
        Some((name, content)) => {
            typed(name, content, depth)?;
            Err(ApiError::validation(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one \
                 of the supported datatypes",
            ))
        }
    }
}

fn typed(name: &str, content: &Json<'_>, depth: usize) -> Result<AttributeValue> {
    Ok(match (name, content) {
        ("S", Json::String(text)) => AttributeValue::S(text.clone()),
        ("N", Json::String(digits)) => AttributeValue::N(number(digits)?),
        ("B", Json::String(_) | Json::Bytes(_)) => AttributeValue::B(bytes_of(content)),
        ("BOOL", Json::Bool(value)) => AttributeValue::BOOL(*value),
        ("NULL", Json::Bool(true)) => AttributeValue::NULL,
        ("NULL", _) => {
            return Err(ApiError::invalid(
                "Null attribute value types must have the value of true",
            ));
        }
        ("M", content) => AttributeValue::M(attributes(content, deeper(depth)?)?),
        ("L", Json::Array(values)) => {
            let depth = deeper(depth)?;
            AttributeValue::L(
                values.iter().map(|value| read_inside(value, depth)).collect::<Result<_>>()?,
            )
        }
        (name, Json::Array(members)) => set(name, members)?,
        _ => {
            return Err(ApiError::validation(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
            ));
        }
    })
}

/// Enters one more list or map, if that is allowed.
fn deeper(depth: usize) -> Result<usize> {
    if depth < MAX_NESTING { Ok(depth + 1) } else { Err(too_deep()) }
}

fn attributes(json: &Json<'_>, depth: usize) -> Result<Item> {
    let Json::Object(members) = json else { return Ok(Item::new()) };
    let mut attributes = Vec::with_capacity(members.len());
    for (name, value) in members {
        if name.is_empty() {
            return Err(ApiError::invalid("An attribute name may not be empty"));
        }
        attributes.push((name.clone(), read_inside(value, depth)?));
    }
    // Of two members of one name the later one counts, as everywhere.
    match Item::from_attributes(attributes) {
        Ok(item) => Ok(item),
        Err(_) => members
            .iter()
            .map(|(name, value)| Ok((name.clone(), read_inside(value, depth)?)))
            .collect(),
    }
}

fn set(name: &str, members: &[Json<'_>]) -> Result<AttributeValue> {
    let texts = members.iter().filter_map(|member| match member {
        Json::String(text) => Some(Cow::Borrowed(&**text)),
        Json::Bytes(bytes) => Some(Cow::Owned(base64(bytes))),
        _ => None,
    });
    let texts: Vec<Cow<'_, str>> = texts.collect();
    let shown = || texts.join(", ");
    match name {
        "SS" if texts.is_empty() => Err(ApiError::invalid("An string set  may not be empty")),
        "NS" if texts.is_empty() => Err(ApiError::invalid("An number set  may not be empty")),
        _ if texts.is_empty() => Err(ApiError::invalid("Binary sets should not be empty")),
        "SS" => match Set::new(texts.iter().map(|text| (**text).into()).collect::<Vec<_>>()) {
            Ok(set) => Ok(AttributeValue::SS(set)),
            Err(_) => Err(ApiError::invalid(format!(
                "Input collection [{}] contains duplicates.",
                shown()
            ))),
        },
        "NS" => {
            let numbers = texts.iter().map(|digits| number(digits)).collect::<Result<Vec<_>>>()?;
            let set = Set::new(numbers);
            set.map(AttributeValue::NS)
                .map_err(|_| ApiError::validation("Input collection contains duplicates"))
        }
        _ => {
            let binaries = texts.iter().map(|text| binary(text).unwrap_or_default());
            let set = Set::new(binaries.collect::<Vec<_>>());
            set.map(AttributeValue::BS).map_err(|_| {
                ApiError::invalid(format!(
                    "Input collection [{}]of type BS contains duplicates.",
                    shown()
                ))
            })
        }
    }
}

fn number(digits: &str) -> Result<Number> {
    let trouble = match digits.parse::<Number>() {
        Ok(number) => return Ok(number),
        Err(error) => error.message,
    };
    Err(ApiError::validation(match () {
        () if trouble.starts_with("number overflow") => {
            "Number overflow. Attempting to store a number with magnitude larger than supported \
             range"
                .to_owned()
        }
        () if trouble.starts_with("number underflow") => {
            "Number underflow. Attempting to store a number with magnitude smaller than supported \
             range"
                .to_owned()
        }
        () if trouble.starts_with("the number needs") => {
            format!("Attempting to store more than {MAX_DIGITS} significant digits in a Number")
        }
        () if digits.is_empty() => {
            "The parameter cannot be converted to a numeric value".to_owned()
        }
        () => format!("The parameter cannot be converted to a numeric value: {digits}"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        read(&Json::read(text).expect(text)).expect_err(text).message
    }

    /// Values, and what is wrong with them.
    const REFUSED: &[(&str, &str)] = &[
        (
            "{}",
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            "{\"Q\": 1}",
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            r#"{"S":"a","N":"1"}"#,
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        ),
        (r#"{"S":"a","N":"x"}"#, "The parameter cannot be converted to a numeric value: x"),
        (r#"{"N":""}"#, "The parameter cannot be converted to a numeric value"),
        (
            r#"{"N":"1e126"}"#,
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            r#"{"N":"-1e-131"}"#,
            "Number underflow. Attempting to store a number with magnitude smaller than supported range",
        ),
        (
            r#"{"N":"123456789012345678901234567890123456789"}"#,
            "Attempting to store more than 38 significant digits in a Number",
        ),
        (
            r#"{"NULL":false}"#,
            "One or more parameter values were invalid: Null attribute value types must have the value of true",
        ),
        (
            r#"{"SS":[]}"#,
            "One or more parameter values were invalid: An string set  may not be empty",
        ),
        (
            r#"{"NS":[]}"#,
            "One or more parameter values were invalid: An number set  may not be empty",
        ),
        (
            r#"{"BS":[]}"#,
            "One or more parameter values were invalid: Binary sets should not be empty",
        ),
        (
            r#"{"SS":["b","a","b"]}"#,
            "One or more parameter values were invalid: Input collection [b, a, b] contains duplicates.",
        ),
        (r#"{"NS":["1","1.0"]}"#, "Input collection contains duplicates"),
        (
            r#"{"BS":["YQ==","YQ=="]}"#,
            "One or more parameter values were invalid: Input collection [YQ==, YQ==]of type BS contains duplicates.",
        ),
        (
            r#"{"L":[{"M":{"a":{}}}]}"#,
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
    ];

    #[test]
    fn values_are_read_and_refused_in_dynamodbs_words() {
        let map = r#"{"M": {"n": {"N": "-1.50"}, "l": {"L": [{"NULL": true}, {"BOOL": false}]}}}"#;
        let value = read(&Json::read(map).expect("valid")).expect("a map");
        assert_eq!(
            value.to_dynamodb_json(),
            r#"{"M":{"l":{"L":[{"NULL":true},{"BOOL":false}]},"n":{"N":"-1.5"}}}"#
        );
        for (text, message) in REFUSED {
            assert_eq!(refused(text), *message, "{text}");
        }
    }

    #[test]
    fn lists_and_maps_nest_32_deep_and_no_deeper() {
        let nested = |levels: usize| {
            format!("{}{{\"S\":\"x\"}}{}", r#"{"L":["#.repeat(levels), "]}".repeat(levels))
        };
        let text = nested(MAX_NESTING);
        assert!(read(&Json::read_within(&text, 200).expect("valid")).is_ok());
        let text = nested(MAX_NESTING + 1);
        let error = read(&Json::read_within(&text, 200).expect("valid")).expect_err("deep");
        assert!(error.message.starts_with("Nesting Levels have exceeded supported limits"));
    }
}
