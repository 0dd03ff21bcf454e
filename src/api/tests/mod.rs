//! Requests and responses, without a cluster in between.

mod backups;
mod errors;
mod index_keys;
mod shapes;

use super::*;
use crate::sim::ClusterConfig;

fn world() -> World {
    World::new(ClusterConfig::default()).expect("it works")
}

/// A world with tables, each made by its CreateTable request.
fn world_with(tables: &[&str]) -> World {
    let mut world = world();
    for table in tables {
        done(&mut world, "CreateTable", table);
    }
    world
}

/// Carries out a request and returns its response, or its error, as JSON.
fn done(world: &mut World, operation: &str, body: &str) -> String {
    let call = match Call::parse(operation, body, world) {
        Ok(call) => call,
        Err(error) => return error.to_json(),
    };
    let mut begun = Vec::new();
    for command in call.commands(ClientId(0)) {
        begun.extend(world.apply(command).expect("a call asks for what is possible"));
    }
    while begun.iter().any(|request| world.awaits(*request)) && world.step() {}
    let answers = begun.iter().map(|request| {
        let mut events = world.trace().events().iter().rev();
        events.find_map(|event| match &event.kind {
            crate::sim::EventKind::Answered { request: of, answer, .. } if of == request => {
                Some(answer.clone())
            }
            _ => None,
        })
    });
    let answers: Option<Vec<Answer>> = answers.collect();
    let response = call.finish(&answers.expect("every request is answered"), world);
    response.map_or_else(|error| error.to_json(), |output| output.to_json())
}

fn refused(world: &World, operation: &str, body: &str) -> ApiError {
    match Call::parse(operation, body, world) {
        Ok(_) => panic!("{operation} {body} was taken"),
        Err(error) => error,
    }
}

const MUSIC: &str = r#"{"TableName":"Music","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"artist","AttributeType":"S"},
        {"AttributeName":"song","AttributeType":"S"},{"AttributeName":"year","AttributeType":"N"}],
    "KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"song","KeyType":"RANGE"}],
    "LocalSecondaryIndexes":[{"IndexName":"by-year","KeySchema":[
        {"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"year","KeyType":"RANGE"}],
        "Projection":{"ProjectionType":"KEYS_ONLY"}}],
    "GlobalSecondaryIndexes":[{"IndexName":"years","KeySchema":[
        {"AttributeName":"year","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["label"]}}]}"#;

const PLAIN: &str = r#"{"TableName":"Plain","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}"#;
