//! The whole gateway, all layers on, before an upstream in the same process that answers from memory: what the gateway
//! costs by itself.

use std::{collections::HashMap, convert::Infallible, fs, net::SocketAddr, path::Path, sync::Arc};

use anyhow::Result;
use bytes::{BufMut as _, Bytes, BytesMut};
use gateway::{app::Gateway, config::Settings, logs, server, upstream::Upstream};
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use tokio_util::sync::CancellationToken;
use tonic::{Status, body::Body};

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Product,
    Created,
    Page,
    /// The page as those see it who are signed in.
    StaffPage,
    Session,
    Shop,
    Categories,
}

impl Answer {
    const ALL: [Self; 7] = [
        Self::Product,
        Self::Created,
        Self::Page,
        Self::StaffPage,
        Self::Session,
        Self::Shop,
        Self::Categories,
    ];

    /// The name of the file that holds it.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Created => "created",
            Self::Page => "page",
            Self::StaffPage => "staff-page",
            Self::Session => "session",
            Self::Shop => "shop",
            Self::Categories => "categories",
        }
    }

    /// That of a call; none for a method that nobody asks for here.
    fn of(method: &str, signed_in: bool) -> Option<Self> {
        Some(match method {
            "GetProduct" => Self::Product,
            "CreateProduct" => Self::Created,
            "ListProducts" if signed_in => Self::StaffPage,
            "ListProducts" => Self::Page,
            "GetSession" => Self::Session,
            "GetShop" => Self::Shop,
            "ListCategories" => Self::Categories,
            _ => return None,
        })
    }
}

/// The answers, framed as gRPC sends them.
#[derive(Clone, Debug)]
struct Canned(Arc<HashMap<Answer, Bytes>>);

/// What stands before a message in its frame.
const PREFIX: usize = 5;

/// Serves until the process is ended.
pub(super) async fn serve(listen: SocketAddr, folder: &Path) -> Result<()> {
    // A layer like the others: every request is a line.
    let log = logs::Options { log_format: logs::Format::Auto, log: "info".to_owned() };
    logs::start(&log).map_err(anyhow::Error::msg)?;
    let canned = Canned::read(folder)?;
    let whole = canned.clone();
    let upstream =
        Upstream::in_process(tower::service_fn(move |request| canned.clone().answer(request)))
            .with_whole_calls(move |call| std::future::ready(whole.answer_whole(&call)));
    let bound = server::bind(listen).await?;
    let settings = Settings {
        listen,
        origin: format!("http://{listen}").parse()?,
        allowed_hosts: Vec::new(),
        picture_host: None,
        trusted_proxies: Vec::new(),
        form_key: gateway::session::FormKey::random(),
        limits: gateway::config::Limits::default(),
    };
    bound.serve(Gateway::new(settings, upstream), CancellationToken::new()).await;
    Ok(())
}

impl Canned {
    fn read(folder: &Path) -> Result<Self> {
        let mut answers = HashMap::new();
        for answer in Answer::ALL {
            answers.insert(answer, framed(&fs::read(folder.join(answer.file()))?)?);
        }
        Ok(Self(Arc::new(answers)))
    }

    /// Reads the call to its end, as a service does, and answers it.
    async fn answer(self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let (head, body) = request.into_parts();
        // A caller that has gone needs no answer, and gets one all the same.
        let _call = body.collect().await;
        let (message, status) = match self.to(head.uri.path(), &head.headers) {
            Some(message) => (message.clone(), HeaderValue::from_static("0")),
            None => (Bytes::new(), HeaderValue::from_static("12")),
        };
        let trailers = std::future::ready(Some(Ok(ended(status))));
        let answer = Full::new(message).with_trailers(trailers);
        let mut response = Response::new(Body::new(answer));
        let grpc = HeaderValue::from_static("application/grpc");
        response.headers_mut().insert(header::CONTENT_TYPE, grpc);
        Ok(response)
    }
}

impl Canned {
    /// The same for a call of which nothing is framed.
    fn answer_whole(&self, call: &serving::Call) -> Result<serving::Answer, Status> {
        let framed = self.to(&call.path, &call.headers);
        let framed = framed.ok_or_else(|| Status::unimplemented("nobody asks for this here"))?;
        Ok(serving::Answer { headers: HeaderMap::new(), message: framed.slice(PREFIX..) })
    }

    fn to(&self, path: &str, headers: &HeaderMap) -> Option<&Bytes> {
        let method = path.rsplit('/').next().unwrap_or_default();
        let signed_in = headers.contains_key(header::AUTHORIZATION);
        self.0.get(&Answer::of(method, signed_in)?)
    }
}

fn ended(status: HeaderValue) -> HeaderMap {
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert("grpc-status", status);
    trailers
}

/// A message with its prefix: not compressed, and so long.
fn framed(message: &[u8]) -> Result<Bytes> {
    let mut frame = BytesMut::with_capacity(PREFIX + message.len());
    frame.put_u8(0);
    frame.put_u32(message.len().try_into()?);
    frame.put_slice(message);
    Ok(frame.freeze())
}
