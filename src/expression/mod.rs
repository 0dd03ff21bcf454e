//! DynamoDB's expressions: what a request asks of an item, and what it changes in it.
//!
//! | expression | type | what it does |
//! |---|---|---|
//! | `ConditionExpression`, `FilterExpression` | [`Condition`] | holds for an item, or not |
//! | `UpdateExpression` | [`Update`] | makes another item of an item |
//! | `KeyConditionExpression` | [`KeyCondition`] | names a part of a table or an index |
//! | `ProjectionExpression` | [`Projection`] | keeps parts of an item |
//!
//! (Amazon DynamoDB Developer Guide, "Using expressions in DynamoDB".) The parameters that they
//! replaced, `Expected`, `QueryFilter`, `ScanFilter`, `KeyConditions`, `AttributeUpdates` and
//! `AttributesToGet`, become the same types without text.
//!
//! ```
//! use ringscope::data::Item;
//! use ringscope::expression::{Condition, Placeholders, Update};
//!
//! let values = vec![(":low".into(), 1.into()), (":one".into(), 1.into())];
//! let mut placeholders = Placeholders::new(None, Some(values))?;
//! let condition = Condition::parse("stock >= :low AND attribute_not_exists(closed)", &mut placeholders)?;
//! let update = Update::parse("SET stock = stock - :one", &mut placeholders)?;
//! placeholders.unused()?;
//!
//! let item = Item::parse(r#"{"id": "lamp", "stock": 3}"#)?;
//! assert!(condition.holds(Some(&item)));
//! let after = update.apply(Some(&item), &Item::new()).expect("stock is a number");
//! assert_eq!(after, Some(Item::parse(r#"{"id": "lamp", "stock": 2}"#)?));
//! assert_eq!(condition.to_string(), "stock >= 1 AND attribute_not_exists(closed)");
//! # Ok::<(), ringscope::base::Error>(())
//! ```
//!
//! **From text to program.** `winnow` reads tokens; the parser puts them in postfix order, and
//! checks the grammar; then names and values are put in, and DynamoDB's other rules are checked.
//! What is left is a list of steps (see [`Step`]), which is evaluated with a list of operands:
//!
//! ```text
//!  text ──tokens──▶ nodes in postfix order ──names, values, checks──▶ steps ──item──▶ true, false
//! ```
//!
//! **Flat, because requests nest.** Parsing, checking, evaluating, showing, dropping and reading
//! from stored bytes are loops over lists. A request of 4,096 parentheses costs memory, no stack.
//! Only paths and values are followed inwards, and they have 32 levels at most.
//!
//! **Errors** are DynamoDB's own, word for word where they are known. They come without what
//! DynamoDB writes before those of an expression, `Invalid ConditionExpression: ` for example,
//! since only the caller knows which parameter the text came from. Those of [`Placeholders`], of
//! [`KeyCondition::on`], and of the legacy parameters come whole.
//!
//! **Stored bytes are checked**: programs travel between nodes and are kept in snapshots. What
//! would take an operand that is not there, or leave none, is refused when it is read.
//!
//! Must never know: tables, versions, nodes, the JSON of requests.
//!
//! Caveats: if a text has several mistakes, DynamoDB may name another one first. That key
//! attributes are not updated is for the caller to check ([`Update::paths`]).

mod apply;
mod check;
mod condition;
mod key_condition;
mod legacy;
mod named;
mod parse;
mod path;
mod placeholders;
mod program;
mod projection;
mod reserved;
mod show;
mod token;
mod update;
mod value;

pub use apply::Rejection;
pub use condition::Condition;
pub use key_condition::{Comparison, KeyCondition, KeyRange};
pub use legacy::{LegacyAction, LegacyCondition, LegacyOperator, LegacyUpdate};
pub use named::Named;
pub use path::{Part, Path};
pub use placeholders::Placeholders;
pub use program::{Comparator, Function, Step};
pub use projection::Projection;
pub use update::{Action, Change, SetValue, Update};

#[cfg(test)]
mod tests;
