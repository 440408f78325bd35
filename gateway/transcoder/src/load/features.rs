//! Edition features: what a file, message, field or enum inherits and overrides.

use super::each;
use crate::wire::{Broken, Value};

/// The features that decide whether ProtoJSON can express something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features {
    pub(crate) explicit_presence: bool,
    pub(crate) required: bool,
    pub(crate) closed_enums: bool,
    pub(crate) packed: bool,
    pub(crate) delimited: bool,
}

impl Features {
    pub(crate) const PROTO2: Self = Self {
        explicit_presence: true,
        required: false,
        closed_enums: true,
        packed: false,
        delimited: false,
    };
    pub(crate) const PROTO3: Self = Self {
        explicit_presence: false,
        required: false,
        closed_enums: false,
        packed: true,
        delimited: false,
    };
    pub(crate) const EDITION_2023: Self = Self {
        explicit_presence: true,
        required: false,
        closed_enums: false,
        packed: true,
        delimited: false,
    };

    /// These features, with the overrides in the given options messages.
    pub(super) fn inherit(mut self, options: Vec<&[u8]>, field: u32) -> Result<Self, Broken> {
        for part in options {
            each(part, |number, value| match value {
                Value::Bytes(set) if number == field => self.apply(set),
                _ => Ok(()),
            })?;
        }
        Ok(self)
    }

    fn apply(&mut self, set: &[u8]) -> Result<(), Broken> {
        each(set, |number, value| {
            match (number, value) {
                (1, Value::Bits(presence)) => {
                    self.explicit_presence = presence != 2;
                    self.required = presence == 3;
                }
                (2, Value::Bits(kind)) => self.closed_enums = kind == 2,
                (3, Value::Bits(encoding)) => self.packed = encoding == 1,
                (5, Value::Bits(encoding)) => self.delimited = encoding == 2,
                _ => {}
            }
            Ok(())
        })
    }
}
