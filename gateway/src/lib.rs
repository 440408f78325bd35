//! The gateway: Shelf's front door. It renders the pages, turns JSON calls into gRPC, and relays gRPC-Web. In front of any other
//! annotated service it serves that service's JSON, and nothing else.
//!
//! It holds nothing that outlives a request but the count of who asks how often, opens no database and knows no rule about products.

mod api;
pub mod app;
pub mod assets;
mod clock;
pub mod config;
pub mod contract;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod logs;
pub mod pages;
mod relay;
pub mod server;
pub mod service;
pub mod session;
pub mod upstream;
mod wire;
