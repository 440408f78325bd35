//! What has to hold whatever comes in: one oracle for each fuzz target, which panics where it does not hold.
//!
//! Compiled for cargo-fuzz and for tests alone; an ordinary test runs each oracle over the inputs of its corpus.

mod compile;
#[cfg(test)]
mod corpus;
mod errors;
mod json_to_wire;
mod library;
mod lines;
mod mask;
mod query;
mod round_trip;
mod route;
mod same;
mod tags;
mod template;
mod values;
mod wire_to_json;

pub use compile::compile;
pub use errors::errors;
pub use json_to_wire::json_to_wire;
pub use library::prepare;
pub use lines::lines;
pub use mask::mask;
pub use query::query;
pub use round_trip::round_trip;
pub use route::route;
pub use tags::tags;
pub use template::template;
pub use values::values;
pub use wire_to_json::wire_to_json;
