//! How much is taken at a time, and for how long. The figures are the design's; a few of them are settings.

use std::time::Duration;

/// How much is taken at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Unary calls in flight.
    pub calls: usize,
    /// The largest message, unpacked, in and out.
    pub message_bytes: usize,
    /// Connections.
    pub connections: usize,
    /// Connections of one address that is not loopback.
    pub connections_per_address: usize,
    /// How long the headers of a request, and the first request of a connection, may take to come.
    pub headers: Duration,
    /// How long calls may take.
    pub deadlines: Deadlines,
    /// How long open calls may go on when the service stops.
    pub drain: Duration,
    /// How much of the disk is left to others.
    pub disk: DiskLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 256,
            message_bytes: 4 << 20,
            connections: 4096,
            connections_per_address: 100,
            headers: Duration::from_secs(10),
            deadlines: Deadlines::default(),
            drain: Duration::from_secs(30),
            disk: DiskLimits::default(),
        }
    }
}

/// How much of the disk is left to others, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskLimits {
    /// What a file beside the database holds back, so that deleting goes on when the disk is full; 0 is none.
    pub ballast: u64,
    /// With less than this free, nothing more is added.
    pub read_only_below: u64,
}

impl Default for DiskLimits {
    fn default() -> Self {
        Self { ballast: 64 << 20, read_only_below: 256 << 20 }
    }
}

/// How long calls may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// A call whose caller names no deadline.
    pub default: Duration,
    /// The longest that a caller may ask for.
    pub longest: Duration,
    /// How long a streaming answer may go on.
    pub stream: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            default: Duration::from_secs(30),
            longest: Duration::from_secs(300),
            stream: Duration::from_secs(3600),
        }
    }
}
