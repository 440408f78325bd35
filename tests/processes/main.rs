//! The binaries: two services apart, how they start, fail, stop, and what survives a kill.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod apart;
mod crash;
mod early;
mod load;
mod secrets;
mod start;
mod stop;
mod upgrade;
