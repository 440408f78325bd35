//! What users do, over real sockets: by gRPC, by JSON, by forms, and by `shelf load`.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod access;
mod bad_input;
mod batch_borders;
mod batch_updates;
mod batches;
mod borders;
mod bulk_forms;
mod conflicts;
mod extremes;
mod full_disk;
mod given_fields;
mod history;
mod hostile_filters;
mod json;
mod leaks;
mod lifecycle;
mod limits;
mod lists;
mod load;
mod management;
mod masks;
mod pages;
mod products;
mod repeated;
mod restoring;
mod resume_tokens;
mod roles;
mod rounding;
mod rounds;
mod sample;
mod search;
mod sessions;
mod signed_out;
mod storefront;
mod tree;
mod watch;
mod windows;
