//! What DynamoDB's data model costs: expressions, a query, and indexes that are kept up to date.

#![expect(clippy::disallowed_types, reason = "what is measured here is wall time")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use ringscope::api::Call;
use ringscope::base::ClientId;
use ringscope::data::{
    AttributeValue, IndexKind, IndexSchema, Item, Key, KeyAttribute, KeyKind, Projected,
    Resolution, TableName, TableSchema,
};
use ringscope::expression::{Condition, Placeholders};
use ringscope::node::{Action, Answer, ClientRequest, Overrides};
use ringscope::sim::{Alteration, Command, EventKind, Routing, World};
use ringscope::storage::ItemKey;

use super::workload::{put_all, world};

/// Times that something short is done.
const TIMES: usize = 20_000;
/// Puts with indexes.
const PUTS: usize = 30_000;
/// Queries of 100 items each.
const QUERIES: usize = 2_000;

const CONDITION: &str = "#state = :state AND (latitude BETWEEN :low AND :high OR size(tags) > :n) \
    AND NOT begins_with(city, :city) AND attribute_exists(runways[0].feet)";

fn placeholders() -> Placeholders {
    let text = |text: &str| AttributeValue::from(text);
    let values: [(&str, AttributeValue); 5] = [
        (":state", text("CO")),
        (":low", AttributeValue::from_json("39.5").expect("a number")),
        (":high", AttributeValue::from_json("41").expect("a number")),
        (":n", 2.into()),
        (":city", text("Port")),
    ];
    let values = values.into_iter().map(|(name, value)| (name.into(), value)).collect();
    let names = vec![("#state".into(), "state".into())];
    Placeholders::new(Some(names), Some(values)).expect("they are placeholders")
}

/// Nanoseconds to read a condition of five comparisons and functions, with its placeholders.
pub fn expression_parse_ns() -> f64 {
    let begin = Instant::now();
    for _ in 0..TIMES {
        let mut placeholders = placeholders();
        let condition = Condition::parse(black_box(CONDITION), &mut placeholders);
        black_box(condition.expect("it is a condition"));
        placeholders.unused().expect("all are used");
    }
    begin.elapsed().as_secs_f64() * 1e9 / TIMES as f64
}

/// Nanoseconds to decide whether it holds for an item; all of it has to be looked at.
pub fn expression_evaluate_ns() -> f64 {
    let condition = Condition::parse(CONDITION, &mut placeholders()).expect("it is a condition");
    let item = Item::from_json(
        r#"{"iata":"DEN","state":"CO","city":"Denver","latitude":39.85841,"tags":["a","b","c"],
            "runways":[{"feet":12000},{"feet":16000}]}"#,
    );
    let item = item.expect("an item");
    assert!(condition.holds(Some(&item)), "nothing of it is left out");
    let begin = Instant::now();
    for _ in 0..10 * TIMES {
        black_box(black_box(&condition).holds(Some(black_box(&item))));
    }
    begin.elapsed().as_secs_f64() * 1e9 / (10 * TIMES) as f64
}

fn table(sort_key: bool) -> TableSchema {
    let name: TableName = "Bench".parse().expect("a name");
    let attribute = |name: &str| KeyAttribute::new(name, KeyKind::S);
    let sort_key = sort_key.then(|| attribute("sort"));
    TableSchema::new(name, attribute("id"), sort_key, Resolution::LastWriterWins)
}

fn put(table: &TableSchema, item: Item) -> Arc<ClientRequest> {
    let key: Key = table.key_of(&item).expect("it has its key");
    Arc::new(ClientRequest {
        client: ClientId(0),
        key: ItemKey::new(table.name.clone(), key),
        action: Action::Put(Arc::new(item)),
        overrides: Overrides::default(),
        context: None,
    })
}

/// Microseconds of wall time for a Query of 100 items, from DynamoDB's JSON to DynamoDB's JSON, with
/// all messages between the nodes.
pub fn query_us() -> f64 {
    let mut world = World::new(*world(Routing::RoundRobin).config()).expect("it works");
    let table = table(true);
    world.apply(Command::DefineTable(table.clone())).expect("it is new");
    let item = |number: usize| {
        let text = "x".repeat(80);
        let json = format!(r#"{{"id":"one","sort":"{number:04}","text":"{text}"}}"#);
        Item::from_json(&json).expect("an item")
    };
    put_all(&mut world, (0..200).map(|number| put(&table, item(number))).collect());
    let body = r#"{"TableName":"Bench","KeyConditionExpression":"id = :i AND sort >= :s",
        "ExpressionAttributeValues":{":i":{"S":"one"},":s":{"S":"0050"}},"Limit":100}"#;
    let mut length = 0;
    let begin = Instant::now();
    for _ in 0..QUERIES {
        length += answer(&mut world, "Query", body).len();
    }
    let elapsed = begin.elapsed().as_secs_f64();
    assert!(length > QUERIES * 100 * 80, "there are 100 items in each");
    elapsed * 1e6 / QUERIES as f64
}

/// The response to a request, as JSON.
fn answer(world: &mut World, operation: &str, body: &str) -> String {
    let call = Call::parse(operation, body, world).expect("it makes sense");
    let mut begun = Vec::new();
    for command in call.commands(ClientId(0)) {
        begun.extend(world.apply(command).expect("it is possible"));
    }
    while begun.iter().any(|request| world.awaits(*request)) && world.step() {}
    let answers = begun.iter().map(|request| {
        let mut events = world.trace().events().iter().rev();
        let answered = events.find_map(|event| match &event.kind {
            EventKind::Answered { request: of, answer, .. } if of == request => Some(answer),
            _ => None,
        });
        answered.expect("it is answered").clone()
    });
    let answers: Vec<Answer> = answers.collect();
    call.finish(&answers, world).expect("the cluster is up").to_json()
}

/// Puts per second of items of 100 bytes into a table with so many indexes, until all are in step:
/// the cluster and the closed loop are those of `engine.put.native`.
pub fn indexed_puts_per_second(indexes: usize) -> f64 {
    let mut world = world(Routing::RoundRobin);
    let table = table(false);
    world.apply(Command::DefineTable(table.clone())).expect("it is new");
    for name in ["few", "many"].into_iter().take(indexes) {
        let attribute = |name: &str| KeyAttribute::new(name, KeyKind::S);
        let index = IndexSchema {
            name: format!("by-{name}").parse().expect("a name"),
            kind: IndexKind::Global,
            partition: vec![attribute(name)],
            sort: Vec::new(),
            projection: Projected::All,
            throughput: None,
        };
        let change = Alteration::AddIndex(index);
        world.apply(Command::Alter(table.name.clone(), change)).expect("it is new");
    }
    world.run_for(ringscope::base::Duration::from_ms(1_000));
    let item = |number: usize| {
        let (few, many) = (number % 97, number * 7919 % PUTS);
        let json = format!(r#"{{"id":"{number:08}","few":"{few:04}","many":"{many:08}"}}"#);
        let mut item = Item::from_json(&json).expect("an item");
        item.insert("text", AttributeValue::from(&*"x".repeat(96 - item.size())));
        assert_eq!(item.size(), 100);
        item
    };
    let requests = (0..PUTS).map(|number| put(&table, item(number))).collect();
    let begin = Instant::now();
    put_all(&mut world, requests);
    let elapsed = begin.elapsed().as_secs_f64();
    assert!(world.index_statuses().iter().all(|status| status.entries == PUTS));
    PUTS as f64 / elapsed
}
