//! What each operation takes (DynamoDB API Reference, "Request Parameters"): fields, types, and
//! constraints, as data. [`check`](super::check) holds requests against it.

mod backups;
mod tables;

pub(super) use backups::*;
pub(super) use tables::*;

use super::shape::Rule::{
    Keys, Least, Longest, NameLength, NotNull, OneOf, Pattern, Present, Shortest, Values,
};
use super::shape::Shape::{Blob, Flag, Integer, List, Map, Struct, Text};
use super::shape::{Field, Rule, Shape, Structure, field};

const FREE: &[Rule] = &[];
const GIVEN: &[Rule] = &[NotNull];
const TABLE: &[Rule] = &[NotNull, Pattern, Shortest(3), Longest(255)];
const CONTROLLED: &[Rule] = &[Present, NameLength, Pattern];
const NAME: &[Rule] = &[Pattern, Shortest(3), Longest(255)];
const POSITIVE: &[Rule] = &[Least(1)];
const ATTRIBUTES: &[Rule] = &[Shortest(1), Longest(255)];
const CAPACITY: &[Rule] = &[OneOf(&["INDEXES", "TOTAL", "NONE"])];
const METRICS: &[Rule] = &[OneOf(&["SIZE", "NONE"])];
const RETURNS: &[Rule] = &[OneOf(&["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"])];
const ON_FAILURE: &[Rule] = &[OneOf(&["ALL_OLD", "NONE"])];
const OPERATOR: &[Rule] = &[OneOf(&["OR", "AND"])];
const SELECT: &[Rule] =
    &[OneOf(&["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"])];
const COMPARED: &[Rule] = &[OneOf(COMPARISONS)];
const COMPARED_SURELY: &[Rule] = &[NotNull, OneOf(COMPARISONS)];
const COMPARISONS: &[&str] = &[
    "IN",
    "NULL",
    "BETWEEN",
    "LT",
    "NOT_CONTAINS",
    "EQ",
    "GT",
    "NOT_NULL",
    "NE",
    "LE",
    "BEGINS_WITH",
    "GE",
    "CONTAINS",
];
const TABLES: &[Rule] = &[NotNull, Shortest(1), Keys(TABLE_KEY)];
const TABLES_OF_WRITES: &[Rule] =
    &[NotNull, Shortest(1), Keys(TABLE_KEY), Values(&[Longest(25), Shortest(1)])];
const TABLE_KEY: &[Rule] = &[Longest(255), Shortest(3), Pattern];

static VALUES: Shape = Map(&VALUE);
static VALUE: Shape = Struct(&ATTRIBUTE_VALUE);
static ATTRIBUTE_VALUE: Structure = Structure {
    name: "AttributeValue",
    fields: &[
        field("S", Text, FREE),
        field("N", Text, FREE),
        field("B", Blob, FREE),
        field("SS", List(&Text), FREE),
        field("NS", List(&Text), FREE),
        field("BS", List(&Blob), FREE),
        field("M", Map(&VALUE), FREE),
        field("L", List(&VALUE), FREE),
        field("NULL", Flag, FREE),
        field("BOOL", Flag, FREE),
    ],
};

// What many operations have.

const TABLE_NAME: Field = field("TableName", Text, TABLE);
const CONTROLLED_NAME: Field = field("TableName", Text, CONTROLLED);
const KEY: Field = field("Key", Map(&VALUE), GIVEN);
const RETURN_CAPACITY: Field = field("ReturnConsumedCapacity", Text, CAPACITY);
const RETURN_METRICS: Field = field("ReturnItemCollectionMetrics", Text, METRICS);
const RETURN_VALUES: Field = field("ReturnValues", Text, RETURNS);
const RETURN_ON_FAILURE: Field = field("ReturnValuesOnConditionCheckFailure", Text, ON_FAILURE);
const CONDITION: Field = field("ConditionExpression", Text, FREE);
const PROJECTION: Field = field("ProjectionExpression", Text, FREE);
const FILTER: Field = field("FilterExpression", Text, FREE);
const NAMES: Field = field("ExpressionAttributeNames", Map(&Text), FREE);
const VALUES_NAMED: Field = field("ExpressionAttributeValues", Map(&VALUE), FREE);
const CONDITIONAL_OPERATOR: Field = field("ConditionalOperator", Text, OPERATOR);
const EXPECTED: Field = field("Expected", Map(&EXPECTED_SHAPE), FREE);
const ATTRIBUTES_TO_GET: Field = field("AttributesToGet", List(&Text), ATTRIBUTES);
const CONSISTENT_READ: Field = field("ConsistentRead", Flag, FREE);
const START_KEY: Field = field("ExclusiveStartKey", Map(&VALUE), FREE);
const INDEX_NAME: Field = field("IndexName", Text, NAME);

static EXPECTED_SHAPE: Shape = Struct(&EXPECTED_VALUE);
static EXPECTED_VALUE: Structure = Structure {
    name: "ExpectedAttributeValue",
    fields: &[
        field("Value", Struct(&ATTRIBUTE_VALUE), FREE),
        field("Exists", Flag, FREE),
        field("ComparisonOperator", Text, COMPARED),
        field("AttributeValueList", List(&VALUE), FREE),
    ],
};

static COMPARISON: Structure = Structure {
    name: "Condition",
    fields: &[
        field("AttributeValueList", List(&VALUE), FREE),
        field("ComparisonOperator", Text, COMPARED_SURELY),
    ],
};

// Items.

pub(super) static PUT_ITEM: Structure = Structure {
    name: "PutItemInput",
    fields: &[
        TABLE_NAME,
        field("Item", Map(&VALUE), GIVEN),
        EXPECTED,
        RETURN_VALUES,
        RETURN_CAPACITY,
        RETURN_METRICS,
        CONDITIONAL_OPERATOR,
        CONDITION,
        NAMES,
        VALUES_NAMED,
        RETURN_ON_FAILURE,
    ],
};

pub(super) static GET_ITEM: Structure = Structure {
    name: "GetItemInput",
    fields: &[
        TABLE_NAME,
        KEY,
        ATTRIBUTES_TO_GET,
        CONSISTENT_READ,
        RETURN_CAPACITY,
        PROJECTION,
        NAMES,
    ],
};

pub(super) static UPDATE_ITEM: Structure = Structure {
    name: "UpdateItemInput",
    fields: &[
        TABLE_NAME,
        KEY,
        field("AttributeUpdates", Map(&Struct(&ATTRIBUTE_UPDATE)), FREE),
        EXPECTED,
        CONDITIONAL_OPERATOR,
        RETURN_VALUES,
        RETURN_CAPACITY,
        RETURN_METRICS,
        field("UpdateExpression", Text, FREE),
        CONDITION,
        NAMES,
        VALUES_NAMED,
        RETURN_ON_FAILURE,
    ],
};

static ATTRIBUTE_UPDATE: Structure = Structure {
    name: "AttributeValueUpdate",
    fields: &[
        field("Value", Struct(&ATTRIBUTE_VALUE), FREE),
        field("Action", Text, &[OneOf(&["ADD", "PUT", "DELETE"])]),
    ],
};

pub(super) static DELETE_ITEM: Structure = Structure {
    name: "DeleteItemInput",
    fields: &[
        TABLE_NAME,
        KEY,
        EXPECTED,
        CONDITIONAL_OPERATOR,
        RETURN_VALUES,
        RETURN_CAPACITY,
        RETURN_METRICS,
        CONDITION,
        NAMES,
        VALUES_NAMED,
        RETURN_ON_FAILURE,
    ],
};

pub(super) static BATCH_GET_ITEM: Structure = Structure {
    name: "BatchGetItemInput",
    fields: &[field("RequestItems", Map(&Struct(&KEYS_AND_ATTRIBUTES)), TABLES), RETURN_CAPACITY],
};

static KEYS_AND_ATTRIBUTES: Structure = Structure {
    name: "KeysAndAttributes",
    fields: &[
        field("Keys", List(&VALUES), &[NotNull, Shortest(1), Longest(100)]),
        ATTRIBUTES_TO_GET,
        CONSISTENT_READ,
        PROJECTION,
        NAMES,
    ],
};

pub(super) static BATCH_WRITE_ITEM: Structure = Structure {
    name: "BatchWriteItemInput",
    fields: &[
        field("RequestItems", Map(&List(&Struct(&WRITE_REQUEST))), TABLES_OF_WRITES),
        RETURN_CAPACITY,
        RETURN_METRICS,
    ],
};

static WRITE_REQUEST: Structure = Structure {
    name: "WriteRequest",
    fields: &[
        field("PutRequest", Struct(&PUT_REQUEST), FREE),
        field("DeleteRequest", Struct(&DELETE_REQUEST), FREE),
    ],
};

static PUT_REQUEST: Structure =
    Structure { name: "PutRequest", fields: &[field("Item", Map(&VALUE), GIVEN)] };

static DELETE_REQUEST: Structure = Structure { name: "DeleteRequest", fields: &[KEY] };

// Pages.

pub(super) static QUERY: Structure = Structure {
    name: "QueryInput",
    fields: &[
        TABLE_NAME,
        INDEX_NAME,
        field("Select", Text, SELECT),
        ATTRIBUTES_TO_GET,
        field("Limit", Integer, POSITIVE),
        CONSISTENT_READ,
        field("KeyConditions", Map(&Struct(&COMPARISON)), FREE),
        field("QueryFilter", Map(&Struct(&COMPARISON)), FREE),
        CONDITIONAL_OPERATOR,
        field("ScanIndexForward", Flag, FREE),
        START_KEY,
        RETURN_CAPACITY,
        PROJECTION,
        FILTER,
        field("KeyConditionExpression", Text, FREE),
        NAMES,
        VALUES_NAMED,
    ],
};

pub(super) static SCAN: Structure = Structure {
    name: "ScanInput",
    fields: &[
        TABLE_NAME,
        INDEX_NAME,
        ATTRIBUTES_TO_GET,
        field("Limit", Integer, POSITIVE),
        field("Select", Text, SELECT),
        field("ScanFilter", Map(&Struct(&COMPARISON)), FREE),
        CONDITIONAL_OPERATOR,
        START_KEY,
        RETURN_CAPACITY,
        field("TotalSegments", Integer, &[Least(1), Rule::Most(1_000_000)]),
        field("Segment", Integer, &[Least(0), Rule::Most(999_999)]),
        PROJECTION,
        FILTER,
        NAMES,
        VALUES_NAMED,
        CONSISTENT_READ,
    ],
};
