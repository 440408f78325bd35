//! A gateway in front of a service that is not Shelf's: how it learns the contract, keeps it up to date, and writes JSON.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod breaks;
mod description;
mod faults;
mod forms;
mod grpc_gateway;
mod log_lines;
mod manner;
mod metadata;
mod reload;
mod service;
mod words;
