//! The page of a product's history: who changed what and when, newest first, each with the way back to it.

use askama::Template;
use axum::{extract::Path, response::Response};
use proto::catalog::{ListProductRevisionsRequest, Product, ProductRevision, ProductView};

use super::{
    chrome::Chrome,
    editor::{self, product_name},
    names::{id_of, request_id},
    product_list::Pages,
    product_row::When,
    query::Query,
    revision_words,
    trouble::Trouble,
    visit::Visit,
};

const PAGE: i32 = 30;

#[derive(Template)]
#[template(path = "admin/history.html")]
struct HistoryPage {
    chrome: Chrome,
    id: String,
    title: String,
    etag: String,
    /// Whether somebody may go back here: an editor, in a product that is not deleted.
    may_go_back: bool,
    rows: Vec<Entry>,
    pages: Pages,
}

/// One revision as a history shows it.
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) what: String,
    pub(crate) when: When,
    pub(crate) who: String,
    /// The newest one, which is how the product stands.
    pub(crate) newest: bool,
    pub(crate) request_id: String,
}

impl Entry {
    /// An entry of a history; `newest` is the number of the product's newest revision, if that is known.
    pub(crate) fn of(visit: &Visit, revision: &ProductRevision, newest: Option<u64>) -> Self {
        let number = number(&revision.name);
        let actor = revision.actor.clone().unwrap_or_default();
        Self {
            number,
            what: revision_words::what(revision),
            when: When::of(revision.create_time.as_ref(), visit.now),
            who: actor.display_name,
            newest: newest == Some(number),
            request_id: request_id(),
        }
    }
}

/// The number at the end of a revision's name; 0 for no name.
pub(crate) fn number(name: &str) -> u64 {
    id_of(name).parse().unwrap_or_default()
}

/// The newest revision of a product, without its variants.
pub(crate) async fn newest(visit: &Visit, id: &str) -> Result<Option<ProductRevision>, Trouble> {
    let request = ListProductRevisionsRequest {
        parent: product_name(id)?,
        page_size: 1,
        view: ProductView::Basic.into(),
        ..Default::default()
    };
    let page = visit.caller.products().list_product_revisions(request).await?.into_inner();
    Ok(page.product_revisions.into_iter().next())
}

/// `GET /admin/products/{id}/history`.
pub(crate) async fn show(
    visit: Visit,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Trouble> {
    let request = ListProductRevisionsRequest {
        parent: product_name(&id)?,
        page_size: PAGE,
        page_token: query.get("page").to_owned(),
        ..Default::default()
    };
    let chrome = visit.admin_chrome().await?;
    let mut products = visit.caller.products();
    let (product, newest, page) =
        tokio::try_join!(editor::product(&visit, &id), newest(&visit, &id), async {
            Ok(products.list_product_revisions(request).await?.into_inner())
        },)?;
    let newest = newest.map(|revision| number(&revision.name));
    let entry = |revision| Entry::of(&visit, revision, newest);
    let path = format!("/admin/products/{id}/history");
    let Product { title, etag, delete_time, .. } = product;
    visit.page(&HistoryPage {
        may_go_back: chrome.may_edit() && delete_time.is_none(),
        chrome,
        title,
        etag,
        rows: page.product_revisions.iter().map(entry).collect(),
        pages: Pages::of(&path, query.get("page"), &page.next_page_token),
        id,
    })
}
