//! The schema that the tests share, and the shortest ways through the crate.

use std::fmt::Write as _;
use std::sync::LazyLock;

use bytes::{Bytes, BytesMut};
use transcoder::{
    Call, Fault, HeaderFields, Input, MsgId, ParseOptions, Plan, PlanConfig, PlanError,
    PrintOptions, Reply, ResumeRule, Routed,
};

pub(crate) static SET: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut compiler = protox::Compiler::new(["tests/protos", "../../proto"]).unwrap();
    compiler.include_imports(true).include_source_info(true).open_file("library.proto").unwrap();
    compiler.encode_file_descriptor_set()
});

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let resumes = vec![ResumeRule {
        selector: "library.v1.Library.WatchLosses".to_owned(),
        event_id: "token".to_owned(),
        request: "after".to_owned(),
    }];
    Plan::compile(&SET, &[], &PlanConfig { resumes, ..PlanConfig::default() }).unwrap()
});

/// Defaults omitted, so that expectations name only what was set.
pub(crate) const TERSE: PrintOptions = PrintOptions {
    omit_defaults: true,
    int64_as_numbers: false,
    enums_as_ints: false,
    proto_names: false,
    max_wire: 16 << 20,
    max_bytes: 64 << 20,
    max_depth: 100,
};

pub(crate) fn plan() -> &'static Plan {
    &PLAN
}

pub(crate) fn message(name: &str) -> MsgId {
    plan().message(name).unwrap_or_else(|| panic!("no message `{name}`"))
}

pub(crate) fn book() -> MsgId {
    message("library.v1.Book")
}

/// The descriptor set of one file with this content, and a plan of it.
pub(crate) fn compile(source: &str) -> Result<Plan, Vec<PlanError>> {
    Plan::compile(&set_of(source), &[], &PlanConfig::default())
}

pub(crate) fn set_of(source: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.proto"), source).unwrap();
    let includes = [folder.path(), "../../proto".as_ref()];
    let mut compiler = protox::Compiler::new(includes).unwrap();
    compiler.include_imports(true).open_file("t.proto").unwrap();
    compiler.encode_file_descriptor_set()
}

/// A book in wire bytes.
pub(crate) fn wire(json: &str) -> Result<Vec<u8>, Fault> {
    wire_with(json, &ParseOptions::default())
}

pub(crate) fn wire_with(json: &str, options: &ParseOptions) -> Result<Vec<u8>, Fault> {
    wire_of(book(), json.as_bytes(), options)
}

pub(crate) fn wire_of(id: MsgId, json: &[u8], options: &ParseOptions) -> Result<Vec<u8>, Fault> {
    let mut out = BytesMut::from("kept");
    let result = plan().json_to_wire(id, json, options, &mut out);
    assert!(out.starts_with(b"kept") && (result.is_ok() || out.len() == 4), "{out:?}");
    result.map(|()| out[4..].to_vec())
}

/// A book in JSON, without defaults.
pub(crate) fn json(wire: &[u8]) -> Result<String, Fault> {
    json_of(book(), wire, &TERSE)
}

pub(crate) fn json_of(id: MsgId, wire: &[u8], options: &PrintOptions) -> Result<String, Fault> {
    let mut out = BytesMut::from("kept");
    let result = plan().wire_to_json(id, wire, options, &mut out);
    assert!(out.starts_with(b"kept") && (result.is_ok() || out.len() == 4), "{out:?}");
    result.map(|()| String::from_utf8(out[4..].to_vec()).unwrap())
}

/// What a book reads as, printed again.
fn reprint(json_text: &str) -> Result<String, Fault> {
    json(&wire(json_text)?)
}

/// The body is read, and prints like this.
pub(crate) fn accepts(body: &str, printed: &str) {
    assert_eq!(reprint(body).unwrap(), printed, "{body}");
}

/// The body is refused for this reason, and this field is blamed.
pub(crate) fn refuses(body: &str, reason: &str, field: &str) {
    let fault = wire(body).expect_err(body);
    let found = fault.violations.first().map_or("", |violation| &violation.field);
    assert_eq!((fault.reason, found, fault.status), (reason, field, 400), "{body}: {fault}");
}

/// Hexadecimal to bytes; spaces are for the reader.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The call of a request line.
pub(crate) fn call<'u>(method: &str, path: &'u str) -> Call<'static, 'u> {
    match plan().route(method, path) {
        Routed::Hit(call) => call,
        other => panic!("{method} {path}: {other:?}"),
    }
}

/// One HTTP request: `target` may hold a query.
#[derive(Clone, Copy, Default)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) body: &'a str,
    pub(crate) headers: HeaderFields<'a>,
    pub(crate) options: ParseOptions,
}

impl Request<'_> {
    /// The request message in wire bytes.
    pub(crate) fn wire(&self) -> Result<Vec<u8>, Fault> {
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        let input = Input {
            query,
            content_type: "application/json",
            body: self.body.as_bytes(),
            headers: self.headers,
        };
        let mut out = BytesMut::from("kept");
        let result = call(self.method, path).request(&input, &self.options, &mut out);
        assert!(result.is_ok() || out.len() == 4, "{out:?}");
        result.map(|()| out[4..].to_vec())
    }

    /// The request message in JSON without defaults.
    pub(crate) fn json(&self) -> Result<String, Fault> {
        let path = self.target.split('?').next().unwrap_or_default();
        let id = call(self.method, path).rpc().input();
        json_of(id, &self.wire()?, &TERSE)
    }
}

pub(crate) fn get(target: &str) -> Result<String, Fault> {
    Request { method: "GET", target, ..Request::default() }.json()
}

pub(crate) fn send(method: &str, target: &str, body: &str) -> Result<String, Fault> {
    Request { method, target, body, ..Request::default() }.json()
}

/// The JSON of a reply to a GET.
pub(crate) fn reply(path: &str, wire: Vec<u8>) -> Result<String, Fault> {
    let mut out = BytesMut::new();
    match call("GET", path).response(&Bytes::from(wire), &TERSE, &mut out)? {
        Reply::Json => Ok(String::from_utf8(out.to_vec()).unwrap()),
        Reply::Raw { .. } => panic!("raw reply"),
    }
}

/// Reason and first field of a fault.
pub(crate) fn blame<T: std::fmt::Debug>(result: Result<T, Fault>) -> (&'static str, String) {
    let fault = result.expect_err("a fault");
    let field = fault.violations.first().map(|violation| violation.field.clone());
    (fault.reason, field.unwrap_or_default())
}
