//! How often one caller may call: reads and writes, each from a bucket of its own.

use jiff::Timestamp;
use tonic::Status;

use super::{roles::Method, source::Account, status};
use crate::{
    buckets::{Buckets, Quota},
    config::Rate,
};

/// The buckets of all callers.
#[derive(Debug)]
pub(super) struct Pace {
    reads: Buckets<Account>,
    writes: Buckets<Account>,
}

impl Pace {
    pub(super) fn new(reads: Rate, writes: Rate) -> Self {
        let buckets = |rate: Rate| Buckets::new(Quota::per_second(rate.per_second, rate.burst));
        Self { reads: buckets(reads), writes: buckets(writes) }
    }

    /// Counts a call of a method on an account.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED, RATE_LIMITED when it is one too many.
    pub(super) fn count(
        &self,
        account: &Account,
        method: Method,
        now: Timestamp,
    ) -> Result<(), Status> {
        let buckets = if method.reads { &self.reads } else { &self.writes };
        buckets.take(account, now).map_err(status::too_often)
    }
}
