//! What is transcoded, by whom, and whether they agree. It knows nothing of clocks.

pub mod agreed;
pub mod body;
pub mod goods;
#[path = "../../src/meaning.rs"]
mod meaning;
pub mod sides;
