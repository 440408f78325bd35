//! Counting what the products of a search could be chosen by.

mod counts;
mod prices;
mod sums;
mod tally;

pub(super) use self::{counts::Counts, prices::step, sums::Sums};
