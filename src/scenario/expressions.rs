//! Writes that depend on what is there, as lines say them.

use std::sync::Arc;

use super::arguments::OnlyIf;
use super::literals::with_placeholders;
use super::modes::last_answer;
use super::{item_key, quoted};
use crate::base::{ClientId, Error, Result};
use crate::data::{Item, Key, TableSchema};
use crate::expression::{self, Update};
use crate::node::{Action, Answer, Change, Condition, Write};
use crate::travel::History;

/// What a write depends on.
pub(super) enum Guard {
    /// Which version is there.
    Version(Condition),
    /// What the item is like.
    Item(expression::Condition),
    /// Nothing, but it tells what was there.
    Old,
}

/// What a write depends on, if on anything; `if=last` means the version that this client was told of
/// last.
///
/// # Errors
/// If it was told of none.
pub(super) fn guard_of(
    history: &History,
    client: ClientId,
    (table, key): (&str, &str),
    only_if: Option<&OnlyIf>,
    old: Option<bool>,
) -> Result<Option<Guard>> {
    let tells_old = old == Some(true);
    Ok(match only_if {
        None => tells_old.then_some(Guard::Old),
        Some(OnlyIf::Holds(text)) => Some(Guard::Item(condition(text)?)),
        Some(OnlyIf::Is(_) | OnlyIf::Last) if tells_old => {
            return Err(Error::invalid(
                "who asks for a version knows what was there: leave old= out",
            ));
        }
        Some(OnlyIf::Is(condition)) => Some(Guard::Version(*condition)),
        Some(OnlyIf::Last) => {
            let key = item_key(history.world(), table, key)?;
            let told = last_answer(history, client, &key, |answer| match answer {
                Answer::Written { stamp } | Answer::Changed { stamp, .. } => {
                    Some(Condition::VersionIs(*stamp))
                }
                Answer::Read { stamp, .. }
                | Answer::ConditionFailed { stamp, .. }
                | Answer::Rejected { stamp, .. } => {
                    Some(stamp.map_or(Condition::Absent, Condition::VersionIs))
                }
                _ => None,
            });
            let told = told.ok_or_else(|| {
                Error::refused(format!("{client} was told nothing of {key} yet: get it first"))
            })?;
            Some(Guard::Version(told))
        }
    })
}

pub(super) fn put(item: Arc<Item>, guard: Option<Guard>) -> Action {
    match guard {
        None => Action::Put(item),
        Some(Guard::Version(condition)) => Action::PutIf(item, condition),
        Some(Guard::Item(condition)) => change(Some(condition), Write::Put(item)),
        Some(Guard::Old) => change(None, Write::Put(item)),
    }
}

pub(super) fn delete(guard: Option<Guard>) -> Action {
    match guard {
        None => Action::Delete,
        Some(Guard::Version(condition)) => Action::DeleteIf(condition),
        Some(Guard::Item(condition)) => change(Some(condition), Write::Delete),
        Some(Guard::Old) => change(None, Write::Delete),
    }
}

/// An update of an item by an expression.
pub(super) fn update_item(
    schema: &TableSchema,
    key: &Key,
    text: &str,
    guard: Option<Guard>,
) -> Result<Action> {
    let condition = match guard {
        None | Some(Guard::Old) => None,
        Some(Guard::Item(condition)) => Some(condition),
        Some(Guard::Version(_)) => {
            return Err(Error::invalid(
                "an update depends on what is there, not on its version: write if= as an \
                 expression, such as if='attribute_exists(city)'",
            ));
        }
    };
    let update = update(text)?;
    let mut keys = schema.key_attributes().map(|attribute| &*attribute.name);
    if let Some(key) = keys.find(|key| update.paths().any(|path| path.top() == *key)) {
        return Err(Error::invalid(format!("{key} is part of the key, and cannot be changed")));
    }
    let key = Arc::new(schema.with_key(Item::new(), key)?);
    Ok(change(condition, Write::Update { update, key }))
}

fn change(condition: Option<expression::Condition>, write: Write) -> Action {
    Action::Change(Arc::new(Change { condition, write }))
}

/// What a line says of a change beside its item; none if no line can say it.
pub(super) fn change_text(change: &Change) -> Option<String> {
    let mut text = String::new();
    if let Write::Update { update: wanted, .. } = &change.write {
        let written = wanted.to_string();
        if update(&written).as_ref() != Ok(wanted) {
            return None;
        }
        text += " ";
        text += &quoted(&written);
    }
    match &change.condition {
        Some(wanted) => {
            let written = wanted.to_string();
            let is_read_so = matches!(written.parse(), Ok(OnlyIf::Holds(_)));
            if !is_read_so || condition(&written).as_ref() != Ok(wanted) {
                return None;
            }
            text += " if=";
            text += &quoted(&written);
        }
        None if matches!(change.write, Write::Update { .. }) => {}
        None => text += " old=true",
    }
    Some(text)
}

/// An update expression with literals in it.
pub(super) fn update(text: &str) -> Result<Update> {
    let (text, mut placeholders) = with_placeholders(text)?;
    Update::parse(&text, &mut placeholders)
}

/// A condition expression with literals in it.
pub(super) fn condition(text: &str) -> Result<expression::Condition> {
    let (text, mut placeholders) = with_placeholders(text)?;
    expression::Condition::parse(&text, &mut placeholders)
}
