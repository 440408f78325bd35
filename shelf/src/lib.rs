//! Shelf in one process: the catalog-service and the gateway, started together, and the loader of products.
//!
//! Neither service knows of the other; this is the one place, beside the tests, that knows both.

pub mod config;
pub mod load;
pub mod sample;
pub mod serve;
