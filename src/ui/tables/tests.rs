//! Forms write the requests that a person would write by hand.

use super::*;
use crate::data::{
    IndexKind, IndexName, IndexSchema, KeyAttribute, KeyKind, Projected, Resolution, TableSchema,
};

fn airports() -> TableSchema {
    let index = |name: &str, partition: &str, sort: &[&str]| IndexSchema {
        name: IndexName::new(name).unwrap(),
        kind: IndexKind::Global,
        partition: vec![KeyAttribute::new(partition, KeyKind::S)],
        sort: sort.iter().map(|name| KeyAttribute::new(*name, KeyKind::S)).collect(),
        projection: Projected::All,
        throughput: None,
    };
    let mut schema = TableSchema::new(
        "Airports".parse().unwrap(),
        KeyAttribute::new("iata", KeyKind::S),
        None,
        Resolution::default(),
    );
    schema.indexes = vec![index("by-state", "state", &[]), index("by-city", "city", &["name"])];
    schema
}

fn clause(attribute: &str, test: &str, value: &str) -> Clause {
    let [attribute, test, value] = [attribute, test, value].map(str::to_owned);
    Clause { attribute, test, value, other: String::new() }
}

fn body(form: &Form) -> String {
    let requests = form.requests(Some(&airports())).unwrap();
    assert_eq!(requests.len(), 1);
    requests[0].body.clone()
}

#[test]
fn a_query_has_its_key_in_placeholders_and_any_number_of_filters() {
    let mut form = Form { verb: Verb::Query, index: "by-city".to_owned(), ..Form::default() };
    form.partition[0] = "Columbus".to_owned();
    form.sort[0] = clause("", "begins_with", "Port");
    form.clauses = vec![clause("latitude", ">", "39.5"), clause("state", "in", "OH, GA")];
    form.reverse = true;
    assert_eq!(
        body(&form),
        r##"{"TableName":"Airports","IndexName":"by-city","KeyConditionExpression":"#city = :1 AND begins_with(#name, :2)","FilterExpression":"#latitude > :3 AND #state IN (:4, :5)","Limit":10,"ScanIndexForward":false,"ExpressionAttributeNames":{"#city":"city","#name":"name","#latitude":"latitude","#state":"state"},"ExpressionAttributeValues":{":1":{"S":"Columbus"},":2":{"S":"Port"},":3":{"N":"39.5"},":4":{"S":"OH"},":5":{"S":"GA"}}}"##
    );
}

#[test]
fn an_update_sets_what_is_computed_and_asks_for_its_condition() {
    let mut form = Form { verb: Verb::Update, ..Form::default() };
    form.partition[0] = "SEA".to_owned();
    form.changes = [
        ["SET", "visits", "=if_not_exists(visits, 0) + 1"],
        ["REMOVE", "a.b[0]", ""],
        ["ADD", "tags", r#"{"SS":["hub"]}"#],
    ]
    .map(|row| row.map(str::to_owned))
    .to_vec();
    form.clauses = vec![clause("city", "=", "Seattle")];
    assert_eq!(
        body(&form),
        r##"{"TableName":"Airports","Key":{"iata":{"S":"SEA"}},"UpdateExpression":"SET #visits = if_not_exists(#visits, :1) + :2 REMOVE #a.#b[0] ADD #tags :3","ReturnValues":"ALL_NEW","ConditionExpression":"#city = :4","ExpressionAttributeNames":{"#visits":"visits","#a":"a","#b":"b","#tags":"tags","#city":"city"},"ExpressionAttributeValues":{":1":{"N":"0"},":2":{"N":"1"},":3":{"SS":["hub"]},":4":{"S":"Seattle"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}"##
    );
}

#[test]
fn a_table_is_made_with_its_indexes_and_then_its_items_expire() {
    let index = IndexRow {
        name: "by-airline".to_owned(),
        partition: "airline".to_owned(),
        sort: "at N".to_owned(),
        projection: "note".to_owned(),
        ..IndexRow::default()
    };
    let local = IndexRow {
        name: "by-note".to_owned(),
        is_local: true,
        sort: "note".to_owned(),
        ..IndexRow::default()
    };
    let form = Form {
        verb: Verb::CreateTable,
        indexes: vec![index, local],
        expiry: "gone_at".to_owned(),
        ..Form::default()
    };
    let requests = form.requests(None).unwrap();
    assert_eq!(
        requests[0].body,
        r#"{"TableName":"Visits","AttributeDefinitions":[{"AttributeName":"iata","AttributeType":"S"},{"AttributeName":"at","AttributeType":"N"},{"AttributeName":"airline","AttributeType":"S"},{"AttributeName":"note","AttributeType":"S"}],"KeySchema":[{"AttributeName":"iata","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}],"GlobalSecondaryIndexes":[{"IndexName":"by-airline","KeySchema":[{"AttributeName":"airline","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["note"]}}],"LocalSecondaryIndexes":[{"IndexName":"by-note","KeySchema":[{"AttributeName":"iata","KeyType":"HASH"},{"AttributeName":"note","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],"BillingMode":"PAY_PER_REQUEST"}"#
    );
    assert_eq!(requests[1].operation, "UpdateTimeToLive");
    assert_eq!(
        requests[1].line(),
        r#"call UpdateTimeToLive '{"TableName":"Visits","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"gone_at"}}'"#
    );
}

#[test]
fn a_number_that_is_none_is_told_by_its_attribute() {
    let mut form = Form { verb: Verb::Get, ..Form::default() };
    let mut schema = airports();
    schema.partition_key.kind = KeyKind::N;
    form.partition[0] = "ten".to_owned();
    let refused = form.requests(Some(&schema)).unwrap_err();
    assert_eq!(refused.message, "iata is a number: \"ten\" is none");
}

#[test]
fn json_is_broken_into_lines_and_put_together_again() {
    let json = r#"{"TableName":"T","Key":{"id":{"S":"a \"b\", {c}"}},"Tags":[],"Names":["one","two","three","four","five","six","seven"]}"#;
    let lines = pretty(json);
    assert_eq!(
        lines,
        "{\n  \"TableName\": \"T\",\n  \"Key\": {\"id\": {\"S\": \"a \\\"b\\\", {c}\"}},\n  \"Tags\": [],\n  \"Names\": [\"one\", \"two\", \"three\", \"four\", \"five\", \"six\", \"seven\"]\n}"
            .replace("[\"one\", \"two\", \"three\", \"four\", \"five\", \"six\", \"seven\"]",
                "[\n    \"one\",\n    \"two\",\n    \"three\",\n    \"four\",\n    \"five\",\n    \"six\",\n    \"seven\"\n  ]")
    );
    assert_eq!(on_one_line(&lines), json);
    for odd in ["", "{", "}", "\"", "]]", "no json"] {
        pretty(odd);
    }
}

#[test]
fn a_page_of_items_has_the_keys_first_and_says_how_many_there_are() {
    let json = r#"{"Items":[{"city":{"S":"X"},"iata":{"S":"A"}},{"iata":{"S":"B"},"n":{"N":"1"}}],"Count":2,"ScannedCount":7,"LastEvaluatedKey":{"iata":{"S":"B"}}}"#;
    let form = Form {
        index: "by-city".to_owned(),
        clauses: vec![clause("n", "=", "1")],
        ..Form::default()
    };
    let reply = Reply::of(json, Some(&airports()), Some(&form));
    assert_eq!(reply.columns, ["iata", "city", "n"]);
    assert_eq!(reply.words().as_deref(), Some("2 items of 7 looked at, and there may be more."));
    assert_eq!(reply.next.as_deref(), Some(r#"{"iata":{"S":"B"}}"#));
    let error = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}"#;
    let (name, message) = Reply::of(error, None, None).error.unwrap();
    assert_eq!(
        [&*name, &*message],
        ["ConditionalCheckFailedException", "The conditional request failed"]
    );
}

#[test]
fn an_edited_request_is_understood_as_far_as_a_form_could_say_it() {
    let mut query =
        Form { verb: Verb::Query, index: "by-city".to_owned(), reverse: true, ..Form::default() };
    query.partition[0] = "Columbus".to_owned();
    query.sort[0] = Clause { other: "Q".to_owned(), ..clause("", "between", "P") };
    query.clauses = vec![
        clause("latitude", ">", "39.5"),
        clause("state", "in", "OH, GA"),
        clause("a.b[0]", "attribute_exists", ""),
    ];
    query.any = true;
    query.changes.clear();
    let mut update = Form { verb: Verb::Update, limit: String::new(), ..Form::default() };
    update.partition[0] = "SEA".to_owned();
    update.changes = [
        ["SET", "visits", "=if_not_exists(visits, 0) + 1"],
        ["SET", "city", "Seattle"],
        ["REMOVE", "a.b", ""],
        ["ADD", "tags", "{\"SS\":[\"hub\"]}"],
    ]
    .map(|row| row.map(str::to_owned))
    .to_vec();
    update.clauses = vec![clause("name", "begins_with", "S")];
    for form in [query, update] {
        let request = body(&form);
        let understood = form.understand(&pretty(&request), Some(&airports()));
        assert_eq!(understood.as_ref(), Some(&form));
        for more in ["\"Select\":\"COUNT\",", "\"TotalSegments\":4,"] {
            let more = request.replacen('{', &format!("{{{more}"), 1);
            assert_eq!(form.understand(&more, Some(&airports())), None, "{more}");
        }
        for end in 0..request.len() {
            form.understand(&request[..end], Some(&airports()));
        }
        for (from, to) in
            [("=", "("), ("AND", "OR NOT"), (":1", ":9"), (")", ""), ("(", "("), (" ", "")]
        {
            form.understand(&request.replace(from, to), Some(&airports()));
        }
    }
}

#[test]
fn every_verb_is_in_its_place() {
    for (at, (verb, operation, _)) in VERBS.iter().enumerate() {
        assert_eq!((*verb as usize, verb.operation()), (at, *operation));
    }
}
