use super::super::inputs::{BATCH_GET_ITEM, BATCH_WRITE_ITEM, CREATE_TABLE, PUT_ITEM, QUERY};
use super::*;

fn refused(structure: &'static Structure, body: &str) -> ApiError {
    let json = Json::read_within(body, 100).unwrap_or_else(|error| panic!("{body}: {error}"));
    check(&json, structure).expect_err(body)
}

const NO_STRUCT: &str = "Start of structure or map found where not expected";

/// Where a request has a wrong type, and what is said about it.
static WRONG_TYPES: &[(&Structure, &str, &str)] = &[
    (&PUT_ITEM, r#"{"TableName":true}"#, "TRUE_VALUE cannot be converted to String"),
    (&PUT_ITEM, r#"{"TableName":23}"#, "NUMBER_VALUE cannot be converted to String"),
    (&PUT_ITEM, r#"{"TableName":34.56}"#, "DECIMAL_VALUE cannot be converted to String"),
    (&PUT_ITEM, r#"{"TableName":[]}"#, "Unrecognized collection type class java.lang.String"),
    (&PUT_ITEM, r#"{"TableName":{}}"#, NO_STRUCT),
    (&PUT_ITEM, r#"{"Item":"x"}"#, "Unexpected field type"),
    (
        &PUT_ITEM,
        r#"{"Item":[]}"#,
        "Unrecognized collection type java.util.Map<java.lang.String, \
             com.amazonaws.dynamodb.v20120810.AttributeValue>",
    ),
    (&PUT_ITEM, r#"{"Item":{"a":1}}"#, "Unexpected value type in payload"),
    (
        &PUT_ITEM,
        r#"{"Item":{"a":[]}}"#,
        "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
    ),
    (&PUT_ITEM, r#"{"Item":{"a":{"N":1}}}"#, "NUMBER_VALUE cannot be converted to String"),
    (&PUT_ITEM, r#"{"Item":{"a":{"SS":1}}}"#, "Unexpected field type"),
    (&PUT_ITEM, r#"{"Item":{"a":{"SS":{}}}}"#, NO_STRUCT),
    (&PUT_ITEM, r#"{"Item":{"a":{"BOOL":"23"}}}"#, "Unexpected token received from parser"),
    (&PUT_ITEM, r#"{"Item":{"a":{"BOOL":23}}}"#, "NUMBER_VALUE cannot be converted to Boolean"),
    (
        &PUT_ITEM,
        r#"{"Item":{"a":{"L":[{"B":1}]}}}"#,
        "only base-64-encoded strings are convertible to bytes",
    ),
    (
        &PUT_ITEM,
        r#"{"Item":{"a":{"B":"23456"}}}"#,
        "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
    ),
    (
        &PUT_ITEM,
        r#"{"Item":{"a":{"B":"=+/="}}}"#,
        "Invalid last non-pad Base64 character dectected",
    ),
    (&QUERY, r#"{"Limit":"1"}"#, "STRING_VALUE cannot be converted to Integer"),
    (
        &BATCH_WRITE_ITEM,
        r#"{"RequestItems":[]}"#,
        "Unrecognized collection type java.util.Map<java.lang.String, \
             java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>",
    ),
    (&BATCH_WRITE_ITEM, r#"{"RequestItems":{"abc":1}}"#, NO_CLASS),
    (&BATCH_GET_ITEM, r#"{"RequestItems":{"abc":{"Keys":[1]}}}"#, NO_CLASS),
    (&BATCH_GET_ITEM, r#"{"RequestItems":{"abc":1}}"#, "Unexpected value type in payload"),
    (&CREATE_TABLE, r#"{"ProvisionedThroughput":7}"#, "Unexpected field type"),
    (
        &CREATE_TABLE,
        r#"{"KeySchema":[[]]}"#,
        "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.KeySchemaElement",
    ),
];

#[test]
fn wrong_types_are_told_as_dynamodb_tells_them() {
    for (structure, body, message) in WRONG_TYPES {
        assert_eq!(refused(structure, body), ApiError::serialization(*message), "{body}");
    }
}

#[test]
fn what_comes_first_comes_alone() {
    for (body, message) in [
        ("{}", "The parameter 'TableName' is required but was not present in the request"),
        (
            r#"{"TableName":"a;"}"#,
            "TableName must be at least 3 characters long and at most 255 characters long",
        ),
    ] {
        assert_eq!(refused(&CREATE_TABLE, body).message, message);
    }
}

#[test]
fn constraints_are_told_together() {
    let told = |structure, body: &str, errors: &[&str]| {
        let plural = if errors.len() == 1 { "" } else { "s" };
        let all =
            format!("{} validation error{plural} detected: {}", errors.len(), errors.join("; "));
        assert_eq!(refused(structure, body), ApiError::validation(all));
    };
    told(
        &CREATE_TABLE,
        r#"{"TableName":"abc;"}"#,
        &[
            "Value null at 'attributeDefinitions' failed to satisfy constraint: Member must not be null",
            "Value 'abc;' at 'tableName' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [a-zA-Z0-9_.-]+",
            "Value null at 'keySchema' failed to satisfy constraint: Member must not be null",
        ],
    );
    told(
        &CREATE_TABLE,
        r#"{"TableName":"abc","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"SS"}],
            "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b"},{}],
            "ProvisionedThroughput":{"ReadCapacityUnits":1.5,"WriteCapacityUnits":-1}}"#,
        &[
            "Value 'SS' at 'attributeDefinitions.1.member.attributeType' failed to satisfy \
             constraint: Member must satisfy enum value set: [B, N, S]",
            "Value '-1' at 'provisionedThroughput.writeCapacityUnits' failed to satisfy \
             constraint: Member must have value greater than or equal to 1",
            "Value '[KeySchemaElement(attributeName=a, keyType=HASH), \
             KeySchemaElement(attributeName=b, keyType=null), KeySchemaElement(attributeName=null, \
             keyType=null)]' at 'keySchema' failed to satisfy constraint: Member must have length \
             less than or equal to 2",
            "Value null at 'keySchema.2.member.keyType' failed to satisfy constraint: Member must \
             not be null",
            "Value null at 'keySchema.3.member.attributeName' failed to satisfy constraint: Member \
             must not be null",
            "Value null at 'keySchema.3.member.keyType' failed to satisfy constraint: Member must \
             not be null",
        ],
    );
    told(
        &BATCH_GET_ITEM,
        r#"{"RequestItems":{}}"#,
        &["Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length \
         greater than or equal to 1"],
    );
    told(
        &BATCH_GET_ITEM,
        r#"{"RequestItems":{"a;":{"Keys":[]}}}"#,
        &[
            "Value '{a;=KeysAndAttributes(keys=[], attributesToGet=null, consistentRead=null, \
         projectionExpression=null, expressionAttributeNames=null)}' at 'requestItems' failed to \
         satisfy constraint: Map keys must satisfy constraint: [Member must have length less than \
         or equal to 255, Member must have length greater than or equal to 3, Member must satisfy \
         regular expression pattern: [a-zA-Z0-9_.-]+]",
            "Value '[]' at 'requestItems.a;.member.keys' failed to satisfy constraint: Member must \
         have length greater than or equal to 1",
        ],
    );
}

#[test]
fn ten_errors_are_enough() {
    let body = format!(
        r#"{{"TableName":"abc","AttributeDefinitions":[],"LocalSecondaryIndexes":[{}]}}"#,
        ["{}"; 9].join(",")
    );
    let message = refused(&CREATE_TABLE, &body).message;
    assert!(message.starts_with("10 validation errors detected: Value null at 'keySchema'"));
}

#[test]
fn what_is_unknown_or_null_is_as_if_it_were_not_there() {
    let body = r#"{"TableName":"abc","Item":{},"Unknown":{"x":[1]},"ReturnValues":null}"#;
    assert_eq!(check(&Json::read(body).expect("valid"), &PUT_ITEM), Ok(()));
}
