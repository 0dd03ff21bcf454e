//! What operations on backups take.

use super::super::shape::Rule::{Least, Longest, Most, NotNull, OneOf, Pattern, Shortest};
use super::super::shape::Shape::{Flag, Integer, List, Moment, Struct, Text};
use super::super::shape::{Field, Rule, Shape, Structure, field};
use super::tables::{GLOBAL_INDEX, LOCAL_INDEX, THROUGHPUT};
use super::{FREE, GIVEN, NAME, TABLE_NAME};

const BACKUP_NAME: &[Rule] = &[NotNull, Pattern, Shortest(3), Longest(255)];
const BACKUP_ARN: Field = field("BackupArn", Text, &[NotNull, Shortest(37), Longest(1024)]);
const TARGET: Field =
    field("TargetTableName", Text, &[NotNull, Pattern, Shortest(3), Longest(255)]);
const KINDS: &[Rule] = &[OneOf(&["USER", "SYSTEM", "AWS_BACKUP", "ALL"])];
const BILLING: Field =
    field("BillingModeOverride", Text, &[OneOf(&["PROVISIONED", "PAY_PER_REQUEST"])]);
const UNITS: Field = field("ProvisionedThroughputOverride", Struct(&THROUGHPUT), FREE);
static GLOBAL_SHAPE: Shape = Struct(&GLOBAL_INDEX);
static LOCAL_SHAPE: Shape = Struct(&LOCAL_INDEX);
const GLOBAL: Field = field("GlobalSecondaryIndexOverride", List(&GLOBAL_SHAPE), FREE);
const LOCAL: Field = field("LocalSecondaryIndexOverride", List(&LOCAL_SHAPE), FREE);

pub(in crate::api) static CREATE_BACKUP: Structure = Structure {
    name: "CreateBackupInput",
    fields: &[TABLE_NAME, field("BackupName", Text, BACKUP_NAME)],
};

/// Of DescribeBackup and DeleteBackup.
pub(in crate::api) static NAMED_BACKUP: Structure =
    Structure { name: "BackupInput", fields: &[BACKUP_ARN] };

pub(in crate::api) static LIST_BACKUPS: Structure = Structure {
    name: "ListBackupsInput",
    fields: &[
        field("TableName", Text, NAME),
        field("Limit", Integer, &[Least(1), Most(100)]),
        field("TimeRangeLowerBound", Moment, FREE),
        field("TimeRangeUpperBound", Moment, FREE),
        field("ExclusiveStartBackupArn", Text, &[Shortest(37), Longest(1024)]),
        field("BackupType", Text, KINDS),
    ],
};

pub(in crate::api) static RESTORE_FROM_BACKUP: Structure = Structure {
    name: "RestoreTableFromBackupInput",
    fields: &[TARGET, BACKUP_ARN, BILLING, GLOBAL, LOCAL, UNITS],
};

pub(in crate::api) static RESTORE_TO_INSTANT: Structure = Structure {
    name: "RestoreTableToPointInTimeInput",
    fields: &[
        field("SourceTableArn", Text, &[Shortest(1), Longest(1024)]),
        field("SourceTableName", Text, NAME),
        TARGET,
        field("UseLatestRestorableTime", Flag, FREE),
        field("RestoreDateTime", Moment, FREE),
        BILLING,
        GLOBAL,
        LOCAL,
        UNITS,
    ],
};

pub(in crate::api) static UPDATE_CONTINUOUS_BACKUPS: Structure = Structure {
    name: "UpdateContinuousBackupsInput",
    fields: &[TABLE_NAME, field("PointInTimeRecoverySpecification", Struct(&RECOVERY), GIVEN)],
};

static RECOVERY: Structure = Structure {
    name: "PointInTimeRecoverySpecification",
    fields: &[
        field("PointInTimeRecoveryEnabled", Flag, GIVEN),
        field("RecoveryPeriodInDays", Integer, &[Least(1), Most(35)]),
    ],
};

pub(in crate::api) static DESCRIBE_CONTINUOUS_BACKUPS: Structure =
    Structure { name: "DescribeContinuousBackupsInput", fields: &[TABLE_NAME] };
