//! The catalog-service: owns the shop's data and speaks gRPC and gRPC-Web. It renders no HTML and knows no JSON.
//!
//! Dependencies point down: `grpc → catalog → domain`, `store → encoding → domain`.

pub mod catalog;
pub mod clock;
pub mod domain;
pub mod encoding;
pub mod ids;
pub mod store;
