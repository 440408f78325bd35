//! The pages of what was before, over a catalog that says what each test tells it to.

use super::*;

const FLASH: &str = "flash=rolled-back.mug";

#[tokio::test]
async fn going_back_answers_303_and_leaves_a_message_with_its_undo() {
    let shop = Shop::with(product());
    let form = [
        ("etag", "\"v1\""),
        ("request_id", "r-1"),
        ("revision", "2"),
        ("return_to", "/admin/products/mug/history"),
    ];
    let response = shop.post("/admin/products/mug/roll-back", &form).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/admin/products/mug/history");
    assert!(shop.was_called("RollbackProduct"));
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with(FLASH), "{cookie}");
    let (_, page) = body(shop.get_with("/admin/products/mug/history", FLASH).await).await;
    assert!(page.contains("Enamel mug is as it was in version 2."), "{page}");
    let undo = page.split("id=\"flash\"").nth(1).unwrap().split("</form>").next().unwrap();
    assert!(undo.contains("action=\"/admin/products/mug/roll-back\""), "{undo}");
    assert!(undo.contains("name=\"revision\" value=\"3\""), "{undo}");
}

#[tokio::test]
async fn a_message_about_going_back_claims_nothing_once_something_came_after() {
    let later = ProductRevision {
        name: "products/mug/revisions/5".into(),
        product: Some(product()),
        ..Default::default()
    };
    let shop = Shop::with(product()).with_history(vec![later]);
    let (_, page) = body(shop.get_with("/admin/products/mug/history", FLASH).await).await;
    let flash = page.split("id=\"flash\"").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(flash.contains("changed since") && !flash.contains("<form"), "{flash}");
}

#[tokio::test]
async fn all_that_keeps_a_product_from_going_back_is_told() {
    let refused = stub::violations(&[
        ("product.categories[0]", "`categories/gone` does not exist"),
        ("product.slug", "slug `mug` is already used by `products/other`"),
    ]);
    let shop = Shop::with(product()).refusing("RollbackProduct", refused);
    let form = [("revision", "2"), ("return_to", "/admin/products/mug/history")];
    let (status, page) = body(shop.post("/admin/products/mug/roll-back", &form).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Enamel mug did not go back to that version."), "{page}");
    assert!(page.contains("Categories: “categories/gone” does not exist."), "{page}");
    assert!(page.contains("Address in the shop: Slug “mug” is already used"), "{page}");
}

#[tokio::test]
async fn a_conflict_keeps_which_version_was_meant() {
    let stale = refusal(Code::Aborted, "ETAG_MISMATCH");
    let shop = Shop::with(product()).refusing("RollbackProduct", stale);
    let form = [("revision", "2"), ("etag", "\"v0\"")];
    let (status, page) = body(shop.post("/admin/products/mug/roll-back", &form).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Restore that version anyway"), "{page}");
    let kept = page.split("name=\"revision\">").nth(1).unwrap();
    assert!(kept.trim_start().starts_with("2<"), "{kept}");
}

#[rstest]
#[case("")]
#[case("two")]
#[case("-1")]
#[case("1/../2")]
#[tokio::test]
async fn a_version_is_a_number(#[case] revision: &str) {
    let shop = Shop::with(product());
    let response = shop.post("/admin/products/mug/roll-back", &[("revision", revision)]).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(!shop.was_called("RollbackProduct"));
}

#[tokio::test]
async fn only_those_who_may_edit_are_offered_to_go_back() {
    use proto::access::Role;
    let path = "/admin/products/mug/changes?from=3&to=4";
    let (_, page) = body(Shop::with(product()).get(path).await).await;
    assert!(page.contains("Restore version 3"), "{page}");
    let (_, page) = body(Shop::with(product()).seen_by(Role::Viewer).get(path).await).await;
    assert!(!page.contains("roll-back"), "{page}");
    let deleted = Product { delete_time: Some(prost_types::Timestamp::default()), ..product() };
    let (_, page) = body(Shop::with(deleted).get(path).await).await;
    assert!(!page.contains("roll-back"), "{page}");
}

#[tokio::test]
async fn the_words_that_differ_are_marked() {
    let (_, page) = body(Shop::with(product()).get("/admin/products/mug/changes").await).await;
    assert!(page.contains("<ins>new Enamel mug</ins>"), "{page}");
}

#[tokio::test]
async fn a_version_that_is_not_kept_leads_to_the_history() {
    let gone = refusal(Code::NotFound, "RESOURCE_NOT_FOUND");
    let shop = Shop::with(product()).refusing("CompareProductRevisions", gone);
    let response = shop.get("/admin/products/mug/changes?since=%22v0%22").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/admin/products/mug/history");
}

#[tokio::test]
async fn an_expired_page_of_the_activity_is_the_first_one_again() {
    let shop = Shop::with(product());
    let expired = refusal(Code::InvalidArgument, "PAGE_TOKEN_INVALID");
    shop.once("ListChanges", Answer::Refused(expired));
    let (status, page) = body(shop.get("/admin/activity?page=old").await).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("That page has expired."), "{page}");
    assert!(page.contains("Went back to an earlier version"), "{page}");
}
