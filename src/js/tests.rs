//! The cluster of JavaScript, natively; and that its types and its other half say the same as the
//! engine.

use super::*;
use crate::api::{ApiError, Call, ErrorName, MAX_REQUEST_DEPTH, Output};
use crate::base::{Duration, VirtualTime};
use crate::data::Json;
use crate::sim::{ClusterConfig, World};

const TABLE: &str = r#"{"TableName":"Plain","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}"#;
const ONE: &str = r#"{"TableName":"Plain","Item":{"id":{"S":"1"}},
    "ConditionExpression":"attribute_not_exists(id)"}"#;
const GET: &str = r#"{"TableName":"Plain","Key":{"id":{"S":"1"}},"ConsistentRead":true}"#;

type Response = Result<Output, ApiError>;

fn send(cluster: &mut Cluster, requests: &[(&str, &str)]) -> Vec<Response> {
    let requests = requests.iter().map(|(operation, input)| {
        let json = Json::read(input).expect("it is JSON");
        move |world: &World| Call::understand(operation, Some(json), world)
    });
    cluster.send(requests)
}

fn told(responses: &[Response]) -> Vec<String> {
    let told = |response: &Response| match response {
        Ok(output) => output.to_json(),
        Err(error) => error.name.to_string(),
    };
    responses.iter().map(told).collect()
}

fn cluster(record: bool) -> Cluster {
    let mut cluster = Cluster::new(ClusterConfig::default(), record).expect("it can be");
    assert!(send(&mut cluster, &[("CreateTable", TABLE)])[0].is_ok());
    cluster
}

#[test]
fn with_a_record_and_without_one_the_same_happens() {
    let run = |record: bool| {
        let mut cluster = cluster(record);
        let mut all = told(&send(&mut cluster, &[("PutItem", ONE), ("PutItem", ONE)]));
        all.push(
            cluster.command("crash B\nrun 2s").map(|_| String::new()).expect("it makes sense"),
        );
        all.extend(told(&send(&mut cluster, &[("GetItem", GET), ("Nothing", "{}")])));
        cluster.advance(Duration::from_ms(1_500)).expect("there is time");
        all.push(cluster.command("nodes").expect("it makes sense"));
        all.push(cluster.now().to_string());
        all
    };
    let recorded = run(true);
    assert_eq!(recorded, run(false));
    // They contend: either may be the one that finds nothing.
    let mut both = recorded[..2].to_vec();
    both.sort();
    assert_eq!(both, ["ConditionalCheckFailedException", "{}"]);
    assert_eq!(recorded[3..5], [r#"{"Item":{"id":{"S":"1"}}}"#, "UnknownOperationException"]);
}

#[test]
fn news_are_every_event_once() {
    for record in [true, false] {
        let mut cluster = cluster(record);
        assert!(cluster.news().is_empty(), "nobody listened");
        cluster.listen(true);
        send(&mut cluster, &[("PutItem", ONE)]);
        cluster.command("crash B").expect("it is up");
        cluster.advance(Duration::from_ms(5_000)).expect("there is time");
        let news = cluster.news();
        assert!(news.windows(2).all(|pair| pair[0].seq < pair[1].seq), "record: {record}");
        let types: Vec<_> = news.iter().map(|event| Told::of(event).kind()).collect();
        for kind in ["asked", "answered", "commanded", "crashed"] {
            assert!(types.contains(&kind), "{kind} is not among {types:?}");
        }
        assert_eq!(types.contains(&"delivered"), record);
        assert!(cluster.news().is_empty());
    }
}

#[test]
fn what_lies_back_in_the_run_is_no_news() {
    let mut cluster = cluster(true);
    send(&mut cluster, &[("PutItem", ONE)]);
    cluster.listen(true);
    cluster.command("undo\nforward 3\nmark here\nback").expect("there is a past");
    assert!(cluster.news().is_empty());
}

#[test]
fn a_line_that_is_refused_is_no_news() {
    let mut cluster = cluster(true);
    cluster.listen(true);
    cluster.command("cluster nodes=1").expect_err("N is 3");
    cluster.command("crash Z").expect_err("there is no Z");
    assert!(cluster.news().is_empty());
    cluster.command("cluster nodes=4").expect("it can be");
    let types: Vec<_> = cluster.news().iter().map(|event| Told::of(event).kind()).collect();
    assert_eq!(types.first(), Some(&"started"));
}

#[test]
fn time_has_an_end() {
    let mut cluster = cluster(false);
    let now = cluster.now();
    assert!(cluster.advance(Duration(u64::MAX)).is_err());
    assert_eq!(cluster.now(), now);
    assert!(now < VirtualTime(1_000_000));
}

#[test]
fn a_table_is_restored_from_its_backup() {
    for record in [true, false] {
        let mut cluster = cluster(record);
        let backup = r#"{"TableName":"Plain","BackupName":"before"}"#;
        let made = [("PutItem", ONE), ("CreateBackup", backup)];
        let made = made.map(|request| send(&mut cluster, &[request]).remove(0));
        let made = made.map(|response| response.expect("it can be done"));
        let told = serde_json::to_string(&made[1]).expect("an output is JSON");
        let from = told.find("arn:").expect("a backup has a name");
        let arn = told[from..].split('"').next().expect("it ends");
        let restore = format!(r#"{{"TargetTableName":"Again","BackupArn":"{arn}"}}"#);
        send(&mut cluster, &[("RestoreTableFromBackup", &restore)]).remove(0).expect("restored");
        cluster.advance(Duration::from_ms(30_000)).expect("time goes on");
        let get = GET.replace("Plain", "Again");
        let found = send(&mut cluster, &[("GetItem", &get)]).remove(0).expect("there is a table");
        let found = serde_json::to_string(&found).expect("an output is JSON");
        assert_eq!(found, r#"{"Item":{"id":{"S":"1"}}}"#);
    }
}

#[test]
fn the_types_name_all_operations_and_errors() {
    let types = include_str!("../../www/api/ringscope.d.ts");
    for operation in Call::operations() {
        assert!(types.contains(&format!("\n  {operation}: {{ input: ")), "{operation}");
    }
    use ErrorName as Name;
    for name in [
        Name::Serialization,
        Name::UnknownOperation,
        Name::Validation,
        Name::ResourceNotFound,
        Name::ResourceInUse,
        Name::ConditionalCheckFailed,
        Name::LimitExceeded,
        Name::ProvisionedThroughputExceeded,
        Name::TableNotFound,
        Name::TableInUse,
        Name::TableAlreadyExists,
        Name::BackupNotFound,
        Name::BackupInUse,
        Name::ContinuousBackupsUnavailable,
        Name::RecoveryUnavailable,
        Name::InvalidRestoreTime,
        Name::InternalServer,
        Name::ServiceUnavailable,
    ] {
        assert!(types.contains(&format!("\n  | \"{name}\"")), "{name}");
    }
}

#[test]
fn both_halves_count_the_same_levels() {
    let script = include_str!("../../www/api/bytes.js");
    assert!(script.contains(&format!("const MOST_LEVELS = {MAX_REQUEST_DEPTH};")));
}
