//! Counting what the products of a search could be chosen by.

mod counts;
mod identities;
mod prices;
mod sums;
mod tally;

pub(super) use self::{counts::Counts, identities::Identities, prices::step, sums::Sums};
