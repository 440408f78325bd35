//! How much is taken at a time, and for how long. The figures are the design's; a few of them are settings.

use std::time::Duration;

use super::{Guesses, Sessions};

/// How much is taken at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Unary calls in flight.
    pub calls: usize,
    /// Of these, those of one user, or of one network without credentials.
    pub calls_per_caller: usize,
    /// How often one caller may read.
    pub reads: Rate,
    /// How often one caller may search, and be suggested to while typing.
    pub searches: Rate,
    /// How often one caller may write.
    pub writes: Rate,
    /// Attempts to sign in that may fail from one network in a quarter of an hour.
    pub sign_ins_per_address: u32,
    /// The largest message, unpacked, in and out.
    pub message_bytes: usize,
    /// Connections.
    pub connections: usize,
    /// Connections of one address that is not loopback.
    pub connections_per_address: usize,
    /// How long the headers of a request, and the first request of a connection, may take to come.
    pub headers: Duration,
    /// How long connections and messages may take and last.
    pub times: Times,
    /// What a peer may do over HTTP/2.
    pub http2: Http2,
    /// How long calls may take.
    pub deadlines: Deadlines,
    /// How changes are watched.
    pub watch: Watch,
    /// How many steps of its machine the store takes for what a query asks.
    pub query_steps: u64,
    /// What hashing a password costs.
    pub passwords: Passwords,
    /// How long open calls may go on when the service stops.
    pub drain: Duration,
    /// How much of the disk is left to others.
    pub disk: DiskLimits,
    /// How long a sign-in lasts.
    pub sessions: Sessions,
    /// How guessing a password is slowed down.
    pub guesses: Guesses,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 256,
            calls_per_caller: 16,
            reads: Rate { per_second: 50, burst: 100 },
            // Who types is suggested to seven times a second at most, and searches then.
            searches: Rate { per_second: 10, burst: 30 },
            writes: Rate { per_second: 10, burst: 20 },
            sign_ins_per_address: 20,
            message_bytes: 4 << 20,
            connections: 4096,
            connections_per_address: 100,
            headers: Duration::from_secs(10),
            times: Times::default(),
            http2: Http2::default(),
            deadlines: Deadlines::default(),
            watch: Watch::default(),
            // Twice what can be done within the time: only what would be refused for its time is refused for these.
            query_steps: 50_000_000,
            passwords: Passwords::default(),
            drain: Duration::from_secs(30),
            disk: DiskLimits::default(),
            sessions: Sessions::default(),
            guesses: Guesses::default(),
        }
    }
}

/// How long connections and messages may take and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// A pause within a message.
    pub message_pause: Duration,
    /// How far a message may fall behind a rate of 1 KiB a second.
    pub message_slow: Duration,
    /// How long a peer may read nothing while there is something for it.
    pub write_stall: Duration,
    /// A connection on which nothing is asked.
    pub idle: Duration,
    /// A connection altogether, give or take a tenth.
    pub age: Duration,
    /// How often an HTTP/2 peer is asked whether it is still there, and how long it may take to answer.
    pub ping: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            message_pause: seconds(30),
            message_slow: seconds(5),
            write_stall: seconds(10),
            idle: seconds(60),
            age: seconds(30 * 60),
            ping: seconds(20),
        }
    }
}

/// What a peer may have at a time on one connection of HTTP/2; sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Http2 {
    /// Requests under way.
    pub streams: u32,
    /// What it may send of one request before it is read.
    pub stream_window: u32,
    /// What it may send of all of them.
    pub connection_window: u32,
    /// A frame.
    pub frame: u32,
    /// The names and values of a request's headers, its target among them, with 32 for each (RFC 9113, 6.5.2).
    pub header_list: u32,
    /// Requests that it took back before they were looked at.
    pub pending_resets: usize,
    /// Requests that were refused for its errors.
    pub own_resets: usize,
}

impl Default for Http2 {
    fn default() -> Self {
        Self {
            streams: 100,
            stream_window: 64 << 10,
            connection_window: 1 << 20,
            frame: 16 << 10,
            header_list: 32 << 10,
            pending_resets: 20,
            own_resets: 128,
        }
    }
}

/// How often one caller may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In the long run, a second.
    pub per_second: u32,
    /// At once, after a pause.
    pub burst: u32,
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
    /// How long a call waits for a place among those in flight.
    pub place: Duration,
    /// How long the store looks for what a query asks.
    pub query: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            default: Duration::from_secs(30),
            longest: Duration::from_secs(300),
            stream: Duration::from_secs(3600),
            place: Duration::from_millis(100),
            query: Duration::from_millis(250),
        }
    }
}

/// How changes are watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Streams of one caller at a time.
    pub per_caller: usize,
    /// Changes that may wait for a reader; with one more it is given up.
    pub waiting: usize,
    /// How long a stream is silent at most.
    pub beat: Duration,
    /// How often it is looked whether a caller may still watch.
    pub check: Duration,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            per_caller: 8,
            waiting: 1024,
            beat: Duration::from_secs(15),
            check: Duration::from_millis(500),
        }
    }
}

/// What trying one password costs, whoever tries it (argon2id, OWASP's figures), and how many may wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passwords {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes of the memory.
    pub lanes: u32,
    /// Bytes that are kept.
    pub output: usize,
    /// Hashes that wait for a core before more are refused.
    pub queue: usize,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1, output: 32, queue: 20 }
    }
}
