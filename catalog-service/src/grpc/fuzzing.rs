//! The oracles of what is gRPC's: its frames, its tokens and its credentials. See `crate::fuzzing`.

mod bearer;
mod frames;
mod tokens;

pub(crate) use bearer::assert_bearer;
pub use frames::frames;
pub use tokens::tokens;
