//! Messages that know their fields by a descriptor at run time.

use anyhow::Result;
use prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, MessageDescriptor, ReflectMessage as _, SerializeOptions,
};
use serde_json::{Deserializer, Serializer};

use super::{Defaults, Side};

/// A message and an output buffer.
#[derive(Debug)]
pub(super) struct Reflecting {
    message: DynamicMessage,
    print: SerializeOptions,
    out: Vec<u8>,
}

impl Reflecting {
    pub(super) fn new(descriptor: MessageDescriptor, defaults: Defaults) -> Self {
        let omitted = defaults == Defaults::Omitted;
        let print = SerializeOptions::new().skip_default_fields(omitted);
        Self { message: DynamicMessage::new(descriptor), print, out: Vec::new() }
    }
}

impl Side for Reflecting {
    fn to_wire(&mut self, json: &[u8]) -> Result<&[u8]> {
        self.out.clear();
        let mut json = Deserializer::from_slice(json);
        // It reads into a new message only.
        let message = DynamicMessage::deserialize_with_options(
            self.message.descriptor(),
            &mut json,
            &DeserializeOptions::new(),
        )?;
        json.end()?;
        message.encode(&mut self.out)?;
        Ok(&self.out)
    }

    fn to_json(&mut self, wire: &[u8]) -> Result<&[u8]> {
        self.out.clear();
        self.message.clear();
        self.message.merge(wire)?;
        let mut json = Serializer::new(&mut self.out);
        self.message.serialize_with_options(&mut json, &self.print)?;
        Ok(&self.out)
    }
}
