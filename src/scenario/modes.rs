//! Ways of replicating and contexts, as lines name them.

use std::sync::Arc;

use super::Line;
use crate::base::{ClientId, Error, Result};
use crate::causality::Context;
use crate::data::{Resolution, TableSchema};
use crate::node::{Answer, Modes};
use crate::sim::EventKind;
use crate::storage::ItemKey;
use crate::travel::History;

/// Whether a `set` line names any mode, be it the one in force.
pub(super) fn names_a_mode(line: &Line) -> bool {
    let Line::Set {
        quorum,
        handoff,
        repair,
        timestamps,
        gossip,
        anti_entropy,
        collection,
        balancer,
        ..
    } = line
    else {
        return false;
    };
    quorum.is_some()
        || handoff.is_some()
        || repair.is_some()
        || timestamps.is_some()
        || gossip.is_some()
        || anti_entropy.is_some()
        || collection.is_some()
        || balancer.is_some()
}

/// The modes that a `cluster` or `set` line asks for, where those in force are `modes`.
pub(super) fn modes_of(line: &Line, modes: Modes) -> Modes {
    match line {
        Line::Cluster {
            quorum,
            handoff,
            repair,
            timestamps,
            gossip,
            anti_entropy,
            collection,
            balancer,
            ..
        }
        | Line::Set {
            quorum,
            handoff,
            repair,
            timestamps,
            gossip,
            anti_entropy,
            collection,
            balancer,
            ..
        } => Modes {
            quorum: quorum.unwrap_or(modes.quorum),
            handoff: handoff.unwrap_or(modes.handoff),
            repair: repair.unwrap_or(modes.repair),
            timestamps: timestamps.unwrap_or(modes.timestamps),
            gossip: gossip.unwrap_or(modes.gossip),
            anti_entropy: anti_entropy.unwrap_or(modes.anti_entropy),
            collection: collection.unwrap_or(modes.collection),
            balancer: balancer.unwrap_or(modes.balancer),
        },
        _ => modes,
    }
}

/// The context of a write: none where the last writer wins; else what the line says, which may be
/// `last`, for the one that this client read last; nothing if it does not say.
///
/// # Errors
/// If the table keeps no siblings, the text is no context, or nothing was read.
pub(super) fn context_of(
    history: &History,
    schema: &TableSchema,
    client: ClientId,
    key: &ItemKey,
    text: Option<&str>,
) -> Result<Option<Arc<Context>>> {
    match (schema.resolution, text) {
        (Resolution::LastWriterWins, None) => Ok(None),
        (Resolution::LastWriterWins, Some(_)) => Err(Error::invalid(format!(
            "table {} keeps one version of each item, by last writer wins: leave context= out",
            schema.name
        ))),
        (Resolution::Siblings, None) => Ok(Some(Arc::default())),
        (Resolution::Siblings, Some("last")) => {
            let read = last_context(history, client, key).ok_or_else(|| {
                Error::refused(format!("{client} has not read {key} yet: get it first"))
            })?;
            Ok(Some(read))
        }
        (Resolution::Siblings, Some(text)) => Ok(Some(Arc::new(text.parse()?))),
    }
}

/// The context that a client's last read of an item returned, if the trace still has it.
pub fn last_context(history: &History, client: ClientId, key: &ItemKey) -> Option<Arc<Context>> {
    last_answer(history, client, key, |answer| match answer {
        Answer::Siblings { context, .. } => Some(Arc::clone(context)),
        // Nothing was there, and so nothing was seen.
        Answer::Read { stamp: None, .. } => Some(Arc::default()),
        _ => None,
    })
}

/// What the last answer tells that a client had about an item and that tells anything.
pub(super) fn last_answer<T>(
    history: &History,
    client: ClientId,
    key: &ItemKey,
    tells: impl Fn(&Answer) -> Option<T>,
) -> Option<T> {
    let (events, now) = (history.events(), history.moment().events);
    let mut happened = events.iter().rev().filter(|event| event.seq < now);
    happened.find_map(|event| match &event.kind {
        EventKind::Answered { request, client: by, answer, .. } if *by == client => {
            let told = tells(answer)?;
            let is_about_it = events.iter().any(|asked| {
                matches!(&asked.kind, EventKind::Asked { request: number, wanted }
                    if number == request && wanted.key == *key)
            });
            is_about_it.then_some(told)
        }
        _ => None,
    })
}
