//! Updates that would give an index what cannot be its key: only who sees the old item can tell.

use super::*;

const TABLE: &str = r#"{"TableName":"Parts","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
        {"AttributeName":"maker","AttributeType":"S"},{"AttributeName":"size","AttributeType":"N"},
        {"AttributeName":"seal","AttributeType":"B"}],
    "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
    "GlobalSecondaryIndexes":[
        {"IndexName":"by-maker","KeySchema":[{"AttributeName":"maker","KeyType":"HASH"},
            {"AttributeName":"size","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}},
        {"IndexName":"by-seal","KeySchema":[{"AttributeName":"seal","KeyType":"HASH"}],
            "Projection":{"ProjectionType":"KEYS_ONLY"}}]}"#;

fn update(world: &mut World, expression: &str) -> String {
    let key = r#""TableName":"Parts","Key":{"id":{"S":"p"}}"#;
    let names = match expression.contains("#size") {
        true => r##","ExpressionAttributeNames":{"#size":"size"}"##,
        false => "",
    };
    done(world, "UpdateItem", &format!(r#"{{{key},"UpdateExpression":"{expression}"{names}}}"#))
}

fn item(world: &mut World) -> String {
    done(world, "GetItem", r#"{"TableName":"Parts","Key":{"id":{"S":"p"}},"ConsistentRead":true}"#)
}

#[test]
fn what_an_update_makes_is_held_against_the_indexes() {
    let mut world = world_with(&[TABLE]);
    let long = "x".repeat(2_049);
    let put = format!(
        r#"{{"TableName":"Parts","Item":{{"id":{{"S":"p"}},"maker":{{"S":"Acme"}},"size":{{"N":"1"}},
            "a_text":{{"S":"t"}},"a_none":{{"S":""}},"a_nil":{{"B":""}},"a_long":{{"S":"{long}"}}}}}}"#
    );
    assert_eq!(done(&mut world, "PutItem", &put), "{}");
    let before = item(&mut world);
    for (expression, message) in [
        (
            "SET #size = a_text",
            "The update expression attempted to update the secondary index key to unsupported type",
        ),
        (
            "SET maker = if_not_exists(nowhere, #size)",
            "The update expression attempted to update the secondary index key to unsupported type",
        ),
        (
            "SET maker = a_long",
            "The update expression attempted to update the secondary index key beyond allowed size \
             limits",
        ),
        (
            "SET maker = a_none",
            "One or more parameter values are not valid. The update expression attempted to update \
             a secondary index key to a value that is not supported. The AttributeValue for a key \
             attribute cannot contain an empty string value.",
        ),
        (
            "SET seal = a_nil",
            "One or more parameter values are not valid. The update expression attempted to update \
             a secondary index key to a value that is not supported. The AttributeValue for a key \
             attribute cannot contain an empty binary value.",
        ),
    ] {
        let answer = update(&mut world, expression);
        let wanted = ApiError::validation(message).to_json();
        assert_eq!(answer, wanted, "{expression}");
        assert_eq!(item(&mut world), before, "{expression}");
    }
    assert_eq!(update(&mut world, "SET maker = a_text"), "{}");
    assert_eq!(update(&mut world, "REMOVE maker"), "{}");
}

/// An index that is younger than the item leaves it out, and does not freeze it.
#[test]
fn an_update_may_leave_alone_what_was_there_before_the_index() {
    let mut world = world_with(&[&TABLE.replace("by-maker", "by-other").replace("maker", "other")]);
    let put = r#"{"TableName":"Parts","Item":{"id":{"S":"p"},"maker":{"N":"1"},"n":{"N":"1"}}}"#;
    assert_eq!(done(&mut world, "PutItem", put), "{}");
    let add = r#"{"TableName":"Parts",
        "AttributeDefinitions":[{"AttributeName":"maker","AttributeType":"S"}],
        "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-maker",
            "KeySchema":[{"AttributeName":"maker","KeyType":"HASH"}],
            "Projection":{"ProjectionType":"ALL"}}}]}"#;
    assert!(done(&mut world, "UpdateTable", add).contains("by-maker"));
    assert_eq!(update(&mut world, "SET m = n"), "{}");
    assert!(update(&mut world, "SET maker = n").contains("unsupported type"));
}

/// A constant is refused before anybody is asked.
#[test]
fn empty_constants_are_told_of_as_those_of_updates() {
    let world = world_with(&[TABLE]);
    let body = r#"{"TableName":"Parts","Key":{"id":{"S":"p"}},"UpdateExpression":"SET maker = :v",
        "ExpressionAttributeValues":{":v":{"S":""}}}"#;
    let wanted = crate::expression::Rejection::EmptyStringInIndex.message();
    assert_eq!(refused(&world, "UpdateItem", body), ApiError::validation(wanted));
}
