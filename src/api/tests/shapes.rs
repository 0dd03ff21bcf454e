//! What responses look like.

use super::*;

#[test]
fn a_table_is_described_as_it_was_made() {
    let mut world = world_with(&[MUSIC]);
    let described = done(&mut world, "DescribeTable", r#"{"TableName":"Music"}"#);
    for part in [
        r#""TableStatus":"ACTIVE""#,
        r#""KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"song","KeyType":"RANGE"}]"#,
        r#""TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Music""#,
        r#""CreationDateTime":1767225600.0"#,
        r#""BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST""#,
        r#""IndexName":"by-year""#,
        r#""Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["label"]}"#,
        r#""DeletionProtectionEnabled":false"#,
    ] {
        assert!(described.contains(part), "{part} is missing in {described}");
    }
}

#[test]
fn items_are_written_read_and_deleted() {
    let mut world = world_with(&[PLAIN]);
    let mut call = |operation: &str, rest: &str| {
        done(&mut world, operation, &format!(r#"{{"TableName":"Plain",{rest}}}"#))
    };
    assert_eq!(call("PutItem", r#""Item":{"id":{"S":"1"},"n":{"N":"1.50"}}"#), "{}");
    assert_eq!(
        call(
            "GetItem",
            r#""Key":{"id":{"S":"1"}},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL""#
        ),
        r#"{"Item":{"id":{"S":"1"},"n":{"N":"1.5"}},"ConsumedCapacity":{"TableName":"Plain","CapacityUnits":1.0}}"#
    );
    let add = r#""Key":{"id":{"S":"1"}},"UpdateExpression":"ADD n :one",
        "ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValues":"#;
    assert_eq!(
        call("UpdateItem", &format!(r#"{add}"UPDATED_OLD""#)),
        r#"{"Attributes":{"n":{"N":"1.5"}}}"#
    );
    assert_eq!(
        call("UpdateItem", &format!(r#"{add}"UPDATED_NEW""#)),
        r#"{"Attributes":{"n":{"N":"3.5"}}}"#
    );
    assert_eq!(
        call("UpdateItem", &format!(r#"{add}"ALL_OLD""#)),
        r#"{"Attributes":{"id":{"S":"1"},"n":{"N":"3.5"}}}"#
    );
    assert_eq!(
        call("UpdateItem", &format!(r#"{add}"ALL_NEW""#)),
        r#"{"Attributes":{"id":{"S":"1"},"n":{"N":"5.5"}}}"#
    );
    let failed = r#""Item":{"id":{"S":"1"}},"ConditionExpression":"attribute_not_exists(id)","ReturnValuesOnConditionCheckFailure":"ALL_OLD""#;
    assert_eq!(
        call("PutItem", failed),
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"id":{"S":"1"},"n":{"N":"5.5"}}}"#
    );
    assert_eq!(
        call("UpdateItem", r#""Key":{"id":{"S":"1"}},"UpdateExpression":"SET a = b""#),
        r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"The provided expression refers to an attribute that does not exist in the item"}"#
    );
    assert_eq!(
        call("DeleteItem", r#""Key":{"id":{"S":"1"}},"ReturnValues":"ALL_OLD""#),
        r#"{"Attributes":{"id":{"S":"1"},"n":{"N":"5.5"}}}"#
    );
    assert_eq!(call("GetItem", r#""Key":{"id":{"S":"1"}},"ConsistentRead":true"#), "{}");
}

#[test]
fn batches_are_put_together() {
    let mut world = world_with(&[PLAIN]);
    let put = |id: &str| format!(r#"{{"PutRequest":{{"Item":{{"id":{{"S":"{id}"}}}}}}}}"#);
    let body = format!(r#"{{"RequestItems":{{"Plain":[{},{}]}}}}"#, put("1"), put("2"));
    assert_eq!(done(&mut world, "BatchWriteItem", &body), r#"{"UnprocessedItems":{}}"#);
    let body = r#"{"RequestItems":{"Plain":{"ConsistentRead":true,"Keys":[{"id":{"S":"2"}},{"id":{"S":"3"}},{"id":{"S":"1"}}]}}}"#;
    assert_eq!(
        done(&mut world, "BatchGetItem", body),
        r#"{"Responses":{"Plain":[{"id":{"S":"2"}},{"id":{"S":"1"}}]},"UnprocessedKeys":{}}"#
    );
}

#[test]
fn what_the_cluster_cannot_do_is_tried_again() {
    let mut world = world_with(&[PLAIN]);
    for node in 0..world.config().nodes {
        world.apply(Command::Crash(crate::base::NodeId(node))).expect("it is up");
    }
    let body = r#"{"TableName":"Plain","Item":{"id":{"S":"1"}}}"#;
    let error = done(&mut world, "PutItem", body);
    assert!(error.contains("ServiceUnavailableException"), "{error}");
    let body = r#"{"RequestItems":{"Plain":[{"DeleteRequest":{"Key":{"id":{"S":"1"}}}}]}}"#;
    let error = done(&mut world, "BatchWriteItem", body);
    assert!(error.contains("ServiceUnavailableException"), "{error}");
}

#[test]
fn tables_come_and_go() {
    let mut world = world_with(&[PLAIN, MUSIC]);
    let mut call = |operation: &str, body: &str| done(&mut world, operation, body);
    assert_eq!(
        call("ListTables", r#"{"Limit":1}"#),
        r#"{"TableNames":["Music"],"LastEvaluatedTableName":"Music"}"#
    );
    assert_eq!(
        call("ListTables", r#"{"ExclusiveStartTableName":"Music"}"#),
        r#"{"TableNames":["Plain"]}"#
    );
    assert_eq!(call("PutItem", r#"{"TableName":"Plain","Item":{"id":{"S":"1"}}}"#), "{}");
    assert!(
        call("DescribeTable", r#"{"TableName":"Plain"}"#)
            .contains(r#""TableSizeBytes":3,"ItemCount":1"#)
    );
    assert!(
        call("DeleteTable", r#"{"TableName":"Plain"}"#).contains(r#""TableStatus":"DELETING""#)
    );
    assert!(call("CreateTable", PLAIN).contains(r#""TableStatus":"CREATING""#));
    assert!(call("DescribeTable", r#"{"TableName":"Plain"}"#).contains(r#""ItemCount":0"#));
    let get = r#"{"TableName":"Plain","Key":{"id":{"S":"1"}},"ConsistentRead":true}"#;
    assert_eq!(call("GetItem", get), "{}");
}

#[test]
fn tables_say_what_else_they_are() {
    let mut world = world_with(&[PLAIN]);
    let mut call = |operation: &str, body: &str| done(&mut world, operation, body);
    let enable = r#"{"TableName":"Plain","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}"#;
    assert_eq!(
        call("UpdateTimeToLive", enable),
        r#"{"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}"#
    );
    assert!(call("UpdateTimeToLive", enable).contains("TimeToLive is already enabled"));
    assert_eq!(
        call("DescribeTimeToLive", r#"{"TableName":"Plain"}"#),
        r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"until"}}"#
    );
    let arn = r#""ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Plain""#;
    let tags = format!(r#"{{{arn},"Tags":[{{"Key":"b","Value":"2"}},{{"Key":"a","Value":"1"}}]}}"#);
    assert_eq!(call("TagResource", &tags), "{}");
    assert_eq!(call("UntagResource", &format!(r#"{{{arn},"TagKeys":["b"]}}"#)), "{}");
    assert_eq!(
        call("ListTagsOfResource", &format!("{{{arn}}}")),
        r#"{"Tags":[{"Key":"a","Value":"1"}]}"#
    );
    let protect = r#"{"TableName":"Plain","DeletionProtectionEnabled":true}"#;
    assert!(call("UpdateTable", protect).contains(r#""TableStatus":"UPDATING""#));
    assert!(call("DeleteTable", r#"{"TableName":"Plain"}"#).contains("protected against deletion"));
}

#[test]
fn a_table_is_called_what_the_request_calls_it() {
    const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/Plain";
    let mut world = world_with(&[PLAIN]);
    let mut call = |operation: &str, body: &str| {
        done(&mut world, operation, &body.replace("ARN", ARN)).replace(ARN, "ARN")
    };
    let put = r#"{"TableName":"ARN","Item":{"id":{"S":"1"}},"ReturnConsumedCapacity":"TOTAL"}"#;
    assert_eq!(
        call("PutItem", put),
        r#"{"ConsumedCapacity":{"TableName":"ARN","CapacityUnits":1.0}}"#
    );
    assert_eq!(
        call("GetItem", r#"{"TableName":"Plain","Key":{"id":{"S":"1"}},"ConsistentRead":true}"#),
        r#"{"Item":{"id":{"S":"1"}}}"#
    );
    let get = r#"{"RequestItems":{"ARN":{"Keys":[{"id":{"S":"1"}}],"ConsistentRead":true}},
        "ReturnConsumedCapacity":"TOTAL"}"#;
    assert_eq!(
        call("BatchGetItem", get),
        r#"{"Responses":{"ARN":[{"id":{"S":"1"}}]},"UnprocessedKeys":{},"ConsumedCapacity":[{"TableName":"ARN","CapacityUnits":1.0}]}"#
    );
    let described = call("DescribeTable", r#"{"TableName":"ARN"}"#);
    assert!(described.contains(r#""TableName":"Plain""#), "{described}");
    for (wrong, why) in [
        ("ARN/index/by-year", "validation error"),
        ("arn:aws:dynamodb:eu-west-1:000000000000:table/Plain", "validation error"),
    ] {
        let get = format!(r#"{{"TableName":"{wrong}","Key":{{"id":{{"S":"1"}}}}}}"#);
        assert!(call("GetItem", &get).contains(why), "{wrong}");
    }
}

#[test]
fn a_table_that_is_paid_for_units_has_no_more_than_these() {
    let paid = PLAIN.replace(
        r#""BillingMode":"PAY_PER_REQUEST""#,
        r#""ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}"#,
    );
    for (table, is_paid) in [(&*paid, true), (PLAIN, false)] {
        let mut world = world_with(&[table]);
        let text = "x".repeat(400_000);
        let put = format!(
            r#"{{"TableName":"Plain","Item":{{"id":{{"S":"1"}},"text":{{"S":"{text}"}}}}}}"#
        );
        // Each owner, as coordinator, grants its share; one such item costs more than that.
        let mut answers: Vec<String> = Vec::new();
        for _ in 0..10 {
            answers.push(done(&mut world, "PutItem", &put));
        }
        let refused = answers.iter().filter(|it| {
            it.contains("#ProvisionedThroughputExceededException\"")
                && it.contains("the table was exceeded")
        });
        assert_eq!(refused.count() > 0, is_paid, "{answers:?}");
        assert!(answers[0] == "{}" && answers.iter().filter(|it| *it == "{}").count() >= 3);
        world.run_for(crate::base::Duration::from_ms(2_000_000));
        assert_eq!(done(&mut world, "PutItem", &put), "{}", "what was charged is paid");
    }
}
