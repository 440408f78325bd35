//! ProtoJSON as messages, read by the gateway's own tables, so that a line is read exactly as a POST would be.

use std::sync::LazyLock;

use bytes::BytesMut;
use prost::{Message, Name};
use transcoder::{Fault, ParseOptions, Plan, PlanConfig, Violation};

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    Plan::compile(proto::FILE_DESCRIPTOR_SET, &[], &PlanConfig::default())
        .expect("the contract compiles, which its tests prove")
});

/// Reads one message.
///
/// # Errors
/// All that is wrong with the text.
pub fn message<M: Message + Name + Default>(text: &[u8]) -> Result<M, Vec<String>> {
    let name = M::full_name();
    let message = PLAN.message(&name);
    let message = message.ok_or_else(|| vec![format!("the contract has no `{name}`")])?;
    let mut wire = BytesMut::with_capacity(text.len());
    PLAN.json_to_wire(message, text, &ParseOptions::default(), &mut wire)
        .map_err(|fault| told(&fault))?;
    M::decode(wire.freeze()).map_err(|error| vec![error.to_string()])
}

/// A fault as sentences: one for each field that it names, or where the text is broken.
fn told(fault: &Fault) -> Vec<String> {
    if fault.violations.is_empty() {
        let column = fault.line.map(|(_, column)| format!(" (column {column})"));
        return vec![format!("{}{}", fault.message, column.unwrap_or_default())];
    }
    let sentence =
        |violation: &Violation| format!("{}: {}", violation.field, violation.description);
    fault.violations.iter().map(sentence).collect()
}
