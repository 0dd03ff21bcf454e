//! What is pointed at, in words, and what is looked into when it is chosen.

use super::layout::Layout;
use crate::base::{EventSeq, MessageId};
use crate::sim::EventKind;
use crate::travel::Events;
use crate::ui::selection::Selection;

/// An event in words; a message that left is told by what became of it.
pub fn describe(seq: EventSeq, layout: &Layout, events: &Events) -> Option<String> {
    let event = events.get(seq)?;
    let sent = match event.kind {
        EventKind::Sent { message, .. } => layout.arrows.of(message),
        EventKind::Duplicated { copy, .. } => layout.arrows.of(copy),
        _ => None,
    };
    let end = sent.and_then(|arrow| layout.row(arrow.end()?));
    let end = end.and_then(|row| events.get(layout.seq(row))).unwrap_or(event);
    Some(end.to_string().trim().to_owned())
}

/// What an event is about, to be looked into.
pub fn selection(kind: &EventKind) -> Option<Selection> {
    if let Some(message) = message(kind) {
        return Some(Selection::Message(message));
    }
    if let Some(request) = kind.request() {
        return Some(Selection::Request(request));
    }
    super::filter::place(kind).map(Selection::Node)
}

fn message(kind: &EventKind) -> Option<MessageId> {
    match kind {
        EventKind::Duplicated { copy: message, .. }
        | EventKind::Sent { message, .. }
        | EventKind::Delivered { message, .. }
        | EventKind::Refused { message, .. }
        | EventKind::Lost { message, .. }
        | EventKind::Held { message, .. }
        | EventKind::Delayed { message, .. } => Some(*message),
        _ => None,
    }
}
