//! Requests of DynamoDB's API, sound and unsound: whatever comes is answered, and reading it changes
//! nothing.

use std::sync::LazyLock;

use proptest::prelude::*;
use ringscope::api::Call;
use ringscope::base::ClientId;
use ringscope::sim::{ClusterConfig, World};

/// Requests that make sense, of which others are made.
const SOUND: &[(&str, &str)] = &[
    (
        "PutItem",
        r##"{"TableName":"Music","Item":{"artist":{"S":"a"},"song":{"S":"b"},"x":{"L":[{"M":{"n":{"N":"1E5"}}},{"SS":["x","y"]},{"B":"AQI="}]}},"ConditionExpression":"attribute_not_exists(#s) OR size(x) > :n","ExpressionAttributeNames":{"#s":"song"},"ExpressionAttributeValues":{":n":{"N":"3"}},"ReturnValues":"ALL_OLD"}"##,
    ),
    (
        "UpdateItem",
        r##"{"TableName":"Music","Key":{"artist":{"S":"a"},"song":{"S":"b"}},"UpdateExpression":"SET a.b[0] = if_not_exists(c, :v) + :v, d = list_append(:l, d) REMOVE e ADD n :v DELETE s :s","ExpressionAttributeValues":{":v":{"N":"1"},":l":{"L":[]},":s":{"SS":["x"]}},"ReturnValues":"UPDATED_NEW"}"##,
    ),
    (
        "UpdateItem",
        r#"{"TableName":"Music","Key":{"artist":{"S":"a"},"song":{"S":"b"}},"AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"1"}},"m":{"Action":"DELETE"}},"Expected":{"n":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"1"},{"N":"2"}]},"o":{"Exists":false}},"ConditionalOperator":"OR"}"#,
    ),
    (
        "Query",
        r##"{"TableName":"Music","IndexName":"years","KeyConditionExpression":"#y = :y","FilterExpression":"contains(label, :l) AND NOT a IN (:y, :l)","ExpressionAttributeNames":{"#y":"year"},"ExpressionAttributeValues":{":y":{"N":"1999"},":l":{"S":"x"}},"Limit":10,"ScanIndexForward":false,"ExclusiveStartKey":{"artist":{"S":"a"},"song":{"S":"b"},"year":{"N":"1999"}},"Select":"COUNT"}"##,
    ),
    (
        "Scan",
        r#"{"TableName":"Music","ScanFilter":{"a":{"ComparisonOperator":"NOT_CONTAINS","AttributeValueList":[{"S":"x"}]}},"Segment":1,"TotalSegments":4,"Limit":1,"AttributesToGet":["a","b"]}"#,
    ),
    (
        "BatchWriteItem",
        r#"{"RequestItems":{"Music":[{"PutRequest":{"Item":{"artist":{"S":"a"},"song":{"S":"b"}}}},{"DeleteRequest":{"Key":{"artist":{"S":"a"},"song":{"S":"c"}}}}]},"ReturnItemCollectionMetrics":"SIZE"}"#,
    ),
    (
        "BatchGetItem",
        r#"{"RequestItems":{"Music":{"Keys":[{"artist":{"S":"a"},"song":{"S":"b"}}],"ProjectionExpression":"a.b[1], c","ConsistentRead":true}},"ReturnConsumedCapacity":"INDEXES"}"#,
    ),
    ("CreateTable", MUSIC),
    (
        "UpdateTable",
        r#"{"TableName":"Music","AttributeDefinitions":[{"AttributeName":"label","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"labels","KeySchema":[{"AttributeName":"label","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}"#,
    ),
    (
        "TagResource",
        r#"{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Music","Tags":[{"Key":"a","Value":"b"}]}"#,
    ),
    ("ListTables", r#"{"Limit":5,"ExclusiveStartTableName":"Mus"}"#),
];

const MUSIC: &str = r#"{"TableName":"Music","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"artist","AttributeType":"S"},{"AttributeName":"song","AttributeType":"S"},{"AttributeName":"year","AttributeType":"N"}],"KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"song","KeyType":"RANGE"}],"GlobalSecondaryIndexes":[{"IndexName":"years","KeySchema":[{"AttributeName":"year","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["label"]}}]}"#;

/// A world with the table that these requests are about.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let mut world = World::new(ClusterConfig::default()).expect("it works");
    let call = Call::parse("CreateTable", MUSIC, &world).expect("it makes sense");
    for command in call.commands(ClientId(0)) {
        world.apply(command).expect("it is possible");
    }
    world
});

/// Reads a request, and says whether it makes sense.
fn read(operation: &str, body: &str) -> bool {
    let before = WORLD.state_digest();
    let call = Call::parse(operation, body, &WORLD);
    assert_eq!(WORLD.state_digest(), before);
    match call {
        Ok(call) => {
            // What makes sense to the API makes sense to the world.
            for command in call.commands(ClientId(3)) {
                WORLD.check(&command).unwrap_or_else(|error| panic!("{operation} {body}: {error}"));
            }
            true
        }
        Err(error) => {
            assert!(error.to_json().starts_with(r#"{"__type":"com.amazon"#));
            false
        }
    }
}

/// The names and values that requests are made of.
fn word() -> impl Strategy<Value = String> {
    let words: Vec<String> = SOUND
        .iter()
        .flat_map(|(_, body)| body.split(['"', ':', ',', '{', '}', '[', ']']))
        .map(str::to_owned)
        .filter(|word| !word.is_empty())
        .collect();
    prop_oneof![proptest::sample::select(words), "\\PC{0,3}"]
}

/// JSON of any shape, of those words.
fn json() -> impl Strategy<Value = String> {
    let quoted = |text: &str| serde_json::to_string(text).expect("text is JSON");
    let leaf = prop_oneof![
        4 => word().prop_map(move |word| quoted(&word)),
        1 => proptest::sample::select(vec!["null", "true", "false", "0", "-7", "1.5", "1e999", "1E-7"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        let member = (word(), inner.clone());
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            proptest::collection::vec(member, 0..6).prop_map(move |all| {
                let all = all.iter().map(|(name, value)| format!("{}:{value}", quoted(name)));
                format!("{{{}}}", all.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

#[test]
fn what_others_are_made_of_makes_sense() {
    for (operation, body) in SOUND.iter().filter(|(operation, _)| *operation != "CreateTable") {
        let error = Call::parse(operation, body, &WORLD).err();
        assert_eq!(error, None, "{operation} {body}");
        assert!(read(operation, body));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_json_is_too_strange(operation in 0..SOUND.len(), body in json()) {
        read(SOUND[operation].0, &body);
    }

    #[test]
    fn a_word_in_the_wrong_place_is_told(
        which in 0..SOUND.len(),
        place in any::<proptest::sample::Index>(),
        instead in prop_oneof![json(), word()],
    ) {
        let (operation, body) = SOUND[which];
        let places: Vec<(usize, &str)> =
            body.match_indices(|c: char| "\"{}[],:".contains(c)).collect();
        let (at, found) = places[place.index(places.len())];
        read(operation, &format!("{}{instead}{}", &body[..at], &body[at + found.len()..]));
        read(operation, &body[..at]);
    }

    #[test]
    fn nothing_nests_too_deep(depth in 0usize..3000, open in "[\\[{]|\\{\"L\":\\[|\\{\"M\":\\{\"a\":") {
        let close: String = open.chars().rev().filter_map(|c| match c {
            '[' => Some(']'),
            '{' => Some('}'),
            _ => None,
        }).collect();
        let deep = format!("{}{{\"S\":\"x\"}}{}", open.repeat(depth), close.repeat(depth));
        let body = format!(r#"{{"TableName":"Music","Item":{{"artist":{{"S":"a"}},"song":{{"S":"b"}},"deep":{deep}}}}}"#);
        read("PutItem", &body);
        let text = "(".repeat(depth) + "a = :a" + &")".repeat(depth);
        let body = format!(r#"{{"TableName":"Music","FilterExpression":"{text}","ExpressionAttributeValues":{{":a":{{"S":"x"}}}}}}"#);
        read("Scan", &body);
    }
}
