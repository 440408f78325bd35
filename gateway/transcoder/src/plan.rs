//! The compiled tables of a descriptor set: compiled once, read by every request.

mod rules;

use std::sync::Arc;

use bytes::BytesMut;
use twox_hash::XxHash3_128;

use crate::builtin;
use crate::json_in::{self, Target};
use crate::json_out;
use crate::load::{Notes, Schema};
use crate::route::{Found, Trie};
pub use crate::tables::MsgId;
use crate::tables::Tables;
use crate::{Call, Fault, ParseOptions, PrintOptions, Routed, Rpc, RuleId};

pub(crate) use rules::{Body, Resume, Rule, Variable};

/// The longest descriptor set compiled, in bytes.
const MAX_SET: usize = 16 << 20;

/// What [`Plan::compile`] does beyond the rules themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanConfig {
    /// Leave out methods with faulty rules, and list them in [`Plan::skipped`], instead of
    /// refusing the whole set.
    pub skip_invalid: bool,
    /// Streams whose events have ids, so that a browser can take them up again.
    pub resumes: Vec<ResumeRule>,
    /// How rules are read.
    pub dialect: Dialect,
}

/// How rules are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// As `google.api.http` says it.
    #[default]
    Google,
    /// As the grpc-gateway project does: the rule that comes last wins, a path variable may fill a list from a text with commas,
    /// and literals and verbs may hold colons.
    GrpcGateway,
}

/// How a broken stream of server-sent events is taken up again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResumeRule {
    /// `package.Service.Method`.
    pub selector: String,
    /// The string field of the streamed type that is each event's id.
    pub event_id: String,
    /// The string field of the request that `Last-Event-ID` fills.
    pub request: String,
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

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.method.is_empty() {
            write!(f, "`{}`, rule `{}`", self.method, self.rule)?;
            if let Some(column) = self.column {
                write!(f, ", column {column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for PlanError {}

/// The compiled tables: messages, enums and routes. Immutable.
///
/// ```
/// use bytes::BytesMut;
/// use transcoder::{ParseOptions, Plan, PlanConfig, PrintOptions};
///
/// // An empty set still knows the well-known types.
/// let plan = Plan::compile(&[], &[], &PlanConfig::default()).unwrap();
/// let timestamp = plan.message("google.protobuf.Timestamp").unwrap();
/// let (mut wire, mut json) = (BytesMut::new(), BytesMut::new());
/// plan.json_to_wire(timestamp, br#""2026-01-31T12:00:00+01:00""#, &ParseOptions::default(), &mut wire)
///     .unwrap();
/// plan.wire_to_json(timestamp, &wire, &PrintOptions::default(), &mut json).unwrap();
/// assert_eq!(&json[..], br#""2026-01-31T11:00:00Z""#);
/// ```
#[derive(Debug)]
pub struct Plan {
    pub(crate) tables: Tables,
    pub(crate) rules: Vec<Rule>,
    rpcs: Vec<Arc<Rpc>>,
    trie: Trie,
    /// The patterns of rules that were left out, by their place in `skipped`.
    refused: Trie,
    skipped: Vec<PlanError>,
    fingerprint: u128,
    pub(crate) notes: Notes,
}

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
        if set.len() > MAX_SET {
            return Err(fault_of_set("the descriptor set is larger than 16 MiB".to_owned()));
        }
        let schema = Schema::read(set);
        let mut schema =
            schema.map_err(|_| fault_of_set("this is no descriptor set".to_owned()))?;
        builtin::complete(&mut schema);
        let tables = Tables::build(&schema).map_err(fault_of_set)?;
        let compiled = rules::Rules::compile(&tables, &schema, extra_rules, config);
        if !compiled.errors.is_empty() && !config.skip_invalid {
            return Err(compiled.errors);
        }
        Ok(Self {
            tables,
            rules: compiled.rules,
            rpcs: compiled.rpcs.into_iter().map(Arc::new).collect(),
            trie: compiled.trie,
            refused: compiled.refused,
            skipped: compiled.errors,
            fingerprint: fingerprint(set, extra_rules),
            notes: schema.notes,
        })
    }

    /// The methods and rules left out under [`PlanConfig::skip_invalid`].
    pub fn skipped(&self) -> &[PlanError] {
        &self.skipped
    }

    /// A value that is equal on every replica with the same set and rules.
    pub fn fingerprint(&self) -> u128 {
        self.fingerprint
    }

    /// Finds the rule of a request. `raw_path` is the path as received, still encoded.
    pub fn route<'p, 'u>(&'p self, method: &str, raw_path: &'u str) -> Routed<'p, 'u> {
        match self.trie.find(method, raw_path) {
            Found::Miss => self.left_out(method, raw_path).unwrap_or(Routed::Miss),
            Found::WrongMethod(allow) => {
                let wrong = Routed::WrongMethod { allow };
                self.left_out(method, raw_path).unwrap_or(wrong)
            }
            Found::Rule { rule, end, head } => Routed::Hit(Call {
                plan: self,
                rule: &self.rules[rule],
                rpc: &self.rpcs[self.rules[rule].rpc],
                number: rule,
                path: &raw_path[..end],
                head,
            }),
        }
    }

    /// Whether the path is that of a rule that was left out.
    fn left_out<'p, 'u>(&'p self, method: &str, raw_path: &'u str) -> Option<Routed<'p, 'u>> {
        match self.refused.find(method, raw_path) {
            Found::Rule { rule, .. } => Some(Routed::LeftOut { error: &self.skipped[rule] }),
            Found::WrongMethod(_) | Found::Miss => None,
        }
    }

    /// A call of a rule of this plan, found before, without the path of its request: what prints the replies of a stream after
    /// the request itself is gone.
    pub fn call_of(&self, rule: RuleId) -> Call<'_, 'static> {
        let RuleId(number) = rule;
        let rule = &self.rules[number];
        Call { plan: self, rule, rpc: &self.rpcs[rule.rpc], number, path: "", head: false }
    }

    /// Every method with at least one rule.
    pub fn rpcs(&self) -> &[Arc<Rpc>] {
        &self.rpcs
    }

    /// The message of a full name, without a leading dot.
    pub fn message(&self, full_name: &str) -> Option<MsgId> {
        self.tables.find(full_name)
    }

    /// The full name of a message.
    pub fn name_of(&self, message: MsgId) -> &str {
        &self.tables.msg(message).name
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
        json_in::read(&self.tables, Target::Message(message), json, options, None, out).map(drop)
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
        json_out::print(&self.tables, message, wire, options, out)
    }
}

fn fault_of_set(message: String) -> Vec<PlanError> {
    vec![PlanError { method: String::new(), rule: String::new(), column: None, message }]
}

fn fingerprint(set: &[u8], extra_rules: &[RuleOverride]) -> u128 {
    let rules = extra_rules.iter().flat_map(|rule| {
        [&rule.selector, &rule.method, &rule.template, &rule.body, &rule.response_body]
    });
    rules.fold(XxHash3_128::oneshot(set), |sum, part| {
        let seed = (sum ^ sum >> 64) as u64;
        XxHash3_128::oneshot_with_seed(seed, part.as_bytes())
    })
}
