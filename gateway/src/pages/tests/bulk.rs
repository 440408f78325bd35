//! Many products by one form, when something comes in between.

use proto::catalog::{BatchDeleteProductsResponse, ListProductsResponse};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::*;

/// A form after a first step of 500, of which 20 products are left.
const SECOND_STEP: [(&str, &str); 7] = [
    ("do", "delete"),
    ("request_id", "4f0c1f4e-8a51-4a0e-9a55-0f3f6b1d2c77"),
    ("tally", "501.500.500.0.1"),
    ("changed", "a \"a-2\"~b \"b-2\""),
    ("refused", ""),
    ("item", "mug \"v1\""),
    ("return_to", "/admin/products?state=draft"),
];

#[tokio::test]
async fn a_step_that_the_shop_cannot_make_says_what_is_done_and_goes_on_later() {
    let busy = refusal(Code::Unavailable, "OVERLOADED");
    let shop = Shop::with(product()).refusing("BatchDeleteProducts", busy);
    let (status, page) = body(shop.post("/admin/bulk", &SECOND_STEP).await).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("500 of 501 products so far"), "{page}");
    assert!(page.contains("The shop is very busy."), "{page}");
    assert!(page.contains("value=\"500\" max=\"501\""), "a real meter: {page}");
    assert!(!page.contains("data-goes-on"), "it does not go on by itself");
    for kept in ["value=\"501.500.500.0.1\"", "value=\"mug &#34;v1&#34;\"", "name=\"again\""] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    let stop = SECOND_STEP.into_iter().chain([("stop", "on")]).collect::<Vec<_>>();
    let (_, page) = body(shop.post("/admin/bulk", &stop).await).await;
    assert!(page.contains("500 of 501 products deleted, 1 not."), "{page}");
    assert!(page.contains("Continue") && page.contains("That is more than one click takes back."));
    assert_eq!(shop.calls("BatchDeleteProducts"), 1, "stopping does nothing");
}

#[tokio::test]
async fn a_step_of_which_nobody_knew_what_came_is_not_made_twice() {
    let reused = refusal(Code::InvalidArgument, "REQUEST_ID_REUSED");
    let shop = Shop::with(product()).refusing("BatchDeleteProducts", reused);
    let (_, page) = body(shop.post("/admin/bulk", &SECOND_STEP).await).await;
    assert!(page.contains("500 of 501 products so far"), "a first attempt is refused: {page}");
    let again: Vec<_> = SECOND_STEP.into_iter().chain([("again", "on")]).collect();
    let (_, page) = body(shop.post("/admin/bulk", &again).await).await;
    assert!(page.contains("501 products deleted."), "a second one was the first: {page}");
}

#[tokio::test]
async fn a_first_step_that_comes_to_nothing_is_refused_as_a_whole() {
    let busy = refusal(Code::Unavailable, "OVERLOADED");
    let shop = Shop::with(product()).refusing("BatchDeleteProducts", busy);
    let form = [("do", "delete"), ("item", "mug"), ("request_id", "r")];
    let (status, page) = body(shop.post("/admin/bulk", &form).await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
}

#[tokio::test]
async fn more_refusals_than_a_message_holds_are_told_on_a_page() {
    let items: Vec<_> = (0..60).map(|number| format!("p{number}")).collect();
    let mut form = vec![("do", "publish"), ("request_id", "r"), ("return_to", "/admin/products")];
    form.extend(items.iter().map(|item| ("item", item.as_str())));
    let all: std::collections::HashMap<_, _> =
        [("failed_items".to_owned(), "0-59".to_owned())].into();
    let details = ErrorDetails::with_error_info("ETAG_MISMATCH", "shelf", all);
    let status = Status::with_error_details(Code::Aborted, "refused", details);
    let shop = Shop::with(hostile()).refusing("BatchPublishProducts", status);
    let (status, page) = body(shop.post("/admin/bulk", &form).await).await;
    assert_eq!(status, StatusCode::OK);
    assert_stays_text(&page, "/admin/bulk");
    assert_well_made(&page, "/admin/bulk");
    assert!(page.contains("0 of 60 products published, 60 not."), "{page}");
    assert_eq!(page.matches("type=\"checkbox\" name=\"item\"").count(), 60);
    assert_eq!(page.matches(" checked").count(), 60, "each stays chosen");
    assert_eq!(page.matches("Somebody else changed it meanwhile.").count(), 61, "and in the words");
    assert!(page.contains("Try these again"), "{page}");
}

#[tokio::test]
async fn all_that_match_are_taken_page_by_page() {
    let shop = Shop::with(product());
    let deleted = BatchDeleteProductsResponse { products: vec![product()] };
    shop.tell("BatchDeleteProducts", &deleted);
    let (next_page_token, total_size) = ("behind".to_owned(), 700);
    let page = ListProductsResponse {
        products: (0..500)
            .map(|number| Product { name: format!("products/p{number}"), ..Product::default() })
            .collect(),
        next_page_token,
        total_size,
        ..Default::default()
    };
    shop.tell("ListProducts", &page);
    let form = [("do", "delete"), ("all", "on"), ("request_id", "r")];
    let (_, page) = body(shop.post("/admin/bulk", &form).await).await;
    assert!(page.contains("name=\"place\" value=\"behind\""), "{page}");
    assert!(page.contains("data-goes-on") && page.contains("max=\"700\""), "{page}");
}
