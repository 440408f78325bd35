//! Streams over HTTP and JSON, on real sockets: the gateway in front of a service of tonic's that each test answers by hand.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod failures;
mod files;
mod flow;
mod framings;
mod house;
mod messages;
mod service;
mod uploads;
