//! Restoring a product: one whose SKUs or slug are in use again is asked for new ones, and comes back with them in one action.

mod new_sku;
mod new_slug;

use askama::Template;
use axum::{extract::Path, response::Response};
use proto::catalog::UndeleteProductRequest;
use tonic::Status;
use tonic_types::StatusExt as _;

use self::new_sku::Asked;
use super::{
    actions::{back, finish, what},
    chrome::Chrome,
    editor::{self, refusal},
    field::Field,
    fields::Fields,
    flash::Done,
    problems::{Problem, Problems, sentence},
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};

#[derive(Template)]
#[template(path = "admin/restore.html")]
struct RestorePage {
    chrome: Chrome,
    heading: String,
    id: String,
    etag: String,
    request_id: String,
    problems: Problems,
    slug: Option<Field>,
    asked: Vec<Asked>,
    back: String,
}

/// `POST /admin/products/{id}/undelete`.
pub(crate) async fn act(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let (name, etag, request_id) = what(&id, &fields)?;
    let (new_skus, new_slug) = (new_sku::typed(&name, &fields), new_slug::typed(&fields));
    let is_other = !new_skus.is_empty() || !new_slug.is_empty();
    let request =
        UndeleteProductRequest { name, etag, request_id, validate_only: false, new_skus, new_slug };
    match visit.caller.products().undelete_product(request).await {
        Err(status) if asks(&status, is_other) => ask(&visit, &id, &fields, &status).await,
        answer => finish(&visit, &id, &fields, Done::Undeleted, "undelete", answer.map(drop)).await,
    }
}

/// Whether a refusal is about SKUs or the slug, and other ones would help.
fn asks(status: &Status, is_other: bool) -> bool {
    match reason(status).as_str() {
        "SKU_TAKEN" | "SLUG_TAKEN" => true,
        "FIELD_INVALID" => is_other,
        _ => false,
    }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// What is said of the first field whose path begins so; empty when nothing is.
fn violation(status: &Status, path: &str) -> String {
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations);
    let mut found = violations.unwrap_or_default().into_iter();
    let found = found.find(|violation| violation.field.starts_with(path));
    found.map(|violation| sentence(&violation.description)).unwrap_or_default()
}

/// The same form again, with a field for all that has to be, or was, given anew.
async fn ask(
    visit: &Visit,
    id: &str,
    fields: &Fields,
    status: &Status,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let product = editor::product(visit, id).await?;
    if product.delete_time.is_none() {
        return Ok(see_other(&back(fields)));
    }
    let slug = new_slug::asked(visit, &product, fields, status).await?;
    let asked = new_sku::asked(visit, &product, fields, status).await?;
    let all = slug.iter().chain(asked.iter().map(|one| &one.field));
    let problems = all.filter(|field| !field.error.is_empty()).map(problem).collect();
    let page = RestorePage {
        chrome,
        heading: words::of("not-undeleted", &[("title", &product.title)]),
        id: id.to_owned(),
        etag: fields.get("etag").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        problems: Problems::found(problems),
        slug,
        asked,
        back: back(fields),
    };
    visit.page_with(refusal(status.code()), &page)
}

fn problem(field: &Field) -> Problem {
    Problem { field: field.id.clone(), text: field.error.clone() }
}
