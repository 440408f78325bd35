//! The harness of the stories: a shop on free ports, its people, and the clients they use.
//!
//! It starts what production starts, waits for events and never for a while, and knows no rule of the catalog.

pub mod errors;
pub mod events;
pub mod forms;
pub mod goods;
pub mod pair;
pub mod people;
pub mod process;
pub mod rpc;
pub mod shop;
pub mod web;
