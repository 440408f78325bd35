//! The crate's tests over its public surface: one module for each part of the format or binding.

#[path = "suite/library.rs"]
mod library;

#[path = "suite/binding.rs"]
mod binding;
#[path = "suite/errors.rs"]
mod errors;
#[path = "suite/etags.rs"]
mod etags;
#[path = "suite/plans.rs"]
mod plans;
#[path = "suite/reading.rs"]
mod reading;
#[path = "suite/routing.rs"]
mod routing;
