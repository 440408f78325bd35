//! Checks the HTTP rules of a schema against its tables and puts them into the trie.

use super::{Dialect, PlanConfig, PlanError, ResumeRule, RuleOverride};
use crate::call::Rpc;
use crate::load::{HttpRule, Method, Schema};
use crate::route::{Trie, Wins};
use crate::scalar;
use crate::tables::{Card, Field, Kind, Msg, MsgId, Tables, Wkt};
use crate::template::{Colons, Segment, Template};

/// One binding of one method.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) rpc: usize,
    pub(crate) text: String,
    pub(crate) body: Body,
    /// The body fills a `google.api.HttpBody`.
    pub(crate) raw_body: bool,
    /// Index of the reply field that is the whole reply.
    pub(crate) response_body: Option<usize>,
    pub(crate) variables: Vec<Variable>,
    /// Field indices of the etag that `If-Match` fills.
    pub(crate) etag: Option<Vec<usize>>,
    /// Index of the string field `request_id`.
    pub(crate) request_id: Option<usize>,
    /// Index of the FieldMask of a PATCH.
    pub(crate) mask: Option<usize>,
    /// Proto paths below the body field that no mask lists.
    pub(crate) unlisted: Vec<Box<str>>,
    /// Requests with this rule change something.
    pub(crate) writes: bool,
    /// Number of the reply's top-level string field `etag`.
    pub(crate) reply_etag: Option<u32>,
    /// How a broken stream of events is taken up again.
    pub(crate) resume: Option<Resume>,
    /// Another rule of the same pattern has taken its place.
    pub(crate) replaced: bool,
}

/// The fields that tell where a stream is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resume {
    /// Index of the string field of the streamed type.
    pub(crate) event_id: usize,
    /// Index of the string field of the request.
    pub(crate) request_field: usize,
}

/// Where the body goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Root,
    /// Index of a field of the request.
    Field(usize),
}

/// A path variable.
#[derive(Debug)]
pub(crate) struct Variable {
    /// Field indices from the request down.
    pub(crate) path: Vec<usize>,
    pub(crate) text: String,
    pub(crate) start: usize,
    /// `None` when the variable reaches the end of the path.
    pub(crate) end: Option<usize>,
    pub(crate) several: bool,
    /// It fills a list, from a text with commas.
    pub(crate) list: bool,
}

/// Rules, methods, trie and faults of a schema.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) rpcs: Vec<Rpc>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) trie: Trie,
    /// The patterns of refused rules, by their place in `errors`.
    pub(crate) refused: Trie,
    pub(crate) errors: Vec<PlanError>,
    dialect: Dialect,
}

type Checked<T> = Result<T, (Option<usize>, String)>;

impl Rules {
    pub(crate) fn compile(
        tables: &Tables,
        schema: &Schema,
        extra: &[RuleOverride],
        config: &PlanConfig,
    ) -> Self {
        let wins = match config.dialect {
            Dialect::Google => Wins::Narrowest,
            Dialect::GrpcGateway => Wins::Last,
        };
        let (trie, dialect) = (Trie::new(wins), config.dialect);
        let mut rules = Self { trie, dialect, ..Self::default() };
        for method in &schema.methods {
            let name = method.full_name();
            let replaced = extra.iter().filter(|rule| rule.selector == name);
            let mut bindings: Vec<HttpRule> = replaced.map(RuleOverride::to_rule).collect();
            if bindings.is_empty() {
                bindings.extend(method.http.iter().flat_map(flatten));
            }
            if !bindings.is_empty() {
                rules.method(tables, method, &name, &bindings);
            }
        }
        for rule in extra {
            let known = |method: &Method| method.full_name() == rule.selector;
            if !schema.methods.iter().any(known) {
                rules.refuse(&rule.selector, &rule.to_rule(), (None, "no such method".to_owned()));
            }
        }
        for resume in &config.resumes {
            rules.resume(tables, resume);
        }
        rules.trie.finish();
        rules
    }

    /// Gives the rules of one method their way to be taken up again.
    fn resume(&mut self, tables: &Tables, wanted: &ResumeRule) {
        let rpc = self.rpcs.iter().position(|rpc| rpc.full_name == wanted.selector);
        let fields = rpc.and_then(|rpc| {
            let (input, output) = (self.rpcs[rpc].input, self.rpcs[rpc].output);
            let request_field = string_field(tables.msg(input), &wanted.request)?;
            Some(Resume {
                event_id: string_field(tables.msg(output), &wanted.event_id)?,
                request_field,
            })
        });
        match fields {
            Some(fields) => {
                let own = self.rules.iter_mut().filter(|rule| Some(rule.rpc) == rpc);
                own.for_each(|rule| rule.resume = Some(fields));
            }
            None => {
                let message = format!(
                    "no such method, or `{}` or `{}` is no string field of it",
                    wanted.event_id, wanted.request
                );
                self.refuse(&wanted.selector, &HttpRule::default(), (None, message));
            }
        }
    }

    fn refuse(
        &mut self,
        method: &str,
        rule: &HttpRule,
        (column, message): (Option<usize>, String),
    ) {
        if let Ok(template) = Template::parse(&rule.template, self.dialect.colons()) {
            // What else has this pattern was refused before it.
            let _ = self.refused.insert(&template, &rule.method, self.errors.len());
        }
        let rule = format!("{} {}", rule.method, rule.template);
        self.errors.push(PlanError { method: method.to_owned(), rule, column, message });
    }

    fn method(&mut self, tables: &Tables, method: &Method, name: &str, bindings: &[HttpRule]) {
        let rpc = match check_method(tables, method, &bindings[0]) {
            Ok(rpc) => rpc,
            Err(fault) => {
                return bindings.iter().for_each(|rule| self.refuse(name, rule, fault.clone()));
            }
        };
        let (input, output) = (rpc.input, rpc.output);
        self.rpcs.push(rpc);
        for binding in bindings {
            let number = self.rules.len();
            let checked = check(tables, (input, output), binding, self.dialect);
            let added = checked.and_then(|(template, mut rule)| {
                rule.rpc = self.rpcs.len() - 1;
                match self.trie.insert(&template, &binding.method, number) {
                    Ok(replaced) => {
                        if let Some(other) = replaced {
                            self.rules[other].replaced = true;
                        }
                        Ok(rule)
                    }
                    Err(other) => {
                        let other = &self.rules[other];
                        let owner = &self.rpcs[other.rpc].full_name;
                        Err((None, format!("`{owner}` has the same pattern: {}", other.text)))
                    }
                }
            });
            match added {
                Ok(rule) => self.rules.push(rule),
                Err(fault) => self.refuse(name, binding, fault),
            }
        }
        // Without a rule left nothing leads to the method.
        if self.rules.last().is_none_or(|rule| rule.rpc + 1 != self.rpcs.len()) {
            self.rpcs.pop();
        }
    }
}

impl Dialect {
    fn colons(self) -> Colons {
        match self {
            Self::Google => Colons::Verb,
            Self::GrpcGateway => Colons::Anywhere,
        }
    }
}

impl RuleOverride {
    fn to_rule(&self) -> HttpRule {
        HttpRule {
            method: self.method.clone(),
            template: self.template.clone(),
            body: self.body.clone(),
            response_body: self.response_body.clone(),
            additional: Vec::new(),
        }
    }
}

/// A rule and its additional bindings, each with what it says itself.
fn flatten(rule: &HttpRule) -> Vec<HttpRule> {
    let mut all = vec![rule.clone()];
    all.extend(rule.additional.iter().cloned());
    all[0].additional.clear();
    all
}

fn check_method(tables: &Tables, method: &Method, binding: &HttpRule) -> Checked<Rpc> {
    let message = |name: &str| {
        let missing = || (None, format!("type `{name}` is missing"));
        let id = tables.find(name).ok_or_else(missing)?;
        match &tables.msg(id).refused {
            Some(reason) => Err((None, format!("JSON cannot express its types: {reason}"))),
            None => Ok(id),
        }
    };
    if method.client_streaming && method.server_streaming {
        return Err((None, "bidirectional streams have no HTTP form".to_owned()));
    }
    let input = message(&method.input)?;
    let request = tables.msg(input);
    Ok(Rpc {
        grpc_path: format!("/{}/{}", method.service, method.name),
        full_name: method.full_name(),
        reads: binding.method == "GET",
        request_id: string_field(request, "request_id").map(|index| request.fields[index].number),
        input,
        output: message(&method.output)?,
        client_streaming: method.client_streaming,
        server_streaming: method.server_streaming,
    })
}

fn check(
    tables: &Tables,
    (input, output): (MsgId, MsgId),
    binding: &HttpRule,
    dialect: Dialect,
) -> Checked<(Template, Rule)> {
    let plain = |message: String| (None, message);
    if !is_token(&binding.method) {
        return Err(plain("the rule names no HTTP method".to_owned()));
    }
    if !binding.additional.is_empty() {
        return Err(plain("additional bindings cannot be nested".to_owned()));
    }
    let template = Template::parse(&binding.template, dialect.colons())
        .map_err(|fault| (Some(fault.column), fault.message.to_owned()))?;
    let (request, reply) = (tables.msg(input), tables.msg(output));
    let variables = variables(tables, request, &template, dialect)?;
    let body = body(request, &binding.body)?;
    if let Body::Field(index) = body
        && variables.iter().any(|variable| variable.path == [index])
    {
        return Err(plain(format!("`{}` is both body and path variable", binding.body)));
    }
    let response_body = match binding.response_body.as_str() {
        "" => None,
        name => Some(
            reply
                .named(name)
                .ok_or_else(|| plain(format!("`{name}` is not a top-level field of the reply")))?,
        ),
    };
    let mut rule = Rule {
        rpc: 0,
        text: format!("{} {}", binding.method, binding.template),
        body,
        raw_body: is_raw(tables, input, request, body),
        response_body,
        variables,
        etag: etag(tables, request, body),
        request_id: string_field(request, "request_id"),
        mask: None,
        unlisted: Vec::new(),
        writes: !matches!(binding.method.as_str(), "GET" | "HEAD"),
        resume: None,
        replaced: false,
        reply_etag: string_field(reply, "etag").map(|index| reply.fields[index].number),
    };
    if let (Body::Field(index), "PATCH") = (body, binding.method.as_str()) {
        rule.mask = mask(tables, request);
        rule.unlisted = unlisted(&rule.variables, index, &request.fields[index]);
    }
    Ok((template, rule))
}

/// A token of RFC 9110, or `*`.
fn is_token(method: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !method.is_empty() && method.bytes().all(token)
}

fn variables(
    tables: &Tables,
    request: &Msg,
    template: &Template,
    dialect: Dialect,
) -> Checked<Vec<Variable>> {
    let mut variables = Vec::new();
    for variable in &template.variables {
        let fault = |message: String| (Some(variable.column), message);
        let (path, list) = resolve(tables, request, &variable.path, dialect)
            .map_err(|why| fault(format!("`{}` {why}", variable.path)))?;
        let covered = &template.segments[variable.start..variable.end];
        let open = covered.last() == Some(&Segment::Rest);
        variables.push(Variable {
            path,
            text: variable.path.clone(),
            start: variable.start,
            end: Some(variable.end).filter(|_| !open),
            several: open || covered.len() > 1,
            list,
        });
    }
    Ok(variables)
}

/// The field indices of a dotted path that ends in a value with a text form, and whether that is a list of them.
fn resolve(
    tables: &Tables,
    root: &Msg,
    path: &str,
    dialect: Dialect,
) -> Result<(Vec<usize>, bool), &'static str> {
    let mut indices = Vec::new();
    let mut msg = Some(root);
    let mut leaf: Option<&Field> = None;
    for name in path.split('.') {
        let within = msg.ok_or("goes through a field that is no message")?;
        let index = within.named(name).ok_or("is not a field of the request")?;
        let field = &within.fields[index];
        let may_be_list = field.card == Card::Repeated && dialect == Dialect::GrpcGateway;
        if field.is_list() && !may_be_list {
            return Err("is a list or a map");
        }
        indices.push(index);
        let inner = field.message().filter(|_| !field.is_list()).map(|id| tables.msg(id));
        msg = inner.filter(|inner| inner.wkt == Wkt::None);
        leaf = Some(field);
    }
    match leaf.filter(|field| scalar::has_text(tables, field)) {
        Some(leaf) => Ok((indices, leaf.is_list())),
        None => Err("is a message, not a single value"),
    }
}

fn body(request: &Msg, name: &str) -> Checked<Body> {
    match name {
        "" => Ok(Body::None),
        "*" => Ok(Body::Root),
        name => request
            .named(name)
            .map(Body::Field)
            .ok_or_else(|| (None, format!("`{name}` is not a top-level field of the request"))),
    }
}

fn is_raw(tables: &Tables, input: MsgId, request: &Msg, body: Body) -> bool {
    let id = match body {
        Body::None => None,
        Body::Root => Some(input),
        Body::Field(index) => Some(&request.fields[index])
            .filter(|field| field.card == Card::Singular)
            .and_then(Field::message),
    };
    id.is_some_and(|id| tables.msg(id).wkt == Wkt::HttpBody)
}

fn string_field(msg: &Msg, name: &str) -> Option<usize> {
    let index = msg.named(name)?;
    let field = &msg.fields[index];
    (field.kind == Kind::String && !field.is_list()).then_some(index)
}

/// The request's own etag, else that of the body field.
fn etag(tables: &Tables, request: &Msg, body: Body) -> Option<Vec<usize>> {
    if let Some(own) = string_field(request, "etag") {
        return Some(vec![own]);
    }
    let Body::Field(index) = body else { return None };
    let field = &request.fields[index];
    let id = field.message().filter(|_| !field.is_list())?;
    Some(vec![index, string_field(tables.msg(id), "etag")?])
}

/// The first top-level FieldMask, by preference the one called `update_mask`.
fn mask(tables: &Tables, request: &Msg) -> Option<usize> {
    let is_mask = |field: &Field| {
        let id = field.message().filter(|_| !field.is_list());
        id.is_some_and(|id| tables.msg(id).wkt == Wkt::FieldMask)
    };
    let usual = request.named("update_mask").filter(|index| is_mask(&request.fields[*index]));
    usual.or_else(|| request.fields.iter().position(is_mask))
}

/// Paths below the body field that a mask never lists: those bound by the path, and the etag.
fn unlisted(variables: &[Variable], body: usize, field: &Field) -> Vec<Box<str>> {
    let bound = variables.iter().filter(|variable| variable.path.first() == Some(&body));
    let below =
        |variable: &Variable| variable.text.split_once('.').map(|(_, rest)| Box::<str>::from(rest));
    let etag = field.message().map(|_| Box::<str>::from("etag"));
    bound.filter_map(below).chain(etag).collect()
}
