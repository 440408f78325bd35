//! Shelf's transcoder: JSON and wire bytes, and no message between them.

use std::sync::LazyLock;

use anyhow::{Context as _, Result, anyhow};
use bytes::BytesMut;
use transcoder::{Fault, MsgId, ParseOptions, Plan, PlanConfig, PrintOptions, RuleOverride};

use super::{Defaults, Side};
use crate::goods::DESCRIPTORS;

/// The transcoder with its output buffer.
#[derive(Debug)]
pub struct Direct {
    message: MsgId,
    parse: ParseOptions,
    print: PrintOptions,
    out: BytesMut,
}

impl Direct {
    /// For the messages of a full name.
    ///
    /// # Errors
    /// There is no such message.
    pub fn new(message: &str, defaults: Defaults) -> Result<Self> {
        let found = plan()?.message(message);
        let message = found.with_context(|| format!("there is no message `{message}`"))?;
        let omit_defaults = defaults == Defaults::Omitted;
        let print = PrintOptions { omit_defaults, ..PrintOptions::default() };
        Ok(Self { message, parse: ParseOptions::default(), print, out: BytesMut::new() })
    }

    /// The same, which reads over members that it does not know.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.parse.lenient_body = true;
        self
    }
}

impl Side for Direct {
    fn to_wire(&mut self, json: &[u8]) -> Result<&[u8]> {
        self.out.clear();
        plan()?.json_to_wire(self.message, json, &self.parse, &mut self.out).map_err(told)?;
        Ok(&self.out)
    }

    fn to_json(&mut self, wire: &[u8]) -> Result<&[u8]> {
        self.out.clear();
        plan()?.wire_to_json(self.message, wire, &self.print, &mut self.out).map_err(told)?;
        Ok(&self.out)
    }
}

/// The compiled tables, with one rule.
///
/// # Errors
/// The descriptors are refused.
pub fn plan() -> Result<&'static Plan> {
    static PLAN: LazyLock<Option<Plan>> = LazyLock::new(|| {
        let rule = RuleOverride {
            selector: "goods.v1.Goods.GetItem".to_owned(),
            method: "GET".to_owned(),
            template: "/v1/{name=items/*}".to_owned(),
            ..RuleOverride::default()
        };
        Plan::compile(DESCRIPTORS, &[rule], &PlanConfig::default()).ok()
    });
    PLAN.as_ref().context("the descriptors are not compiled")
}

fn told(fault: Fault) -> anyhow::Error {
    anyhow!("{fault:?}")
}
