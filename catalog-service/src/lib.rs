//! The catalog-service: owns the shop's data and speaks gRPC and gRPC-Web. It renders no HTML and knows no JSON.
//!
//! Dependencies point down: `server → grpc → catalog, access → domain`, `store → encoding → access, domain`.

pub mod access;
pub mod buckets;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod disk;
pub mod domain;
pub mod encoding;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod grpc;
pub mod ids;
pub mod logs;
pub mod network;
pub mod search;
pub mod server;
pub mod store;

pub use config::{EXIT_CONFIG, Options, Settings};
pub use server::{Bound, Instance, StartError, bind, open};
