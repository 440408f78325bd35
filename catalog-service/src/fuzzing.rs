//! What has to hold whatever comes in: one oracle for each fuzz target, which panics where it does not hold.
//!
//! Compiled for cargo-fuzz and for tests alone; an ordinary test runs each oracle over the inputs of its corpus.

#[cfg(test)]
mod corpus;
mod filter;
mod shop;
mod update_mask;
mod values;

pub use filter::filter;
pub use update_mask::update_mask;
pub use values::values;

pub use crate::{
    grpc::fuzzing::{frames, tokens},
    server::headers,
};

/// Makes ready before the first input, whose time is measured.
pub fn prepare() {
    filter(b"title = x\n");
}
