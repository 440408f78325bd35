//! The actions on a whole product: delete, publish, unpublish, archive. Each answers 303 and leaves a message; rows have them as buttons
//! that share a form.

use askama::Template;
use axum::{extract::Path, response::Response};
use proto::catalog::{
    ArchiveProductRequest, DeleteProductRequest, Product, PublishProductRequest,
    RollbackProductRequest, UnpublishProductRequest,
};
use tonic::Status;
use tonic_types::StatusExt as _;

use super::{
    chrome::Chrome,
    editor::{self, merge_action, not_done, product_name, refusal},
    fields::Fields,
    flash::{self, Done},
    names::{press_id, request_id},
    problems::{Problem, Problems},
    state::StateWord,
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};
use crate::session::ReturnTo;

#[derive(Template)]
#[template(path = "admin/refused.html")]
struct RefusedPage {
    chrome: Chrome,
    heading: String,
    text: String,
    /// What is in the way, each by itself, where it is more than one thing.
    faults: Vec<String>,
    back: String,
    id: String,
    request_id: String,
}

#[derive(Template)]
#[template(path = "admin/delete.html")]
struct DeletePage {
    chrome: Chrome,
    id: String,
    etag: String,
    title: String,
    slug: String,
    variants: String,
    public: bool,
    request_id: String,
}

/// `GET /admin/products/{id}/delete`: the same button with what it affects, for a link from elsewhere.
pub(crate) async fn confirm(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let product = editor::product(&visit, &id).await?;
    if product.delete_time.is_some() || !chrome.may_edit() {
        return Ok(see_other(&format!("/admin/products/{id}")));
    }
    let variants = match product.variants.len() {
        1 => "its variant".to_owned(),
        many => format!("its {many} variants"),
    };
    let public = StateWord::of(&product, visit.now) == StateWord::Published;
    let Product { etag, title, slug, .. } = product;
    let request_id = request_id();
    visit.page(&DeletePage { chrome, id, etag, title, slug, variants, public, request_id })
}

/// `POST /admin/products`: what the button of a row says, where one form serves them all.
pub(crate) async fn press_in_list(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let pressed = Pressed::read(fields.get("do")).ok_or(Trouble::NotFound)?;
    let id = pressed.id.to_owned();
    let fields = pressed.spelt_out(&fields);
    press(visit, Path(id), fields).await
}

/// The value of a row's button: `delete mug "v1" published`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pressed<'a> {
    pub(super) verb: &'a str,
    pub(super) id: &'a str,
    /// The version and the state that the row showed.
    etag: &'a str,
    was: &'a str,
}

impl<'a> Pressed<'a> {
    pub(super) fn read(value: &'a str) -> Option<Self> {
        let mut words = value.split(' ');
        let mut next = || words.next();
        let pressed = Self { verb: next()?, id: next()?, etag: next()?, was: next()? };
        next().is_none().then_some(pressed)
    }

    /// The form as it is where a product has one of its own.
    fn spelt_out(self, fields: &Fields) -> Fields {
        let mut fields = fields.clone();
        for (name, word) in [("do", self.verb), ("etag", self.etag), ("was", self.was)] {
            fields.set(name, word.to_owned());
        }
        fields
    }
}

/// `POST /admin/products/{id}`: what the button says that was pressed.
pub(crate) async fn press(
    visit: Visit,
    path: Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    match fields.get("do") {
        "delete" => delete(visit, path, fields).await,
        "publish" => publish(visit, path, fields).await,
        "unpublish" => unpublish(visit, path, fields).await,
        "archive" => archive(visit, path, fields).await,
        _ => Err(Trouble::NotFound),
    }
}

/// `POST /admin/products/{id}/delete`.
pub(crate) async fn delete(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let (name, etag, request_id) = what(&id, &fields)?;
    let request = DeleteProductRequest { name, etag, request_id, validate_only: false };
    let answer = visit.caller.products().delete_product(request).await;
    finish(&visit, &id, &fields, Done::Deleted, "delete", answer.map(drop)).await
}

/// `POST /admin/products/{id}/publish`.
pub(crate) async fn publish(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let (name, etag, request_id) = what(&id, &fields)?;
    let request = PublishProductRequest { name, etag, request_id, validate_only: false };
    let answer = visit.caller.products().publish_product(request).await;
    let done = if was_archived(&fields) { Done::PublishedArchived } else { Done::Published };
    finish(&visit, &id, &fields, done, "publish", answer.map(drop)).await
}

/// `POST /admin/products/{id}/unpublish`.
pub(crate) async fn unpublish(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let (name, etag, request_id) = what(&id, &fields)?;
    let request = UnpublishProductRequest { name, etag, request_id, validate_only: false };
    let answer = visit.caller.products().unpublish_product(request).await;
    let done = if was_archived(&fields) { Done::UnpublishedArchived } else { Done::Unpublished };
    finish(&visit, &id, &fields, done, "unpublish", answer.map(drop)).await
}

/// `POST /admin/products/{id}/archive`. The form says what the product was, so that Undo makes it that again.
pub(crate) async fn archive(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let (name, etag, request_id) = what(&id, &fields)?;
    let request = ArchiveProductRequest { name, etag, request_id, validate_only: false };
    let answer = visit.caller.products().archive_product(request).await;
    let draft = fields.get("was") == "draft";
    let done = if draft { Done::ArchivedDraft } else { Done::Archived };
    finish(&visit, &id, &fields, done, "archive", answer.map(drop)).await
}

/// `POST /admin/products/{id}/roll-back`.
pub(crate) async fn roll_back(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let (product, etag, request_id) = what(&id, &fields)?;
    let revision: u32 = fields.get("revision").parse().map_err(|_| Trouble::NotFound)?;
    let name = format!("{product}/revisions/{revision}");
    let request = RollbackProductRequest { name, etag, request_id, validate_only: false };
    let answer = visit.caller.products().rollback_product(request).await;
    finish(&visit, &id, &fields, Done::RolledBack, "roll-back", answer.map(drop)).await
}

/// Whether the form says that the product was archived, so that Undo makes it that again.
fn was_archived(fields: &Fields) -> bool {
    fields.get("was") == "archived"
}

/// The product's name, the etag that was seen, the id of what is to be done.
pub(super) fn what(id: &str, fields: &Fields) -> Result<(String, String, String), Trouble> {
    let name = product_name(id)?;
    let request_id = press_id(fields.get("request_id"), fields.get("do"), &name);
    Ok((name, fields.get("etag").to_owned(), request_id))
}

/// Leads back with a message, or says why nothing was done.
pub(super) async fn finish(
    visit: &Visit,
    id: &str,
    fields: &Fields,
    done: Done,
    verb: &str,
    answer: Result<(), Status>,
) -> Result<Response, Trouble> {
    let back = back(fields);
    match answer {
        Ok(()) => Ok(flash::leave(see_other(&back), done, id)),
        Err(status) => {
            let trouble = Trouble::from(status);
            let reason = trouble.reason();
            if reason == "ETAG_MISMATCH" {
                return merge_action(visit, id, verb, fields).await;
            }
            let status = trouble.in_place()?;
            let chrome = visit.admin_chrome().await?;
            let title = editor::product(visit, id).await?.title;
            let page = RefusedPage {
                chrome,
                heading: words::of(not_done(verb), &[("title", &title)]),
                text: words::of(&reason, &[]),
                faults: faults(&status),
                back,
                id: id.to_owned(),
                request_id: visit.caller.request_id().as_str().to_owned(),
            };
            visit.page_with(refusal(status.code()), &page)
        }
    }
}

/// The fields that were refused. What else was refused is told by its reason.
fn faults(status: &Status) -> Vec<String> {
    let bad = status.get_details_bad_request().map(|bad| bad.field_violations);
    if bad.is_none_or(|violations| violations.is_empty()) {
        return Vec::new();
    }
    Problems::of_status(status).list.iter().map(Problem::summary).collect()
}

/// The admin's page that the form came from; the list, unless it is one.
pub(super) fn back(fields: &Fields) -> String {
    let target = ReturnTo::parse(fields.get("return_to"));
    let admin = target.filter(|target| target.as_str().starts_with("/admin/"));
    admin.map_or_else(|| "/admin/products".to_owned(), |target| target.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("delete mug \"v1\" published", Some(["delete", "mug", "\"v1\"", "published"]))]
    #[case("delete mug \"v1\" published twice", None)]
    #[case("delete mug \"v1\"", None)]
    #[case("delete", None)]
    #[case("", None)]
    fn the_button_of_a_row_says_of_which_version_it_speaks(
        #[case] value: &str,
        #[case] told: Option<[&str; 4]>,
    ) {
        let read = Pressed::read(value);
        assert_eq!(read.map(|read| [read.verb, read.id, read.etag, read.was]), told);
        let Some(read) = read else { return };
        let fields = read.spelt_out(&Fields::parse(b"do=x&etag=%22v0%22&request_id=r1"));
        let names = ["do", "etag", "was", "request_id"];
        assert_eq!(names.map(|name| fields.get(name)), ["delete", "\"v1\"", "published", "r1"]);
    }

    #[rstest]
    #[case("/admin/products?q=mug", "/admin/products?q=mug")]
    #[case("/admin/deleted", "/admin/deleted")]
    #[case("/p/mug", "/admin/products")]
    #[case("//evil.example/admin/", "/admin/products")]
    #[case("/admin/\\evil.example", "/admin/products")]
    #[case("https://evil.example/admin/", "/admin/products")]
    #[case("/admin/../p/mug", "/admin/products")]
    #[case("/admin//evil.example", "/admin/products")]
    #[case("", "/admin/products")]
    fn an_action_leads_back_into_the_admin(#[case] target: &str, #[case] expected: &str) {
        let mut fields = Fields::default();
        fields.set("return_to", target.to_owned());
        assert_eq!(back(&fields), expected);
    }
}
