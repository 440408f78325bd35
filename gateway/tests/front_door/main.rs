//! The gateway as its clients meet it, in front of a service whose answers each test writes.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod assets;
mod caching;
mod calls;
mod fake;
mod headers;
mod hosts;
mod http2;
mod log_lines;
mod network;
mod refusals;
mod relay;
mod sign_in;
mod sites;
mod times;
