//! The options of one call: how JSON is read, how it is printed, how errors look.
//! Options never live in the plan, so that a single route may differ from the others.

/// How JSON bodies, query strings and captures become wire bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseOptions {
    /// Drop unknown body fields and unknown enum names, and let a path capture win over a
    /// body value that differs from it.
    pub lenient_body: bool,
    /// Ignore unknown query parameters and those bound by the path.
    pub lenient_query: bool,
    /// Read a body as JSON whatever its content type says.
    pub any_content_type: bool,
    /// Read enum names in any case.
    pub enums_in_any_case: bool,
    /// The longest JSON text read, in bytes.
    pub max_bytes: usize,
    /// How deep JSON may nest; wire messages are counted apart, with the same bound.
    pub max_depth: u16,
    /// How many keys a JSON object may hold.
    pub max_keys: usize,
    /// How many pairs a query string may hold.
    pub max_pairs: usize,
    /// How many names a dotted query path may hold.
    pub max_path: usize,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            lenient_body: false,
            lenient_query: false,
            any_content_type: false,
            enums_in_any_case: false,
            max_bytes: 4 << 20,
            max_depth: 100,
            max_keys: 1024,
            max_pairs: 1_024,
            max_path: 32,
        }
    }
}

/// How wire bytes become JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// Leave out fields without presence that hold their default.
    pub omit_defaults: bool,
    /// Print 64-bit integers as numbers instead of strings.
    pub int64_as_numbers: bool,
    /// Print enum values as numbers instead of names.
    pub enums_as_ints: bool,
    /// Print field names as the proto file spells them.
    pub proto_names: bool,
    /// The longest wire message read, in bytes.
    pub max_wire: usize,
    /// The longest JSON text printed, in bytes.
    pub max_bytes: usize,
    /// How deep wire messages may nest; JSON levels are counted apart, with the same bound.
    pub max_depth: u16,
}

impl Default for PrintOptions {
    fn default() -> Self {
        Self {
            omit_defaults: false,
            int64_as_numbers: false,
            enums_as_ints: false,
            proto_names: false,
            max_wire: 16 << 20,
            max_bytes: 64 << 20,
            max_depth: 100,
        }
    }
}

impl PrintOptions {
    /// Whether they print as the tables have it ready: everything, by JSON names, as ProtoJSON's own defaults say.
    pub(crate) fn is_usual(&self) -> bool {
        let Self { omit_defaults, int64_as_numbers, enums_as_ints, proto_names, .. } = *self;
        !(omit_defaults || int64_as_numbers || enums_as_ints || proto_names)
    }
}

/// How an error body looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorOptions {
    /// The `domain` of every `ErrorInfo` that the gateway itself adds.
    pub domain: String,
    /// AIP-193 envelope, or the plain status.
    pub shape: ErrorShape,
    /// Print `google.rpc.DebugInfo` details instead of withholding them.
    pub debug_info: bool,
    /// The request carried `If-Match`, so ABORTED and FAILED_PRECONDITION are 412.
    pub if_match: bool,
    /// How details are printed.
    pub print: PrintOptions,
}

impl ErrorOptions {
    /// The defaults, with the domain of the service.
    pub fn new(domain: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            shape: ErrorShape::default(),
            debug_info: false,
            if_match: false,
            print: PrintOptions::default(),
        }
    }
}

/// The outer shape of an error body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorShape {
    /// `{"error":{"code":404,"status":"NOT_FOUND","message":…,"details":[…]}}` (AIP-193).
    #[default]
    Envelope,
    /// `{"code":5,"message":…,"details":[…]}`, a `google.rpc.Status` in ProtoJSON.
    Status,
}
