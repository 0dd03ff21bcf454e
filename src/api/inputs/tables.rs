//! What operations on tables take.

use super::super::shape::Rule::{Least, Longest, Most, NotNull, OneOf, Pattern, Shortest};
use super::super::shape::Shape::{Flag, Integer, List, Long, Struct, Text};
use super::super::shape::{Field, Rule, Shape, Structure, field};
use super::{CONTROLLED_NAME, FREE, GIVEN, NAME};

const UNITS: &[Rule] = &[NotNull, Least(1)];
const BILLING: &[Rule] = &[OneOf(&["PROVISIONED", "PAY_PER_REQUEST"])];
const CLASS: &[Rule] = &[OneOf(&["STANDARD", "STANDARD_INFREQUENT_ACCESS"])];

pub(in crate::api) static CREATE_TABLE: Structure = Structure {
    name: "CreateTableInput",
    fields: &[
        field("AttributeDefinitions", List(&Struct(&ATTRIBUTE_DEFINITION)), GIVEN),
        CONTROLLED_NAME,
        field("BillingMode", Text, BILLING),
        field("ProvisionedThroughput", Struct(&THROUGHPUT), FREE),
        field("KeySchema", List(&KEY_SCHEMA), &[NotNull, Shortest(1), Longest(2)]),
        field("LocalSecondaryIndexes", List(&Struct(&LOCAL_INDEX)), FREE),
        field("GlobalSecondaryIndexes", List(&Struct(&GLOBAL_INDEX)), FREE),
        field("Tags", List(&Struct(&TAG)), FREE),
        field("TableClass", Text, CLASS),
        field("DeletionProtectionEnabled", Flag, FREE),
    ],
};

static ATTRIBUTE_DEFINITION: Structure = Structure {
    name: "AttributeDefinition",
    fields: &[
        field("AttributeName", Text, &[NotNull, Shortest(1), Longest(255)]),
        field("AttributeType", Text, &[NotNull, OneOf(&["B", "N", "S"])]),
    ],
};

static KEY_SCHEMA: Shape = Struct(&KEY_SCHEMA_ELEMENT);
static KEY_SCHEMA_ELEMENT: Structure = Structure {
    name: "KeySchemaElement",
    fields: &[
        field("AttributeName", Text, &[NotNull, Shortest(1), Longest(255)]),
        field("KeyType", Text, &[NotNull, OneOf(&["HASH", "RANGE"])]),
    ],
};

pub(super) static THROUGHPUT: Structure = Structure {
    name: "ProvisionedThroughput",
    fields: &[field("WriteCapacityUnits", Long, UNITS), field("ReadCapacityUnits", Long, UNITS)],
};

static PROJECTION_OF_INDEX: Structure = Structure {
    name: "Projection",
    fields: &[
        field("ProjectionType", Text, &[OneOf(&["ALL", "INCLUDE", "KEYS_ONLY"])]),
        field("NonKeyAttributes", List(&Text), &[Shortest(1), Longest(20)]),
    ],
};

const INDEX: Field = field("IndexName", Text, &[NotNull, Pattern, Shortest(3), Longest(255)]);
const INDEX_PROJECTION: Field = field("Projection", Struct(&PROJECTION_OF_INDEX), GIVEN);

pub(super) static LOCAL_INDEX: Structure = Structure {
    name: "LocalSecondaryIndex",
    fields: &[
        INDEX,
        field("KeySchema", List(&KEY_SCHEMA), &[NotNull, Shortest(1), Longest(2)]),
        INDEX_PROJECTION,
    ],
};

/// Up to four attributes in each of its keys.
const GLOBAL_KEY_SCHEMA: Field =
    field("KeySchema", List(&KEY_SCHEMA), &[NotNull, Shortest(1), Longest(8)]);

pub(super) static GLOBAL_INDEX: Structure = Structure {
    name: "GlobalSecondaryIndex",
    fields: &[
        INDEX,
        GLOBAL_KEY_SCHEMA,
        INDEX_PROJECTION,
        field("ProvisionedThroughput", Struct(&THROUGHPUT), FREE),
    ],
};

pub(in crate::api) static UPDATE_TABLE: Structure = Structure {
    name: "UpdateTableInput",
    fields: &[
        field("AttributeDefinitions", List(&Struct(&ATTRIBUTE_DEFINITION)), FREE),
        CONTROLLED_NAME,
        field("BillingMode", Text, BILLING),
        field("ProvisionedThroughput", Struct(&THROUGHPUT), FREE),
        field("GlobalSecondaryIndexUpdates", List(&Struct(&INDEX_UPDATE)), FREE),
        field("TableClass", Text, CLASS),
        field("DeletionProtectionEnabled", Flag, FREE),
    ],
};

static INDEX_UPDATE: Structure = Structure {
    name: "GlobalSecondaryIndexUpdate",
    fields: &[
        field("Update", Struct(&UPDATE_INDEX), FREE),
        field("Create", Struct(&CREATE_INDEX), FREE),
        field("Delete", Struct(&DELETE_INDEX), FREE),
    ],
};

static UPDATE_INDEX: Structure = Structure {
    name: "UpdateGlobalSecondaryIndexAction",
    fields: &[INDEX, field("ProvisionedThroughput", Struct(&THROUGHPUT), GIVEN)],
};

static CREATE_INDEX: Structure = Structure {
    name: "CreateGlobalSecondaryIndexAction",
    fields: &[
        INDEX,
        GLOBAL_KEY_SCHEMA,
        INDEX_PROJECTION,
        field("ProvisionedThroughput", Struct(&THROUGHPUT), FREE),
    ],
};

static DELETE_INDEX: Structure =
    Structure { name: "DeleteGlobalSecondaryIndexAction", fields: &[INDEX] };

pub(in crate::api) static LIST_TABLES: Structure = Structure {
    name: "ListTablesInput",
    fields: &[
        field("ExclusiveStartTableName", Text, NAME),
        field("Limit", Integer, &[Least(1), Most(100)]),
    ],
};

/// Of DescribeTable, DeleteTable and DescribeTimeToLive.
pub(in crate::api) static NAMED_TABLE: Structure =
    Structure { name: "TableInput", fields: &[CONTROLLED_NAME] };

pub(in crate::api) static UPDATE_TIME_TO_LIVE: Structure = Structure {
    name: "UpdateTimeToLiveInput",
    fields: &[CONTROLLED_NAME, field("TimeToLiveSpecification", Struct(&TIME_TO_LIVE), GIVEN)],
};

static TIME_TO_LIVE: Structure = Structure {
    name: "TimeToLiveSpecification",
    fields: &[
        field("Enabled", Flag, GIVEN),
        field("AttributeName", Text, &[NotNull, Shortest(1), Longest(255)]),
    ],
};

static TAG: Structure = Structure {
    name: "Tag",
    fields: &[
        field("Key", Text, &[NotNull, Shortest(1), Longest(128)]),
        field("Value", Text, &[NotNull, Longest(256)]),
    ],
};

pub(in crate::api) static TAG_RESOURCE: Structure = Structure {
    name: "TagResourceInput",
    fields: &[field("ResourceArn", Text, FREE), field("Tags", List(&Struct(&TAG)), FREE)],
};

pub(in crate::api) static UNTAG_RESOURCE: Structure = Structure {
    name: "UntagResourceInput",
    fields: &[field("ResourceArn", Text, FREE), field("TagKeys", List(&Text), FREE)],
};

pub(in crate::api) static LIST_TAGS_OF_RESOURCE: Structure = Structure {
    name: "ListTagsOfResourceInput",
    fields: &[field("ResourceArn", Text, FREE), field("NextToken", Text, FREE)],
};

/// Of operations that take nothing.
pub(in crate::api) static NOTHING: Structure = Structure { name: "EmptyInput", fields: &[] };
