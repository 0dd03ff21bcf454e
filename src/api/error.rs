//! Mistakes and failures in DynamoDB's own words: a type that clients branch on, and a message.

use std::fmt;
use std::sync::Arc;

use super::Output;
use crate::data::Item;
use crate::node::Failure;

/// What kind of error a request ended in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorName {
    Serialization,
    UnknownOperation,
    Validation,
    ResourceNotFound,
    ResourceInUse,
    ConditionalCheckFailed,
    LimitExceeded,
    ProvisionedThroughputExceeded,
    InternalServer,
    ServiceUnavailable,
    TableNotFound,
    TableInUse,
    TableAlreadyExists,
    BackupNotFound,
    BackupInUse,
    ContinuousBackupsUnavailable,
    RecoveryUnavailable,
    InvalidRestoreTime,
}

/// How an error is written: namespace, name, and the status of an HTTP answer that carries it.
struct Written(&'static str, &'static str, u16);

const DYNAMODB: &str = "com.amazonaws.dynamodb.v20120810";
const CORAL: &str = "com.amazon.coral.service";

impl ErrorName {
    fn written(self) -> Written {
        match self {
            Self::Serialization => Written(CORAL, "SerializationException", 400),
            Self::UnknownOperation => Written(CORAL, "UnknownOperationException", 400),
            Self::Validation => Written("com.amazon.coral.validate", "ValidationException", 400),
            Self::ResourceNotFound => Written(DYNAMODB, "ResourceNotFoundException", 400),
            Self::ResourceInUse => Written(DYNAMODB, "ResourceInUseException", 400),
            Self::ConditionalCheckFailed => {
                Written(DYNAMODB, "ConditionalCheckFailedException", 400)
            }
            Self::LimitExceeded => Written(DYNAMODB, "LimitExceededException", 400),
            Self::ProvisionedThroughputExceeded => {
                Written(DYNAMODB, "ProvisionedThroughputExceededException", 400)
            }
            Self::TableNotFound => Written(DYNAMODB, "TableNotFoundException", 400),
            Self::TableInUse => Written(DYNAMODB, "TableInUseException", 400),
            Self::TableAlreadyExists => Written(DYNAMODB, "TableAlreadyExistsException", 400),
            Self::BackupNotFound => Written(DYNAMODB, "BackupNotFoundException", 400),
            Self::BackupInUse => Written(DYNAMODB, "BackupInUseException", 400),
            Self::ContinuousBackupsUnavailable => {
                Written(DYNAMODB, "ContinuousBackupsUnavailableException", 400)
            }
            Self::RecoveryUnavailable => {
                Written(DYNAMODB, "PointInTimeRecoveryUnavailableException", 400)
            }
            Self::InvalidRestoreTime => Written(DYNAMODB, "InvalidRestoreTimeException", 400),
            Self::InternalServer => Written(DYNAMODB, "InternalServerError", 500),
            Self::ServiceUnavailable => Written(CORAL, "ServiceUnavailableException", 503),
        }
    }

    /// The status of an HTTP answer. SDKs try again after those from 500 on.
    pub fn status(self) -> u16 {
        self.written().2
    }
}

impl fmt::Display for ErrorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.written().1)
    }
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    pub name: ErrorName,
    /// May be empty: then DynamoDB says nothing either.
    pub message: String,
    /// What was found instead of what a condition asks for, if the request wants to know.
    pub item: Option<Arc<Item>>,
}

pub type Result<T> = std::result::Result<T, ApiError>;

impl ApiError {
    pub fn new(name: ErrorName, message: impl Into<String>) -> Self {
        Self { name, message: message.into(), item: None }
    }

    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(ErrorName::Validation, message)
    }

    /// The validation error that begins like most of them.
    pub fn invalid(message: impl fmt::Display) -> Self {
        Self::validation(format!("One or more parameter values were invalid: {message}"))
    }

    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new(ErrorName::Serialization, message)
    }

    /// The cluster could not do it, or cannot say whether it did. Clients try again after both.
    pub fn failed(failure: Failure) -> Self {
        if failure == Failure::Throttled {
            return Self::new(
                ErrorName::ProvisionedThroughputExceeded,
                "The level of configured provisioned throughput for the table was exceeded. Consider \
                 increasing your provisioning level with the UpdateTable API.",
            );
        }
        match failure.leaves_write_unknown() {
            true => Self::new(
                ErrorName::InternalServer,
                format!("The request processing has failed: {failure}"),
            ),
            false => Self::new(
                ErrorName::ServiceUnavailable,
                format!("Service is temporarily unavailable: {failure}"),
            ),
        }
    }

    /// The error as the body of an answer.
    pub fn to_output(&self) -> Output {
        let Written(namespace, name, _) = self.name.written();
        let mut members = vec![("__type".into(), Output::text(format!("{namespace}#{name}")))];
        let message = match self.name {
            ErrorName::Serialization => "Message",
            _ => "message",
        };
        if !self.message.is_empty() {
            members.push((message.into(), Output::text(&self.message)));
        }
        if let Some(item) = &self.item {
            members.push(("Item".into(), Output::Item(Arc::clone(item))));
        }
        Output::Object(members)
    }

    /// The same as JSON text.
    pub fn to_json(&self) -> String {
        self.to_output().to_json()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl std::error::Error for ApiError {}
