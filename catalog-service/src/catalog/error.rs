//! Why a use case does not do what it is asked: one kind for each reason of the contract.

use crate::{
    domain::{Refusal, filter::FilterError, order::OrderError},
    store,
};

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse it: FIELD_INVALID, RESOURCE_NOT_FOUND, ETAG_MISMATCH and the like, by the refusal.
    #[error(transparent)]
    Refused(Refusal),
    /// The rules refuse items of a batch, named by their index; nothing was done.
    #[error("{} of the batch's items are refused; nothing was done", .0.len())]
    Batch(Vec<(usize, Refusal)>),
    /// BATCH_TOO_LARGE
    #[error("a batch has at most {most} items, this one has {given}; send it in parts")]
    BatchTooLarge {
        /// How many there were.
        given: usize,
        /// How many there may be.
        most: usize,
    },
    /// FILTER_INVALID
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// ORDER_INVALID
    #[error(transparent)]
    Order(#[from] OrderError),
    /// ROLE_MISSING: the call as such is allowed, what it asks for is not.
    #[error("{0} needs the role of a viewer; sign in")]
    RoleMissing(&'static str),
    /// REQUEST_ID_REUSED
    #[error("request_id `{id}` was used for another request; choose a new one")]
    RequestIdReused {
        /// The request id.
        id: String,
    },
    /// MESSAGE_TOO_LARGE: what would be answered is larger than what may be sent.
    #[error(
        "the answer would have more than {most} bytes; nothing was done, send or ask for fewer items at a time"
    )]
    AnswerTooLarge {
        /// How many bytes the resources of an answer may have.
        most: usize,
    },
    /// QUERY_TOO_EXPENSIVE
    #[error("the query takes too long; narrow the filter or choose another order")]
    QueryTooExpensive,
    /// STORE_FULL
    #[error("{}", store::FULL)]
    StoreFull,
    /// RESUME_TOKEN_EXPIRED
    #[error(
        "the feed of changes no longer reaches back to this `resume_token`; read again what you watch, and go on from the token of that read"
    )]
    ResumeTokenExpired,
    /// READER_TOO_SLOW
    #[error(
        "more than {waiting} changes wait for this reader; go on from the last `resume_token` that came"
    )]
    ReaderTooSlow {
        /// How many may wait.
        waiting: usize,
    },
    /// SEARCH_NOT_READY
    #[error("the search index is being made; try again soon")]
    SearchNotReady,
    /// OVERLOADED
    #[error("the store has too much to do; try again")]
    Overloaded,
    /// STORE_UNAVAILABLE
    #[error("the store is not available")]
    StoreUnavailable,
    /// INTERNAL: not the caller's doing.
    #[error("the store failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(items) => Self::Batch(items),
            store::Error::RequestIdReused { id } => Self::RequestIdReused { id },
            store::Error::AnswerTooLarge => Self::AnswerTooLarge { most: store::LARGEST_ANSWER },
            store::Error::TooExpensive => Self::QueryTooExpensive,
            store::Error::Full => Self::StoreFull,
            store::Error::Overloaded => Self::Overloaded,
            store::Error::Unavailable => Self::StoreUnavailable,
            store::Error::Failed(source) => Self::Internal(source),
        }
    }
}

impl Error {
    /// The refusal of a write of one item speaks for itself, without an index.
    pub(super) fn of_one(error: store::Error) -> Self {
        Self::from(error).alone()
    }

    /// The same for what a use case itself refuses.
    pub(super) fn alone(self) -> Self {
        match self {
            Self::Batch(mut items) if items.len() == 1 => Self::Refused(items.remove(0).1),
            other => other,
        }
    }
}
