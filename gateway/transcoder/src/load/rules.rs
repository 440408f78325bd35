//! `google.api.HttpRule` as it stands on the wire.

use super::{each, utf8};
use crate::wire::{Broken, Value};

/// One rule, with its additional bindings.
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpRule {
    pub(crate) method: String,
    pub(crate) template: String,
    pub(crate) body: String,
    pub(crate) response_body: String,
    pub(crate) additional: Vec<HttpRule>,
}

impl HttpRule {
    /// The number of the `google.api.http` extension of `MethodOptions`.
    pub(super) const EXTENSION: u32 = 72_295_728;

    pub(super) fn read(&mut self, wire: &[u8]) -> Result<(), Broken> {
        each(wire, |number, value| {
            let Value::Bytes(content) = value else { return Ok(()) };
            match number {
                2 => self.pattern("GET", content),
                3 => self.pattern("PUT", content),
                4 => self.pattern("POST", content),
                5 => self.pattern("DELETE", content),
                6 => self.pattern("PATCH", content),
                7 => self.body = utf8(content),
                8 => self.custom(content)?,
                11 => {
                    let mut rule = Self::default();
                    rule.read(content)?;
                    self.additional.push(rule);
                }
                12 => self.response_body = utf8(content),
                _ => {}
            }
            Ok(())
        })
    }

    fn pattern(&mut self, method: &str, template: &[u8]) {
        method.clone_into(&mut self.method);
        self.template = utf8(template);
    }

    fn custom(&mut self, wire: &[u8]) -> Result<(), Broken> {
        each(wire, |number, value| {
            match (number, value) {
                (1, Value::Bytes(kind)) => self.method = utf8(kind),
                (2, Value::Bytes(path)) => self.template = utf8(path),
                _ => {}
            }
            Ok(())
        })
    }
}
