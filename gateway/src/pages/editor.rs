//! The editor of one product: its own fields in one form, each variant in another, since each has its own etag.
//!
//! A save that is refused is answered in place, with everything that was typed.

mod entries;
mod merge;
mod product_form;
mod variant_form;

use askama::Template;
use axum::{extract::Path, response::Response};
use http::StatusCode;
use proto::catalog::{
    Category, GetProductRequest, Product, ProductView, Shop, UpdateProductRequest,
};
use tonic::Code;

pub(crate) use entries::Entries;
pub(crate) use merge::{action as merge_action, not_done, resolved, variant as merge_variant};
pub(crate) use product_form::ProductForm;
pub(crate) use variant_form::{VariantEntries, VariantForm, variant_fields};

use super::{
    chrome::Chrome,
    fields::Fields,
    flash::{self, Done},
    format,
    names::{id_of, is_id, request_id},
    problems::Problems,
    product_row::When,
    state::StateWord,
    storefront::surroundings,
    trouble::{Trouble, see_other},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "admin/editor.html")]
struct EditorPage {
    chrome: Chrome,
    may_edit: bool,
    id: String,
    title: String,
    slug: String,
    public: bool,
    etag: String,
    state: StateWord,
    saved: String,
    saved_iso: String,
    saved_full: String,
    saved_by: String,
    deleted: bool,
    deleted_text: String,
    problems: Problems,
    /// Whether the form holds what was typed instead of what is saved.
    typed: bool,
    form: ProductForm,
    variants: Vec<VariantForm>,
    request_id: String,
    /// Of the form that moves it from state to state, or restores it.
    state_request_id: String,
    delete_request_id: String,
    /// From when and until when it is public, where that is limited.
    window: String,
}

/// What stands in the editor beside the product as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    /// The product's own form, if it was refused.
    pub(crate) product: Option<Entries>,
    /// The etag that form was sent with.
    pub(crate) etag: Option<String>,
    /// A variant's form, if that was refused.
    pub(crate) variant: Option<TypedVariant>,
    /// What is wrong.
    pub(crate) problems: Problems,
}

/// A variant's form that was refused.
#[derive(Clone, Debug)]
pub(crate) struct TypedVariant {
    /// The variant's id, or `new`.
    pub(crate) id: String,
    /// The etag that the form was sent with: what was typed is about that version, whatever stands there by now.
    pub(crate) etag: String,
    pub(crate) entries: VariantEntries,
}

/// `GET /admin/products/{id}`.
pub(crate) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    answer(&visit, &id, StatusCode::OK, Typed::default()).await
}

/// `POST /admin/products/{id}/save`.
pub(crate) async fn save(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let name = product_name(&id)?;
    let fields = resolved(&fields, entries::FIELDS.map(|(name, _)| name));
    let entries = Entries::sent(&fields);
    let etag = fields.get("etag").to_owned();
    let typed = |problems| Typed {
        product: Some(entries.clone()),
        etag: Some(etag.clone()),
        variant: None,
        problems,
    };
    let product = match entries.read() {
        Ok(product) => Product { name, etag: etag.clone(), ..product },
        Err(found) => {
            let typed = typed(Problems::found(found));
            return answer(&visit, &id, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
        }
    };
    let request = UpdateProductRequest {
        product: Some(product),
        // Always the same fields, so that a form sent twice is the same request.
        update_mask: Some(mask(entries::FIELDS.map(|(name, _)| name))),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.products().update_product(request).await {
        Ok(_) => Ok(flash::leave(see_other(&format!("/admin/products/{id}")), Done::Saved, &id)),
        Err(status) => {
            let trouble = Trouble::from(status);
            if trouble.reason() == "ETAG_MISMATCH" {
                return merge::product_conflict(&visit, &id, &entries, &etag).await;
            }
            let status = trouble.in_place()?;
            let typed = typed(Problems::of_status(&status));
            answer(&visit, &id, refusal(status.code()), typed).await
        }
    }
}

/// The editor with the product as it is now, and over it what was typed.
pub(crate) async fn answer(
    visit: &Visit,
    id: &str,
    status: StatusCode,
    typed: Typed,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?.starting(&visit.gateway, &["editor"]);
    let ((shop, categories), product) =
        tokio::try_join!(surroundings(&visit.caller), product(visit, id))?;
    visit.page_with(status, &editor(visit, chrome, &shop, &categories, &product, typed))
}

/// The product in the FULL view.
pub(crate) async fn product(visit: &Visit, id: &str) -> Result<Product, Trouble> {
    let request = GetProductRequest { name: product_name(id)?, view: ProductView::Full.into() };
    Ok(visit.caller.products().get_product(request).await?.into_inner())
}

/// The resource name of an id that could be one.
pub(crate) fn product_name(id: &str) -> Result<String, Trouble> {
    if is_id(id) { Ok(format!("products/{id}")) } else { Err(Trouble::NotFound) }
}

/// The status of a page that shows a refusal in place.
pub(crate) fn refusal(code: Code) -> StatusCode {
    match code {
        Code::InvalidArgument => StatusCode::UNPROCESSABLE_ENTITY,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::CONFLICT,
    }
}

/// A mask of these fields.
pub(crate) fn mask<const N: usize>(paths: [&str; N]) -> prost_types::FieldMask {
    prost_types::FieldMask { paths: paths.map(str::to_owned).into() }
}

fn editor(
    visit: &Visit,
    chrome: Chrome,
    shop: &Shop,
    categories: &[Category],
    product: &Product,
    typed: Typed,
) -> EditorPage {
    let state = StateWord::of(product, visit.now);
    let saved = When::of(product.update_time.as_ref(), visit.now);
    let actor = product.update_actor.as_ref();
    let own = typed.variant.is_none();
    let none = Problems::none();
    let entries = typed.product.clone().unwrap_or_else(|| Entries::of(product));
    EditorPage {
        may_edit: chrome.may_edit(),
        id: id_of(&product.name).to_owned(),
        title: product.title.clone(),
        slug: product.slug.clone(),
        public: state == StateWord::Published,
        etag: typed.etag.clone().unwrap_or_else(|| product.etag.clone()),
        state,
        saved: saved.short,
        saved_iso: saved.iso,
        saved_full: saved.full,
        saved_by: actor.map(|actor| actor.display_name.clone()).unwrap_or_default(),
        deleted: state == StateWord::Deleted,
        deleted_text: deleted_text(product, visit),
        form: ProductForm::of(&entries, categories, if own { &typed.problems } else { &none }),
        variants: variants(product, &shop.default_currency, &typed, chrome.may_edit()),
        typed: typed.product.is_some(),
        problems: typed.problems,
        request_id: request_id(),
        state_request_id: request_id(),
        delete_request_id: request_id(),
        window: window_text(product),
        chrome,
    }
}

fn variants(product: &Product, currency: &str, typed: &Typed, may_edit: bool) -> Vec<VariantForm> {
    let none = Problems::none();
    let of = |id: &str| typed.variant.as_ref().filter(|refused| refused.id == id);
    let mut forms: Vec<VariantForm> = product
        .variants
        .iter()
        .map(|variant| {
            let Some(refused) = of(id_of(&variant.name)) else {
                let entries = VariantEntries::of(variant, currency);
                return VariantForm::existing(product, variant, &entries, &none);
            };
            let form = VariantForm::existing(product, variant, &refused.entries, &typed.problems);
            VariantForm { etag: refused.etag.clone(), typed: true, ..form }
        })
        .collect();
    if may_edit && product.delete_time.is_none() {
        forms.push(match of("new") {
            Some(refused) => {
                let form = VariantForm::adding(product, &refused.entries, &typed.problems);
                VariantForm { typed: true, ..form }
            }
            None => {
                let blank = VariantEntries::of(&proto::catalog::Variant::default(), currency);
                VariantForm::adding(product, &blank, &none)
            }
        });
    }
    forms
}

/// When an active product is public, as the contract tells it: judged whenever somebody looks.
fn window_text(product: &Product) -> String {
    if product.state() != proto::catalog::product::State::Active {
        return String::new();
    }
    let told = |time: &Option<prost_types::Timestamp>| {
        time.as_ref().and_then(format::timestamp).map(format::moment)
    };
    match (told(&product.publish_time), told(&product.unpublish_time)) {
        (Some(from), Some(until)) => format!("Public from {from} until {until}."),
        (Some(from), None) => format!("Public from {from}."),
        (None, Some(until)) => format!("Public until {until}."),
        (None, None) => String::new(),
    }
}

fn deleted_text(product: &Product, visit: &Visit) -> String {
    if product.delete_time.is_none() {
        return String::new();
    }
    let when = When::of(product.delete_time.as_ref(), visit.now).short;
    let by = match &product.delete_actor {
        Some(actor) if !actor.display_name.is_empty() => format!(" by {}", actor.display_name),
        _ => String::new(),
    };
    let until = product.purge_time.as_ref().and_then(format::timestamp).map(format::date);
    let until =
        until.map(|until| format!(" It can be restored until {until}.")).unwrap_or_default();
    format!("Deleted {when}{by}.{until}")
}
