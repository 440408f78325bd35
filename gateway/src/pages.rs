//! The pages: one file each, fetch, view, render. No business rule lives here.
//!
//! Every change is a form: a POST that changed something answers 303, a refused one answers in place and keeps every value.

mod actions;
mod bulk;
mod card;
mod chrome;
mod deleted;
mod editor;
mod field;
mod fields;
mod flash;
mod format;
mod json_ld;
mod markdown;
mod names;
mod new_product;
mod price_entry;
mod problems;
mod product_list;
mod product_page;
mod product_row;
mod query;
mod setup;
mod sign_in;
mod state;
mod storefront;
mod styleguide;
#[cfg(test)]
mod tests;
mod theme;
mod trouble;
mod variant_edit;
mod visit;
mod words;

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};

use crate::app::{Gateway, Problem};
use trouble::see_other;

/// Every page's routes. Headers, compression and ETags are put on by `app`.
pub fn router(gateway: &Gateway) -> Router<Gateway> {
    let explained = axum::middleware::from_fn_with_state(gateway.clone(), trouble::explain);
    Router::new().merge(shop()).merge(admin()).route_layer(explained)
}

/// The page that says why there is no other.
pub fn problem(gateway: &Gateway, problem: &Problem) -> Response {
    trouble::of_layer(gateway, problem)
}

fn shop() -> Router<Gateway> {
    Router::new()
        .route("/", get(storefront::all))
        .route("/c/{slug}", get(storefront::category))
        .route("/p/{slug}", get(product_page::show))
        .route("/styleguide", get(styleguide::show))
        .route("/theme", post(theme::choose))
}

fn admin() -> Router<Gateway> {
    Router::new()
        .route("/admin", get(async || see_other("/admin/products")))
        .route("/admin/setup", get(setup::show).post(setup::redeem))
        .route("/admin/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/products", get(product_list::show))
        .route("/admin/new-product", get(new_product::show).post(new_product::create))
        .route("/admin/deleted", get(deleted::show))
        .route("/admin/bulk", get(async || see_other("/admin/products")).post(bulk::act))
        .route("/admin/products/{id}", get(editor::show))
        .route("/admin/products/{id}/save", post(editor::save))
        .route("/admin/products/{id}/delete", get(actions::confirm).post(actions::delete))
        .route("/admin/products/{id}/undelete", post(actions::undelete))
        .route("/admin/products/{id}/publish", post(actions::publish))
        .route("/admin/products/{id}/unpublish", post(actions::unpublish))
        .route("/admin/products/{id}/variants", post(variant_edit::create))
        .route("/admin/products/{id}/variants/{variant}/save", post(variant_edit::save))
        .route("/admin/products/{id}/variants/{variant}/delete", post(variant_edit::delete))
}
