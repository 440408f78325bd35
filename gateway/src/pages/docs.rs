//! The API for people: every call that `/openapi.json` describes, and a form to send it.
//!
//! The page itself knows no call: a module reads the description that programs read.

use askama::Template;
use axum::response::Response;

use super::{chrome::Chrome, trouble::Trouble, visit::Visit};

#[derive(Template)]
#[template(path = "plain/docs.html")]
struct DocsPage {
    chrome: Chrome,
    /// The address of its styles.
    sheet: String,
}

/// `GET /docs`.
pub(crate) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let sheet = visit.gateway.assets().url("sheets/docs.css");
    visit.page(&DocsPage { chrome: visit.bare_chrome(), sheet })
}
