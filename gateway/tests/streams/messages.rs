//! The messages of `feed.proto`, and its tables.

use std::sync::{Arc, LazyLock};

use transcoder::{Plan, PlanConfig, ResumeRule};

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct WatchRequest {
    #[prost(string, tag = "1")]
    pub(crate) topic: String,
    #[prost(string, tag = "2")]
    pub(crate) after: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Event {
    #[prost(string, tag = "1")]
    pub(crate) text: String,
    #[prost(string, tag = "2")]
    pub(crate) token: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Loss {
    #[prost(string, tag = "1")]
    pub(crate) error: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ImportRequest {
    #[prost(string, tag = "1")]
    pub(crate) topic: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) event: Option<Event>,
    #[prost(string, tag = "3")]
    pub(crate) label: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Imported {
    #[prost(int32, tag = "1")]
    pub(crate) count: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct FileRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct WriteRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) file: Option<HttpBody>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct HttpBody {
    #[prost(string, tag = "1")]
    pub(crate) content_type: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) data: Vec<u8>,
}

pub(crate) fn event(text: &str) -> Event {
    Event { text: text.to_owned(), token: String::new() }
}

pub(crate) fn file(content_type: &str, data: &[u8]) -> HttpBody {
    HttpBody { content_type: content_type.to_owned(), data: data.to_vec() }
}

/// The tables, with events of `Watch` known by their token.
pub(crate) fn plan() -> Arc<Plan> {
    static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
        let mut compiler = protox::Compiler::new(["tests/streams", "../proto"]).unwrap();
        compiler.include_imports(true).open_file("feed.proto").unwrap();
        let resume = ResumeRule {
            selector: "feed.v1.Feed.Watch".to_owned(),
            event_id: "token".to_owned(),
            request: "after".to_owned(),
        };
        let config = PlanConfig { resumes: vec![resume], ..PlanConfig::default() };
        let set = compiler.encode_file_descriptor_set();
        Arc::new(Plan::compile(&set, &[], &config).unwrap())
    });
    Arc::clone(&PLAN)
}
