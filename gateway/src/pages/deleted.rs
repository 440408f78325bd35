//! What was deleted in the last 30 days, newest first, each with its way back.

use askama::Template;
use axum::response::Response;
use proto::catalog::{ListProductsRequest, ListProductsResponse, Product, ProductView};

use super::{
    chrome::Chrome,
    format,
    names::request_id,
    product_list::{Head, Pages, range},
    product_row::{ProductRow, When},
    query::Query,
    storefront::{Empty, page_or_first},
    trouble::Trouble,
    visit::Visit,
    words,
};

const PAGE: i32 = 50;
const PATH: &str = "/admin/deleted";

#[derive(Template)]
#[template(path = "admin/deleted.html")]
struct DeletedPage {
    chrome: Chrome,
    here: String,
    may_edit: bool,
    /// Of the form that restores many.
    request_id: String,
    total: String,
    total_count: i32,
    capped: bool,
    range: String,
    note: String,
    chooses: bool,
    heads: Vec<Head>,
    rows: Vec<DeletedRow>,
    empty: Empty,
    pages: Pages,
}

struct DeletedRow {
    id: String,
    etag: String,
    picture: String,
    title: String,
    sku: String,
    deleted: String,
    deleted_iso: String,
    deleted_full: String,
    deleted_by: String,
    until: String,
    /// Why it was not restored with many others; empty when it was, or was not asked for.
    note: String,
    request_id: String,
}

/// `GET /admin/deleted`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let request = ListProductsRequest {
        page_size: PAGE,
        page_token: query.get("page").to_owned(),
        filter: "delete_time:*".into(),
        order_by: "delete_time desc".into(),
        show_deleted: true,
        view: ProductView::Full.into(),
    };
    let chrome = visit.admin_chrome().await?.starting(&visit.gateway, &["optimistic", "in-place"]);
    let (page, expired) = page_or_first(&visit.caller, request).await?;
    visit.page(&list(&visit, chrome, &query, &page, expired))
}

fn list(
    visit: &Visit,
    chrome: Chrome,
    query: &Query,
    page: &ListProductsResponse,
    expired: bool,
) -> DeletedPage {
    let from = if expired { 0 } else { query.number("from") };
    let shown = i32::try_from(page.products.len()).unwrap_or(0);
    let more = !page.next_page_token.is_empty();
    let next =
        Query::new().with("page", &page.next_page_token).with("from", &(from + shown).to_string());
    let heads = ["Product", "Deleted", "Kept until"];
    DeletedPage {
        here: visit.here.clone(),
        may_edit: chrome.may_edit(),
        request_id: request_id(),
        chooses: chrome.may_edit() && shown > 0,
        chrome,
        total: format::total(page.total_size, page.total_size_capped),
        total_count: page.total_size,
        capped: page.total_size_capped,
        range: range(from, shown, more),
        note: if expired { words::of("PAGE_TOKEN_INVALID", &[]) } else { String::new() },
        heads: heads
            .map(|word| Head { word, href: String::new(), order: "", numeric: false })
            .into(),
        rows: page.products.iter().map(|product| row(product, visit)).collect(),
        empty: Empty {
            shown: page.products.is_empty(),
            text: "Nothing was deleted in the last 30 days.",
            link: "/admin/products".into(),
            link_text: "To the products",
        },
        pages: Pages {
            first: if from > 0 { PATH.to_owned() } else { String::new() },
            next: if more { next.at(PATH) } else { String::new() },
        },
    }
}

fn row(product: &Product, visit: &Visit) -> DeletedRow {
    let row = ProductRow::of(product, "", visit.now);
    let deleted = When::of(product.delete_time.as_ref(), visit.now);
    let note = visit.refusal(&row.id);
    let until = product.purge_time.as_ref().and_then(format::timestamp);
    DeletedRow {
        id: row.id,
        etag: row.etag,
        picture: row.picture,
        title: row.title,
        sku: row.sku,
        deleted: deleted.short,
        deleted_iso: deleted.iso,
        deleted_full: deleted.full,
        deleted_by: product
            .delete_actor
            .as_ref()
            .map(|actor| actor.display_name.clone())
            .unwrap_or_default(),
        until: until.map(format::date).unwrap_or_default(),
        note,
        request_id: request_id(),
    }
}
