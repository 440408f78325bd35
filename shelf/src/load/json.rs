//! ProtoJSON as messages, read by the gateway's own tables, so that a line is read exactly as a POST would be.

use std::sync::LazyLock;

use bytes::BytesMut;
use prost::{Message, Name};
use transcoder::{ParseOptions, Plan, PlanConfig};

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    Plan::compile(proto::FILE_DESCRIPTOR_SET, &[], &PlanConfig::default())
        .expect("the contract compiles, which its tests prove")
});

/// Reads one message.
///
/// # Errors
/// What is wrong with the text, and in which column.
pub fn message<M: Message + Name + Default>(text: &[u8]) -> Result<M, String> {
    let name = M::full_name();
    let message = PLAN.message(&name).ok_or_else(|| format!("the contract has no `{name}`"))?;
    let mut wire = BytesMut::with_capacity(text.len());
    PLAN.json_to_wire(message, text, &ParseOptions::default(), &mut wire).map_err(|fault| {
        let column =
            fault.line.map(|(_, column)| format!(" (column {column})")).unwrap_or_default();
        format!("{}{column}", fault.message)
    })?;
    M::decode(wire.freeze()).map_err(|error| error.to_string())
}
