//! How much is taken at a time, how often and for how long. The figures are the design's; those that depend on the shop
//! and its machine are settings.

use std::time::Duration;

use clap::Args;

use super::Problems;

/// How much is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests worked on at once, files and health not counted.
    pub requests: usize,
    /// Of these, those from one address that is not loopback.
    pub requests_per_address: usize,
    /// Streams of JSON open at a time.
    pub streams: usize,
    /// Of these, those of one address that is not loopback.
    pub streams_per_address: usize,
    /// How often one address may read without credentials.
    pub reads: Rate,
    /// How often one address may search, and be suggested to while typing, without credentials.
    pub searches: Rate,
    /// How often one address may write without credentials.
    pub writes: Rate,
    /// Connections.
    pub connections: usize,
    /// Connections of one address that is not loopback.
    pub connections_per_address: usize,
    /// How large requests and answers may be.
    pub sizes: Sizes,
    /// How long answers may take.
    pub deadlines: Deadlines,
    /// How long connections may take and last.
    pub times: Times,
    /// What a client may do over HTTP/2.
    pub http2: Http2,
    /// How long requests may go on after the gateway was told to stop.
    pub drain: Duration,
}

/// How often one caller may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In the long run, a second.
    pub per_second: u32,
    /// At once, after a pause.
    pub burst: u32,
}

/// How large requests and answers may be, in bytes where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The target of a request.
    pub target: usize,
    /// The names and values of a request's headers.
    pub headers: usize,
    /// How many header fields a request has.
    pub fields: usize,
    /// A form.
    pub form: usize,
    /// The form of `/admin/resume`: another one, sealed, which is a third longer then.
    pub resume: usize,
    /// A body of JSON or a relayed message, received and unpacked.
    pub body: usize,
    /// How many times larger a body may become when it is unpacked.
    pub ratio: usize,
    /// A message of the service.
    pub message: usize,
}

/// How long answers may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// A page.
    pub page: Duration,
    /// A call by JSON or gRPC-Web whose client names no deadline.
    pub call: Duration,
    /// The most that a client may ask for.
    pub longest: Duration,
    /// How long the status of a stream may wait for its first message, once the service has answered. Events do not wait.
    pub first: Duration,
    /// How long to wait for a place among the requests at once.
    pub place: Duration,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            target: 16 << 10,
            headers: 16 << 10,
            fields: 100,
            form: 256 << 10,
            resume: 512 << 10,
            body: 4 << 20,
            ratio: 100,
            message: 16 << 20,
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            page: Duration::from_secs(10),
            call: Duration::from_secs(30),
            longest: Duration::from_secs(300),
            first: Duration::from_millis(250),
            place: Duration::from_millis(100),
        }
    }
}

/// How long connections may take and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The head of a request, from its first byte.
    pub head: Duration,
    /// A pause within a body.
    pub body_pause: Duration,
    /// How long a body may come more slowly than the least rate.
    pub body_slow: Duration,
    /// How long a client may read nothing while there is something for it.
    pub write_stall: Duration,
    /// How long a stream of events may be quiet before a comment shows that it lives.
    pub beat: Duration,
    /// A connection on which nothing is asked.
    pub idle: Duration,
    /// A connection altogether, give or take a tenth.
    pub age: Duration,
    /// How often an HTTP/2 client is asked whether it is still there, and how long it may take to answer.
    pub ping: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 256,
            requests_per_address: 16,
            // A service lets a connection have 100 at least (RFC 9113, 6.5.2), and each has its part of the window.
            streams: 100,
            streams_per_address: 8,
            reads: Rate { per_second: 50, burst: 100 },
            // Who types is suggested to seven times a second at most, and searches then.
            searches: Rate { per_second: 10, burst: 30 },
            writes: Rate { per_second: 10, burst: 20 },
            connections: 4096,
            connections_per_address: 100,
            sizes: Sizes::default(),
            deadlines: Deadlines::default(),
            times: Times::default(),
            http2: Http2::default(),
            drain: Duration::from_secs(30),
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            head: seconds(10),
            body_pause: seconds(30),
            body_slow: seconds(5),
            write_stall: seconds(10),
            beat: seconds(15),
            idle: seconds(60),
            age: seconds(30 * 60),
            ping: seconds(20),
        }
    }
}

/// What a client may have at a time on one connection of HTTP/2; sizes in bytes.
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

/// The limits' flags.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct LimitOptions {
    /// Requests worked on at once
    #[arg(long, env = "SHELF_MAX_REQUESTS", value_name = "NUMBER", default_value = "256")]
    pub max_requests: String,

    /// Of these, those from one address; loopback is not counted
    #[arg(
        long,
        env = "SHELF_MAX_REQUESTS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value = "16"
    )]
    pub max_requests_per_address: String,

    /// Reads a second from one address without credentials, in the long run; loopback is not counted
    #[arg(long, env = "SHELF_READS_PER_SECOND", value_name = "NUMBER", default_value = "50")]
    pub reads_per_second: String,

    /// Reads from one address at once, after a pause
    #[arg(long, env = "SHELF_READS_AT_ONCE", value_name = "NUMBER", default_value = "100")]
    pub reads_at_once: String,

    /// Searches and suggestions a second from one address without credentials, in the long run; loopback is not counted
    #[arg(long, env = "SHELF_SEARCHES_PER_SECOND", value_name = "NUMBER", default_value = "10")]
    pub searches_per_second: String,

    /// Searches and suggestions from one address at once, after a pause
    #[arg(long, env = "SHELF_SEARCHES_AT_ONCE", value_name = "NUMBER", default_value = "30")]
    pub searches_at_once: String,

    /// Writes a second from one address without credentials, in the long run; loopback is not counted
    #[arg(long, env = "SHELF_WRITES_PER_SECOND", value_name = "NUMBER", default_value = "10")]
    pub writes_per_second: String,

    /// Writes from one address at once, after a pause
    #[arg(long, env = "SHELF_WRITES_AT_ONCE", value_name = "NUMBER", default_value = "20")]
    pub writes_at_once: String,

    /// Connections held at a time
    #[arg(long, env = "SHELF_MAX_CONNECTIONS", value_name = "NUMBER", default_value = "4096")]
    pub max_connections: String,

    /// Connections held at a time for one address that is not loopback
    #[arg(
        long,
        env = "SHELF_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value = "100"
    )]
    pub max_connections_per_address: String,

    /// Seconds that open requests have to finish when the gateway stops
    #[arg(long, env = "SHELF_DRAIN_SECONDS", value_name = "SECONDS", default_value = "30")]
    pub drain_seconds: String,
}

/// The most of anything that makes sense to allow.
const MOST: u32 = 1_000_000;

impl LimitOptions {
    /// The limits; what is no number is a problem.
    pub(super) fn limits(&self, problems: &mut Problems) -> Limits {
        let mut counted = |flag: &str, text: &str| number(problems, flag, text, 1, MOST);
        let requests = counted("max-requests", &self.max_requests) as usize;
        let each = counted("max-requests-per-address", &self.max_requests_per_address) as usize;
        let reads = Rate {
            per_second: counted("reads-per-second", &self.reads_per_second),
            burst: counted("reads-at-once", &self.reads_at_once),
        };
        let searches = Rate {
            per_second: counted("searches-per-second", &self.searches_per_second),
            burst: counted("searches-at-once", &self.searches_at_once),
        };
        let writes = Rate {
            per_second: counted("writes-per-second", &self.writes_per_second),
            burst: counted("writes-at-once", &self.writes_at_once),
        };
        let connections = counted("max-connections", &self.max_connections) as usize;
        let per_address = &self.max_connections_per_address;
        let per_address = counted("max-connections-per-address", per_address) as usize;
        let drain = number(problems, "drain-seconds", &self.drain_seconds, 0, 600);
        Limits {
            requests,
            requests_per_address: each,
            reads,
            searches,
            writes,
            connections,
            connections_per_address: per_address,
            drain: Duration::from_secs(drain.into()),
            ..Limits::default()
        }
    }
}

fn number(problems: &mut Problems, flag: &str, text: &str, least: u32, most: u32) -> u32 {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => number,
        _ => {
            problems.add(format!("--{flag} `{text}` is not a number from {least} to {most}"));
            least
        }
    }
}
