//! Requests of DynamoDB's API that were sent from here: their answers become one response.

use super::Stage;
use crate::api::Call;
use crate::base::{ClientId, Error, RequestId, Result};
use crate::node::Answer;
use crate::travel::BranchId;

/// A request whose response is not complete.
pub(super) struct Sent {
    call: Call,
    /// The number of its line in the session.
    line: u64,
    /// Where its requests have their numbers.
    branch: BranchId,
    requests: Vec<(RequestId, Option<Answer>)>,
}

impl Stage {
    /// Sends a request: the last one that it makes of nodes, if its response is not known at once.
    ///
    /// # Errors
    /// DynamoDB's own, in JSON.
    pub(super) fn call(
        &mut self,
        operation: &str,
        input: &str,
        client: ClientId,
    ) -> Result<Option<RequestId>> {
        let refused = |error: crate::api::ApiError| Error::invalid(error.to_json());
        let call = Call::parse(operation, input, self.world()).map_err(refused)?;
        let commands = call.commands(client);
        commands.iter().try_for_each(|command| self.world().check(command))?;
        self.history.begin_line();
        let mut requests = Vec::new();
        for command in commands {
            requests.extend(self.apply(command)?.map(|request| (request, None)));
        }
        let last = requests.last().map(|(request, _)| *request);
        if last.is_none() {
            let response = call.finish(&[], self.world()).map_err(refused)?;
            self.known = Some(response.to_json());
            return Ok(None);
        }
        let (line, branch) = (self.transcript.next_number(), self.history.branch().id);
        self.calls.push(Sent { call, line, branch, requests });
        Ok(last)
    }

    /// A request has its answer: it may be the last one that a response waits for.
    pub(super) fn tell_call(&mut self, request: RequestId, answer: &Answer) {
        let branch = self.history.branch().id;
        let waits = |sent: &Sent| {
            sent.branch == branch && sent.requests.iter().any(|(of, _)| *of == request)
        };
        let Some(at) = self.calls.iter().position(waits) else { return };
        let sent = &mut self.calls[at];
        for (of, has) in &mut sent.requests {
            if *of == request {
                *has = Some(answer.clone());
            }
        }
        if sent.requests.iter().any(|(_, answer)| answer.is_none()) {
            return;
        }
        let sent = self.calls.remove(at);
        let answers: Vec<Answer> =
            sent.requests.into_iter().filter_map(|(_, answer)| answer).collect();
        let response = sent.call.finish(&answers, self.world());
        let response = response.map(|it| it.to_json()).map_err(|error| error.to_json());
        self.transcript.respond(sent.line, response);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClusterConfig, World};

    #[test]
    fn a_call_has_its_response_among_the_lines_once_all_its_answers_are_there() {
        let mut stage = Stage::new(World::new(ClusterConfig::default()).unwrap());
        let newest =
            |stage: &Stage| stage.transcript.entries().next().expect("there is one").clone();
        stage.act("call CreateTable '{\"TableName\":\"Trips\",\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"BillingMode\":\"PAY_PER_REQUEST\"}'").unwrap();
        assert!(
            newest(&stage)
                .response
                .expect("it is known at once")
                .contains("\"TableName\":\"Trips\"")
        );
        stage
            .act("call PutItem '{\"TableName\":\"Trips\",\"Item\":{\"id\":{\"S\":\"1\"}}}'")
            .unwrap();
        assert_eq!(newest(&stage).response, None);
        while stage.moves() {
            stage.frame(16.0, &mut || true);
        }
        assert_eq!(newest(&stage).response.as_deref(), Some("{}"));
        stage.act("call BatchGetItem '{\"RequestItems\":{\"Trips\":{\"Keys\":[{\"id\":{\"S\":\"1\"}},{\"id\":{\"S\":\"2\"}}]}}}'").unwrap();
        while stage.moves() {
            stage.frame(16.0, &mut || true);
        }
        assert!(newest(&stage).response.unwrap().contains("\"Trips\":[{\"id\":{\"S\":\"1\"}}]"));

        let before = stage.world().state_digest();
        let refused =
            stage.act("call GetItem '{\"TableName\":\"Nowhere\",\"Key\":{}}'").unwrap_err();
        assert!(refused.message.contains("ResourceNotFoundException"), "{}", refused.message);
        assert_eq!(stage.world().state_digest(), before);
    }
}
