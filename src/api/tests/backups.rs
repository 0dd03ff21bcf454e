//! Backups and restores in DynamoDB's words.

use super::*;
use crate::base::{Duration, VirtualTime};
use crate::sim::UNIX_EPOCH_S;

/// Seconds since 1970, as requests have them.
fn unix(us: u64) -> String {
    format!("{}.{:06}", UNIX_EPOCH_S + us / 1_000_000, us % 1_000_000)
}

fn put(world: &mut World, table: &str, id: &str, value: u32) {
    let body = format!(
        r#"{{"TableName":"{table}","Item":{{"id":{{"S":"{id}"}},"v":{{"N":"{value}"}}}}}}"#
    );
    assert_eq!(done(world, "PutItem", &body), "{}");
}

fn pitr(world: &mut World, is_on: bool) -> String {
    let body = format!(
        r#"{{"TableName":"Plain","PointInTimeRecoverySpecification":
            {{"PointInTimeRecoveryEnabled":{is_on}}}}}"#
    );
    done(world, "UpdateContinuousBackups", &body)
}

fn scan(world: &mut World, table: &str) -> String {
    let body = format!(r#"{{"TableName":"{table}","ConsistentRead":true}}"#);
    done(world, "Scan", &body)
}

fn settle(world: &mut World) {
    while world.is_archiving() && world.step() {}
}

#[test]
fn a_table_is_restored_to_an_instant() {
    let mut world = world_with(&[PLAIN]);
    let told = pitr(&mut world, true);
    assert!(told.contains(r#""PointInTimeRecoveryStatus":"ENABLED","RecoveryPeriodInDays":35"#));
    put(&mut world, "Plain", "a", 1);
    let before = world.now();
    world.run_for(Duration(1_000));
    put(&mut world, "Plain", "a", 2);
    put(&mut world, "Plain", "b", 1);
    let body = |at: VirtualTime, to: &str| {
        format!(
            r#"{{"SourceTableName":"Plain","TargetTableName":"{to}","RestoreDateTime":{}}}"#,
            unix(at.0)
        )
    };
    let told = done(&mut world, "RestoreTableToPointInTime", &body(before, "Old"));
    assert!(told.contains(r#""TableStatus":"CREATING""#), "{told}");
    assert!(told.contains(r#""RestoreInProgress":true"#), "{told}");
    assert!(scan(&mut world, "Old").contains("ResourceNotFoundException"));
    let gone = done(&mut world, "DeleteTable", r#"{"TableName":"Old"}"#);
    assert!(gone.contains("ResourceInUseException"), "{gone}");
    let again = done(&mut world, "RestoreTableToPointInTime", &body(before, "Old"));
    assert!(again.contains("TableAlreadyExistsException"), "{again}");
    settle(&mut world);
    let found = scan(&mut world, "Old");
    assert!(found.starts_with(r#"{"Items":[{"id":{"S":"a"},"v":{"N":"1"}}],"Count":1"#), "{found}");
    let latest =
        r#"{"SourceTableName":"Plain","TargetTableName":"New","UseLatestRestorableTime":true}"#;
    done(&mut world, "RestoreTableToPointInTime", latest);
    settle(&mut world);
    assert!(scan(&mut world, "New").contains(r#""Count":2"#));
    let described = done(&mut world, "DescribeTable", r#"{"TableName":"New"}"#);
    assert!(described.contains(r#""TableStatus":"ACTIVE""#), "{described}");
}

#[test]
fn a_backup_outlives_its_table() {
    let mut world = world_with(&[PLAIN]);
    put(&mut world, "Plain", "a", 1);
    let body = r#"{"TableName":"Plain","BackupName":"before"}"#;
    let made = done(&mut world, "CreateBackup", body);
    assert!(made.contains(r#""BackupStatus":"AVAILABLE","BackupType":"USER""#), "{made}");
    let arn = made.split('"').find(|part| part.starts_with("arn:")).expect("it has one").to_owned();
    assert!(arn.starts_with("arn:aws:dynamodb:us-east-1:000000000000:table/Plain/backup/"));
    done(&mut world, "DeleteTable", r#"{"TableName":"Plain"}"#);
    let restore = format!(r#"{{"BackupArn":"{arn}","TargetTableName":"Again"}}"#);
    let told = done(&mut world, "RestoreTableFromBackup", &restore);
    assert!(told.contains(&format!(r#""SourceBackupArn":"{arn}""#)), "{told}");
    settle(&mut world);
    assert!(scan(&mut world, "Again").contains(r#""Count":1"#));
    let listed = done(&mut world, "ListBackups", r#"{"TableName":"Plain"}"#);
    assert!(listed.contains(r#""BackupName":"before""#), "{listed}");
    let named = format!(r#"{{"BackupArn":"{arn}"}}"#);
    let described = done(&mut world, "DescribeBackup", &named);
    assert!(described.contains(r#""ItemCount":1,"BillingMode":"PAY_PER_REQUEST""#), "{described}");
    assert!(done(&mut world, "DeleteBackup", &named).contains(r#""BackupStatus":"DELETED""#));
    let missing = done(&mut world, "DescribeBackup", &named);
    assert!(missing.contains("BackupNotFoundException"), "{missing}");
    assert_eq!(done(&mut world, "ListBackups", "{}"), r#"{"BackupSummaries":[]}"#);
}

#[test]
fn lists_of_backups_have_pages() {
    let mut world = world_with(&[PLAIN]);
    for name in ["one", "two", "three"] {
        let body = format!(r#"{{"TableName":"Plain","BackupName":"{name}"}}"#);
        done(&mut world, "CreateBackup", &body);
    }
    let (mut start, mut names) = (String::new(), Vec::new());
    loop {
        let page = done(&mut world, "ListBackups", &format!(r#"{{"Limit":2{start}}}"#));
        let name = |rest: &str| rest.split('"').next().expect("a name").to_owned();
        names.extend(page.split(r#""BackupName":""#).skip(1).map(name));
        match page.split(r#""LastEvaluatedBackupArn":""#).nth(1) {
            Some(rest) => start = format!(r#","ExclusiveStartBackupArn":"{}""#, name(rest)),
            None => break,
        }
    }
    assert_eq!(names, ["one", "two", "three"]);
}

#[test]
fn a_restore_can_leave_indexes_out() {
    let mut world = world_with(&[MUSIC]);
    done(&mut world, "CreateBackup", r#"{"TableName":"Music","BackupName":"all"}"#);
    let arn = world.archive().backups().iter().map(|it| it.id).next().expect("it was made");
    let listed = done(&mut world, "ListBackups", "{}");
    let name = listed.split('"').find(|part| part.contains("/backup/")).expect("an ARN").to_owned();
    assert_eq!(arn.to_string(), "b1");
    let body = |target: &str, more: &str| {
        format!(r#"{{"BackupArn":"{name}","TargetTableName":"{target}"{more}}}"#)
    };
    let bare =
        body("Bare", r#","GlobalSecondaryIndexOverride":[],"LocalSecondaryIndexOverride":[]"#);
    done(&mut world, "RestoreTableFromBackup", &bare);
    done(&mut world, "RestoreTableFromBackup", &body("Whole", ""));
    settle(&mut world);
    let indexes = |name: &str| {
        let table = world.table(&TableName::new(name).expect("short")).expect("it is there");
        table.indexes.len()
    };
    assert_eq!((indexes("Bare"), indexes("Whole")), (0, 2));
    let other = r#","GlobalSecondaryIndexOverride":[{"IndexName":"other","KeySchema":[
        {"AttributeName":"year","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]"#;
    let told = refused(&world, "RestoreTableFromBackup", &body("Other", other));
    assert_eq!(told.name, ErrorName::Validation);
}

#[test]
fn what_cannot_be_restored_is_refused_by_its_name() {
    let mut world = world_with(&[PLAIN]);
    let restore =
        |more: &str| format!(r#"{{"SourceTableName":"Plain","TargetTableName":"Old"{more}}}"#);
    let latest = restore(r#","UseLatestRestorableTime":true"#);
    let missing = latest.replace("Plain", "None");
    for (operation, body, name) in [
        ("RestoreTableToPointInTime", &*latest, ErrorName::RecoveryUnavailable),
        ("RestoreTableToPointInTime", &*missing, ErrorName::TableNotFound),
        ("DescribeContinuousBackups", r#"{"TableName":"None"}"#, ErrorName::TableNotFound),
        ("CreateBackup", r#"{"TableName":"None","BackupName":"abc"}"#, ErrorName::TableNotFound),
        ("CreateBackup", r#"{"TableName":"Plain","BackupName":"a"}"#, ErrorName::Validation),
        (
            "DescribeBackup",
            r#"{"BackupArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Plain/backup/1-2"}"#,
            ErrorName::BackupNotFound,
        ),
    ] {
        assert_eq!(refused(&world, operation, body).name, name, "{operation} {body}");
    }
    pitr(&mut world, true);
    world.run_for(Duration(5_000_000));
    for at in ["1", "99999999999", "1e300"] {
        let body = restore(&format!(r#","RestoreDateTime":{at}"#));
        let told = refused(&world, "RestoreTableToPointInTime", &body);
        assert_eq!(told.name, ErrorName::InvalidRestoreTime, "{at}");
    }
    assert_eq!(
        refused(&world, "RestoreTableToPointInTime", &restore("")).name,
        ErrorName::Validation
    );
    pitr(&mut world, false);
    let told = done(&mut world, "DescribeContinuousBackups", r#"{"TableName":"Plain"}"#);
    assert!(told.contains(r#"{"PointInTimeRecoveryStatus":"DISABLED"}"#), "{told}");
}

#[test]
fn without_a_quorum_clients_are_told_to_try_again() {
    let mut world = world_with(&[PLAIN]);
    pitr(&mut world, true);
    put(&mut world, "Plain", "a", 1);
    for node in 0..4 {
        world.apply(Command::Crash(crate::base::NodeId(node))).expect("it is up");
    }
    let body =
        r#"{"SourceTableName":"Plain","TargetTableName":"Old","UseLatestRestorableTime":true}"#;
    let told = done(&mut world, "RestoreTableToPointInTime", body);
    assert!(told.contains("InternalServerError"), "{told}");
    let told = done(&mut world, "CreateBackup", r#"{"TableName":"Plain","BackupName":"all"}"#);
    assert!(told.contains("InternalServerError"), "{told}");
    assert!(world.archive().backups().is_empty() && !world.is_archiving());
    assert_eq!(world.tables().count(), 1);
}
