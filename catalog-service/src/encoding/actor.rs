//! Actors between the domain and the contract.

use proto::catalog as wire;

use crate::domain::Actor;

/// Writes an actor.
pub(super) fn to_wire(actor: &Actor) -> wire::Actor {
    wire::Actor { name: actor.name.clone(), display_name: actor.display_name.clone() }
}

/// Reads an actor that was kept.
pub(super) fn from_wire(actor: wire::Actor) -> Actor {
    Actor { name: actor.name, display_name: actor.display_name }
}
