//! Sample data and files on their way into a table.

use super::*;
use crate::base::NodeId;
use crate::sim::ClusterConfig;
use crate::travel::Keep;

fn history(config: ClusterConfig) -> History {
    History::new(World::new(config).unwrap(), Keep::PAGE)
}

const SAMPLE: &str = r#"{"source": "a test", "table": "T", "key": "id", "columns": ["id", "n"],
    "rows": [["a", 1], ["b", 2.50], ["c", null]]}"#;

#[test]
fn rows_become_items_by_quorum_puts() {
    let mut history = history(ClusterConfig::default());
    let mut loader = Loader::parse(SAMPLE).unwrap();
    loader.pump(&mut history, &mut || true);
    assert_eq!(loader.progress(), (3, 0, 3));
    history.run_while(|world| !world.is_idle());
    let stored: usize = history.world().node_statuses().iter().map(|status| status.items).sum();
    assert_eq!(stored, 9);
}

#[test]
fn the_table_has_its_indexes_before_its_rows() {
    let indexed = SAMPLE.replace(r#""columns""#, r#""indexes": [["by-n", ["n"]]], "columns""#);
    let mut history = history(ClusterConfig::default());
    let key = KeyAttribute::new("id", KeyKind::S);
    let name = TableName::new("T").unwrap();
    let plain = TableSchema::new(name, key, None, Resolution::default());
    history.apply(Command::DefineTable(plain)).unwrap();
    for time in 0..2 {
        let mut loader = Loader::parse(&indexed.replace("[\"a\", 1]", "[\"a\", \"x\"]")).unwrap();
        loader.pump(&mut history, &mut || true);
        assert_eq!(loader.progress(), (3, 0, 3), "time {time}");
    }
    history.run_until(VirtualTime(2_000_000));
    let [status] = &history.world().index_statuses()[..] else { panic!("one index") };
    assert_eq!((status.entries, status.behind, status.queued), (1, 0, 0));
}

#[test]
fn rows_that_cannot_be_written_are_given_up_in_the_end() {
    let mut history = history(ClusterConfig { nodes: 3, w: 3, ..Default::default() });
    history.apply(Command::Crash(NodeId(1))).unwrap();
    let mut loader = Loader::parse(SAMPLE).unwrap();
    loader.pump(&mut history, &mut || true);
    assert_eq!(loader.progress(), (0, 3, 3));
}

#[test]
fn damaged_sample_data_is_refused() {
    for text in ["", "[]", r#"{"table":"T","key":"id","columns":["id"],"rows":[[""]]}"#] {
        assert!(Loader::parse(text).is_err(), "{text}");
    }
}

fn schema(name: &str) -> TableSchema {
    let name = TableName::new(name).unwrap();
    TableSchema::new(name, KeyAttribute::new("id", KeyKind::S), None, Resolution::default())
}

fn rows(lines: &[&str]) -> Vec<transfer::Row> {
    let row = |(at, line): (usize, &&str)| transfer::Row {
        line: at as u64 + 1,
        item: Item::parse(line).map_err(|error| error.message),
    };
    lines.iter().enumerate().map(row).collect()
}

#[test]
fn rows_of_a_file_are_put_as_they_come_and_refused_by_line() {
    let mut history = history(ClusterConfig::default());
    let mut loader = Loader::import(schema("T"), false);
    loader.pump(&mut history, &mut || true);
    assert!(loader.is_hungry() && !loader.is_over(), "it waits for rows, and not for ever");
    loader.feed(rows(&[r#"{"id":"a"}"#, "no", r#"{"id":7}"#, r#"{"x":1}"#]));
    loader.pump(&mut history, &mut || true);
    loader.feed(rows(&[r#"{"id":"b"}"#]));
    loader.close();
    loader.pump(&mut history, &mut || true);
    assert_eq!((loader.progress(), loader.is_over()), ((2, 3, 5), true));
    let lines: Vec<u64> = loader.refusals().0.iter().map(|refusal| refusal.line).collect();
    assert_eq!((lines, loader.refusals().1), (vec![2, 3, 4], false));
}

#[test]
fn the_later_one_of_two_rows_with_one_key_is_there_in_the_end() {
    let mut history = history(ClusterConfig { seed: 5, ..Default::default() });
    let mut loader = Loader::import(schema("T"), false);
    let lines: Vec<String> = (0..40).map(|n| format!(r#"{{"id":"a","n":{n}}}"#)).collect();
    loader.feed(rows(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    loader.close();
    loader.pump(&mut history, &mut || true);
    assert_eq!(loader.progress(), (40, 0, 40));
    let items = transfer::newest_items(history.world(), &schema("T").name);
    assert_eq!(items[0].get("n"), Some(&AttributeValue::from(39)));
}

#[test]
fn whoever_wants_it_stops_at_the_first_refusal() {
    let mut history = history(ClusterConfig::default());
    let mut loader = Loader::import(schema("T"), true);
    loader.feed(rows(&[r#"{"id":"a"}"#, "no", r#"{"id":"b"}"#]));
    loader.pump(&mut history, &mut || true);
    assert!(loader.is_over() && loader.refusals().1);
    assert_eq!(loader.progress(), (1, 1, 2));
}

#[test]
fn failed_quorums_are_told_by_line() {
    let mut history = history(ClusterConfig { nodes: 3, w: 3, ..Default::default() });
    history.apply(Command::Crash(NodeId(1))).unwrap();
    let mut loader = Loader::import(schema("T"), false);
    loader.feed(rows(&[r#"{"id":"a"}"#]));
    loader.close();
    loader.pump(&mut history, &mut || true);
    let (refusals, _) = loader.refusals();
    assert!(refusals[0].line == 1 && refusals[0].why.contains("tried 3 times"), "{refusals:?}");
}

#[test]
fn a_table_that_is_there_with_other_keys_takes_nothing() {
    let mut history = history(ClusterConfig::default());
    let mut other = schema("T");
    other.partition_key = KeyAttribute::new("other", KeyKind::S);
    history.apply(Command::DefineTable(other)).unwrap();
    let mut loader = Loader::import(schema("T"), false);
    loader.feed(rows(&[r#"{"id":"a"}"#]));
    loader.pump(&mut history, &mut || true);
    assert!(loader.is_over());
    assert_eq!((loader.progress().0, loader.refusals().0[0].line), (0, 0));
}
