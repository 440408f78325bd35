//! The limits that can be set, each a flag and a variable.

use std::time::Duration;

use super::{Deadlines, Limits, Problems, Rate, SignInOptions};

/// The limits as they were written.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct LimitOptions {
    /// Unary calls answered at a time
    #[arg(long, env = "SHELF_CATALOG_MAX_CALLS", value_name = "NUMBER", default_value = "256")]
    pub catalog_max_calls: String,

    /// Of these, those of one user, or of one address without credentials; loopback is not counted
    #[arg(
        long,
        env = "SHELF_CATALOG_MAX_CALLS_PER_CALLER",
        value_name = "NUMBER",
        default_value = "16"
    )]
    pub catalog_max_calls_per_caller: String,

    /// Reads a second of one caller, in the long run; loopback is not counted
    #[arg(
        long,
        env = "SHELF_CATALOG_READS_PER_SECOND",
        value_name = "NUMBER",
        default_value = "50"
    )]
    pub catalog_reads_per_second: String,

    /// Reads of one caller at once, after a pause
    #[arg(long, env = "SHELF_CATALOG_READS_AT_ONCE", value_name = "NUMBER", default_value = "100")]
    pub catalog_reads_at_once: String,

    /// Searches and suggestions a second of one caller, in the long run; loopback is not counted
    #[arg(
        long,
        env = "SHELF_CATALOG_SEARCHES_PER_SECOND",
        value_name = "NUMBER",
        default_value = "10"
    )]
    pub catalog_searches_per_second: String,

    /// Searches and suggestions of one caller at once, after a pause
    #[arg(
        long,
        env = "SHELF_CATALOG_SEARCHES_AT_ONCE",
        value_name = "NUMBER",
        default_value = "30"
    )]
    pub catalog_searches_at_once: String,

    /// Writes a second of one caller, in the long run; loopback is not counted
    #[arg(
        long,
        env = "SHELF_CATALOG_WRITES_PER_SECOND",
        value_name = "NUMBER",
        default_value = "10"
    )]
    pub catalog_writes_per_second: String,

    /// Writes of one caller at once, after a pause
    #[arg(long, env = "SHELF_CATALOG_WRITES_AT_ONCE", value_name = "NUMBER", default_value = "20")]
    pub catalog_writes_at_once: String,

    /// Attempts to sign in that may fail from one address within the minutes that wrong passwords are remembered, loopback included
    #[arg(
        long,
        env = "SHELF_CATALOG_SIGN_INS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value = "20"
    )]
    pub catalog_sign_ins_per_address: String,

    /// Connections held at a time
    #[arg(
        long,
        env = "SHELF_CATALOG_MAX_CONNECTIONS",
        value_name = "NUMBER",
        default_value = "4096"
    )]
    pub catalog_max_connections: String,

    /// Connections held at a time for one address that is not loopback
    #[arg(
        long,
        env = "SHELF_CATALOG_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value = "100"
    )]
    pub catalog_max_connections_per_address: String,

    /// Seconds that open calls have to finish when the service stops
    #[arg(long, env = "SHELF_CATALOG_DRAIN_SECONDS", value_name = "SECONDS", default_value = "30")]
    pub catalog_drain_seconds: String,

    /// Milliseconds that the store looks for what a query asks
    #[arg(
        long,
        env = "SHELF_CATALOG_QUERY_MILLISECONDS",
        value_name = "MILLISECONDS",
        default_value = "250"
    )]
    pub catalog_query_milliseconds: String,

    /// Steps that the store's machine takes for what a query asks, whatever time it has; some seven for each product that is looked at
    #[arg(
        long,
        env = "SHELF_CATALOG_QUERY_STEPS",
        value_name = "NUMBER",
        default_value = "50000000"
    )]
    pub catalog_query_steps: String,

    /// Signing in.
    #[command(flatten)]
    pub sign_in: SignInOptions,
}

/// The most of anything that makes sense to allow.
const MOST: usize = 1_000_000;

/// Ten seconds, which are the longest that a query can be given, have room for fewer.
const MOST_STEPS: usize = 4_000_000_000;

impl LimitOptions {
    /// Reads and checks every limit.
    pub fn limits(&self, p: &mut Problems) -> Limits {
        let mut counted = |flag, value: &str| p.number(flag, value, 1..=MOST);
        let calls = counted("catalog-max-calls", &self.catalog_max_calls);
        let each = counted("catalog-max-calls-per-caller", &self.catalog_max_calls_per_caller);
        let connections = counted("catalog-max-connections", &self.catalog_max_connections);
        let per_address = counted(
            "catalog-max-connections-per-address",
            &self.catalog_max_connections_per_address,
        );
        let mut small = |flag, value: &str| counted(flag, value) as u32;
        let reads = Rate {
            per_second: small("catalog-reads-per-second", &self.catalog_reads_per_second),
            burst: small("catalog-reads-at-once", &self.catalog_reads_at_once),
        };
        let searches = Rate {
            per_second: small("catalog-searches-per-second", &self.catalog_searches_per_second),
            burst: small("catalog-searches-at-once", &self.catalog_searches_at_once),
        };
        let writes = Rate {
            per_second: small("catalog-writes-per-second", &self.catalog_writes_per_second),
            burst: small("catalog-writes-at-once", &self.catalog_writes_at_once),
        };
        let sign_ins = small("catalog-sign-ins-per-address", &self.catalog_sign_ins_per_address);
        let drain = p.number("catalog-drain-seconds", &self.catalog_drain_seconds, 0..=600);
        let query = &self.catalog_query_milliseconds;
        let query = p.number("catalog-query-milliseconds", query, 1..=10_000);
        let query = Duration::from_millis(query as u64);
        let steps = &self.catalog_query_steps;
        let steps = p.number("catalog-query-steps", steps, 1_000_000..=MOST_STEPS);
        Limits {
            calls,
            calls_per_caller: each,
            reads,
            searches,
            writes,
            sign_ins_per_address: sign_ins,
            connections,
            connections_per_address: per_address,
            drain: Duration::from_secs(drain as u64),
            deadlines: Deadlines { query, ..Deadlines::default() },
            query_steps: steps as u64,
            sessions: self.sign_in.sessions(p),
            guesses: self.sign_in.guesses(p),
            ..Limits::default()
        }
    }
}
