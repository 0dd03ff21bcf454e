//! The one error type for what a person or a caller can get wrong.
//!
//! A broken invariant of our own is not an [`Error`]: it panics.

/// What kind of mistake an [`Error`] reports, for callers that branch on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The input does not mean anything: unknown command, invalid JSON, a number out of range.
    Invalid,
    /// The input is well formed, but what it names does not exist.
    NotFound,
    /// The input is well formed, but cannot be done in the present state.
    Refused,
    /// Stored bytes are damaged, foreign, or of another version.
    Damaged,
}

/// A mistake, told to the person who made it: what happened, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
}

/// A result whose error is meant to be read by a person.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Invalid, message: message.into() }
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::NotFound, message: message.into() }
    }

    pub fn refused(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Refused, message: message.into() }
    }

    pub fn damaged(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Damaged, message: message.into() }
    }
}
