//! How often one caller may call: reads, searches and writes, each from a bucket of its own.

use jiff::Timestamp;
use tonic::Status;

use super::{
    roles::{Counts, Method},
    source::Account,
    status,
};
use crate::{
    buckets::{Buckets, Quota},
    config::{Limits, Rate},
};

/// The buckets of all callers.
#[derive(Debug)]
pub(super) struct Pace {
    reads: Buckets<Account>,
    searches: Buckets<Account>,
    writes: Buckets<Account>,
}

impl Pace {
    pub(super) fn new(limits: &Limits) -> Self {
        let buckets = |rate: Rate| Buckets::new(Quota::per_second(rate.per_second, rate.burst));
        Self {
            reads: buckets(limits.reads),
            searches: buckets(limits.searches),
            writes: buckets(limits.writes),
        }
    }

    /// Counts a call of a method on an account.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED, RATE_LIMITED when it is one too many.
    pub(super) fn count(
        &self,
        account: &Account,
        method: &Method,
        now: Timestamp,
    ) -> Result<(), Status> {
        let buckets = match method.counts {
            Counts::Read => &self.reads,
            Counts::Search => &self.searches,
            Counts::Write => &self.writes,
        };
        buckets.take(account, now).map_err(status::too_often)
    }
}
