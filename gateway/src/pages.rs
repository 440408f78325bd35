//! The pages: one file each, fetch, view, render. No business rule lives here.
//!
//! Every change is a form: a POST that changed something answers 303, a refused one answers in place and keeps every value. A step
//! of many (`bulk`) answers with the form of the next one.

mod account;
mod actions;
mod activity;
mod ahead;
mod answers;
mod bulk;
mod card;
mod categories;
mod category_edit;
mod changes;
mod chrome;
mod crumbs;
mod deleted;
mod docs;
mod editor;
mod escaped;
mod expunge;
mod field;
mod fields;
mod flash;
mod format;
mod former;
mod history;
mod json_ld;
mod keys;
mod lang;
mod listed;
pub(crate) mod locale;
pub(crate) mod markdown;
mod names;
mod new_product;
mod people;
pub(crate) mod price_entry;
mod priced;
mod problems;
mod product_list;
mod product_page;
mod product_row;
mod query;
mod removal;
mod restore;
mod resume;
mod revision_words;
mod roles;
mod rounding;
mod search;
mod setup;
mod shop_settings;
mod shown;
mod sign_in;
mod state;
mod storefront;
mod styleguide;
#[cfg(test)]
mod tests;
mod text_difference;
mod theme;
mod tree;
mod trouble;
mod user_edit;
mod users;
mod variant_edit;
mod visit;
mod words;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::Response,
    routing::{get, post},
};

use crate::app::{Gateway, Problem};
use trouble::see_other;

/// Every page's routes. Headers, compression and ETags are put on by `app`.
pub fn router(gateway: &Gateway) -> Router<Gateway> {
    let explained = axum::middleware::from_fn_with_state(gateway.clone(), trouble::explain);
    Router::new().merge(shop()).merge(admin()).merge(management()).route_layer(explained)
}

/// The page that says why there is no other.
pub fn problem(gateway: &Gateway, problem: &Problem) -> Response {
    trouble::of_layer(gateway, problem)
}

fn shop() -> Router<Gateway> {
    Router::new()
        .route("/", get(storefront::all))
        .route("/c/{slug}", get(storefront::category))
        .route("/search", get(search::show))
        .route("/p/{slug}", get(product_page::show))
        .layer(axum::middleware::map_response(ahead::allow))
        .route("/docs", get(docs::show))
        .route("/styleguide", get(styleguide::show))
        .route("/theme", post(theme::choose))
}

/// The pages of those who are signed in, about themselves, and of those who manage the shop.
fn management() -> Router<Gateway> {
    Router::new()
        .route("/admin/account", get(account::show))
        .route("/admin/account/password", post(account::change_password))
        .route("/admin/account/sessions/{id}/end", post(account::end_session))
        .route("/admin/account/end-others", post(account::end_others))
        .route("/admin/shop", get(shop_settings::show).post(shop_settings::save))
        .route("/admin/users", get(users::show))
        .route("/admin/new-user", get(users::new).post(users::create))
        .route("/admin/users/{id}", get(user_edit::show))
        .route("/admin/users/{id}/save", post(user_edit::save))
        .route("/admin/users/{id}/password", post(user_edit::give_password))
        .route("/admin/users/{id}/delete", get(user_edit::confirm).post(user_edit::delete))
        .route("/admin/keys", get(keys::show).post(keys::create))
        .route("/admin/keys/{id}/delete", get(keys::confirm).post(keys::delete))
}

fn admin() -> Router<Gateway> {
    Router::new()
        .route("/admin", get(async || see_other("/admin/products")))
        .route("/admin/setup", get(setup::show).post(setup::redeem))
        .route("/admin/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/admin/sign-out", post(sign_in::sign_out))
        // What is sealed is longer than the form was; `trouble` has counted it already.
        .route(
            resume::PATH,
            get(resume::nothing).post(resume::resume).layer(DefaultBodyLimit::disable()),
        )
        .route("/admin/products", get(product_list::show).post(actions::press_in_list))
        .route("/admin/new-product", get(new_product::show).post(new_product::create))
        .route("/admin/deleted", get(deleted::show))
        .route("/admin/activity", get(activity::show))
        .route("/admin/categories", get(categories::show).post(categories::create))
        .route("/admin/categories/{id}", get(category_edit::show))
        .route("/admin/categories/{id}/save", post(category_edit::save))
        .route("/admin/categories/{id}/move", post(category_edit::put))
        .route(
            "/admin/categories/{id}/delete",
            get(category_edit::confirm).post(category_edit::delete),
        )
        .route("/admin/bulk", get(async || see_other("/admin/products")).post(bulk::act))
        .route("/admin/products/{id}", get(editor::show).post(actions::press))
        .route("/admin/products/{id}/save", post(editor::save))
        .route("/admin/products/{id}/delete", get(actions::confirm).post(actions::delete))
        .route("/admin/products/{id}/undelete", post(restore::act))
        .route("/admin/products/{id}/publish", post(actions::publish))
        .route("/admin/products/{id}/unpublish", post(actions::unpublish))
        .route("/admin/products/{id}/archive", post(actions::archive))
        .route("/admin/products/{id}/expunge", get(expunge::confirm).post(expunge::expunge))
        .route("/admin/products/{id}/history", get(history::show))
        .route("/admin/products/{id}/changes", get(changes::show))
        .route("/admin/products/{id}/roll-back", post(actions::roll_back))
        .route("/admin/products/{id}/variants", post(variant_edit::create))
        .route("/admin/products/{id}/variants/{variant}/save", post(variant_edit::save))
        .route("/admin/products/{id}/variants/{variant}/delete", post(variant_edit::delete))
}
