//! Typed messages: prost between the wire and a struct, pbjson and serde_json between the struct and JSON.

use anyhow::Result;
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use super::Side;

/// A message and an output buffer.
#[derive(Debug, Default)]
pub(super) struct Typed<M> {
    message: M,
    out: Vec<u8>,
}

impl<M: Message + Default + Serialize + DeserializeOwned> Side for Typed<M> {
    fn to_wire(&mut self, json: &[u8]) -> Result<&[u8]> {
        self.out.clear();
        // serde reads into a new value only.
        let message: M = serde_json::from_slice(json)?;
        message.encode(&mut self.out)?;
        Ok(&self.out)
    }

    fn to_json(&mut self, wire: &[u8]) -> Result<&[u8]> {
        self.out.clear();
        self.message.clear();
        self.message.merge(wire)?;
        serde_json::to_writer(&mut self.out, &self.message)?;
        Ok(&self.out)
    }
}
