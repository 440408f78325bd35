//! What has to hold whatever comes in: one oracle for each fuzz target, which panics where it does not hold.
//!
//! Compiled for cargo-fuzz and for tests alone; an ordinary test runs each oracle over the inputs of its corpus.

#[cfg(test)]
mod corpus;
mod guard;
mod markdown;
mod markup;
mod price_entry;
mod relay;
mod session;

pub use guard::guard;
pub use markdown::markdown;
pub use price_entry::price_entry;
pub use relay::relay;
pub use session::session;

/// Makes ready before the first input, whose time is measured.
pub fn prepare() {
    for warm in [markdown, relay] {
        warm(b"\x00x");
    }
}
