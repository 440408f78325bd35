//! Deleting for good: the one action that asks first, because nothing brings the product back.

use askama::Template;
use axum::{extract::Path, response::Response};
use proto::catalog::ExpungeProductRequest;

use super::{
    actions::{finish, what},
    chrome::Chrome,
    editor,
    fields::Fields,
    flash::Done,
    names::request_id,
    trouble::{Trouble, see_other},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "admin/expunge.html")]
struct ExpungePage {
    chrome: Chrome,
    id: String,
    etag: String,
    title: String,
    request_id: String,
}

/// `GET /admin/products/{id}/expunge`: the question, for administrators and about deleted products only.
pub(crate) async fn confirm(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let product = editor::product(&visit, &id).await?;
    if product.delete_time.is_none() || !chrome.is_admin() {
        return Ok(see_other(&format!("/admin/products/{id}")));
    }
    let (etag, title, request_id) = (product.etag, product.title, request_id());
    visit.page(&ExpungePage { chrome, id, etag, title, request_id })
}

/// `POST /admin/products/{id}/expunge`.
pub(crate) async fn expunge(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let (name, etag, request_id) = what(&id, &fields)?;
    let request = ExpungeProductRequest { name, etag, request_id, validate_only: false };
    let answer = visit.caller.products().expunge_product(request).await;
    finish(&visit, &id, &fields, Done::Expunged, "expunge", answer.map(drop)).await
}
