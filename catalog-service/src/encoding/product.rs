//! Products between the domain and the contract.

mod input;
mod kept;

pub use input::{fields, mask, new_product};
pub(crate) use kept::{
    actors, deleted_by, description, document, from_message, money_from_wire, money_to_wire,
    price_range, read, uid, variants, whole,
};
