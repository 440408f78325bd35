//! A small HTTP/1.1 client: one request a connection, nothing followed, nothing kept but what a test asks for.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::process::PATIENCE;

/// A client of one gateway.
#[derive(Clone, Debug)]
pub struct Web {
    address: SocketAddr,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// An answer whose body has still to come.
#[derive(Debug)]
pub struct Opened {
    /// Its head, and its body.
    pub response: Response<Incoming>,
    /// The connection lasts as long as this.
    _sender: SendRequest<Full<Bytes>>,
}

impl Opened {
    /// What comes next of the body; none: it has ended, or broken off.
    pub async fn piece(&mut self) -> Option<Bytes> {
        loop {
            let frame = self.response.body_mut().frame().await?.ok()?;
            if let Ok(data) = frame.into_data() {
                return Some(data);
            }
        }
    }
}

/// A request in the making.
#[derive(Debug)]
pub struct Ask {
    address: SocketAddr,
    request: Request<Full<Bytes>>,
}

impl Web {
    /// A client of the gateway at an address.
    pub fn at(address: SocketAddr) -> Self {
        Self { address, headers: Vec::new() }
    }

    /// The same client, with a header field on every request.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.into(), value.into()));
        client
    }

    /// The same client with a bearer token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same client with a session's cookie, as a browser on the same site.
    #[must_use]
    pub fn with_cookie(&self, cookie: &str) -> Self {
        self.with("cookie", cookie).with("sec-fetch-site", "same-origin")
    }

    /// The address and port, as a Host field names them.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Where the gateway answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A request.
    pub fn ask(&self, method: Method, path: &str) -> Ask {
        let mut request = Request::new(Full::default());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().expect("a path");
        let mut ask = Ask { address: self.address, request }.header("host", &self.host());
        for (name, value) in &self.headers {
            ask = ask.header(name, value);
        }
        ask
    }

    /// GETs a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).send().await
    }

    /// Asks until the answer has this status; nothing else tells when a service is back.
    pub async fn until(&self, path: &str, status: StatusCode) -> Answer {
        let asked = async {
            loop {
                let answer = self.get(path).await;
                if answer.status == status {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        answer.unwrap_or_else(|_| panic!("{path} never answered {status}"))
    }

    /// DELETEs a path.
    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path).send().await
    }

    /// POSTs JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path).json(body).send().await
    }

    /// PATCHes with JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path).json(body).send().await
    }

    /// POSTs a form.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path).form(fields).send().await
    }
}

impl Ask {
    /// Sets a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: header::HeaderName = name.parse().expect("a header name");
        self.request.headers_mut().insert(name, value.parse().expect("a header value"));
        self
    }

    /// Takes a header field away.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        *self.request.body_mut() = Full::new(body.into());
        self.header("content-type", content_type)
    }

    /// Sets a body of JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a form as the body.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.body("application/x-www-form-urlencoded", pairs.join("&"))
    }

    /// Sends it, and waits for the whole answer.
    ///
    /// # Errors
    /// The gateway cannot be reached, or breaks off.
    pub async fn try_send(self) -> anyhow::Result<Answer> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let response = sender.send_request(self.request).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        drop(sender);
        driver.abort();
        Ok(Answer { status: head.status, headers: head.headers, body })
    }

    /// Sends it, and leaves the body to be read as it comes.
    ///
    /// # Errors
    /// The gateway cannot be reached.
    pub async fn open(self) -> anyhow::Result<Opened> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let response = sender.send_request(self.request).await?;
        Ok(Opened { response, _sender: sender })
    }

    /// Sends it to a gateway that has to answer.
    pub async fn send(self) -> Answer {
        let what = format!("{} {}", self.request.method(), self.request.uri());
        self.try_send().await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }
}

impl Answer {
    /// A header field; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a text")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.status, self.text()))
    }

    /// The reason of an error in the JSON of AIP-193.
    pub fn reason(&self) -> String {
        let body = self.json();
        let details = body["error"]["details"].as_array().cloned().unwrap_or_default();
        let info = details.iter().find(|detail| {
            detail["@type"].as_str().is_some_and(|kind| kind.ends_with("google.rpc.ErrorInfo"))
        });
        let info = info.unwrap_or_else(|| panic!("no ErrorInfo: {body}"));
        info["reason"].as_str().expect("a reason").to_owned()
    }

    /// The cookie that the answer sets, as a browser would send it back.
    pub fn cookie(&self) -> String {
        let set = self.header("set-cookie");
        set.split(';').next().unwrap_or_default().to_owned()
    }
}

/// Percent-encoding, of all but what RFC 3986 leaves unreserved.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
