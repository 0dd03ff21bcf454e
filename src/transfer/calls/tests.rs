//! Sessions that are played back.

use super::super::{Program, newest_items, script};
use super::*;
use crate::base::Result;
use crate::scenario::{Session, quoted};

/// A bit of everything that can be said to tables.
const SESSION: &str = r#"cluster nodes=4 n=3 seed=3
call CreateTable '{"TableName":"Music","AttributeDefinitions":[{"AttributeName":"artist","AttributeType":"S"},{"AttributeName":"song","AttributeType":"N"},{"AttributeName":"year","AttributeType":"N"}],"KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"song","KeyType":"RANGE"}],"BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4},"Tags":[{"Key":"k","Value":"v"}],"GlobalSecondaryIndexes":[{"IndexName":"by-year","KeySchema":[{"AttributeName":"year","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["title"]},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}],"LocalSecondaryIndexes":[{"IndexName":"by-title","KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"year","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]}'
table Airports iata
put Airports SEA '{"name":{"S":"Seattle\'s \\\\ \\"Tacoma\\""},"bytes":{"B":"AAH/"},"set":{"SS":["a","b"]}}'
put Music 'Acme/7' '{"year":1999,"title":"$HOME `ls` !"}'
put Music 'Acme/8' '{"year":1999}'
put Airports ZRH '{"n":1}' if=absent
put Airports ZRH '{"n":2}' if=absent
update Airports ZRH 'SET n = n + 41, town = if_not_exists(city, "Zürich")' if='n < 5 AND attribute_exists(iata)'
update Airports NEW 'ADD n 3'
delete Airports SEA if='name = "other"'
crash B
delete Airports SEA old=true
restart B
run 1s
index Airports by-n 'n:N'
expire Airports until
pitr Music on days=7
backup Music as=before
call UpdateTable '{"TableName":"Music","BillingMode":"PAY_PER_REQUEST"}'
call BatchWriteItem '{"RequestItems":{"Airports":[{"PutRequest":{"Item":{"iata":{"S":"FCO"}}}},{"DeleteRequest":{"Key":{"iata":{"S":"NEW"}}}}]}}'
query Music 'artist = "Acme" AND song BETWEEN 7 AND 9' limit=1 reverse=true
query Music 'artist = "Acme" AND song > 7'
query Airports 'iata = "ZRH"' consistent=true
scan Airports segment=1/4
scan Music index=by-year
get Airports ZRH consistent=true
split A from='B C'
heal
client2: put Airports AAA '{"n":1}'
client2: put Airports BBB '{"n":2}'
client2: put Airports AAA '{"n":3}'
"#;

fn played(lines: &str) -> Session {
    let mut session = Session::default();
    session.run_script(&format!("{lines}---\n")).unwrap_or_else(|error| panic!("{error}"));
    session
}

fn entries(session: &Session) -> Vec<Entry> {
    let world = session.world().expect("a cluster");
    calls(world, world.run())
}

/// Every table with its items.
fn tables(session: &Session) -> Vec<(String, String)> {
    let world = session.world().expect("a cluster");
    let items = |schema: &TableSchema| {
        newest_items(world, &schema.name)
            .iter()
            .map(|item| item.to_dynamodb_json() + "\n")
            .collect()
    };
    world
        .tables()
        .map(|schema| {
            let schema_text = create_request(schema).to_json();
            let recording = schema.recording.map(|recording| recording.days);
            (format!("{schema_text} {:?} {recording:?}", schema.expiry), items(schema))
        })
        .collect()
}

#[test]
fn requests_that_are_played_back_give_the_same_tables() -> Result<()> {
    let session = played(SESSION);
    let mut again = String::from("cluster nodes=3 seed=8\n");
    let mut count = 0;
    for entry in entries(&session) {
        if let Entry::Call(_, Call { operation, input }) = entry {
            again += &format!("call {operation} {}\n", quoted(&input.to_json()));
            count += 1;
        }
    }
    let mut other = Session::default();
    let output = other.run_script(&format!("{again}---\n"))?;
    // Once a condition did not hold, and it does not hold again.
    let failures = output.matches("com.amazonaws").count();
    assert_eq!(failures, 2, "{output}");
    assert_eq!(tables(&other), tables(&session));
    assert!(count > 20, "{count} calls");
    Ok(())
}

#[test]
fn what_no_request_says_is_a_note() {
    let notes: Vec<String> = entries(&played(SESSION))
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Note(_, words) => Some(words),
            Entry::Call(..) => None,
        })
        .collect();
    let verbs: Vec<&str> = notes.iter().filter_map(|note| note.split(' ').next()).collect();
    assert_eq!(verbs, ["crash", "restart", "split", "heal"]);
}

#[test]
fn what_the_loader_puts_becomes_batches_of_different_items() {
    let entries = entries(&played(SESSION));
    let last = entries.len() - 2;
    let operations: Vec<&str> = entries[last..]
        .iter()
        .map(|entry| match entry {
            Entry::Call(_, call) => call.operation,
            Entry::Note(..) => "",
        })
        .collect();
    assert_eq!(operations, ["BatchWriteItem", "PutItem"]);
}

/// Runs a checker of syntax on a program; passes where there is none on this machine.
fn check(command: &str, arguments: &[&str], program: Program, name: &str) -> String {
    let text = script(program, &entries(&played(SESSION)));
    let folder =
        std::env::temp_dir().join(format!("ringscope-script-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(name);
    std::fs::write(&file, &text).expect("a file");
    let done = std::process::Command::new(command).args(arguments).arg(&file).output();
    if let Ok(done) = done {
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}\n{text}");
    }
    std::fs::remove_dir_all(&folder).expect("the folder");
    text
}

#[test]
fn programs_are_programs() {
    let cli = check("bash", &["-n"], Program::Cli, "session.sh");
    assert!(cli.contains("call create-table --cli-input-json '{\"TableName\":\"Music\""));
    assert!(cli.contains(r#"{"S":"Seattle'\''s \\ \"Tacoma\""}"#), "{cli}");
    assert!(cli.contains("batch <<'JSON'\n{\"Airports\":["), "{cli}");
    let python = check("python3", &["-m", "py_compile"], Program::Python, "session.py");
    assert!(python.contains("call(\"put_item\", **{\"TableName\": \"Airports\""));
    assert!(python.contains("{\"B\": base64.b64decode(\"AAH/\")}"));
    assert!(python.contains("\"ConsistentRead\": True"));
    let javascript = check("node", &["--check"], Program::JavaScript, "session.mjs");
    assert!(javascript.contains("await call(\"CreateBackup\", {\"TableName\": \"Music\""));
    assert!(javascript.contains("{\"B\": bytes(\"AAH/\")}"));
    assert!(javascript.contains("// at ") && javascript.contains(": crash B\n"));
}
