//! Why a call is refused: the reasons of the contract, each with its gRPC code.
//!
//! A reason is part of the contract: clients match on it. It never changes its code.

use tonic::Code;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $code:ident;)+) => {
        /// A reason of the contract, as `google.rpc.ErrorInfo.reason` carries it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Reason {
            $($(#[$doc])* $variant,)+
        }

        impl Reason {
            /// The reason as it is written on the wire.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The code that it goes with.
            pub(crate) fn code(self) -> Code {
                match self { $(Self::$variant => Code::$code,)+ }
            }
        }
    };
}

reasons! {
    FieldInvalid = "FIELD_INVALID", InvalidArgument;
    MaskInvalid = "MASK_INVALID", InvalidArgument;
    FilterInvalid = "FILTER_INVALID", InvalidArgument;
    OrderInvalid = "ORDER_INVALID", InvalidArgument;
    PageTokenInvalid = "PAGE_TOKEN_INVALID", InvalidArgument;
    RequestIdReused = "REQUEST_ID_REUSED", InvalidArgument;
    BatchTooLarge = "BATCH_TOO_LARGE", InvalidArgument;
    CategoryCycle = "CATEGORY_CYCLE", InvalidArgument;
    /// The bytes of the request are not a message of the method.
    MessageInvalid = "MESSAGE_INVALID", InvalidArgument;
    /// What was asked for was there, and is gone for good.
    ResourceExpunged = "RESOURCE_EXPUNGED", NotFound;
    ResourceNotFound = "RESOURCE_NOT_FOUND", NotFound;
    ProductIdTaken = "PRODUCT_ID_TAKEN", AlreadyExists;
    VariantIdTaken = "VARIANT_ID_TAKEN", AlreadyExists;
    CategoryIdTaken = "CATEGORY_ID_TAKEN", AlreadyExists;
    UserIdTaken = "USER_ID_TAKEN", AlreadyExists;
    LoginTaken = "LOGIN_TAKEN", AlreadyExists;
    SlugTaken = "SLUG_TAKEN", AlreadyExists;
    SkuTaken = "SKU_TAKEN", AlreadyExists;
    NotDeleted = "NOT_DELETED", AlreadyExists;
    EtagMismatch = "ETAG_MISMATCH", Aborted;
    StateInvalid = "STATE_INVALID", FailedPrecondition;
    HasChildren = "HAS_CHILDREN", FailedPrecondition;
    LastVariant = "LAST_VARIANT", FailedPrecondition;
    LastAdmin = "LAST_ADMIN", FailedPrecondition;
    CredentialsInvalid = "CREDENTIALS_INVALID", Unauthenticated;
    SessionExpired = "SESSION_EXPIRED", Unauthenticated;
    RoleMissing = "ROLE_MISSING", PermissionDenied;
    RateLimited = "RATE_LIMITED", ResourceExhausted;
    MessageTooLarge = "MESSAGE_TOO_LARGE", ResourceExhausted;
    QueryTooExpensive = "QUERY_TOO_EXPENSIVE", ResourceExhausted;
    StoreFull = "STORE_FULL", ResourceExhausted;
    TooManyStreams = "TOO_MANY_STREAMS", ResourceExhausted;
    ReaderTooSlow = "READER_TOO_SLOW", ResourceExhausted;
    ResumeTokenExpired = "RESUME_TOKEN_EXPIRED", OutOfRange;
    ShuttingDown = "SHUTTING_DOWN", Unavailable;
    SearchNotReady = "SEARCH_NOT_READY", Unavailable;
    StoreUnavailable = "STORE_UNAVAILABLE", Unavailable;
    Overloaded = "OVERLOADED", Unavailable;
    Deadline = "DEADLINE", DeadlineExceeded;
    /// The service has no such method, or not with so many messages.
    MethodUnknown = "METHOD_UNKNOWN", Unimplemented;
    /// A fault of Shelf's own, found in the logs under the call's id.
    Internal = "INTERNAL", Internal;
}
