//! The specification of expressions, by example.

mod apply;
mod conditions;
mod faults;
mod keys;
mod legacy;
mod projections;
#[cfg(not(target_arch = "wasm32"))]
mod properties;
mod stored;
mod updates;

use super::Placeholders;
use crate::base::Result;
use crate::data::{AttributeValue, Item};

/// An item, in plain or DynamoDB JSON.
fn item(text: &str) -> Item {
    Item::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Placeholders of `#n` → attribute and of `:v` → value, in DynamoDB JSON: `#a=city :v={"N":"1"}`.
fn placeholders(text: &str) -> Placeholders {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for pair in text.split_whitespace() {
        let (key, meaning) = pair.split_once('=').expect(pair);
        if key.starts_with('#') {
            names.push((key.into(), meaning.into()));
        } else {
            values.push((key.into(), value(meaning)));
        }
    }
    let given = |some: bool| some.then_some(());
    let names = given(!names.is_empty()).map(|()| names);
    let values = given(!values.is_empty()).map(|()| values);
    Placeholders::new(names, values).expect("valid placeholders")
}

/// A value, in DynamoDB JSON; a number or a string may be in plain JSON.
fn value(text: &str) -> AttributeValue {
    let typed = text.starts_with('{');
    let value = if typed {
        AttributeValue::from_dynamodb_json(text)
    } else {
        AttributeValue::from_json(text)
    };
    value.unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The message of an error.
fn message<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("an error is expected"),
        Err(error) => error.message,
    }
}
