//! What is done with inputs that nobody would think of: nothing here may panic.
//!
//! The targets of `fuzz_targets` hand over what the fuzzer makes up, and `tests/fuzz.rs` of the main
//! package, which needs no fuzzer, what is kept in `seeds`: where the fuzzer begins, and everything
//! that it ever found.
//!
//! Inputs are text that a person can read and write,
//!
//! ```text
//!  PutItem {"TableName":"Music","Item":{…}}        requests: one a line, one after the other
//!  Query {"TableName":"Music",…}
//!
//!  SET a = :v, #b[0] = list_append(c, :l)          expression: itself, then what its placeholders
//!  :v {"N":"1"}                                    stand for, then items, one a line
//!  #b name
//!  {"a":{"S":"x"}}
//! ```
//!
//! or, where bytes are read, those bytes: a snapshot, or the body of one, which gets a right checksum
//! here, because none that the fuzzer makes up would ever be right.

use std::fmt::{Debug, Display};
use std::sync::LazyLock;

use postcard::{from_bytes, to_allocvec};
use ringscope::api::{Call, span_of};
use ringscope::base::NodeId;
use ringscope::base::{ClientId, Error, RequestId};
use ringscope::data::{AttributeValue, Item, KeyAttribute, KeyKind, MAX_ITEM_SIZE};
use ringscope::expression::{Condition, KeyCondition, Placeholders, Projection, Update};
use ringscope::node::Answer;
use ringscope::sim::{ClusterConfig, Command, EventKind, World, seal};

/// So many requests of one input are carried out.
const MOST_REQUESTS: usize = 16;
/// So many things may happen until a request is answered.
const MOST_STEPS: usize = 200_000;

const TABLES: [&str; 2] = [
    r#"{"TableName":"Music","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"artist","AttributeType":"S"},{"AttributeName":"song","AttributeType":"S"},{"AttributeName":"year","AttributeType":"N"},{"AttributeName":"label","AttributeType":"B"}],"KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"song","KeyType":"RANGE"}],"LocalSecondaryIndexes":[{"IndexName":"by-year","KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"year","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],"GlobalSecondaryIndexes":[{"IndexName":"years","KeySchema":[{"AttributeName":"year","KeyType":"HASH"},{"AttributeName":"label","KeyType":"RANGE"},{"AttributeName":"song","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["tags"]}}]}"#,
    r#"{"TableName":"Plain","BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"N"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}"#,
];

/// A small cluster with two tables, one of them with indexes.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let config = ClusterConfig { nodes: 3, vnodes: 4, ..ClusterConfig::default() };
    let mut world = World::new(config).expect("three nodes are a cluster");
    for table in TABLES {
        let call = Call::parse("CreateTable", table, &world).expect(table);
        let commands = call.commands(ClientId(0));
        for command in commands {
            world.apply(command).expect(table);
        }
    }
    world.run_steps(1_000);
    world
});

/// Carries out requests. Each is answered, with a response or an error in JSON; what makes sense to
/// the API makes sense to the world; and in the end the world can still be kept and restored.
pub fn requests(input: &str) {
    let mut world = WORLD.clone();
    let mut was_possible = false;
    for line in input.lines().take(MOST_REQUESTS) {
        let (operation, body) = line.split_once(' ').unwrap_or((line, "{}"));
        let call = match Call::parse(operation, body, &world) {
            Ok(call) => call,
            Err(error) => {
                assert_json(&error.to_json());
                continue;
            }
        };
        was_possible = true;
        let mut begun = Vec::new();
        for command in call.commands(ClientId(1)) {
            begun.extend(world.apply(command).expect("what the API asks for is possible"));
        }
        let answers = answers(&mut world, &begun);
        match call.finish(&answers, &world) {
            Ok(response) => assert_json(&response.to_json()),
            Err(error) => assert_json(&error.to_json()),
        }
    }
    if was_possible {
        let restored = World::restore(&world.snapshot()).expect("what is kept can be restored");
        assert_eq!(restored.state_digest(), world.state_digest());
    }
}

fn assert_json(text: &str) {
    serde_json::from_str::<serde_json::Value>(text).expect("responses are JSON");
}

/// Lets time pass until all requests are answered.
fn answers(world: &mut World, requests: &[RequestId]) -> Vec<Answer> {
    let mut steps = 0;
    while requests.iter().any(|request| world.awaits(*request)) {
        assert!(world.step(), "nothing happens any more, and there is no answer");
        steps += 1;
        assert!(steps < MOST_STEPS, "there is no answer for ever");
    }
    let answer = |request: &RequestId| {
        let mut events = world.trace().events().iter().rev();
        events.find_map(|event| match &event.kind {
            EventKind::Answered { request: of, answer, .. } if of == request => {
                Some(answer.clone())
            }
            _ => None,
        })
    };
    requests.iter().filter_map(answer).collect()
}

/// What an input says besides its expression.
struct Given {
    names: Vec<(Box<str>, Box<str>)>,
    values: Vec<(Box<str>, AttributeValue)>,
    items: Vec<Item>,
}

impl Given {
    fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut given = Self { names: Vec::new(), values: Vec::new(), items: Vec::new() };
        for line in lines {
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            if line.starts_with('#') {
                given.names.push((name.into(), rest.into()));
            } else if line.starts_with(':') {
                let value = AttributeValue::from_dynamodb_json(rest);
                given.values.extend(value.ok().map(|value| (name.into(), value)));
            } else {
                given.items.extend(Item::from_dynamodb_json(line).ok());
            }
        }
        given
    }

    fn placeholders(&self) -> Option<Placeholders> {
        let names = (!self.names.is_empty()).then(|| self.names.clone());
        let values = (!self.values.is_empty()).then(|| self.values.clone());
        Placeholders::new(names, values).ok()
    }

    /// Parses, twice with the same result.
    fn parse<T: Clone + Debug + PartialEq>(
        &self,
        text: &str,
        parse: fn(&str, &mut Placeholders) -> Result<T, Error>,
    ) -> Option<T> {
        let first = parse(text, &mut self.placeholders()?);
        let second = parse(text, &mut self.placeholders()?);
        assert_eq!(first, second, "it depends on nothing else");
        first.ok()
    }
}

/// What is parsed can be shown, and be written as bytes and read back.
fn keep<T>(parsed: &T)
where
    T: Debug + Display + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
{
    assert!(!parsed.to_string().is_empty());
    let bytes = to_allocvec(parsed).expect("memory suffices");
    assert_eq!(from_bytes::<T>(&bytes).as_ref(), Ok(parsed));
}

/// Reads an expression as every kind of expression, and does with it what can be done.
pub fn expression(input: &str) {
    let mut lines = input.lines();
    let text = lines.next().unwrap_or_default();
    let given = Given::of(lines);
    let items = || given.items.iter();
    if let Some(condition) = given.parse(text, Condition::parse) {
        keep(&condition);
        let _ = condition.holds(None);
        for item in items() {
            let _ = condition.holds(Some(item));
        }
    }
    if let Some(update) = given.parse(text, Update::parse) {
        keep(&update);
        let key = Item::from_dynamodb_json(r#"{"id":{"S":"1"}}"#).expect("an item");
        for found in items().map(Some).chain([None]) {
            if let Ok(Some(after)) = update.apply(found, &key) {
                assert!(after.size() <= MAX_ITEM_SIZE && after.check_limits().is_ok());
                let _ = update.changed().of(&after);
            }
        }
    }
    if let Some(projection) = given.parse(text, Projection::parse) {
        items().for_each(|item| assert!(projection.of(item).size() <= item.size()));
    }
    if let Some(condition) = given.parse(text, KeyCondition::parse) {
        let key = |name: &str, kind| vec![KeyAttribute::new(name, kind)];
        for kind in [KeyKind::S, KeyKind::N, KeyKind::B] {
            if let Ok(range) = condition.clone().on(&key("p", KeyKind::S), &key("s", kind)) {
                let _ = span_of(None, range);
            }
        }
    }
}

/// What came out of a snapshot goes on for so long.
const MOST_HAPPENINGS: u64 = 500;

/// Opens bytes as a snapshot and as the body of one. What comes out may be no world that ever was, but
/// it goes on, its nodes crash and restart, and it can be kept again.
pub fn snapshot(input: &[u8]) {
    for opened in [World::open(input), World::open(&seal(input))] {
        let Ok(opened) = opened else { continue };
        let mut world = opened.world;
        world.run_steps(MOST_HAPPENINGS);
        for node in (0..world.config().nodes.min(8)).map(NodeId) {
            // Either is refused where it makes no sense.
            let _ = world.apply(Command::Crash(node));
            let _ = world.apply(Command::Restart(node));
        }
        world.run_steps(MOST_HAPPENINGS);
        if let Ok(again) = World::open(&world.snapshot()) {
            assert_eq!(again.digest, world.state_digest());
        }
    }
}
