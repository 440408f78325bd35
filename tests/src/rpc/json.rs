//! A call by JSON: the parts of a request as google.api.http has them, sent over one connection that is kept.

use bytes::Bytes;
use http::{Method, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, SerializeOptions};
use serde_json::{Map, Value};
use tokio::net::TcpStream;

use super::{Outcome, Refused, Rpc};
use crate::web::{Answer, Web, encoded};

/// A request of HTTP that is not sent yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The verb.
    pub verb: Method,
    /// The path, encoded.
    pub path: String,
    /// The query: names and values, not encoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
}

/// How fields are spelt in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `displayName`
    Camel,
    /// `display_name`
    Snake,
}

impl Request {
    /// The path with its query, encoded.
    pub fn target(&self) -> String {
        let pairs = self.query.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let query: Vec<String> = pairs.collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path, query.join("&"))
    }
}

impl Rpc {
    /// The request of HTTP for a message; none when JSON has no way to write it, such as a time in the year 10000.
    pub fn json(&self, message: &DynamicMessage, spelling: Spelling) -> Option<Request> {
        let options = SerializeOptions::new()
            .use_proto_field_name(spelling == Spelling::Snake)
            .stringify_64_bit_integers(true);
        let mut out = serde_json::Serializer::new(Vec::new());
        message.serialize_with_options(&mut out, &options).ok()?;
        let json: Value = serde_json::from_slice(&out.into_inner()).ok()?;
        let read = DynamicMessage::deserialize(message.descriptor(), json.clone()).ok()?;
        if read != *message && read.encode_to_vec() != message.encode_to_vec() {
            return None;
        }
        let Value::Object(mut fields) = json else { return None };
        let path = self.filled(&mut fields);
        let body = match self.body.as_str() {
            "" => None,
            "*" => Some(Value::Object(std::mem::take(&mut fields))),
            field => take(&mut fields, field),
        };
        let mut query = Vec::new();
        for (name, value) in fields {
            flatten(name, value, &mut query);
        }
        Some(Request { verb: self.verb.clone(), path, query, body })
    }

    /// The path with its variables filled in, whose fields stand nowhere else then.
    fn filled(&self, fields: &mut Map<String, Value>) -> String {
        let mut path = String::new();
        let mut rest = self.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (variable, after) = after.split_once('}').expect("a variable ends");
            let field = variable.split('=').next().unwrap_or_default();
            let value = match field.split_once('.') {
                None => take(fields, field),
                Some((outer, inner)) => {
                    let outer =
                        fields.get_mut(&spelt(fields, outer)).and_then(Value::as_object_mut);
                    outer.and_then(|outer| take(outer, inner))
                }
            };
            let value = value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            let segments: Vec<String> = value.split('/').map(encoded).collect();
            path.push_str(before);
            path.push_str(&segments.join("/"));
            rest = after;
        }
        path + rest
    }
}

/// How a field is spelt among these.
fn spelt(fields: &Map<String, Value>, name: &str) -> String {
    if fields.contains_key(name) {
        return name.to_owned();
    }
    let mut camel = String::new();
    for (index, word) in name.split('_').enumerate() {
        let (first, rest) = word.split_at(usize::from(index > 0));
        camel.push_str(&first.to_uppercase());
        camel.push_str(rest);
    }
    camel
}

fn take(fields: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let name = spelt(fields, name);
    fields.remove(&name)
}

/// Writes a value as parameters of a query.
fn flatten(name: String, value: Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (inner, value) in fields {
                flatten(format!("{name}.{inner}"), value, into);
            }
        }
        Value::Array(values) => {
            for value in values {
                flatten(name.clone(), value, into);
            }
        }
        Value::String(text) => into.push((name, text)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => into.push((name, value.to_string())),
    }
}

/// A connection to a gateway that goes on from request to request.
#[derive(Debug)]
pub struct Connection {
    web: Web,
    token: String,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    /// A connection for somebody with a token; an empty one is anyone.
    pub fn new(web: Web, token: &str) -> Self {
        Self { web, token: token.to_owned(), sender: None }
    }

    /// Sends a request, and reads what came of it.
    pub async fn call(&mut self, rpc: &Rpc, request: &Request) -> Outcome {
        let answer = self.send(request).await;
        if !answer.status.is_success() {
            return Outcome::Refused(Refused::of_json(&answer));
        }
        let mut json = serde_json::Deserializer::from_slice(&answer.body);
        let read = DynamicMessage::deserialize(rpc.method.output(), &mut json);
        Outcome::Accepted(read.unwrap_or_else(|error| panic!("{error}: {}", answer.text())))
    }

    /// Sends a request.
    pub async fn send(&mut self, request: &Request) -> Answer {
        let mut ask = http::Request::builder()
            .method(request.verb.clone())
            .uri(request.target())
            .header(header::HOST, self.web.host());
        if !self.token.is_empty() {
            ask = ask.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        if request.body.is_some() {
            ask = ask.header(header::CONTENT_TYPE, "application/json");
        }
        let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
        let ask = ask.body(Full::from(body)).expect("a request");
        let response = self.open().await.send_request(ask).await.expect("an answer");
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a whole answer").to_bytes();
        Answer { status: head.status, headers: head.headers, body }
    }

    /// The connection, a new one where the last was closed.
    async fn open(&mut self) -> &mut SendRequest<Full<Bytes>> {
        let ready = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !ready {
            let stream = TcpStream::connect(self.web.address()).await.expect("a gateway");
            let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
            tokio::spawn(connection);
            self.sender = Some(sender);
        }
        self.sender.as_mut().expect("a connection")
    }
}
