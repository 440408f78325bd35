//! What users do, over real sockets: by gRPC, by JSON, by forms, and by `shelf load`.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod bad_input;
mod batches;
mod conflicts;
mod full_disk;
mod json;
mod limits;
mod lists;
mod load;
mod pages;
mod products;
mod repeated;
mod resume_tokens;
mod roles;
mod rounds;
mod sample;
mod sessions;
mod storefront;
mod tree;
