//! The compiled tables of a descriptor set.

use bytes::BytesMut;

use crate::{Fault, ParseOptions, PrintOptions, Routed, Rpc};

/// A message type of one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MsgId(pub(crate) u32);

/// What [`Plan::compile`] does beyond the rules themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanConfig {
    /// Leave out methods with faulty rules, and list them in [`Plan::skipped`], instead of
    /// refusing the whole set.
    pub skip_invalid: bool,
}

/// A rule from outside the descriptors; it replaces the annotation of its method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleOverride {
    /// `package.Service.Method`.
    pub selector: String,
    /// The HTTP method, or `*`.
    pub method: String,
    /// The path template.
    pub template: String,
    /// `*`, a request field, or empty.
    pub body: String,
    /// A reply field, or empty.
    pub response_body: String,
}

/// Why a descriptor set or a rule was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// `package.Service.Method`, or empty when the set itself is at fault.
    pub method: String,
    /// The rule, as `GET /v1/{name=shelves/*}`, or empty.
    pub rule: String,
    /// Column in the template, from 1, where there is one.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// The compiled tables: messages, enums and routes. Immutable.
#[derive(Debug)]
pub struct Plan {}

impl Plan {
    /// Compiles a serialized `google.protobuf.FileDescriptorSet`.
    ///
    /// # Errors
    /// Every fault of the set and of its rules.
    pub fn compile(
        set: &[u8],
        extra_rules: &[RuleOverride],
        config: &PlanConfig,
    ) -> Result<Self, Vec<PlanError>> {
        unimplemented!()
    }

    /// The methods left out under [`PlanConfig::skip_invalid`].
    pub fn skipped(&self) -> &[PlanError] {
        unimplemented!()
    }

    /// A value that is equal on every replica with the same set and rules.
    pub fn fingerprint(&self) -> u128 {
        unimplemented!()
    }

    /// Finds the rule of a request. `raw_path` is the path as received, still encoded.
    pub fn route<'p, 'u>(&'p self, method: &str, raw_path: &'u str) -> Routed<'p, 'u> {
        unimplemented!()
    }

    /// Every method with at least one rule.
    pub fn rpcs(&self) -> &[Rpc] {
        unimplemented!()
    }

    /// The message of a full name, without a leading dot.
    pub fn message(&self, full_name: &str) -> Option<MsgId> {
        unimplemented!()
    }

    /// Appends the wire bytes of one JSON value to `out`.
    ///
    /// # Errors
    /// The text is not ProtoJSON of this message; `out` then holds nothing new.
    pub fn json_to_wire(
        &self,
        message: MsgId,
        json: &[u8],
        options: &ParseOptions,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        unimplemented!()
    }

    /// Appends the JSON of one wire message to `out`.
    ///
    /// # Errors
    /// The bytes are broken, too large or not expressible; `out` then holds nothing new.
    pub fn wire_to_json(
        &self,
        message: MsgId,
        wire: &[u8],
        options: &PrintOptions,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        unimplemented!()
    }
}
