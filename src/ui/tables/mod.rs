//! Requests to tables, as a person puts them together on the page.
//!
//! ```text
//!   fields of the form ──▶ DynamoDB's request ──▶ call Query '{"TableName": …}'
//!   a page of items    ◀── DynamoDB's response ◀──┘
//! ```
//!
//! The request is the truth: the form writes it, whoever knows better edits it, and the form follows
//! as far as it can. What the form cannot say, the request can.

mod answer;
mod clause;
mod form;
mod json;
mod parts;
mod understand;

pub use answer::Reply;
pub use clause::{Clause, Named, TESTS};
pub use form::{Form, IndexRow, VERBS, Verb};
pub use json::{on_one_line, pretty};
pub use parts::Source;

use crate::scenario::quoted;

/// An operation of DynamoDB's API, and what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub operation: String,
    pub body: String,
}

impl Request {
    /// The line of the scenario language.
    pub fn line(&self) -> String {
        let body = on_one_line(&self.body);
        format!("call {} {}", self.operation, quoted(&body))
    }
}

#[cfg(test)]
mod tests;
