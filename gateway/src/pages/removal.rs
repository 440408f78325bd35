//! The question before something goes for good: what goes, and what that affects. It cannot be undone, so it is asked.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use tonic::Status;

use super::{chrome::Chrome, names::request_id, trouble::Trouble, visit::Visit, words};

/// What is about to go.
#[derive(Template)]
#[template(path = "admin/removal.html")]
pub(crate) struct Removal {
    pub(crate) chrome: Chrome,
    pub(crate) heading: String,
    /// What it affects.
    pub(crate) text: String,
    pub(crate) action: String,
    pub(crate) etag: String,
    /// Where it is kept from.
    pub(crate) back: &'static str,
    /// Why it was refused; empty when it was not.
    pub(crate) refused: String,
    pub(crate) request_id: String,
}

impl Removal {
    /// A question that was not answered yet.
    pub(crate) fn new(chrome: Chrome, heading: String, text: String, action: String) -> Self {
        Self {
            chrome,
            heading,
            text,
            action,
            etag: String::new(),
            back: "/admin/products",
            refused: String::new(),
            request_id: request_id(),
        }
    }

    /// Why the service keeps it, in words.
    ///
    /// # Errors
    /// What is answered by another page.
    pub(crate) fn refusal(status: Status) -> Result<String, Trouble> {
        let trouble = Trouble::from(status);
        let text = words::of(&trouble.reason(), &[]);
        trouble.in_place()?;
        Ok(text)
    }

    /// The page; one that was refused says so by its status.
    pub(crate) fn page(&self, visit: &Visit) -> Result<Response, Trouble> {
        match self.refused.is_empty() {
            true => visit.page(self),
            false => visit.page_with(StatusCode::CONFLICT, self),
        }
    }
}
