//! The address of a product that is not there: it leads to where the product is now, or says that it is gone.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use proto::catalog::{Category, ResolveSlugRequest, Shop};

use super::{chrome::Chrome, trouble::Trouble, visit::Visit};
use crate::session::Caller;

#[derive(Template)]
#[template(path = "plain/gone.html")]
struct GonePage<'a> {
    chrome: Chrome,
    /// The shelves at the top of the shop.
    categories: Vec<&'a Category>,
}

/// A 301 to the product that had the address last, a 410 when that is gone for good.
pub(crate) async fn answer(
    visit: &Visit,
    caller: &Caller,
    slug: &str,
    shop: &Shop,
    categories: &[Category],
) -> Result<Response, Trouble> {
    let request = ResolveSlugRequest { slug: slug.to_owned() };
    let status = match caller.products().resolve_slug(request).await {
        Ok(found) => return Ok(moved(&visit.target, slug, &found.get_ref().slug)),
        Err(status) => status,
    };
    match Trouble::from(status) {
        Trouble::Gone => {
            let categories = categories.iter().filter(|one| one.parent.is_empty()).collect();
            let page = GonePage { chrome: visit.shop_chrome(shop), categories };
            visit.page_with(StatusCode::GONE, &page)
        }
        other => Err(other),
    }
}

/// A redirect that keeps the query. Browsers ask again each time, because another product may take the address.
fn moved(target: &str, asked: &str, current: &str) -> Response {
    let query = target.strip_prefix(&format!("/p/{asked}")).unwrap_or_default();
    let target = HeaderValue::try_from(format!("/p/{current}{query}"));
    let target = target.unwrap_or(HeaderValue::from_static("/"));
    let headers =
        [(header::LOCATION, target), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    (StatusCode::MOVED_PERMANENTLY, headers).into_response()
}
