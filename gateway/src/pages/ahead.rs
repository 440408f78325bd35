//! What a browser may fetch ahead: products and categories that somebody points at in the shop.
//!
//! Nothing of the admin, nothing that acts, and no search, which has a rate of its own. A page that is fetched ahead counts like any
//! other read; one that is refused is asked for again when it is opened.

use axum::response::Response;
use http::{HeaderName, HeaderValue};

use crate::assets;

/// Where the rules are, as a list of one string (RFC 9651).
const RULES: HeaderName = HeaderName::from_static("speculation-rules");

/// Puts the address of the rules on a page of the shop. The policy allows none inside the page.
pub(super) async fn allow(mut response: Response) -> Response {
    let rules = format!("\"{}\"", assets::current().url("rules/shop.json"));
    if let Ok(rules) = HeaderValue::try_from(rules) {
        response.headers_mut().insert(RULES, rules);
    }
    response
}
