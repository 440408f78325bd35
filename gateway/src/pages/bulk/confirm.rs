//! The page that asks before something is done that one click does not take back, or says that it is too much for one form.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::{
    Verb,
    selection::{Chosen, MOST},
};
use crate::pages::{
    chrome::Chrome, format, names::request_id, trouble::Trouble, visit::Visit, words,
};

#[derive(Template)]
#[template(path = "admin/bulk.html")]
struct BulkPage {
    chrome: Chrome,
    heading: String,
    text: String,
    back: String,
    /// None: nothing can be done from here.
    button: Option<Button>,
    hidden: Vec<(String, String)>,
}

struct Button {
    verb: &'static str,
    word: String,
    danger: bool,
}

/// Asks once.
pub(super) async fn ask(
    visit: &Visit,
    verb: Verb,
    chosen: &Chosen,
    count: usize,
) -> Result<Response, Trouble> {
    let products = products(count);
    let word = |verb: &str| format!("{verb} {products}");
    let (word, text) = match verb {
        Verb::Delete => (word("Delete"), "many-delete"),
        Verb::Undelete => (word("Restore"), "many-step"),
        Verb::Publish => (word("Publish"), "many-publish"),
        _ => (word("Unpublish"), "many-unpublish"),
    };
    let mut hidden = chosen.fields();
    hidden.push(("request_id".to_owned(), request_id()));
    hidden.push(("sure".to_owned(), "on".to_owned()));
    let page = BulkPage {
        chrome: visit.admin_chrome().await?,
        heading: format!("{word}?"),
        text: words::of(text, &[]),
        back: chosen.back().to_owned(),
        button: Some(Button { verb: verb.key(), word, danger: verb == Verb::Delete }),
        hidden,
    };
    visit.page(&page)
}

/// Says that more match than one form may act on.
pub(super) async fn too_many(visit: &Visit, chosen: &Chosen) -> Result<Response, Trouble> {
    let most = products(MOST);
    let page = BulkPage {
        chrome: visit.admin_chrome().await?,
        heading: words::of("too-many", &[("most", &most)]),
        text: words::of("too-many-hint", &[]),
        back: chosen.back().to_owned(),
        button: None,
        hidden: Vec::new(),
    };
    visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn products(count: usize) -> String {
    format::total(i32::try_from(count).unwrap_or(i32::MAX), false)
}
