//! Requests that enter at one instant, and their responses.

use std::ops::Range;

use super::error::{ApiError, Result};
use super::{Call, Output};
use crate::base::{ClientId, RequestId};
use crate::node::Answer;
use crate::sim::{Command, World};

/// A world in which requests can be carried out, and whoever looks after it.
pub trait Stage {
    fn world(&self) -> &World;

    /// Carries out a command; returns the request that it began, if it is one.
    ///
    /// # Errors
    /// If the command makes no sense now. Then nothing has changed.
    fn apply(&mut self, command: Command) -> crate::base::Result<Option<RequestId>>;

    /// Lets things happen as long as anybody waits for one of these requests, which are in the order
    /// in which they began; hands on each answer with the place of its request.
    fn await_answers(&mut self, requests: &[RequestId], take: &mut dyn FnMut(usize, &Answer));
}

/// Whether anybody still waits for one of these requests. `done` is how many of them have ended for
/// sure: asked again and again, this looks at each request about once.
pub fn awaits_any(world: &World, requests: &[RequestId], done: &mut usize) -> bool {
    while requests.get(*done).is_some_and(|request| !world.awaits(*request)) {
        *done += 1;
    }
    *done < requests.len()
}

/// Carries requests out that enter at this very instant, one after the other, and so contend. Time
/// passes until the last one has its response, or its error: these are in the order of the requests.
///
/// Each request is read when those before it have entered: a table that one creates is there for
/// the next.
pub fn exchange(
    stage: &mut impl Stage,
    client: ClientId,
    requests: impl IntoIterator<Item = impl FnOnce(&World) -> Result<Call>>,
) -> Vec<Result<Output>> {
    let mut begun = Vec::new();
    let mut entered = Vec::new();
    for read in requests {
        let first = begun.len();
        let call = read(stage.world());
        let call = call.and_then(|call| enter(stage, call, client, &mut begun));
        entered.push(call.map(|call| (call, first..begun.len())));
    }
    let mut answers: Vec<Option<Answer>> = vec![None; begun.len()];
    if !begun.is_empty() {
        stage.await_answers(&begun, &mut |at, answer| answers[at] = Some(answer.clone()));
    }
    let finish = |entered: Result<(Call, Range<usize>)>| {
        let (call, own) = entered?;
        let own: Option<Vec<Answer>> = answers[own].iter_mut().map(Option::take).collect();
        call.finish(&own.expect("every request is answered, be it by a failure"), stage.world())
    };
    entered.into_iter().map(finish).collect()
}

/// Has a request do at once what it can, or nothing of it.
fn enter(
    stage: &mut impl Stage,
    call: Call,
    client: ClientId,
    begun: &mut Vec<RequestId>,
) -> Result<Call> {
    let refused = |error: crate::base::Error| ApiError::validation(error.message);
    let commands = call.commands(client);
    commands.iter().try_for_each(|command| stage.world().check(command)).map_err(refused)?;
    for command in commands {
        begun.extend(stage.apply(command).map_err(refused)?);
    }
    Ok(call)
}
