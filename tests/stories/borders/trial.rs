//! One RPC on trial: each value is put into the faultless request, sent both ways, and what comes of it is judged.

use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};
use tests::{
    people::Person,
    rpc::{self, Connection, Outcome, Refused, Rpc, Spelling, behaves},
};

use super::{
    places::{Place, What},
    rules,
    samples::Stock,
};

/// Reasons beside FIELD_INVALID, each with the fields that it may be about.
const REASONS: [(&str, &[&str]); 20] = [
    ("PAGE_TOKEN_INVALID", &["page_token"]),
    ("FILTER_INVALID", &["filter"]),
    ("ORDER_INVALID", &["order_by"]),
    ("MASK_INVALID", &["update_mask"]),
    ("ETAG_MISMATCH", &["etag"]),
    (
        "RESOURCE_NOT_FOUND",
        &["name", "names", "parent", "slug", "base_revision", "base_etag", "requests"],
    ),
    ("PRODUCT_ID_TAKEN", &["product_id", "requests"]),
    ("VARIANT_ID_TAKEN", &["variant_id"]),
    ("SKU_TAKEN", &["sku", "requests"]),
    ("SLUG_TAKEN", &["slug", "requests"]),
    ("LOGIN_TAKEN", &["login"]),
    ("NOT_DELETED", &["name", "requests"]),
    ("STATE_INVALID", &["name", "requests"]),
    ("HAS_CHILDREN", &["name"]),
    ("CATEGORY_CYCLE", &["parent"]),
    ("BATCH_TOO_LARGE", &["requests", "names"]),
    ("MESSAGE_TOO_LARGE", &["requests", "update_mask"]),
    ("CREDENTIALS_INVALID", &["login", "password", "token", "display_name", "validate_only"]),
    ("RATE_LIMITED", &["login", "password"]),
    ("LAST_ADMIN", &["name"]),
];

/// Fields that are judged together with others: what is wrong with the first is told of the second.
const TOGETHER: [(&str, &str); 9] = [
    ("name", "variant"),
    ("options", "option_values"),
    ("option_values", "option_values"),
    ("amount", "compare_at_amount"),
    ("prices", "prices"),
    ("publish_time", "unpublish_time"),
    ("login", "password"),
    ("expire_time", "ttl"),
    ("requests", "requests"),
];

/// What only the insides of the service would say.
const INSIDES: [&str; 22] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "sqlite",
    "SQLite",
    "constraint",
    "rusqlite",
    "prost",
    "Protobuf",
    "tonic",
    "tantivy",
    "jiff",
    "panicked",
    "unwrap",
    "Some(",
    "None",
    "Err(",
    "::",
    ".rs:",
    "std",
    "RUST",
    "Dynamic",
];

pub(super) struct Trial<'a> {
    rpc: &'a Rpc,
    person: &'a Person,
    web: Connection,
    sample: DynamicMessage,
    /// What went otherwise than it must.
    pub(super) problems: Vec<String>,
}

impl<'a> Trial<'a> {
    /// Tries an RPC by the one who may do everything.
    pub(super) fn new(stock: &'a Stock, rpc: &'a Rpc) -> Self {
        let person = &stock.shop.people.admin;
        let web = Connection::new(stock.shop.web(), person.token());
        Self { rpc, person, web, sample: stock.request(rpc), problems: Vec::new() }
    }

    /// The faultless request.
    pub(super) fn sample(&self) -> &DynamicMessage {
        &self.sample
    }

    /// Puts a value into a place, and judges what comes of it.
    pub(super) async fn put(&mut self, place: &Place, what: &str, value: Option<Value>) {
        let what = what.chars().take(80).collect::<String>();
        let mut request = self.sample.clone();
        place.put(&mut request, value);
        let outcome = self.rpc.call(self.person, &request).await;
        let found = self.judge(place, &request, &outcome);
        self.note(place, &format!("{what} by gRPC"), found);
        if matches!(outcome, Outcome::Accepted(_))
            && is_tried_only(&request)
            && is_kept(place, &request)
        {
            let found = self.keep(place, &request).await;
            self.note(place, &format!("{what} kept"), found);
        }
        // What the service makes of a short text is the same however it came.
        if !is_kept(place, &request) {
            return;
        }
        let Some(ask) = self.rpc.json(&request, Spelling::Camel) else { return };
        if ask.target().len() > 12_000 {
            return;
        }
        let by_json = self.web.call(self.rpc, &ask).await;
        // JSON refuses by itself what it has no form for.
        let has_form = !self.in_path(place) && has_form(place, &request);
        let mut found =
            if has_form { self.judge(place, &request, &by_json) } else { general(&by_json) };
        if found.is_none() && has_form {
            found = differ(&outcome, &by_json);
        }
        self.note(place, &format!("{what} by JSON"), found);
    }

    fn note(&mut self, place: &Place, what: &str, found: Option<String>) {
        if let Some(found) = found {
            let found: String = found.chars().take(600).collect();
            self.problems.push(format!("{} {place} = {what}: {found}", self.rpc.name()));
        }
    }

    /// Whether JSON has the place in the path, where not every value can stand.
    fn in_path(&self, place: &Place) -> bool {
        ["=", "}", "."].iter().any(|end| self.rpc.path.contains(&format!("{{{place}{end}")))
    }

    fn judge(&self, place: &Place, request: &DynamicMessage, outcome: &Outcome) -> Option<String> {
        let broken = rules::broken(request);
        if let Some(found) = general(outcome) {
            return Some(found);
        }
        match outcome {
            Outcome::Accepted(_) if !broken.is_empty() => Some(format!("taken, though {broken:?}")),
            Outcome::Accepted(answer) => self.unlike(place, request, answer),
            Outcome::Refused(refused) if place.is_output => {
                Some(format!("not ignored: {refused:?}"))
            }
            Outcome::Refused(refused) => {
                let missing = broken.iter().filter(|path| !names(refused, path)).count();
                if missing > refused.left_out {
                    return Some(format!("{refused:?}, not {broken:?}"));
                }
                let fits = if refused.reason == "FIELD_INVALID" {
                    !refused.fields.is_empty()
                        && refused.fields.iter().all(|field| is_about(place, field))
                } else {
                    broken.is_empty() && has_reason(place, &refused.reason)
                };
                (!fits).then(|| format!("{refused:?}"))
            }
        }
    }

    /// What the answer says otherwise than the request; what the service fills in is never what was sent.
    fn unlike(
        &self,
        place: &Place,
        request: &DynamicMessage,
        answer: &DynamicMessage,
    ) -> Option<String> {
        let resource = self.rpc.resource()?;
        let within = place.within_first().filter(|_| place.lies_in(resource.name()))?;
        let passing = ["name", "etag"].contains(&place.field.name())
            || behaves(&place.field, "INPUT_ONLY")
            || place.is_output
            || (self.rpc.name() == "UpdateProduct" && place.lies_in("variants"));
        let sent = if place.what == What::Key { place.map(request) } else { place.get(request) };
        let sent = sent.filter(|_| !passing).filter(|sent| !is_empty(sent))?;
        let got = if place.what == What::Key { within.map(answer) } else { within.get(answer) };
        let sent = as_kept(sent);
        (got.clone().map(as_kept).as_ref() != Some(&sent))
            .then(|| format!("sent {sent}, got {got:?}"))
    }

    /// Does what was only tried, reads it by itself, and takes it away again or puts the sample in its place.
    async fn keep(&mut self, place: &Place, request: &DynamicMessage) -> Option<String> {
        let name = self.rpc.name();
        let kind = name.strip_prefix("Create").or(name.strip_prefix("Update"))?.to_owned();
        self.rpc.resource()?;
        let mut request = request.clone();
        request.clear_field_by_name("validate_only");
        let outcome = self.rpc.call(self.person, &request).await;
        let Outcome::Accepted(answer) = &outcome else {
            return Some(format!("only tried: {outcome:?}"));
        };
        let get = rpc::named(&format!("Get{kind}"));
        let named = with_name(&get, answer);
        let read = get.call(self.person, &named).await.answer();
        let mut found = self.unlike(place, &request, &read);
        let by_json =
            self.web.call(&get, &get.json(&named, Spelling::Camel).expect("a name")).await;
        match by_json {
            Outcome::Accepted(by_json) if same(&by_json) != same(&read) => {
                found = Some(format!("{by_json} by JSON, {read} by gRPC"));
            }
            Outcome::Accepted(_) => {}
            Outcome::Refused(refused) => {
                found = Some(format!("kept, and not read by JSON: {refused:?}"))
            }
        }
        if name.starts_with("Create") {
            let mut ways = vec![format!("Delete{kind}")];
            ways.extend((kind == "Product").then(|| "ExpungeProduct".to_owned()));
            for way in ways {
                let way = rpc::named(&way);
                way.call(self.person, &with_name(&way, answer)).await.answer();
            }
        } else {
            let mut back = self.sample.clone();
            back.clear_field_by_name("validate_only");
            self.rpc.call(self.person, &back).await.answer();
        }
        found
    }
}

/// A message without a difference between what is unset and what is set to nothing.
fn same(message: &DynamicMessage) -> DynamicMessage {
    DynamicMessage::decode(message.descriptor(), message.encode_to_vec().as_slice())
        .expect("itself")
}

fn with_name(rpc: &Rpc, resource: &DynamicMessage) -> DynamicMessage {
    let mut request = rpc.request();
    request.set_field_by_name("name", resource.get_field_by_name("name").unwrap().into_owned());
    request
}

fn is_tried_only(request: &DynamicMessage) -> bool {
    request.get_field_by_name("validate_only").is_some_and(|value| value.as_bool() == Some(true))
}

/// Whether a value that was taken is written as well. Each text would take long, so only the longest of them are, and one that
/// holds most of the others.
fn is_kept(place: &Place, request: &DynamicMessage) -> bool {
    match place.get(request) {
        Some(Value::String(text)) => {
            text.chars().count() >= 35 && place.field.name() != "request_id"
        }
        _ => true,
    }
}

/// Whether ProtoJSON has a form for a value: in a mask, paths stand side by side, without escapes.
fn has_form(place: &Place, request: &DynamicMessage) -> bool {
    let Some(Value::Message(mask)) = place.get(request) else { return true };
    let Some(paths) = mask.get_field_by_name("paths") else { return true };
    let paths = paths.as_list().unwrap_or_default();
    !paths.iter().filter_map(Value::as_str).any(|path| path.contains(|letter| letter < ' '))
}

/// What no outcome may be, whatever was asked.
fn general(outcome: &Outcome) -> Option<String> {
    let refused = outcome.refusal()?;
    let faults = faults_of(refused);
    (!faults.is_empty()).then(|| format!("{faults:?}: {refused:?}"))
}

/// What a refusal must never be or say.
pub(super) fn faults_of(refused: &Refused) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let own = ["INTERNAL", "UNKNOWN", "DATA_LOSS", "UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"];
    faults.extend(own.into_iter().filter(|code| *code == refused.code));
    if refused.reason.is_empty() {
        faults.push("no reason");
    }
    // The details of a status are printed as Rust does.
    let words = refused.words.split(" ErrorDetails {").next().unwrap_or_default();
    faults.extend(INSIDES.into_iter().filter(|inside| words.contains(inside)));
    faults
}

/// Whether the ways told something else.
fn differ(one: &Outcome, other: &Outcome) -> Option<String> {
    match (one, other) {
        (Outcome::Accepted(_), Outcome::Accepted(_)) => None,
        (Outcome::Refused(one), Outcome::Refused(other)) if one.reason == other.reason => None,
        (one, other) => Some(format!("{one:?} by gRPC, {other:?} by JSON")),
    }
}

/// Whether a refusal names a field; long names are cut.
fn names(refused: &Refused, path: &str) -> bool {
    let cut = |told: &String| told.strip_suffix('…').is_some_and(|told| path.starts_with(told));
    refused.fields.iter().any(|told| told == path || cut(told))
}

/// Whether what is told of a field can be about the place.
fn is_about(place: &Place, field: &str) -> bool {
    let path = place.to_string();
    let last = field.rsplit('.').next().unwrap_or(field);
    let last = last.split('[').next().unwrap_or(last);
    let of_oneof = place.field.containing_oneof().is_some_and(|oneof| {
        let siblings = path.strip_suffix(place.field.name()).unwrap_or_default();
        field == format!("{siblings}{}", oneof.name())
    });
    field.starts_with(&path)
        || of_oneof
        || path.starts_with(field)
        || TOGETHER.iter().any(|(one, other)| place.lies_in(one) && *other == last)
        || (place.lies_in("requests") && field.starts_with("requests"))
}

fn has_reason(place: &Place, reason: &str) -> bool {
    let fields = REASONS.iter().find(|(known, _)| *known == reason);
    fields.is_some_and(|(_, fields)| fields.iter().any(|field| place.lies_in(field)))
}

/// Whether a value counts as not given.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::EnumNumber(number) => *number == 0,
        Value::Bool(set) => !set,
        _ => false,
    }
}

/// Times are kept to the microsecond, and what is set to nothing is not kept.
fn as_kept(value: Value) -> Value {
    let Value::Message(message) = value else { return value };
    let mut message = same(&message);
    if message.descriptor().full_name() == "google.protobuf.Timestamp" {
        let nanos = message.get_field_by_name("nanos").and_then(|nanos| nanos.as_i32()).unwrap();
        message.set_field_by_name("nanos", Value::I32(nanos / 1_000 * 1_000));
    }
    Value::Message(same(&message))
}
