//! The crate's tests over its public surface: one module for each part of the format or binding.

#![expect(clippy::unwrap_used, reason = "what fails outside a test function fails its test")]

#[path = "suite/library.rs"]
mod library;

#[path = "suite/binding.rs"]
mod binding;
#[path = "suite/dialect.rs"]
mod dialect;
#[path = "suite/differential.rs"]
mod differential;
#[path = "suite/errors.rs"]
mod errors;
#[path = "suite/etags.rs"]
mod etags;
#[path = "suite/lengths.rs"]
mod lengths;
#[path = "suite/openapi.rs"]
mod openapi;
#[path = "suite/plans.rs"]
mod plans;
#[path = "suite/precedence.rs"]
mod precedence;
#[path = "suite/printing.rs"]
mod printing;
#[path = "suite/reading.rs"]
mod reading;
#[path = "suite/routing.rs"]
mod routing;
#[path = "suite/schema.rs"]
mod schema;
#[path = "suite/spellings.rs"]
mod spellings;
#[path = "suite/streams.rs"]
mod streams;
#[path = "suite/values.rs"]
mod values;
