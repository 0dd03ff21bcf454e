//! Items as JSON text, in two notations.
//!
//! *Plain JSON* is what people write. Its types are the nearest of DynamoDB's: `{"name": "x"}`
//! has a string, `{"n": 1.50}` the number 1.5 exactly, arrays are lists and objects are maps.
//! Written back, sets are arrays and binaries are Base64 strings, so their types do not survive.
//!
//! *DynamoDB JSON* names each type (Developer Guide, "DynamoDB low-level API"), and keeps it:
//! `{"name": {"S": "x"}, "tags": {"SS": ["a", "b"]}}`.

mod read;
mod syntax;
mod write;

#[cfg(test)]
mod tests;

pub use syntax::Json;
pub use write::{DynamoDbJson, PlainJson};

use super::{AttributeValue, Item};
use crate::base::Result;

impl Item {
    /// Reads an item in either notation: DynamoDB JSON if every member looks like it, plain JSON
    /// otherwise. Checks DynamoDB's limits.
    pub fn parse(text: &str) -> Result<Self> {
        let json = Json::read(text)?;
        let item = if read::looks_like_dynamodb(&json) {
            read::typed_item(json)
        } else {
            read::plain_item(json)
        };
        checked(item)
    }

    /// Reads an item from plain JSON. Checks DynamoDB's limits.
    pub fn from_json(text: &str) -> Result<Self> {
        checked(read::plain_item(Json::read(text)?))
    }

    /// Reads an item from DynamoDB JSON. Checks DynamoDB's limits.
    pub fn from_dynamodb_json(text: &str) -> Result<Self> {
        checked(read::typed_item(Json::read(text)?))
    }

    /// Reads a line of a table's export: `{"Item": {…}}` in DynamoDB JSON, or the bare item in either
    /// notation. Checks DynamoDB's limits.
    pub fn of_export(text: &str) -> Result<Self> {
        match Json::read_within(text, syntax::MAX_DEPTH + 1)? {
            Json::Object(mut members) if matches!(&members[..], [(name, Json::Object(_))] if &**name == "Item") => {
                checked(read::typed_item(members.remove(0).1))
            }
            json if read::looks_like_dynamodb(&json) => checked(read::typed_item(json)),
            json => checked(read::plain_item(json)),
        }
    }

    /// This item in plain JSON, on one line.
    pub fn to_json(&self) -> String {
        write::to_text(&PlainJson(self))
    }

    /// This item in DynamoDB JSON, on one line.
    pub fn to_dynamodb_json(&self) -> String {
        write::to_text(&DynamoDbJson(self))
    }
}

impl AttributeValue {
    /// Reads a value from plain JSON, such as `"SEA"`, `47` or `[1, 2]`.
    pub fn from_json(text: &str) -> Result<Self> {
        Ok(read::plain_value(Json::read(text)?, 0)?)
    }

    /// Reads a value from DynamoDB JSON, such as `{"S": "SEA"}`.
    pub fn from_dynamodb_json(text: &str) -> Result<Self> {
        Ok(read::typed_value(Json::read(text)?, 0)?)
    }

    /// This value in plain JSON, on one line.
    pub fn to_json(&self) -> String {
        write::to_text(&PlainJson(self))
    }

    /// This value in DynamoDB JSON, on one line.
    pub fn to_dynamodb_json(&self) -> String {
        write::to_text(&DynamoDbJson(self))
    }
}

fn checked(item: std::result::Result<Item, read::Fault>) -> Result<Item> {
    let item = item?;
    item.check_limits()?;
    Ok(item)
}
