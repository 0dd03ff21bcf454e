//! Tables by their Amazon Resource Names, which may stand wherever a table's name may.
//!
//! ```text
//!  "TableName": "arn:aws:dynamodb:us-east-1:000000000000:table/Airports"   what a client sends
//!  "TableName": "Airports"                                                 what is parsed
//!  {"ConsumedCapacity": {"TableName": "arn:…"}}                            what the client gets
//! ```
//!
//! A response calls a table what its request called it (API Reference, "ConsumedCapacity" and
//! "BatchGetItem").

use super::Output;
use crate::data::{IndexSchema, Json, TableName, TableSchema};

/// Where tables stand in the world of names: no region has them.
const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/";

pub(super) fn arn(table: &TableName) -> String {
    format!("{ARN}{table}")
}

pub(super) fn index_arn(schema: &TableSchema, index: &IndexSchema) -> String {
    format!("{}/index/{}", arn(&schema.name), index.name)
}

/// The table that a resource's name means: that of a table, or of something that belongs to one.
pub(super) fn table_of_arn(resource: &str) -> Option<TableName> {
    let name = resource.strip_prefix(ARN)?;
    TableName::new(name.split('/').next()?).ok()
}

/// Which tables a request calls by their ARNs.
#[derive(Default)]
pub(super) struct Called(Vec<TableName>);

impl Called {
    /// Puts plain names into a request, at its top and in the map of a batch.
    pub fn by_arn(request: &mut Json<'_>) -> Self {
        let mut called = Self::default();
        let Json::Object(members) = request else { return called };
        for (name, value) in members {
            match (&**name, value) {
                ("TableName", Json::String(text)) => called.simplify(text),
                ("RequestItems", Json::Object(tables)) => {
                    tables.iter_mut().for_each(|(table, _)| called.simplify(table));
                }
                _ => {}
            }
        }
        called
    }

    fn simplify(&mut self, text: &mut Box<str>) {
        let Some(table) = table_of_arn(text).filter(|table| *arn(table) == **text) else { return };
        *text = table.as_str().into();
        self.0.push(table);
    }

    /// The table's name, as it was called.
    fn name(&self, name: &str) -> Option<String> {
        self.0.iter().find(|table| table.as_str() == name).map(arn)
    }

    /// Puts what tables were called into a response.
    pub fn restore(&self, mut response: Output) -> Output {
        let Output::Object(members) = &mut response else { return response };
        if self.0.is_empty() {
            return response;
        }
        for (part, value) in members {
            match (&**part, value) {
                ("ConsumedCapacity", Output::List(all)) => {
                    all.iter_mut().for_each(|one| self.restore_name(one));
                }
                ("ConsumedCapacity", one) => self.restore_name(one),
                (
                    "Responses" | "UnprocessedKeys" | "UnprocessedItems" | "ItemCollectionMetrics",
                    Output::Object(tables),
                ) => {
                    for (name, _) in tables {
                        if let Some(arn) = self.name(name) {
                            *name = arn.into();
                        }
                    }
                }
                _ => {}
            }
        }
        response
    }

    fn restore_name(&self, consumed: &mut Output) {
        let Output::Object(members) = consumed else { return };
        for (name, value) in members {
            if let ("TableName", Output::Text(text)) = (&**name, value)
                && let Some(arn) = self.name(text)
            {
                *text = arn.into();
            }
        }
    }
}
