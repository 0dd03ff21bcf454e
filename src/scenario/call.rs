//! DynamoDB's own requests in lines: `call GetItem '{"TableName": "Airports", …}'`.

use super::Line;
use super::logged::table_as_logged;
use crate::api::Call;
use crate::base::{ClientId, Error, RequestId, Result};
use crate::node::Answer;
use crate::sim::{Command, EventKind, World};
use crate::travel::History;

/// What a request says that has no input.
const NO_INPUT: &str = "{}";

/// The commands of a line of DynamoDB's, or of one that a log wrote for it; none for any other line.
pub(super) fn asked(world: &World, line: &Line, client: ClientId) -> Result<Vec<Command>> {
    match line {
        Line::Call { operation, input } => commands(world, (operation, input.as_deref()), client),
        Line::Schema(text) => table_as_logged(text),
        _ => Ok(Vec::new()),
    }
}

/// The commands of a request, for whoever carries them out without a response.
///
/// # Errors
/// If DynamoDB would refuse it.
pub(super) fn commands(
    world: &World,
    (operation, input): (&str, Option<&str>),
    client: ClientId,
) -> Result<Vec<Command>> {
    let call = Call::parse(operation, input.unwrap_or(NO_INPUT), world);
    let call = call.map_err(|error| Error::invalid(error.to_json()))?;
    Ok(call.commands(client))
}

/// Carries out a request, and waits for its response: that, or the error, as a line of JSON.
///
/// # Errors
/// If the world refuses what it asks for.
pub(super) fn carry_out(
    history: &mut History,
    (operation, input): (&str, Option<&str>),
    client: ClientId,
) -> Result<String> {
    let call = match Call::parse(operation, input.unwrap_or(NO_INPUT), history.world()) {
        Ok(call) => call,
        Err(error) => return Ok(error.to_json() + "\n"),
    };
    let commands = call.commands(client);
    commands.iter().try_for_each(|command| history.world().check(command))?;
    history.begin_line();
    let mut begun = Vec::new();
    for command in commands {
        begun.extend(history.apply(command)?);
    }
    history.run_while(|world| begun.iter().any(|request| world.awaits(*request)));
    let response = call.finish(&answers(history, &begun), history.world());
    Ok(response.map_or_else(|error| error.to_json(), |output| output.to_json()) + "\n")
}

/// The answers to requests that just ended.
fn answers(history: &History, requests: &[RequestId]) -> Vec<Answer> {
    let (events, now) = (history.events(), history.moment().events);
    let found = |request: &RequestId| {
        let mut happened = events.iter().rev().filter(|event| event.seq < now);
        happened.find_map(|event| match &event.kind {
            EventKind::Answered { request: of, answer, .. } if of == request => {
                Some(answer.clone())
            }
            _ => None,
        })
    };
    requests.iter().filter_map(found).collect()
}
