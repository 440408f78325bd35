//! The gateway as its clients meet it, in front of a service whose answers each test writes.

mod assets;
mod caching;
mod calls;
mod fake;
mod headers;
mod hosts;
mod network;
mod refusals;
mod relay;
mod sign_in;
mod sites;
