//! The three who transcode: Shelf's transcoder, typed messages with pbjson, and messages that reflect. Each keeps what its API lets it
//! keep between two calls, and prints the same.

mod direct;
mod reflecting;
mod typed;

use std::{hint::black_box, sync::LazyLock};

use anyhow::{Context as _, Result};
use prost_reflect::{DescriptorPool, MessageDescriptor};

use crate::goods::{DESCRIPTORS, omits, prints};

pub use direct::{Direct, plan};
use reflecting::Reflecting;
use typed::Typed;

/// One who transcodes messages of one type.
pub trait Side {
    /// The wire bytes of a JSON text.
    ///
    /// # Errors
    /// It is not read.
    fn to_wire(&mut self, json: &[u8]) -> Result<&[u8]>;

    /// The JSON text of wire bytes.
    ///
    /// # Errors
    /// They are not read.
    fn to_json(&mut self, wire: &[u8]) -> Result<&[u8]>;
}

/// Takes an answer as if something came of it, so that no part of the work is left out.
///
/// # Errors
/// Those of the answer.
pub fn used(answer: Result<&[u8]>) -> Result<()> {
    black_box(answer?);
    Ok(())
}

/// What becomes of fields that hold their default when JSON is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaults {
    /// They are left out.
    Omitted,
    /// They are printed.
    Printed,
}

/// Whoever transcodes, in the order of [`sides`].
pub const NAMES: [&str; 3] = ["transcoder", "prost + pbjson", "prost-reflect"];

/// All three, for the messages of a full name.
///
/// # Errors
/// There is no such message.
pub fn sides(message: &str, defaults: Defaults) -> Result<[Box<dyn Side>; 3]> {
    let direct = Direct::new(message, defaults)?;
    let reflecting = Reflecting::new(descriptor(message)?, defaults);
    Ok([Box::new(direct), typed(message, defaults)?, Box::new(reflecting)])
}

fn typed(message: &str, defaults: Defaults) -> Result<Box<dyn Side>> {
    let name = message.strip_prefix("goods.v1.").unwrap_or_default();
    let side: Option<Box<dyn Side>> = match (name, defaults) {
        ("Item", Defaults::Omitted) => Some(Box::new(Typed::<omits::Item>::default())),
        ("Item", Defaults::Printed) => Some(Box::new(Typed::<prints::Item>::default())),
        ("Page", Defaults::Omitted) => Some(Box::new(Typed::<omits::Page>::default())),
        ("Page", Defaults::Printed) => Some(Box::new(Typed::<prints::Page>::default())),
        ("Texts", _) => Some(Box::new(Typed::<omits::Texts>::default())),
        ("Floats", _) => Some(Box::new(Typed::<omits::Floats>::default())),
        ("Nest", _) => Some(Box::new(Typed::<omits::Nest>::default())),
        _ => None,
    };
    side.with_context(|| format!("there is no message `{message}`"))
}

/// The message of a full name, for reflection.
///
/// # Errors
/// There is none.
pub fn descriptor(message: &str) -> Result<MessageDescriptor> {
    static POOL: LazyLock<Option<DescriptorPool>> =
        LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).ok());
    let found = POOL.as_ref().and_then(|pool| pool.get_message_by_name(message));
    found.with_context(|| format!("there is no message `{message}`"))
}
