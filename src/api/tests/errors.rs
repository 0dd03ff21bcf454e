//! Which error comes, and in which words.

use super::*;

/// Requests about items, and what is wrong with them. Of several things the first is told.
const OF_ITEMS: &[(&str, &str, &str)] = &[
    ("PutItem", r#"{"TableName":"abc","Item":{}}"#, "Requested resource not found"),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"a":{"S":"x"}}}"#,
        "One or more parameter values were invalid: Missing the key id in the item",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"N":"1"}}}"#,
        "One or more parameter values were invalid: Type mismatch for key id expected: S \
             actual: N",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"S":""}}}"#,
        "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty string value. Key: id",
    ),
    (
        "PutItem",
        r#"{"TableName":"Music","Item":{"artist":{"S":"a"},"song":{"S":"b"},"year":{"S":"c"}}}"#,
        "One or more parameter values were invalid: Type mismatch for Index Key year Expected: \
             N Actual: S IndexName: by-year",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"S":"1"}},"ReturnValues":"ALL_NEW"}"#,
        "ReturnValues can only be ALL_OLD or NONE",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"S":"1"}},"ConditionExpression":"a = :a",
                "Expected":{"a":{"Exists":false}}}"#,
        "Can not use both expression and non-expression parameters in the same request: \
             Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"S":"1"}},"ExpressionAttributeNames":{"a":"b"}}"#,
        "ExpressionAttributeNames can only be specified when using expressions",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"S":"1"}},"ExpressionAttributeValues":{}}"#,
        "ExpressionAttributeValues can only be specified when using expressions: \
             ConditionExpression is null",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"S":"1"}},"ConditionExpression":"a = :a",
                "ExpressionAttributeValues":{":a":{"N":"x"}}}"#,
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted \
             to a numeric value: x for key :a",
    ),
    (
        "PutItem",
        r#"{"TableName":"Plain","Item":{"id":{"S":"1"}},"ConditionExpression":"a = :a",
                "ExpressionAttributeValues":{":a":{"N":"1"},":b":{"N":"2"}}}"#,
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
    ),
    (
        "GetItem",
        r#"{"TableName":"Music","Key":{"artist":{"S":"a"}}}"#,
        "The provided key element does not match the schema",
    ),
    (
        "GetItem",
        r#"{"TableName":"Plain","Key":{"id":{"N":"1"}}}"#,
        "The provided key element does not match the schema",
    ),
    (
        "GetItem",
        r#"{"TableName":"Plain","Key":{"id":{"S":"1"}},"AttributesToGet":["a","a"]}"#,
        "One or more parameter values were invalid: Duplicate value in attribute name: a",
    ),
    (
        "UpdateItem",
        r#"{"TableName":"Plain","Key":{"id":{"S":"1"}},"UpdateExpression":"SET id = :a",
                "ExpressionAttributeValues":{":a":{"S":"2"}}}"#,
        "One or more parameter values were invalid: Cannot update attribute id. This \
             attribute is part of the key",
    ),
    (
        "UpdateItem",
        r#"{"TableName":"Plain","Key":{"id":{"S":"1"}},"UpdateExpression":""}"#,
        "Invalid UpdateExpression: The expression can not be empty;",
    ),
    (
        "BatchGetItem",
        r#"{"RequestItems":{"Plain":{"Keys":[{"id":{"S":"1"}},{"id":{"S":"1"}}]}}}"#,
        "Provided list of item keys contains duplicates",
    ),
    (
        "BatchWriteItem",
        r#"{"RequestItems":{"Plain":[{}]}}"#,
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of \
             the supported datatypes",
    ),
];

#[test]
fn mistakes_of_items_are_told_in_dynamodbs_words() {
    let world = world_with(&[MUSIC, PLAIN]);
    for (operation, body, message) in OF_ITEMS {
        assert_eq!(refused(&world, operation, body).message, *message, "{operation} {body}");
    }
}

/// Queries and scans of a table, and what is wrong with them. Some begin with a sound key condition.
const OF_PAGES: &[(&str, &str, &str)] = &[
    (
        "Query",
        r#""Limit":1"#,
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the \
             request.",
    ),
    ("Query", r#""IndexName":"none",ARTIST"#, "The table does not have the specified index: none"),
    (
        "Query",
        r#"YEAR,"ConsistentRead":true"#,
        "Consistent reads are not supported on global secondary indexes",
    ),
    (
        "Query",
        r#"YEAR,"Select":"ALL_ATTRIBUTES""#,
        "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not \
             supported for global secondary index years because its projection type is not ALL",
    ),
    (
        "Query",
        r#"ARTIST,"Select":"ALL_PROJECTED_ATTRIBUTES""#,
        "One or more parameter values were invalid: ALL_PROJECTED_ATTRIBUTES can be used only \
             when Querying using an IndexName",
    ),
    (
        "Query",
        r#"ARTIST,"ExclusiveStartKey":{"artist":{"S":"a"}}"#,
        "The provided starting key is invalid",
    ),
    (
        "Query",
        r#"ARTIST,"ExclusiveStartKey":{"artist":{"S":"b"},"song":{"S":"b"}}"#,
        "The provided starting key is outside query boundaries based on provided conditions",
    ),
    (
        "Query",
        r#""KeyConditions":{"song":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}}"#,
        "Query condition missed key schema element: artist",
    ),
    (
        "Query",
        r#""KeyConditions":{"artist":{"ComparisonOperator":"GT","AttributeValueList":[{"S":"a"}]}}"#,
        "Query key condition not supported",
    ),
    (
        "Query",
        r#"ARTIST,"QueryFilter":{"song":{"ComparisonOperator":"NULL"}}"#,
        "QueryFilter can only contain non-primary key attributes: Primary key attribute: song",
    ),
    (
        "Query",
        r#"ARTIST,"QueryFilter":{"x":{"ComparisonOperator":"BETWEEN"}}"#,
        "One or more parameter values were invalid: Invalid number of argument(s) for the \
             BETWEEN ComparisonOperator",
    ),
    (
        "Scan",
        r#""Segment":1"#,
        "The TotalSegments parameter is required but was not present in the request when \
             Segment parameter is present",
    ),
    (
        "Scan",
        r#""Segment":4,"TotalSegments":4"#,
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
             Segment: 4 is not less than TotalSegments: 4",
    ),
];

#[test]
fn mistakes_of_queries_and_scans_are_told_in_dynamodbs_words() {
    let world = world_with(&[MUSIC]);
    let artist = r#""KeyConditions":{"artist":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}}"#;
    let year = r#""IndexName":"years","KeyConditions":{"year":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]}}"#;
    for (operation, rest, message) in OF_PAGES {
        let rest = rest.replace("ARTIST", artist).replace("YEAR", year);
        let body = format!(r#"{{"TableName":"Music",{rest}}}"#);
        assert_eq!(refused(&world, operation, &body).message, *message, "{operation} {body}");
    }
}

/// Tables: attributes that are defined, the table's keys, how it is paid for, keys of a local index with
/// its projection; and what is wrong with that.
const OF_TABLES: &[([&str; 4], &str)] = &[
    (
        ["", "a", "", ""],
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must \
         both be specified when BillingMode is PROVISIONED",
    ),
    (["", "a", ON_DEMAND, ""], "Invalid KeySchema: Some index key attribute have no definition"),
    (
        ["b", "a", ON_DEMAND, ""],
        "One or more parameter values were invalid: Some index key attributes are not defined in \
         AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]",
    ),
    (
        ["ab", "aa", ON_DEMAND, ""],
        "Both the Hash Key and the Range Key element in the KeySchema have the same name",
    ),
    (
        ["acb", "ab", ON_DEMAND, ""],
        "One or more parameter values were invalid: Number of attributes in KeySchema does not \
         exactly match number of attributes defined in AttributeDefinitions",
    ),
    (
        ["ab", "a", ON_DEMAND, "ab ALL"],
        "One or more parameter values were invalid: Table KeySchema does not have a range key, \
         which is required when specifying a LocalSecondaryIndex",
    ),
    (
        ["abc", "ab", ON_DEMAND, "cb ALL"],
        "One or more parameter values were invalid: Index KeySchema does not have the same leading \
         hash key as table KeySchema for index: local. index hash key: c, table hash key: a",
    ),
    (
        ["abc", "ab", ON_DEMAND, "ab ALL"],
        "One or more parameter values were invalid: Some AttributeDefinitions are not used. \
         AttributeDefinitions: [a, b, c], keys used: [a, b]",
    ),
    (
        ["abc", "ab", ON_DEMAND, "ac INCLUDE"],
        "One or more parameter values were invalid: ProjectionType is INCLUDE, but \
         NonKeyAttributes is not specified",
    ),
];

const ON_DEMAND: &str = r#","BillingMode":"PAY_PER_REQUEST""#;

/// `[{"AttributeName":"a","KeyType":"HASH"},…]`, the first with the first of two roles.
fn attributes(names: &str, member: &str, roles: [&str; 2]) -> String {
    let one = |(at, name): (usize, char)| {
        format!(r#"{{"AttributeName":"{name}","{member}":"{}"}}"#, roles[at.min(1)])
    };
    format!("[{}]", names.chars().enumerate().map(one).collect::<Vec<_>>().join(","))
}

fn create_table([definitions, keys, billing, local]: [&str; 4]) -> String {
    let definitions = attributes(definitions, "AttributeType", ["S", "S"]);
    let keys = attributes(keys, "KeyType", ["HASH", "RANGE"]);
    let index = local.split_once(' ').map_or(String::new(), |(keys, projection)| {
        let keys = attributes(keys, "KeyType", ["HASH", "RANGE"]);
        format!(
            r#","LocalSecondaryIndexes":[{{"IndexName":"local","KeySchema":{keys},
                "Projection":{{"ProjectionType":"{projection}"}}}}]"#
        )
    });
    format!(
        r#"{{"TableName":"abc","AttributeDefinitions":{definitions},"KeySchema":{keys}{billing}{index}}}"#
    )
}

#[test]
fn mistakes_of_tables_are_told_in_dynamodbs_words() {
    let world = world_with(&[PLAIN]);
    for (table, message) in OF_TABLES {
        let body = create_table(*table);
        assert_eq!(refused(&world, "CreateTable", &body).message, *message, "{body}");
    }
    let taken = refused(&world, "CreateTable", PLAIN);
    assert_eq!(
        taken.to_json(),
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceInUseException","message":"Table already exists: Plain"}"#
    );
    for operation in ["DescribeTable", "DeleteTable", "DescribeTimeToLive"] {
        let error = refused(&world, operation, r#"{"TableName":"none"}"#);
        assert_eq!(error.name, ErrorName::ResourceNotFound);
        assert_eq!(error.message, "Requested resource not found: Table: none not found");
    }
}

#[test]
fn operations_that_nobody_knows_have_an_error_of_their_own() {
    let error = refused(&world(), "MakeTea", "{}").to_json();
    assert_eq!(error, r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#);
}
