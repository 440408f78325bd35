//! Server-sent events, read as a browser reads them: ids, names, data, and nothing of the comments between.

use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    process::PATIENCE,
    web::{Answer, Opened, Web},
};

/// A stream of events.
#[derive(Debug)]
pub struct Events {
    opened: Opened,
    held: String,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// By which the stream is taken up behind it.
    pub id: String,
    /// What it is; empty for a message.
    pub name: String,
    /// What it says.
    pub data: Value,
}

impl Events {
    /// Opens the stream at a path, behind the event of an id unless that is empty.
    ///
    /// # Errors
    /// The answer, when it is no stream.
    ///
    /// # Panics
    /// There is no gateway.
    pub async fn open(web: &Web, path: &str, last: &str) -> Result<Self, Answer> {
        let ask = web.ask(Method::GET, path).header("accept", "text/event-stream");
        let ask = if last.is_empty() { ask } else { ask.header("last-event-id", last) };
        let opened = ask.open().await.expect("a gateway");
        if opened.response.status() != StatusCode::OK {
            let (head, body) = opened.response.into_parts();
            let body = body.collect().await.expect("a whole answer").to_bytes();
            return Err(Answer { status: head.status, headers: head.headers, body });
        }
        assert_eq!(opened.response.headers()["content-type"], "text/event-stream");
        Ok(Self { opened, held: String::new() })
    }

    /// The next event; none: the stream has ended.
    ///
    /// # Panics
    /// Nothing comes for long, or what comes is no event.
    pub async fn next(&mut self) -> Option<Event> {
        timeout(PATIENCE, self.read()).await.expect("an event")
    }

    /// The next event that tells a change.
    ///
    /// # Panics
    /// The stream ends before.
    pub async fn change(&mut self) -> Event {
        loop {
            let event = self.next().await.expect("a change");
            assert_eq!(event.name, "", "{event:?}");
            if event.data["change"].is_object() {
                return event;
            }
        }
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.held.split_once("\n\n") {
                let event = event(block);
                self.held = rest.to_owned();
                if event.is_some() {
                    return event;
                }
            }
            let data = self.opened.piece().await?;
            self.held.push_str(std::str::from_utf8(&data).expect("a text"));
        }
    }
}

/// The event of a block of lines, if it has data.
fn event(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim_start().to_owned())
    };
    let data = serde_json::from_str(&field("data:")?).expect("JSON");
    let (id, name) = (field("id:").unwrap_or_default(), field("event:").unwrap_or_default());
    Some(Event { id, name, data })
}
